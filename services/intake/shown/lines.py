"""Lines of the opinions table as people read them: masked words, the answer, and what became of its clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.intake.domain.answers import DISPOSITION_WORDS, Disposition
from services.intake.domain.comments import CHANNEL_WORDS, Channel
from services.intake.shown.changes import Changes, ClauseShown, answered_with, changes_between
from services.intake.shown.clauses import clauses_of, label_of
from services.intake.shown.words import readable
from services.intake.store.lines import Line
from services.intake.store.windows import Window
from services.kernel.runtime import language
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.text.clauses import Clause


@dataclass(frozen=True)
class Texts:
    """The text that was commented on, by clause, and what changed in it since."""

    clauses: tuple[Clause, ...]
    changes: Changes
    newest: int
    version: int


async def texts_of(conn: Connection, blobs: Blobs, window: Window) -> Texts:
    """The text of a window beside the text that its answers are about."""
    newest = await answered_with(conn, window)
    return Texts(
        clauses=await clauses_of(blobs, window.text_hash),
        changes=await changes_between(blobs, window.text_hash, newest.text_hash),
        newest=newest.version,
        version=window.version,
    )


@dataclass(frozen=True)
class Row:
    """One line in words of the reader's language. Never who wrote."""

    line: Line
    about: str
    body: str
    channel: str
    words: str | None
    state: str
    clause: str
    change: ClauseShown | None


def row_of(line: Line, texts: Texts) -> Row:
    """A line to be read."""
    reader = language.current()
    words, state = DISPOSITION_WORDS[Disposition(line.disposition)] if line.disposition else (None, "hold")
    change = texts.changes.of(line.clause)
    label = label_of(texts.clauses, line.clause).of(reader) if line.clause else ""
    return Row(
        line=line,
        about=label_of(texts.clauses, line.about).of(reader),
        body=words_of(line),
        channel=CHANNEL_WORDS[Channel(line.channel)].of(reader),
        words=words.of(reader) if words else None,
        state=state,
        clause=(change.was or change.now) if change else label,
        change=change,
    )


def words_of(line: Line) -> str:
    """The words of a line's opinion as they may be read; of a hidden one only why."""
    return readable(line.body, line.hidden_reason, line.decided)


def line_out(line: Line) -> dict[str, Any]:
    """A line for programs that answer."""
    words = DISPOSITION_WORDS[Disposition(line.disposition)][0] if line.disposition else None
    return {
        "key": line.key,
        "name": line.name,
        "size": line.size,
        "comment_id": str(line.comment_id),
        "clause": line.about,
        "body": words_of(line),
        "revision": line.revision,
        "own": line.own,
        "answer": {
            "disposition": line.disposition,
            "disposition_words": words.of(language.current()),
            "reason": line.reason,
            "clause": line.clause,
        }
        if words
        else None,
    }

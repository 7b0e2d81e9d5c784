"""The answers workbook, there and back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.intake.actions import previews
from services.intake.actions.answering import Answered, answer, to_answer
from services.intake.actions.previews import Kept, Rows
from services.intake.domain.answers import TableTooLong
from services.intake.domain.sheets import PreviewStale, SheetWrong
from services.intake.domain.workbook import Assessed, Standing, assess, key_of
from services.intake.store import answers, lines
from services.intake.store import previews as kept_previews
from services.intake.store.lines import Line
from services.kernel.contracts.refusals import Words
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection

KIND = "answers"
MOST_LINES = 50_000


async def lines_for_sheet(conn: Connection, window_id: UUID) -> list[Line]:
    """All lines of a window. Raises TableTooLong."""
    found = await lines.to_answer(conn, window_id, limit=MOST_LINES + 1)
    if len(found) > MOST_LINES:
        raise TableTooLong(MOST_LINES)
    return found


@dataclass(frozen=True)
class Previewed:
    """What a workbook would do, and under what it is confirmed; nothing is kept of one with mistakes."""

    assessed: Assessed
    kept: Kept | None


async def preview(tx: Connection, actor: Actor, window_id: UUID, *, name: str, rows: Rows) -> Previewed:
    """Hold an edited workbook against the answers as they stand.

    Raises NotOurs, StillOpen, AnswersPublished, SheetHeader, SheetEmpty.
    """
    await to_answer(tx, actor, window_id)
    found = assess(rows, await _standing(tx, window_id))
    if found.faults or not found.changes:
        return Previewed(found, None)
    revision = await answers.revision_of(tx, window_id)
    return Previewed(found, await previews.keep(tx, actor, window_id, KIND, name=name, rows=rows, revision=revision))


async def apply(tx: Connection, actor: Actor, window_id: UUID, preview_id: UUID, token: str) -> Answered:
    """Carry out exactly what was previewed; a second time changes nothing and answers the same.

    Raises NotOurs, StillOpen, AnswersPublished, PreviewUnknown, PreviewStale, SheetWrong.
    """
    opened = await previews.open_(tx, actor, window_id, KIND, preview_id, token)
    if opened.outcome is not None:
        return Answered(**opened.outcome)
    await to_answer(tx, actor, window_id)
    if await answers.revision_of(tx, window_id) != opened.preview.revision:
        raise PreviewStale
    found = assess(opened.rows, await _standing(tx, window_id))
    if found.faults:
        raise SheetWrong(Words(f"{len(found.faults)}行有错误。", f"{len(found.faults)} rows are wrong."))
    done = await answer(tx, actor, window_id, tuple(given for _, given in found.changes))
    await kept_previews.mark_applied(tx, preview_id, vars(done))
    return done


async def _standing(conn: Connection, window_id: UUID) -> dict[str, Standing]:
    return {
        key_of(line.key, line.comment_id, own=line.own): Standing(
            line.revision, line.disposition, line.reason.strip(), line.clause.strip()
        )
        for line in await lines_for_sheet(conn, window_id)
    }

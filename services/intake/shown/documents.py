"""A document as its office sees it: where it stands, what is due, who is waited for, by which rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.intake.actions.record import progress_of, reasons_against
from services.intake.books import Books
from services.intake.domain.documents import BLOCKED, ENDED, STATE_WORDS
from services.intake.store import stages, versions
from services.intake.store.documents import Document
from services.intake.store.stages import StageRow
from services.intake.store.versions import Version
from services.kernel.contracts.refusals import Words
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.clock import Clock, ClockStep, procedure_clock
from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.law import Rule
from services.kernel.procedure.refusals import GateRefusal
from services.kernel.procedure.rules import RuleBook, UnknownStage
from services.kernel.procedure.stages import DocumentKind
from services.kernel.procedure.words import STEP_WORDS, stage_words
from services.kernel.runtime import language
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Standing:
    """Everything about a document at one moment."""

    document: Document
    versions: list[Version]
    rounds: list[StageRow]
    clock: Clock
    book: RuleBook
    pinned: bool
    blocked: tuple[GateRefusal, ...]

    @property
    def latest(self) -> Version:
        """The newest version."""
        return self.versions[0]

    @property
    def waiting(self) -> list[StageRow]:
        """The rounds that are open now: somebody is waited for in each."""
        return (
            [] if self.document.state in ENDED else [row for row in self.rounds if row.opened_at and not row.closed_at]
        )


async def standing_of(
    conn: Connection, document: Document, *, books: Books, calendar: WorkCalendar, blobs: Blobs, now: datetime
) -> Standing:
    """Put together where a document stands; its clock is computed now."""
    rounds, texts = await stages.all_of(conn, document.id), await versions.all_of(conn, document.id)
    book = books.of(document)
    return Standing(
        document=document,
        versions=texts,
        rounds=rounds,
        clock=clock_of(document, rounds, book, calendar, today=office_day(now), text_hash=texts[0].text_hash),
        book=book,
        pinned=books.is_pinned(document),
        blocked=await _blocked(conn, document, texts[0].text_hash, book, blobs),
    )


def clock_of(
    document: Document, rounds: list[StageRow], book: RuleBook, calendar: WorkCalendar, *, today: date, text_hash: str
) -> Clock:
    """The procedure clock of a document on a day."""
    progress = progress_of(document, [row for row in rounds if row.outcome is None or row.outcome in book.outcomes])
    return procedure_clock(
        book,
        document.kind,
        submitted_on=office_day(document.submitted_at),
        predicates=document.answers,
        closed=progress.closed,
        open_=progress.open_,
        today=today,
        calendar=calendar,
        text_hash=text_hash,
    )


async def _blocked(
    conn: Connection, document: Document, text_hash: str, book: RuleBook, blobs: Blobs
) -> tuple[GateRefusal, ...]:
    """Why the last gate did not open, in words, as the record stands now."""
    if not document.blocked_codes:
        return ()
    try:
        found = await reasons_against(conn, document.id, document.stage, text_hash, book, blobs)
    except UnknownStage:
        return ()
    return tuple(refusal for refusal in found if refusal.code in document.blocked_codes)


def state_words(book: RuleBook, kind: str, state: str, *, blocked: bool = False) -> tuple[Words, str]:
    """The word for a state, and the class of its mark: a word of its own, or the stage in which it stands."""
    if state in STATE_WORDS:
        return STATE_WORDS[state]
    words = stage_words(book, kind, state)
    return (
        (Words(f"{words.zh}：{BLOCKED[0].zh}", f"{words.en}: {BLOCKED[0].en}"), "stop") if blocked else (words, "now")
    )


def trace_id(trace: dict[str, str]) -> str | None:
    """The id of the trace under which a document lives, from its stored headers."""
    parts = trace.get("traceparent", "").split("-")
    return parts[1] if len(parts) == 4 else None


def document_out(found: Standing) -> dict[str, Any]:
    """The document for programs, in the reader's language."""
    document, reader = found.document, language.current()
    return {
        "document_id": str(document.id),
        "receipt_number": document.receipt,
        "kind": document.kind,
        "kind_words": DocumentKind(document.kind).words.of(reader),
        "title": document.title,
        "state": document.state,
        "state_words": _state(found).of(reader),
        "stage": document.stage,
        "stage_words": stage_words(found.book, document.kind, document.stage).of(reader),
        "issuer_unit": document.issuer_unit,
        "drafting_unit": document.drafting_unit,
        "agency_code": document.agency_code,
        "joint_units": list(document.joint_units),
        "doc_number": document.doc_number,
        "accepts_versions": document.accepts_versions,
        "submitted_at": document.submitted_at.isoformat(),
        "withdrawn_at": document.withdrawn_at.isoformat() if document.withdrawn_at else None,
        "predicates": document.predicates,
        "comment_plan": document.comment_plan,
        "rule_book": {"hash": document.rule_book, "overlays": list(document.overlays), "at_hand": found.pinned},
        "versions": [version_out(version) for version in found.versions],
        "stages": [round_out(row) for row in found.rounds],
        "blocked": [blocked_out(code, found.blocked) for code in document.blocked_codes],
        "clock": clock_out(found.clock),
        "trace_id": trace_id(document.trace),
        "links": links_of(document),
    }


def _state(found: Standing) -> Words:
    document = found.document
    return state_words(found.book, document.kind, document.state, blocked=bool(document.blocked_codes))[0]


def links_of(document: Document) -> dict[str, str]:
    """Where to look next."""
    own = f"/intake/documents/{document.id}"
    return {
        "self": own,
        "page": f"/intake/document/{document.id}",
        "versions": f"{own}/versions",
        "dossier": f"{own}/dossier",
        "withdraw": f"{own}/withdraw",
    }


def version_out(version: Version) -> dict[str, Any]:
    """One version for programs."""
    shown = vars(version) | {"document_id": str(version.document_id)}
    return {**shown, "submitted_at": version.submitted_at.isoformat() if version.submitted_at else None}


def round_out(row: StageRow) -> dict[str, Any]:
    """One round of a stage for programs."""
    return {
        "stage": row.stage,
        "ordinal": row.ordinal,
        "opened_at": row.opened_at.isoformat() if row.opened_at else None,
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "outcome": row.outcome,
        "text_hash": row.text_hash,
        "rule_id": row.rule_id,
        "due": row.due,
    }


def blocked_out(code: str, found: tuple[GateRefusal, ...]) -> dict[str, Any]:
    """One thing that stands in the way, with its words where the record still shows it."""
    reader = language.current()
    refusal = next((one for one in found if one.code == code), None)
    if refusal is None:
        return {"code": code}
    return {
        "code": code,
        "detail": refusal.words.of(reader),
        "remedy": refusal.remedy.of(reader),
        "rule": refusal.rule_id,
        "article": refusal.article.of(reader),
        "invariant": refusal.invariant,
    }


def clock_out(clock: Clock) -> dict[str, Any]:
    """The clock for programs: days are days in China; null while a calendar is not loaded."""
    reader = language.current()
    return {
        "earliest_publication": clock.earliest_publication.isoformat() if clock.earliest_publication else None,
        "provisional": clock.provisional,
        "missing": [words.of(reader) for words in clock.missing],
        "steps": [step_out(step) for step in clock.steps],
    }


def step_out(step: ClockStep) -> dict[str, Any]:
    """One step for programs."""
    reader = language.current()
    return {
        "stage": step.stage.id,
        "name": step.stage.name.of(reader),
        "state": step.state,
        "state_words": STEP_WORDS[step.state][0].of(reader),
        "earliest": step.earliest.isoformat() if step.earliest else None,
        "due": step.due.isoformat() if step.due else None,
        "provisional": step.provisional,
        "rule": rule_out(step.rule) if step.rule else None,
        "missing": step.missing.of(reader) if step.missing else None,
        "article": step.stage.citation.words(reader),
    }


def rule_out(rule: Rule) -> dict[str, Any]:
    """A rule for programs."""
    reader = language.current()
    return {
        "id": rule.id,
        "words": rule.words.of(reader),
        "article": rule.article.of(reader),
        "verified": rule.standing.of(reader),
    }

"""What is said to workflows: how a lifecycle starts, the signals that it hears, the ids under which it is found."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.kernel.contracts.facts import Facts
from services.kernel.contracts.messages import Deadline, DocumentRef, Message, Text

LIFECYCLE = "DocumentLifecycle"
ANNUAL_REPORT = "AnnualReport"
STANDING = "StandingChanged"
CLEANUP_OUTCOME = "CleanupOutcomePublished"

VERSION_SUBMITTED = "version_submitted"
WITHDRAWN = "withdrawn"
ROUND_DECIDED = "round_decided"
CLOCK_PAUSED = "clock_paused"
CLOCK_RESUMED = "clock_resumed"
ASKS_CHANGED = "asks_changed"
WINDOW_CHANGED = "window_changed"
WINDOW_CLOSED = "window_closed"
OPINIONS_ANSWERED = "opinions_answered"
TASKS_COMPLETED = "tasks_completed"


def lifecycle_id(document_id: UUID) -> str:
    """The workflow id of a document's lifecycle."""
    return f"document/{document_id}"


def phase_id(document_id: UUID, stage: str, ordinal: int) -> str:
    """The workflow id of one phase of a document, such as `document/<id>/legality_review/2`."""
    return f"document/{document_id}/{stage}/{ordinal}"


def annual_report_id(issuer_unit: str, year: int) -> str:
    """The workflow id of the gathering of one unit's report on one year."""
    return f"annual-report/{issuer_unit}/{year}"


def standing_id(act_id: UUID) -> str:
    """The workflow id under which it is told what happened to a document in force."""
    return f"standing/{act_id}"


def cleanup_outcome_id(cleanup_id: UUID, document_id: UUID) -> str:
    """The workflow id, and the inbox item, under which an office carries out what a clean-up published of a document."""
    return f"cleanup/{cleanup_id}/{document_id}"


class CleanupOutcome(Message):
    """What a published clean-up (清理) asks for: another document that changes or ends this one."""

    cleanup_id: UUID
    document: DocumentRef
    outcome: Literal["amend", "repeal", "lapse"]
    link: str


class StandingChange(Message):
    """What happened to a document in force. `suspension_id` is the act under which it stood still until now;
    `cleanup_ids` are the published clean-ups whose outcome it carries out.

    The reason is not here: it stands on the page that the link leads to.
    """

    act_id: UUID
    document: DocumentRef
    text_hash: str
    change: Literal["amended", "ended", "suspended", "resumed"]
    effective_on: date
    by_document: UUID | None = None
    suspension_id: UUID | None = None
    cleanup_ids: tuple[UUID, ...] = ()
    link: str


class CommentPlan(Message):
    """What the drafting office asked of the public comment window; the rule's minimum where nothing was asked.

    `shortened` says that the reason for a shorter window, which is printed in the notice, stands in intake.
    """

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    shortened: bool = False


class StartLifecycle(Message):
    """Everything that a lifecycle needs to know at its start; the rule book is pinned by hash."""

    document: DocumentRef
    text: Text
    rule_book: str
    overlays: tuple[str, ...] = ()
    predicates: dict[str, bool] = {}
    submitted_at: datetime
    author_ids: tuple[str, ...] = ()
    comment: CommentPlan = CommentPlan()
    structure_hash: str | None = None
    task_count: int = 0
    report_year: int | None = None


class Heard(Message):
    """The base of every signal: `event_id` names the fact, so that hearing it twice changes nothing."""

    event_id: UUID


class VersionSubmitted(Heard):
    """The drafting office handed in another version of the text; `hear_again` puts it to the public once more."""

    text: Text
    author_ids: tuple[str, ...] = ()
    structure_hash: str | None = None
    task_count: int = 0
    hear_again: bool = False


class Withdrawn(Heard):
    """The drafting office withdrew the document before the decision."""

    actor_id: str
    reason_hash: str


class RoundDecided(Heard):
    """People have decided a round: the outcome, on which exact text, by whom, and the hash of the signed record.

    `amended_hash` is the text as a meeting amended it, where it did.
    """

    round_id: UUID
    stage: str
    outcome: str
    text_hash: str
    materials_hash: str | None = None
    actor_id: str
    record_hash: str
    decided_at: datetime
    publication_day: date | None = None
    amended_hash: str | None = None
    facts: Facts | None = None
    return_to: str | None = None


class ClockPaused(Heard):
    """Papers were asked for: the reviewer's time stands still from now."""

    round_id: UUID
    at: datetime
    missing: int = 1


class ClockResumed(Heard):
    """The papers are there, or are not asked for any more: the reviewer's time goes on.

    With `since` nothing stood still: the time from then to `at` is not counted, because it counts from acceptance.
    """

    round_id: UUID
    at: datetime
    why: Literal["answered", "withdrawn"] = "answered"
    since: datetime | None = None


class Ask(Message):
    """One thing that somebody besides the round's own office is asked for: a signature, a unit's reply, a ruling.

    It is `open` when it is their turn, `waiting` before that, and afterwards `done` or `withdrawn`.
    `person_id` is there when it is asked of one person and not of whoever holds the role in the unit.
    """

    ordinal: int
    state: Literal["waiting", "open", "done", "withdrawn"]
    role: str
    unit_id: str
    person_id: str | None = None
    due: Deadline | None = None
    rule_id: str | None = None


class AsksChanged(Heard):
    """Everything of one kind (`what`) that is asked within a round now; a higher `revision` replaces a lower one."""

    round_id: UUID
    what: Literal["seat", "consultation_reply", "dispute_ruling", "seal"]
    revision: int
    asks: tuple[Ask, ...]


class WindowChanged(Heard):
    """An authorised person acted on a window, with a published reason: `kind` says how, `closes_at` is its close now.

    `ordinal` numbers the acts on one window. A suspended window is not closed until it is resumed, whatever its close.
    """

    window_id: UUID
    closes_at: datetime
    kind: Literal["extended", "suspended", "resumed", "stopped", "reopened"] = "extended"
    ordinal: int | None = None


class WindowClosed(Heard):
    """A window is closed; `received` comments were taken in time."""

    window_id: UUID
    closed_at: datetime
    received: int


class OpinionsAnswered(Heard):
    """Every opinion of a window has its answer: received = answered + withdrawn."""

    window_id: UUID
    answered: int
    withdrawn: int
    actor_id: str


class TasksCompleted(Heard):
    """Every task of a plan is done or closed."""

    document_id: UUID
    completed_on: date


class LifecycleEnd(Message):
    """How a life ended: `outcome` is issued, rejected, unlawful or withdrawn."""

    document_id: UUID
    outcome: str
    doc_number: str | None = None


class StartAnnualReport(Message):
    """Ask for the report of `issuer_unit` on `year` (January to December of the office's calendar)."""

    issuer_unit: str
    year: int | None = None
    overlays: tuple[str, ...] = ()

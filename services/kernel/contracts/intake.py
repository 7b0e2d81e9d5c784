"""What intake serves to workflows: the dossier, the comment window, the answers, the annual report's draft."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from services.kernel.contracts.facts import Facts
from services.kernel.contracts.figures import AskFigures, Figure, Figures
from services.kernel.contracts.messages import Call, Deadline, DocumentRef, Done, Message, Queue, StoredFile, Text


class RecordStage(Message):
    """One thing that happened to a stage, to be written into the dossier and shown as the document's place.

    `key` makes it idempotent: the same key is written once. `accepts_versions` says whether the drafting office
    may hand in another text from now on.
    """

    key: str
    document_id: UUID
    stage: str
    ordinal: int = 1
    event: Literal["opened", "closed", "blocked", "voided", "ended", "due_changed"]
    state: str
    outcome: str | None = None
    text_hash: str
    rule_id: str | None = None
    actor_id: str | None = None
    record_hash: str | None = None
    occurred_at: datetime
    due: Deadline | None = None
    accepts_versions: bool = False
    codes: tuple[str, ...] = ()
    doc_number: str | None = None
    facts: Facts | None = None


class TakeAmended(Message):
    """Make the text that a meeting amended the next version of its document; it lies in the content store.

    `deliberated_hash` is the text that the meeting had before it, `record_hash` the signed record with the amendments.
    """

    document_id: UUID
    deliberated_hash: str
    amended_hash: str
    actor_id: str | None = None
    record_hash: str | None = None


class AmendedTaken(Message):
    """The version that now stands."""

    text: Text
    structure_hash: str
    task_count: int = 0


class CheckGate(Message):
    """May this document enter `stage` with this text? The dossier answers."""

    document_id: UUID
    stage: str
    text_hash: str


class GateAnswer(Message):
    """`passed`, or the codes of the invariants that stand in the way (their words are shown by intake).

    `again` names the steps whose conclusion lets nothing pass: they are to be repeated on an adjusted text.
    """

    passed: bool
    codes: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


class OpenWindow(Message):
    """Open the public comment window of a document, on this text, until this instant."""

    document: DocumentRef
    text: Text
    rule_id: str
    opens_at: datetime
    closes_at: datetime
    reply_to: str


class WindowOpened(Message):
    """The window as the database holds it."""

    window_id: UUID
    opens_at: datetime
    closes_at: datetime


class CloseWindow(Message):
    """Ask for the closing of a window: `due` lets the row decide by the database's clock.

    `withdrawn` ends it at once, because the document was withdrawn.
    """

    window_id: UUID
    why: Literal["due", "withdrawn"] = "due"


class WindowState(Message):
    """`closed` with its count, or still open until `closes_at` (it was extended, or the clock is not there yet).

    While it is `suspended` it is not closed, and its close will move. `acts` counts what people had done to it.
    """

    window_id: UUID
    closed: bool
    closes_at: datetime
    closed_at: datetime | None = None
    received: int = 0
    suspended: bool = False
    acts: int = 0


class RecordSummary(Message):
    """Record and publish the feedback summary of a closed window."""

    window_id: UUID


class SummaryRecorded(Message):
    """The summary's hash in the content store, its counts, and how many acts on the window had gone before."""

    summary_hash: str
    received: int
    late: int
    acts: int = 0


class PublishAnswers(Message):
    """Publish the answers to a window's opinions; refused by the balance received = answered + withdrawn."""

    window_id: UUID


class AnswersPublished(Message):
    """How many opinions were answered, and how."""

    answered: int
    adopted: int
    partly: int
    not_adopted: int


class FileOpinions(Message):
    """Make the opinions tables of a document into papers, as its answers stand now."""

    document_id: UUID


class OpinionsFiled(Message):
    """One table for each consultation whose result is recorded, in their order; none where the public was not heard."""

    tables: tuple[StoredFile, ...] = ()


class ComposeReport(Message):
    """Draft the annual report of a unit from the figures of all services, as a document of its own."""

    key: str
    issuer_unit: str
    year: int
    figures_hash: str
    overlays: tuple[str, ...] = ()


class ReportComposed(Message):
    """The document that now lives its own life."""

    document_id: UUID


class KeepFigures(Message):
    """Keep the figures of a year, as gathered, in the content store."""

    issuer_unit: str
    year: int
    figures: tuple[Figure, ...]


class Kept(Message):
    """Where bytes are kept."""

    content_hash: str


RECORD_STAGE = Call("intake.record_stage", Queue.INTAKE, RecordStage, Done)
TAKE_AMENDED = Call("intake.take_amended", Queue.INTAKE, TakeAmended, AmendedTaken)
CHECK_GATE = Call("intake.check_gate", Queue.INTAKE, CheckGate, GateAnswer)
OPEN_WINDOW = Call("intake.open_window", Queue.INTAKE, OpenWindow, WindowOpened)
CLOSE_WINDOW = Call("intake.close_window", Queue.INTAKE, CloseWindow, WindowState)
RECORD_SUMMARY = Call("intake.record_summary", Queue.INTAKE, RecordSummary, SummaryRecorded, seconds=3600, silent=120)
PUBLISH_ANSWERS = Call("intake.publish_answers", Queue.INTAKE, PublishAnswers, AnswersPublished, seconds=300)
FILE_OPINIONS = Call("intake.file_opinions", Queue.INTAKE, FileOpinions, OpinionsFiled, seconds=300)
KEEP_FIGURES = Call("intake.keep_figures", Queue.INTAKE, KeepFigures, Kept)
COMPOSE_REPORT = Call("intake.compose_report", Queue.INTAKE, ComposeReport, ReportComposed)
INTAKE_FIGURES = Call("intake.figures", Queue.INTAKE, AskFigures, Figures)

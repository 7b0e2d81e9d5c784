"""What workflows may ask of intake: one message in, one out, one transaction, the second time the same answer."""

from __future__ import annotations

from services.intake.actions import amended, answering, filing, record, report, summary, window
from services.intake.books import Books
from services.intake.domain.groups import CAMPAIGN, CampaignRule
from services.intake.store import documents
from services.kernel.contracts.figures import AskFigures, Figures
from services.kernel.contracts.intake import (
    CHECK_GATE,
    CLOSE_WINDOW,
    COMPOSE_REPORT,
    FILE_OPINIONS,
    INTAKE_FIGURES,
    KEEP_FIGURES,
    OPEN_WINDOW,
    PUBLISH_ANSWERS,
    RECORD_STAGE,
    RECORD_SUMMARY,
    TAKE_AMENDED,
    AmendedTaken,
    AnswersPublished,
    CheckGate,
    CloseWindow,
    ComposeReport,
    FileOpinions,
    GateAnswer,
    KeepFigures,
    Kept,
    OpenWindow,
    OpinionsFiled,
    PublishAnswers,
    RecordStage,
    RecordSummary,
    ReportComposed,
    SummaryRecorded,
    TakeAmended,
    WindowOpened,
    WindowState,
)
from services.kernel.contracts.messages import Done
from services.kernel.runtime.activities import pulse, serves
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database


class Intake:
    """The activities of intake, over its database, the content store and the rule books."""

    def __init__(self, db: Database, blobs: Blobs, books: Books, campaign: CampaignRule = CAMPAIGN) -> None:
        self._db, self._blobs, self._books, self._campaign = db, blobs, books, campaign

    @serves(RECORD_STAGE)
    async def record_stage(self, message: RecordStage) -> Done:
        """Write a fact into the dossier and move the document there."""
        async with self._db.transaction() as tx:
            document = await documents.get(tx, message.document_id)
            return await record.record_stage(tx, message, self._books.of(document))

    @serves(TAKE_AMENDED)
    async def take_amended(self, message: TakeAmended) -> AmendedTaken:
        """Make a meeting's amended text the next version."""
        read, structure_hash = await amended.read_amended(message, self._blobs)
        async with self._db.transaction() as tx:
            return await amended.take_amended(tx, message, read, structure_hash=structure_hash)

    @serves(CHECK_GATE)
    async def check_gate(self, message: CheckGate) -> GateAnswer:
        """Whether the document may enter a stage with this text."""
        async with self._db.transaction() as tx:
            document = await documents.get(tx, message.document_id)
            return await record.check_gate(tx, message, self._books.of(document), self._blobs)

    @serves(OPEN_WINDOW)
    async def open_window(self, message: OpenWindow) -> WindowOpened:
        """Open the comment window of a phase."""
        async with self._db.transaction() as tx:
            document = await documents.get(tx, message.document.document_id)
            return await window.open_window(tx, message, self._books.of(document))

    @serves(CLOSE_WINDOW)
    async def close_window(self, message: CloseWindow) -> WindowState:
        """Close the window if its instant has come; the row's word is final."""
        return await window.close_window(self._db, message)

    @serves(RECORD_SUMMARY)
    async def record_summary(self, message: RecordSummary) -> SummaryRecorded:
        """Record and publish the feedback summary."""
        async with pulse() as beat:
            return await summary.record_summary(
                self._db, message.window_id, self._blobs, campaign=self._campaign, beat=beat
            )

    @serves(PUBLISH_ANSWERS)
    async def publish_answers(self, message: PublishAnswers) -> AnswersPublished:
        """Publish the answers, if received = answered + withdrawn."""
        async with self._db.transaction() as tx:
            return await answering.publish_answers(tx, message.window_id, self._blobs)

    @serves(FILE_OPINIONS)
    async def file_opinions(self, message: FileOpinions) -> OpinionsFiled:
        """Keep the opinions tables as papers of the meeting."""
        async with self._db.read() as conn:
            return await filing.file_opinions(conn, message, self._blobs)

    @serves(KEEP_FIGURES)
    async def keep_figures(self, message: KeepFigures) -> Kept:
        """Keep the figures of a year."""
        async with self._db.transaction() as tx:
            return await report.keep_figures(tx, message, self._blobs)

    @serves(COMPOSE_REPORT)
    async def compose_report(self, message: ComposeReport) -> ReportComposed:
        """Draft the annual report as a document of its own."""
        return await report.compose_report(self._db, message, self._blobs, self._books.named(message.overlays))

    @serves(INTAKE_FIGURES)
    async def figures(self, message: AskFigures) -> Figures:
        """Intake's own indicators."""
        async with self._db.read() as conn:
            return await report.intake_figures(conn, message)

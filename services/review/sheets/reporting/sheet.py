"""The sheet of a report upward: report and reply are checked, signed with the step, and drawn on the round's page."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Matter, insist
from services.review.domain.commands import FileStep
from services.review.domain.rounds import Round
from services.review.sheets.reporting.domain import REPLIES, Kind, ReplyReceived, ReportSent, filing_refused
from services.review.sheets.sheet import Closing
from services.review.store import reports
from services.review.store.reports import Report

SENT, REPLY = "report_sent", "report_reply"


@dataclass(frozen=True)
class ReportingShown:
    """Report and reply as far as they are recorded, and who recorded them."""

    stage: str
    sent: ReportSent | None
    reply: ReplyReceived | None
    filed: Report | None
    answered: Report | None

    @property
    def replies(self) -> list[tuple[str, str]]:
        """The kinds of replies, in the reader's language."""
        return [(code, words.of(language.current())) for code, words in REPLIES.items()]

    @property
    def reply_words(self) -> str:
        """The kind of the reply that came."""
        return REPLIES[self.reply.kind].of(language.current()) if self.reply else ""


@dataclass(frozen=True)
class ReportingSheet:
    """See the package."""

    kind: Kind
    template: str = "sheet_reporting.html"

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """Report and reply go on record. Raises ReportMissing, ReplyMissing, ReplyPaperMissing."""
        shown = await self.shown(tx, matter.round_, book)
        insist(filing_refused(shown.sent, shown.reply, papers=len(matter.papers), rule=self.kind.rule))
        parts = {SENT: shown.sent, REPLY: shown.reply}
        return Closing({name: part.model_dump(mode="json") for name, part in parts.items() if part})

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> ReportingShown:
        """What was recorded in this round."""
        newest = await reports.newest(conn, round_.id)
        sent, reply = newest.get(SENT), newest.get(REPLY)
        return ReportingShown(
            stage=self.kind.stage,
            sent=ReportSent.model_validate(sent.body) if sent else None,
            reply=ReplyReceived.model_validate(reply.body) if reply else None,
            filed=sent,
            answered=reply,
        )

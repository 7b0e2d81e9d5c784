"""The sheet of the assessment: its newest report is checked, signed with the step, and drawn on the round's page."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Matter, insist
from services.review.domain.commands import FileStep
from services.review.domain.rounds import Round
from services.review.sheets.assessment.domain import HEADINGS, AssessmentReport, filing_refused
from services.review.sheets.sheet import Closing
from services.review.store import reports
from services.review.store.reports import Report

PART = "assessment"


@dataclass(frozen=True)
class AssessmentShown:
    """The report as far as it is written; `filed` is None while only an earlier round has one."""

    report: AssessmentReport
    filed: Report | None

    @property
    def headings(self) -> list[tuple[str, str, str]]:
        """Field, name, and what is written under each heading."""
        reader = language.current()
        return [(name, words.of(reader), getattr(self.report, name)) for name, words in HEADINGS.items()]


class AssessmentSheet:
    """See the package."""

    template = "sheet_assessment.html"

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """The report goes on record. Raises AssessmentIncomplete, NotArgued."""
        filed = (await reports.newest(tx, matter.round_.id)).get(PART)
        report = AssessmentReport.model_validate(filed.body) if filed else None
        insist(filing_refused(report, outcome=command.outcome, conclusion=command.conclusion))
        return Closing({"assessment": report.model_dump(mode="json") if report else {}})

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> AssessmentShown:
        """The newest report of this round, or where there is none yet, that of the round before."""
        filed = (await reports.newest(conn, round_.id)).get(PART)
        before = (await reports.newest_before(conn, round_)).get(PART)
        last = filed or before
        return AssessmentShown(AssessmentReport.model_validate(last.body) if last else AssessmentReport(), filed)

"""The sheet of the risk assessment."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.contracts.facts import Facts
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Matter, insist
from services.review.domain.commands import FileStep
from services.review.domain.rounds import Round
from services.review.sheets.risk.domain import LEVELS, UNCONTROLLABLE, RiskReport, filing_refused
from services.review.sheets.sheet import Closing
from services.review.store import reports
from services.review.store.reports import Report

PART = "risk"


@dataclass(frozen=True)
class RiskShown:
    """The report as far as it is written; `filed` is None while only an earlier round has one."""

    report: RiskReport
    filed: Report | None

    @property
    def levels(self) -> list[tuple[str, str, str]]:
        """Code, word and mark of each level."""
        return [(code, words.of(language.current()), state) for code, (words, state) in LEVELS.items()]

    @property
    def level_options(self) -> list[tuple[str, str]]:
        """Levels to choose from."""
        return [(code, words) for code, words, _ in self.levels]


class RiskSheet:
    """See the package."""

    template = "sheet_risk.html"

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """The report goes on record. Raises RiskIncomplete, NotExplained."""
        filed = (await reports.newest(tx, matter.round_.id)).get(PART)
        report = RiskReport.model_validate(filed.body) if filed else RiskReport()
        insist(filing_refused(report, outcome=command.outcome, conclusion=command.conclusion))
        facts = Facts(risk=report.facts(controllable=command.outcome != UNCONTROLLABLE))
        return Closing({"risk": report.model_dump(mode="json")}, facts)

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> RiskShown:
        """The newest report of this round, or where there is none yet, that of the round before."""
        filed = (await reports.newest(conn, round_.id)).get(PART)
        last = filed or (await reports.newest_before(conn, round_)).get(PART)
        return RiskShown(RiskReport.model_validate(last.body) if last else RiskReport(), filed)

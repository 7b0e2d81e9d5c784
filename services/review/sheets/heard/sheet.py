"""The sheet of those who are heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Matter, insist
from services.review.domain import heard
from services.review.domain.commands import FileStep
from services.review.domain.heard import Kind, Options, Wanted, balance, filing_refused
from services.review.domain.rounds import Round
from services.review.sheets.sheet import Closing
from services.review.store import reports
from services.review.store.reports import Report

PART = "heard"


@dataclass(frozen=True)
class HeardShown:
    """The list as far as it is written; `filed` is None while only an earlier round has one."""

    report: heard.Report
    filed: Report | None
    businesses: bool
    balance: Sequence[Wanted]
    article: str

    @property
    def sorts(self) -> list[tuple[str, str]]:
        """What those heard may be."""
        kind = heard.BUSINESSES if self.businesses else heard.GROUP
        return _chosen(heard.SORTS[kind.stage])

    @property
    def sizes(self) -> list[tuple[str, str]]:
        """Sizes of businesses."""
        return _chosen(heard.SIZES)

    @property
    def ways(self) -> list[tuple[str, str]]:
        """How somebody may be heard."""
        return _chosen(heard.WAYS)

    @property
    def wanted(self) -> list[tuple[str, Wanted]]:
        """What is asked of the choice, in the reader's language."""
        return [(one.words.of(language.current()), one) for one in self.balance]


@dataclass(frozen=True)
class HeardSheet:
    """See the package."""

    kind: Kind
    template: str = "sheet_heard.html"

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """The list goes on record.

        Raises NobodyHeard, HeardIncomplete, ChoiceUnbalanced, AdaptationUndecided.
        """
        filed = (await reports.newest(tx, matter.round_.id)).get(PART)
        said = self.kind.report.model_validate(filed.body) if filed else None
        insist(filing_refused(said, self.kind, book))
        return Closing({PART: said.model_dump(mode="json") if said else {}})

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> HeardShown:
        """The newest list of this round, or where there is none yet, that of the round before."""
        filed = (await reports.newest(conn, round_.id)).get(PART)
        last = filed or (await reports.newest_before(conn, round_)).get(PART)
        said = self.kind.report.model_validate(last.body) if last else self.kind.report()
        article = book.rule(self.kind.rule).article.of(language.current())
        return HeardShown(said, filed, self.kind is heard.BUSINESSES, balance(said, book), article)


def _chosen(options: Options) -> list[tuple[str, str]]:
    return [(code, words.of(language.current())) for code, words in options.items()]

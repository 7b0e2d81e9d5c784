"""The sheet of the fair-competition review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.kernel.contracts.facts import Facts
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Matter, insist
from services.review.domain.commands import FileStep
from services.review.domain.opinions import EXEMPT
from services.review.domain.rounds import Round
from services.review.sheets.competition.domain import FirstReview, facts_of, filing_refused, limbs_of
from services.review.sheets.sheet import Closing
from services.review.store import reports, sign_offs
from services.review.store.reports import Report

PART = "competition_first"


@dataclass(frozen=True)
class CompetitionShown:
    """The first review as far as it is written, the limbs to choose from, and the exception once it is signed."""

    report: FirstReview
    filed: Report | None
    conclusions: list[tuple[str, str]]
    limbs: list[tuple[str, str]]
    exemption: Mapping[str, Any] | None

    @property
    def limb_words(self) -> str:
        """The limb that was chosen, in words."""
        chosen = self.exemption["limb"] if self.exemption else ""
        return next((words for code, words in self.limbs if code == chosen), "")


class CompetitionSheet:
    """See the package."""

    template = "sheet_competition.html"

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """The first review goes on record with the conclusion.

        Raises FirstReviewMissing, StakeholdersUnheard, FirstReviewIncomplete, ConclusionUnexplained, ExemptionUnfounded.
        """
        filed = (await reports.newest(tx, matter.round_.id)).get(PART)
        first = FirstReview.model_validate(filed.body) if filed else None
        insist(filing_refused(first, command, {rule.id for rule in limbs_of(book)}))
        exempt = command.exemption if command.outcome == EXEMPT else None
        facts = Facts(exemption=facts_of(exempt)) if exempt else None
        return Closing({"first_review": first.model_dump(mode="json") if first else {}}, facts)

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> CompetitionShown:
        """The newest first review of this round, or where there is none yet, that of the round before."""
        filed = (await reports.newest(conn, round_.id)).get(PART)
        last = filed or (await reports.newest_before(conn, round_)).get(PART)
        signed = await sign_offs.find_sign_off(conn, round_.id)
        reader = language.current()
        return CompetitionShown(
            FirstReview.model_validate(last.body) if last else FirstReview(),
            filed,
            [(code, book.outcome(code).words.of(reader)) for code in ("filed", "exempt", "violates")],
            [(rule.id, f"{rule.article.of(reader)}：{rule.words.of(reader)}") for rule in limbs_of(book)],
            signed.record["details"].get("exemption") if signed else None,
        )

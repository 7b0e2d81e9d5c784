"""What the machine noticed, as the page of a round shows it: the sentence with its words marked, and who said what of it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from services.kernel.contracts.refusals import Words
from services.kernel.precheck.findings import Finding, Weight
from services.kernel.runtime import language
from services.kernel.runtime.db import Connection
from services.review.domain.rounds import Round
from services.review.pages.words import Mark, mark
from services.review.precheck import findings_of, register_for
from services.review.store import verdicts
from services.review.store.verdicts import Verdict
from services.review.wiring import blobs_of, register_in

WEIGHTS: dict[Weight, tuple[Words, str]] = {
    Weight.GRAVE: (Words("请重点看", "Look closely"), "warn"),
    Weight.ADVICE: (Words("请看一下", "Have a look"), "now"),
}


@dataclass(frozen=True)
class Noticed:
    """One finding with the printed words that it is about."""

    finding: Finding
    mark: Mark
    words: str
    remedy: str
    article: str
    before: str
    marked: str
    after: str
    verdict: Verdict | None

    @property
    def unverified(self) -> bool:
        """Whether nobody has checked the rule against its text yet."""
        return self.finding.verified == "M"


async def noticed_in(request: Request, conn: Connection, round_: Round) -> list[Noticed]:
    """The findings in the text of the round, in order, each with the newest verdict."""
    found = await findings_of(blobs_of(request), round_, await register_for(conn, register_in(request), round_))
    said = await verdicts.of_document(conn, round_.document_id) if found else {}
    return [_noticed(finding, said.get(finding.key)) for finding in found]


def _noticed(finding: Finding, verdict: Verdict | None) -> Noticed:
    reader, at = language.current(), finding.sentence_start
    start, end = finding.start - at, finding.end - at
    return Noticed(
        finding=finding,
        mark=mark(WEIGHTS[finding.weight]),
        words=finding.words.of(reader),
        remedy=finding.remedy.of(reader),
        article=finding.article.of(reader),
        before=finding.sentence[:start],
        marked=finding.sentence[start:end],
        after=finding.sentence[end:],
        verdict=verdict,
    )

"""The first review of the drafter, the limbs of the exception, and when the conclusion may be filed (条例第十二条至第十八条)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from services.kernel.contracts.facts import ExemptionFacts
from services.kernel.contracts.refusals import Conflict, Invalid, Refused, Words
from services.kernel.procedure.rules import Rule, RuleBook
from services.review.domain.commands import Command, Exemption, FileStep, Line, Prose
from services.review.domain.opinions import EXEMPT
from services.review.domain.refusals import ExemptionUnfounded

STAGE = "fair_competition_review"
LIMB = "competition.limb_"
LABELS: dict[str, Words] = {
    "stakeholders": Words("利害关系人", "Stakeholders"),
    "effect": Words("公平竞争影响评估", "Assessment of the effect on competition"),
    "first_opinion": Words("初审意见", "First opinion"),
    "first_conclusion": Words("初审结论", "First conclusion"),
}


class Stakeholder(Command):
    """Somebody whom the measure concerns, and what they said of its effect on competition."""

    name: Line
    opinion: Prose = ""


class FirstReview(Command):
    """The drafting unit's own review, before the market regulator's."""

    stakeholders: tuple[Stakeholder, ...] = ()
    effect: Prose = ""
    first_opinion: Prose = ""
    first_conclusion: Literal["filed", "exempt", "violates"] = "filed"


class FirstReviewMissing(Conflict):
    """The market regulator reviews what the drafter has reviewed first."""

    code = "competition.first_missing"
    rule = "competition.first"
    title = Words("没有起草单位的初审意见", "There is no first review by the drafting unit")
    remedy = Words("请起草单位先报送初审意见。", "Let the drafting unit file its first review.")


class FirstReviewIncomplete(Invalid):
    """The first review assesses the effect and gives an opinion."""

    code = "competition.first_incomplete"
    rule = "competition.first"
    title = Words("初审没有影响评估或者没有意见", "The first review lacks its assessment or its opinion")
    remedy = Words("请起草单位补齐影响评估和初审意见。", "Let the drafting unit complete both.")


class StakeholdersUnheard(Invalid):
    """Those concerned are heard."""

    code = "competition.stakeholders"
    rule = "competition.stakeholders"
    title = Words("没有听取利害关系人意见的记录", "No stakeholder is on record as heard")
    remedy = Words("请听取有关经营者、行业协会商会的意见并记下。", "Hear businesses and associations, and record it.")


class ConclusionUnexplained(Invalid):
    """A conclusion that stops or exempts is written out in detail."""

    code = "competition.reason"
    rule = "competition.required"
    title = Words("审查结论没有写明理由", "The conclusion gives no reason")
    remedy = Words("请在结论里写明违反哪一条、为什么。", "Say which provision is offended, and why.")


def limbs_of(book: RuleBook) -> list[Rule]:
    """The limbs under which a measure may be excepted, as the rule book has them."""
    return [rule for name, rule in sorted(book.rules.items()) if name.startswith(LIMB)]


def filing_refused(first: FirstReview | None, command: FileStep, limbs: Collection[str]) -> Refused | None:
    """Why the regulator's conclusion cannot be filed."""
    if first is None:
        return FirstReviewMissing()
    if not any(one.opinion for one in first.stakeholders):
        return StakeholdersUnheard(field="stakeholders")
    if not first.effect or not first.first_opinion:
        return FirstReviewIncomplete(field="effect")
    if command.outcome != "filed" and not command.conclusion:
        return ConclusionUnexplained(field="conclusion")
    if command.outcome == EXEMPT and (command.exemption is None or command.exemption.limb not in limbs):
        return ExemptionUnfounded(
            Words("请选定适用第十二条的哪一项。", "Choose the limb of article 12 that applies."), field="exemption"
        )
    return None


def facts_of(exemption: Exemption) -> ExemptionFacts:
    """What the gates read of an exception."""
    return ExemptionFacts(
        limb=exemption.limb,
        no_lesser_means=bool(exemption.no_lesser_means),
        until=exemption.until,
        end_condition=bool(exemption.end_condition),
    )

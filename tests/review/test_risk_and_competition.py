"""Risk assessments and fair-competition reviews: what must be on the sheet, who puts it there, what the gates are told."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.kernel.contracts.facts import ExemptionFacts, RiskFacts
from services.kernel.contracts.refusals import Forbidden, Refused
from services.kernel.contracts.review import CloseRound
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Database
from services.review.actions.deciding import Decided
from services.review.actions.steps import file_step
from services.review.activities import ReviewActivities
from services.review.domain.commands import Exemption
from services.review.domain.refusals import ExemptionUnfounded
from services.review.sheets.competition import domain as competition
from services.review.sheets.competition.acts import review_first
from services.review.sheets.risk.acts import write_risk_report
from services.review.sheets.risk.domain import Consulted, NotExplained, RiskIncomplete, RiskPoint, RiskReport
from services.review.store import rounds
from tests.review.builders import BOOK, CHENG_YIAN, FIRST_REVIEW, HE_XU, a_round, a_step, opened
from tests.review.conftest import Web
from tests.review.test_pages import get, send

WHOLE = RiskReport(
    method="走访、座谈。",
    points=(RiskPoint(what="服务机构不足", level="high", prevention="分片区错峰清洗。"),),
    response_plan="当日到场处置。",
    consulted=(Consulted(unit="区信访局", opinion="风险可控。"),),
)
LIMB = "competition.limb_3_public_interest"
EXEMPTION = Exemption(
    limb=LIMB, ground="保护大气环境", no_lesser_means="没有影响更小的方案。", until=date(2028, 12, 31)
)


async def a_risk(db: Database, report: RiskReport | None = WHOLE) -> UUID:
    round_id = await opened(db, a_round("recorded_step", stage="risk_assessment", role="drafter", unit_id="urban"))
    if report is not None:
        async with db.transaction() as tx:
            await write_risk_report(tx, HE_XU, round_id, report, BOOK)
    return round_id


async def a_review(db: Database, **changes: Any) -> UUID:
    """A round of fair competition; its first review as usual, or with changes."""
    round_id = await opened(db, a_round("recorded_step"))
    if changes:
        async with db.transaction() as tx:
            await review_first(tx, HE_XU, round_id, FIRST_REVIEW.model_copy(update=changes), BOOK)
    return round_id


async def filed(db: Database, actor: Actor, round_id: UUID, **changes: Any) -> Decided:
    async with db.transaction() as tx:
        return await file_step(tx, actor, round_id, a_step(**changes), book=BOOK)


@pytest.mark.parametrize(
    "report",
    [
        None,
        WHOLE.model_copy(update={"points": ()}),
        WHOLE.model_copy(update={"points": (RiskPoint(what="服务机构不足"),)}),
        WHOLE.model_copy(update={"response_plan": ""}),
        WHOLE.model_copy(update={"consulted": ()}),
    ],
)
async def test_a_risk_report_that_lacks_something_is_not_filed(db: Database, report: RiskReport | None) -> None:
    with pytest.raises(RiskIncomplete):
        await filed(db, HE_XU, await a_risk(db, report))


async def test_a_risk_beyond_control_says_why_and_tells_the_gates(db: Database, activities: ReviewActivities) -> None:
    round_id = await a_risk(db)
    with pytest.raises(NotExplained):
        await filed(db, HE_XU, round_id, outcome="uncontrollable", conclusion="")
    await filed(db, HE_XU, round_id, outcome="uncontrollable")
    state = await activities.close_round(CloseRound(round_id=round_id, why="ask"))
    assert (state.outcome, state.facts and state.facts.risk) == (
        "uncontrollable",
        RiskFacts(points=1, high=1, controllable=False),
    )


async def test_a_conclusion_waits_for_the_first_review(db: Database) -> None:
    async with db.transaction() as tx:
        round_id = await rounds.open_round(tx, a_round("recorded_step"))
    with pytest.raises(competition.FirstReviewMissing):
        await filed(db, CHENG_YIAN, round_id)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"stakeholders": ()}, competition.StakeholdersUnheard),
        ({"effect": ""}, competition.FirstReviewIncomplete),
        ({"first_opinion": ""}, competition.FirstReviewIncomplete),
    ],
)
async def test_a_first_review_hears_those_concerned_and_weighs_the_effect(
    db: Database, changes: dict[str, Any], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        await filed(db, CHENG_YIAN, await a_review(db, **changes))


async def test_the_regulator_does_not_write_the_first_review(db: Database) -> None:
    round_id = await a_review(db)
    async with db.transaction() as tx:
        with pytest.raises(Forbidden):
            await review_first(tx, CHENG_YIAN, round_id, FIRST_REVIEW, BOOK)


@pytest.mark.parametrize("limb", ["", "competition.required", "competition.limb_9"])
async def test_an_exception_names_a_limb_of_the_rule_book(db: Database, limb: str) -> None:
    unfounded = EXEMPTION.model_copy(update={"limb": limb})
    with pytest.raises(ExemptionUnfounded):
        await filed(db, CHENG_YIAN, await a_review(db), outcome="exempt", exemption=unfounded)


async def test_a_measure_that_restricts_competition_is_stopped_with_a_reason(db: Database) -> None:
    round_id = await a_review(db)
    with pytest.raises(competition.ConclusionUnexplained):
        await filed(db, CHENG_YIAN, round_id, outcome="violates", conclusion="")


async def test_an_exception_tells_the_gates_its_limb_and_its_end(db: Database, activities: ReviewActivities) -> None:
    round_id = await a_review(db)
    await filed(db, CHENG_YIAN, round_id, outcome="exempt", exemption=EXEMPTION)
    state = await activities.close_round(CloseRound(round_id=round_id, why="ask"))
    assert state.facts is not None
    assert state.facts.exemption == ExemptionFacts(limb=LIMB, no_lesser_means=True, until=date(2028, 12, 31))


async def test_both_sheets_are_filled_by_forms(db: Database, web: Web) -> None:
    round_id = await a_risk(db, None)
    rows = {
        "points_1_what": "服务机构不足",
        "points_1_level": "high",
        "points_1_prevention": "错峰。",
        "points_2_level": "medium",
    }
    fields = {
        "act": "risk-report",
        "response_plan": "到场。",
        "consulted_1_unit": "区信访局",
        "consulted_1_opinion": "可控。",
        **rows,
    }
    assert (await send(web, f"/review/round/{round_id}/risk-report", HE_XU, fields)).status_code == 303
    page = (await get(web, f"/review/round/{round_id}", HE_XU, "en")).text
    assert "服务机构不足" in page
    assert "High" in page
    review = await a_review(db)
    again = {
        "act": "first-review",
        "stakeholders_1_name": "区餐饮协会",
        "stakeholders_1_opinion": "同意。",
        "effect": "无。",
        "first_opinion": "无。",
    }
    assert (await send(web, f"/review/round/{review}/first-review", HE_XU, again)).status_code == 303
    assert "区餐饮协会" in (await get(web, f"/review/round/{review}", CHENG_YIAN)).text

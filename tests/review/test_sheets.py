"""Sheets: what a step collects while its round is open, and what goes on record with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.kernel.contracts.refusals import Forbidden
from services.kernel.contracts.review import CloseRound
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Database
from services.review.actions.deciding import Decided
from services.review.actions.steps import file_step
from services.review.activities import ReviewActivities
from services.review.domain import refusals
from services.review.sheets.assessment.acts import write_assessment
from services.review.sheets.assessment.domain import AssessmentIncomplete, AssessmentReport, NotArgued
from services.review.sheets.collecting import OtherSheet
from services.review.store import rounds, sign_offs
from tests.review.builders import BOOK, HE_XU, LU_WENXI, a_document, a_round, a_step, opened
from tests.review.conftest import Web
from tests.review.test_pages import get, send

WHOLE = {
    "necessity": "投诉集中，确有必要。",
    "feasibility": "设施普及，可以实施。",
    "reasonableness": "按季清洗，与污染相当。",
    "expected_effect": "投诉下降一半。",
    "risk": "成本略升，已设过渡期。",
}


async def an_assessment(db: Database, **changes: Any) -> UUID:
    about = {"stage": "assessment", "role": "drafter", "unit_id": "urban", "may_be_not_applicable": False}
    return await opened(db, a_round("recorded_step", **{**about, **changes}))


async def written(db: Database, round_id: UUID, *, actor: Actor = HE_XU, **changes: Any) -> None:
    async with db.transaction() as tx:
        await write_assessment(tx, actor, round_id, AssessmentReport(**{**WHOLE, **changes}), BOOK)


async def filed(db: Database, round_id: UUID, **changes: Any) -> Decided:
    async with db.transaction() as tx:
        return await file_step(tx, HE_XU, round_id, a_step(**changes), book=BOOK)


async def test_an_assessment_without_its_report_is_not_filed(db: Database) -> None:
    with pytest.raises(AssessmentIncomplete):
        await filed(db, await an_assessment(db))


@pytest.mark.parametrize("heading", WHOLE)
async def test_every_heading_is_argued(db: Database, heading: str) -> None:
    round_id = await an_assessment(db)
    empty: dict[str, Any] = {heading: ""}
    await written(db, round_id, **empty)
    with pytest.raises(AssessmentIncomplete):
        await filed(db, round_id)


@pytest.mark.parametrize("outcome", ["revise", "stop"])
async def test_to_revise_or_to_stop_needs_its_reason(db: Database, outcome: str) -> None:
    round_id = await an_assessment(db)
    await written(db, round_id)
    with pytest.raises(NotArgued):
        await filed(db, round_id, outcome=outcome, conclusion="")
    assert (await filed(db, round_id, outcome=outcome, conclusion="成本过高，应当缩小范围。")).outcome == outcome


async def test_the_newest_report_is_signed_with_the_step(db: Database) -> None:
    round_id = await an_assessment(db)
    await written(db, round_id, risk="没有风险。")
    await written(db, round_id)
    await filed(db, round_id, conclusion="")
    async with db.read() as conn:
        signed = await sign_offs.find_sign_off(conn, round_id)
    assert signed is not None
    assert signed.record["details"]["assessment"] == WHOLE


async def test_a_report_is_kept_as_it_was_written(db: Database) -> None:
    round_id = await an_assessment(db)
    await written(db, round_id)
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"record\.append_only"):
            await tx.execute("update reports set body = '{}'")


async def test_nothing_is_collected_after_the_decision(db: Database) -> None:
    round_id = await an_assessment(db)
    await written(db, round_id)
    await filed(db, round_id)
    with pytest.raises(refusals.RoundClosed):
        await written(db, round_id)


async def test_the_database_collects_nothing_for_a_closed_round(db: Database, activities: ReviewActivities) -> None:
    round_id = await an_assessment(db)
    await activities.close_round(CloseRound(round_id=round_id, why="voided"))
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"round\.closed"):
            await tx.execute(
                "insert into reports (round_id, part, position, body, person_id, person_name, unit_id, unit_name)"
                " values ($1, 'assessment', 1, '{}', 'he-xu', '何叙', 'urban', '区城市管理局')",
                round_id,
            )


async def test_a_stranger_writes_on_no_sheet(db: Database) -> None:
    with pytest.raises(Forbidden):
        await written(db, await an_assessment(db), actor=LU_WENXI)


async def test_a_sheet_belongs_to_its_own_stage(db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step", stage="initiation", role="drafter", unit_id="urban"))
    with pytest.raises(OtherSheet):
        await written(db, round_id)


async def test_the_next_round_begins_with_the_report_of_the_last(db: Database, web: Web) -> None:
    document = a_document()
    round_id = await an_assessment(db, document=document)
    await written(db, round_id)
    await filed(db, round_id, outcome="revise", conclusion="范围过宽。")
    again = await an_assessment(db, document=document, ordinal=2)
    page = (await get(web, f"/review/round/{again}", HE_XU)).text
    assert WHOLE["feasibility"] in page
    with pytest.raises(AssessmentIncomplete):
        await filed(db, again)


async def test_a_sheet_is_filled_by_a_form_and_shown(db: Database, web: Web) -> None:
    round_id = await an_assessment(db)
    answer = await send(web, f"/review/round/{round_id}/assessment", HE_XU, {"act": "assessment", **WHOLE})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/review/round/{round_id}?said=sheet")
    page = (await get(web, f"/review/round/{round_id}", HE_XU, "en")).text
    assert "Assessment report" in page
    assert WHOLE["necessity"] in page
    await filed(db, round_id)
    after = (await get(web, f"/review/round/{round_id}", LU_WENXI)).text
    assert WHOLE["risk"] in after
    assert f"/review/round/{round_id}/assessment" not in after


async def test_a_form_that_is_refused_comes_back_with_its_words(db: Database, web: Web) -> None:
    round_id = await an_assessment(db)
    answer = await send(web, f"/review/round/{round_id}/assessment", HE_XU, {**WHOLE, "risk": "长" * 20_001})
    assert answer.status_code == 422
    assert WHOLE["necessity"] in answer.text
    assert "风险" in answer.text


async def test_a_program_fills_a_sheet(db: Database, web: Web) -> None:
    round_id = await an_assessment(db)
    path, headers = f"/review/rounds/{round_id}/assessment", web.as_program(HE_XU)
    assert (await web.client.post(path, json=WHOLE, headers=headers)).status_code == 201
    wrong = await web.client.post(path, json={**WHOLE, "necesity": ""}, headers=headers)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "necesity")
    assert (await web.client.post(path, content=b"{", headers=headers)).status_code == 422


async def test_a_round_without_facts_says_none(db: Database, activities: ReviewActivities) -> None:
    round_id = await an_assessment(db)
    await written(db, round_id)
    await filed(db, round_id)
    assert (await activities.close_round(CloseRound(round_id=round_id, why="ask"))).facts is None
    async with db.read() as conn:
        assert (await rounds.get_round(conn, round_id)).facts is None

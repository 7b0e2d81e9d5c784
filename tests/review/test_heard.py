"""Those who are heard: enterprises and associations in a representative choice, or those who speak for a group."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fawen.demo.sheets import ENTERPRISES, GROUP
from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime.db import Database
from services.review.actions.steps import file_step
from services.review.domain import heard as domain
from services.review.domain.heard import BUSINESSES, BusinessesHeard, GroupHeard
from services.review.sheets.heard import acts
from services.review.store import sign_offs
from tests.review.builders import BOOK, HE_XU, LU_WENXI, a_document, a_round, a_step, opened
from tests.review.conftest import Web
from tests.review.test_pages import get, send

TODAY = office_day(datetime.now(UTC))
WHOLE = BusinessesHeard.model_validate(ENTERPRISES)


async def a_hearing(db: Database, stage: str = BUSINESSES.stage) -> UUID:
    kind = "NORMATIVE" if stage == BUSINESSES.stage else "MAJOR_DECISION"
    about = {"stage": stage, "role": "drafter", "unit_id": "urban", "document": a_document(kind=kind)}
    return await opened(db, a_round("recorded_step", **about))


async def filed(db: Database, round_id: UUID) -> dict[str, Any]:
    async with db.transaction() as tx:
        await file_step(tx, HE_XU, round_id, a_step(conclusion=""), book=BOOK)
        signed = await sign_offs.find_sign_off(tx, round_id)
    assert signed is not None
    return dict(signed.record["details"])


def refused(**changes: Any) -> Any:
    return domain.filing_refused(WHOLE.model_copy(update=changes), BUSINESSES, BOOK)


async def test_a_step_in_which_nobody_was_heard_is_not_filed(db: Database) -> None:
    with pytest.raises(domain.NobodyHeard):
        await filed(db, await a_hearing(db))


async def test_who_was_heard_goes_on_record_with_the_step(db: Database) -> None:
    round_id = await a_hearing(db)
    async with db.transaction() as tx:
        await acts.hear_businesses(tx, HE_XU, round_id, WHOLE, BOOK)
    assert (await filed(db, round_id))["heard"] == WHOLE.model_dump(mode="json")


async def test_nobody_was_heard_tomorrow(db: Database) -> None:
    later = WHOLE.parties[0].model_copy(update={"heard_on": TODAY + timedelta(days=1)})
    round_id = await a_hearing(db)
    async with db.transaction() as tx:
        with pytest.raises(domain.HeardIncomplete):
            await acts.hear_businesses(tx, HE_XU, round_id, WHOLE.model_copy(update={"parties": (later,)}), BOOK)


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_choice_that_is_not_representative_is_explained(gone: int) -> None:
    fewer = tuple(one for place, one in enumerate(WHOLE.parties) if place != gone)
    assert isinstance(refused(parties=fewer), domain.ChoiceUnbalanced)
    assert refused(parties=fewer, choice_reason="辖区只有这些经营者。") is None


@pytest.mark.parametrize(
    "undecided",
    [{"adaptation": ""}, {"adaptation_days": None}, {"adaptation_reason": ""}],
)
def test_time_to_adapt_is_decided_with_a_reason(undecided: dict[str, Any]) -> None:
    assert isinstance(refused(**undecided), domain.AdaptationUndecided)


def test_no_time_to_adapt_needs_no_days() -> None:
    assert refused(adaptation="none", adaptation_days=None) is None


@given(st.sampled_from(["adopted", "partly", "not_adopted"]), st.sampled_from(["", "意见。"]), st.booleans())
def test_what_was_not_adopted_has_its_reason(adoption: Any, opinion: str, given_reason: bool) -> None:
    reason = "理由。" if given_reason else ""
    party = WHOLE.parties[0].model_copy(update={"opinion": opinion, "adoption": adoption, "reason": reason})
    answered = not opinion or adoption == "adopted" or given_reason
    assert (refused(parties=(party, *WHOLE.parties[1:])) is None) == answered


async def test_a_group_is_heard_by_the_same_piece_without_figures(db: Database, web: Web) -> None:
    round_id = await a_hearing(db, "group_consultation")
    page = f"/review/round/{round_id}"
    fields = {f"parties_1_{name}": value for name, value in GROUP["parties"][0].items()}
    assert (await send(web, f"{page}/group-heard", HE_XU, {"act": "group-heard", **fields})).status_code == 303
    shown = (await get(web, page, LU_WENXI, "en")).text
    assert "committee" in shown
    assert "Time to adapt" not in shown
    record = (await filed(db, round_id))["heard"]
    assert record == GroupHeard(parties=GROUP["parties"]).model_dump(mode="json")


async def test_the_page_shows_what_is_missing_and_takes_the_form(db: Database, web: Web) -> None:
    round_id = await a_hearing(db)
    page = f"/review/round/{round_id}"
    first = {f"parties_1_{name}": value for name, value in ENTERPRISES["parties"][0].items()}
    said = {**first, "adaptation": "none", "adaptation_days": "", "adaptation_reason": "没有必要。"}
    assert (await send(web, f"{page}/enterprises-heard", HE_XU, said)).status_code == 303
    assert "听取意见的企业和协会最少个数：应有3，现有1" in (await get(web, page, HE_XU)).text
    back = await send(web, f"{page}/enterprises-heard", HE_XU, {**said, "adaptation_days": "0"})
    assert back.status_code == 422
    assert "适应调整期日数" in back.text

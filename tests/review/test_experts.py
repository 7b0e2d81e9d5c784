"""Expert argument: a draw that can be repeated, no expert with an interest, signed opinions, every one answered."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.contracts.facts import ExpertFacts
from services.kernel.contracts.refusals import Forbidden
from services.kernel.contracts.review import CloseRound
from services.kernel.runtime.db import Database
from services.review.actions.deciding import Decided
from services.review.actions.papers import attach
from services.review.actions.steps import file_step
from services.review.activities import ReviewActivities
from services.review.domain import experts as domain
from services.review.domain.experts import (
    AnswerExpert,
    ChooseExpert,
    DeclareInterest,
    DrawExperts,
    EnterExpert,
    FileExpertOpinion,
    drawn,
)
from services.review.sheets.experts import acts
from services.review.store import experts
from services.review.store.papers import NewPaper
from tests.review.builders import BOOK, GU_NIANCI, HE_XU, LU_WENXI, a_round, a_step, opened
from tests.review.conftest import Web
from tests.review.test_pages import get, send

FIELD = "大气污染防治"
PAPER = NewPaper("专家论证意见", "ab" * 32, "专家论证意见.pdf", 1024)
NAMES = ("白露", "秦川", "沈砚", "顾行舟")


async def a_pool(db: Database, *, drafters: int = 1) -> list[UUID]:
    """Four independent experts of the field, and some of the drafting unit."""
    async with db.transaction() as tx:
        units = [*(("", "省环境科学研究院") for _ in NAMES), *[("urban", "区城市管理局")] * drafters]
        names = [*NAMES, *(f"起草甲{n}" for n in range(drafters))]
        return [
            (await acts.enter_expert(tx, GU_NIANCI, EnterExpert(name=n, unit_id=u, unit_name=w, fields=(FIELD,)))).id
            for n, (u, w) in zip(names, units, strict=True)
        ]


async def an_argument(db: Database) -> UUID:
    round_id = await opened(db, a_round("recorded_step", stage="expert_argument", role="drafter", unit_id="urban"))
    async with db.transaction() as tx:
        await attach(tx, HE_XU, round_id, [PAPER])
    return round_id


async def done(db: Database, round_id: UUID, act: Any, command: Any) -> UUID:
    async with db.transaction() as tx:
        added: UUID = (await act(tx, HE_XU, round_id, command, BOOK)).id
        return added


async def panel(db: Database, round_id: UUID, wanted: int = 3) -> list[UUID]:
    """Draw experts who all declare that they have no interest."""
    await done(db, round_id, acts.draw, DrawExperts(field=FIELD, wanted=wanted))
    async with db.read() as conn:
        ids = [seat.expert.id for seat in await experts.seats(conn, round_id)]
    for expert_id in ids:
        await done(db, round_id, acts.declare, DeclareInterest(expert_id=expert_id, interested=False))
    return ids


def an_opinion_of(expert_id: UUID, **changes: Any) -> FileExpertOpinion:
    fields = {"expert_id": expert_id, "stance": "for", "expert_opinion": "限值合理。", "paper_hash": PAPER.file_hash}
    return FileExpertOpinion(**{**fields, "signed_on": date(2026, 3, 2), **changes})


async def argued(db: Database, round_id: UUID, ids: list[UUID]) -> None:
    for expert_id in ids:
        await done(db, round_id, acts.file_opinion, an_opinion_of(expert_id))
        answer = AnswerExpert(expert_id=expert_id, adoption="not_adopted", adoption_reason="已另有规定。")
        await done(db, round_id, acts.answer, answer)


async def filed(db: Database, round_id: UUID) -> Decided:
    async with db.transaction() as tx:
        return await file_step(tx, HE_XU, round_id, a_step(), book=BOOK)


@given(st.text(min_size=1), st.lists(st.uuids(), unique=True), st.integers(0, 9))
def test_a_draw_can_be_repeated_from_its_seed_in_any_order(seed: str, pot: list[UUID], wanted: int) -> None:
    taken = drawn(seed, pot, wanted)
    assert taken == drawn(seed, reversed(pot), wanted)
    assert len(taken) == min(wanted, len(pot)) == len(set(taken) & set(pot))


async def test_an_argument_goes_on_record_with_draw_opinions_and_answers(
    db: Database, activities: ReviewActivities
) -> None:
    await a_pool(db)
    round_id = await an_argument(db)
    await argued(db, round_id, await panel(db, round_id))
    await filed(db, round_id)
    state = await activities.close_round(CloseRound(round_id=round_id, why="ask"))
    assert state.facts is not None
    assert state.facts.experts == ExpertFacts(opinions=3, signed=3)
    async with db.read() as conn:
        (draw,) = await experts.draws(conn, round_id)
    assert list(draw["taken"]) == drawn(draw["seed"], draw["candidates"], 3)


async def test_nobody_of_the_drafting_unit_is_in_the_pot(db: Database) -> None:
    await a_pool(db)
    with pytest.raises(domain.PoolTooSmall):
        await panel(db, await an_argument(db), wanted=5)


async def test_who_is_chosen_without_a_draw_needs_a_reason_and_another_unit(db: Database) -> None:
    first, *_, drafter = await a_pool(db)
    round_id = await an_argument(db)
    with pytest.raises(domain.ChoiceUnexplained):
        await done(db, round_id, acts.choose, ChooseExpert(expert_id=first))
    with pytest.raises(domain.OfDraftingUnit):
        await done(db, round_id, acts.choose, ChooseExpert(expert_id=drafter, choice_reason="熟悉情况。"))
    with pytest.raises(domain.UnknownExpert):
        await done(db, round_id, acts.choose, ChooseExpert(expert_id=uuid4(), choice_reason="熟悉情况。"))
    await done(db, round_id, acts.choose, ChooseExpert(expert_id=first, choice_reason="本领域仅此一人。"))


async def test_an_expert_with_a_direct_interest_gives_no_opinion(db: Database) -> None:
    await a_pool(db)
    round_id = await an_argument(db)
    one, *_ = await panel(db, round_id)
    await done(db, round_id, acts.declare, DeclareInterest(expert_id=one, interested=True, words="持有股份。"))
    with pytest.raises(domain.ExpertInterested):
        await done(db, round_id, acts.file_opinion, an_opinion_of(one))


async def test_an_interest_that_comes_out_later_stops_the_filing(db: Database) -> None:
    await a_pool(db)
    round_id = await an_argument(db)
    ids = await panel(db, round_id, wanted=4)
    await argued(db, round_id, ids)
    await done(db, round_id, acts.declare, DeclareInterest(expert_id=ids[0], interested=True))
    with pytest.raises(domain.ExpertInterested):
        await filed(db, round_id)


async def test_an_opinion_needs_a_declaration_a_paper_and_is_given_once(db: Database) -> None:
    await a_pool(db)
    round_id = await an_argument(db)
    one, *_ = await panel(db, round_id)
    with pytest.raises(domain.OpinionUnsigned):
        await done(db, round_id, acts.file_opinion, an_opinion_of(one, paper_hash="cd" * 32))
    await done(db, round_id, acts.file_opinion, an_opinion_of(one))
    with pytest.raises(domain.OpinionTwice):
        await done(db, round_id, acts.file_opinion, an_opinion_of(one))
    await done(db, round_id, acts.draw, DrawExperts(field=FIELD, wanted=1))
    async with db.read() as conn:
        (fresh,) = [seat.expert.id for seat in await experts.seats(conn, round_id) if seat.interested is None]
    with pytest.raises(domain.InterestUndeclared):
        await done(db, round_id, acts.file_opinion, an_opinion_of(fresh))


async def test_too_few_opinions_or_one_without_an_answer_are_not_filed(db: Database) -> None:
    await a_pool(db)
    round_id = await an_argument(db)
    ids = await panel(db, round_id)
    await argued(db, round_id, ids[:2])
    with pytest.raises(domain.TooFewExperts):
        await filed(db, round_id)
    await done(db, round_id, acts.file_opinion, an_opinion_of(ids[2]))
    with pytest.raises(domain.ExpertsUnanswered):
        await filed(db, round_id)
    with pytest.raises(domain.AnswerUnexplained):
        await done(db, round_id, acts.answer, AnswerExpert(expert_id=ids[2], adoption="adopted"))


async def test_the_pool_keeps_every_version_and_belongs_to_the_registrar(db: Database) -> None:
    first, *_ = await a_pool(db)
    leaves = EnterExpert(
        id=first, name="白露", unit_name="省环境科学研究院", fields=(FIELD,), active=False, reason="本人辞任。"
    )
    async with db.transaction() as tx:
        with pytest.raises(Forbidden):
            await acts.enter_expert(tx, LU_WENXI, leaves)
        await acts.enter_expert(tx, GU_NIANCI, leaves)
        assert await tx.fetchval("select count(*) from experts where id = $1", first) == 2
        (now,) = [one for one in await experts.pool(tx) if one.id == first]
        assert (now.version, now.active) == (2, False)
        with pytest.raises(asyncpg.RaiseError, match=r"record\.append_only"):
            await tx.execute("update experts set active = true")


async def test_an_entry_is_changed_on_its_page_with_a_reason(db: Database, web: Web) -> None:
    first, *_ = await a_pool(db)
    page = (await get(web, f"/review/expert-pool?change={first}", GU_NIANCI)).text
    assert ("变更登记" in page, f'name="id" value="{first}"' in page) == (True, True)
    assert "变更登记" not in (await get(web, f"/review/expert-pool?change={first}", HE_XU)).text
    entry = {"id": str(first), "name": "白露", "unit_name": "省环科院", "fields": FIELD, "active": "false"}
    refused = await send(web, "/review/expert-pool", GU_NIANCI, entry)
    assert (refused.status_code, "没有写变更登记的理由" in refused.text) == (422, True)
    assert (await send(web, "/review/expert-pool", GU_NIANCI, {**entry, "reason": "本人辞任。"})).status_code == 303
    async with db.read() as conn:
        (now,) = [one for one in await experts.pool(conn) if one.id == first]
    assert (now.version, now.active, now.reason) == (2, False, "本人辞任。")


async def test_experts_are_drawn_and_answered_by_forms(db: Database, web: Web) -> None:
    entry = {"name": "白露", "unit_name": "省环科院", "fields": f"{FIELD}、食品安全"}
    assert (await send(web, "/review/expert-pool", GU_NIANCI, entry)).status_code == 303
    assert "白露" in (await get(web, "/review/expert-pool", HE_XU, "en")).text
    round_id = await an_argument(db)
    at = f"/review/round/{round_id}"
    assert (await send(web, f"{at}/expert-draw", HE_XU, {"field": FIELD, "wanted": "2"})).status_code == 409
    assert (await send(web, f"{at}/expert-draw", HE_XU, {"field": FIELD, "wanted": "1"})).status_code == 303
    async with db.read() as conn:
        (seat,) = await experts.seats(conn, round_id)
    expert = {"expert_id": str(seat.expert.id)}
    assert (await send(web, f"{at}/expert-declaration", HE_XU, {**expert, "interested": "false"})).status_code == 303
    opinion = {
        **expert,
        "stance": "against",
        "expert_opinion": "限值过严。",
        "paper_hash": PAPER.file_hash,
        "signed_on": "2026-03-02",
    }
    assert (await send(web, f"{at}/expert-opinion", HE_XU, opinion)).status_code == 303
    said = {**expert, "adoption": "partly", "adoption_reason": "限值已放宽。"}
    assert (await send(web, f"{at}/expert-answer", HE_XU, said)).status_code == 303
    page = (await get(web, at, LU_WENXI, "en")).text
    assert "限值过严。" in page
    assert "限值已放宽。" in page

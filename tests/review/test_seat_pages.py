"""Joint signing by page and by route, and the stage to which a document goes back."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.kernel.runtime.db import Database
from services.review.actions.opinions import give_opinion
from services.review.domain.returns import NoSuchReturn
from services.review.store import rounds
from tests.review.builders import BOOK, HE_XU, LU_WENXI, SEEN, SU_HE, a_round, an_opinion, opened
from tests.review.conftest import Web
from tests.review.test_api import ROUND, at
from tests.review.test_pages import get
from tests.review.test_seats import joint, seats_of


async def post(web: Web, round_id: UUID, act: str, body: dict[str, object]) -> int:
    answer = await web.client.post(at(f"{ROUND}/{act}", round_id), json=body, headers=web.as_program(LU_WENXI))
    return answer.status_code


async def test_seats_come_and_go_by_their_routes(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    assert await post(web, round_id, "seats", {**SEEN, "seats": [{"person_id": "su-he"}]}) == 201
    assert await post(web, round_id, "seats-added", {**SEEN, "person_id": "cheng-yian"}) == 201
    assert await post(web, round_id, "seats-added", {**SEEN, "person_id": "gu-nianci"}) == 201
    third, last = (await seats_of(db, round_id)).seats[2:]
    assert await post(web, round_id, "seats-removed", {"seat_id": str(third.id), "reason": "另行征求意见"}) == 201
    assert await post(web, round_id, "seats-withdrawn", {"seat_id": str(last.id)}) == 201
    assert [seat.person_id for seat in (await seats_of(db, round_id)).live] == ["lu-wenxi", "su-he"]


async def test_the_page_shows_who_has_signed_and_gives_the_form_to_who_sits(web: Web, db: Database) -> None:
    round_id = await joint(db, "su-he")
    async with db.transaction() as tx:
        await give_opinion(tx, LU_WENXI, round_id, an_opinion(), book=BOOK)
    page = (await get(web, f"/review/round/{round_id}", SU_HE)).text
    assert "共2个席位，须有2个同意，已有1个同意。" in page
    assert "出具审核意见" in page
    assert "出具审核意见" not in (await get(web, f"/review/round/{round_id}", HE_XU)).text


async def test_a_return_names_its_stage(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        await give_opinion(tx, LU_WENXI, round_id, an_opinion("return_procedure", return_to="hearing"), book=BOOK)
    async with db.read() as conn:
        assert (await rounds.get_round(conn, round_id)).return_to == "hearing"


@pytest.mark.parametrize(("outcome", "stage"), [("lawful", "hearing"), ("return_procedure", "publication")])
async def test_only_a_return_names_a_stage_and_one_that_comes_before(db: Database, outcome: str, stage: str) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        with pytest.raises(NoSuchReturn):
            await give_opinion(tx, LU_WENXI, round_id, an_opinion(outcome, return_to=stage), book=BOOK)

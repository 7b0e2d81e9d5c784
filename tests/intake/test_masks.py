"""Masks on the record: proposed by the machine, decided by a person, kept with their history, seen everywhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.intake.actions.masking import Decision, NoSuchPlace, decide
from services.intake.domain.hints import hints_in
from services.intake.domain.masking import decided
from services.intake.domain.moderation import NotModerator
from services.intake.proposer import Proposer
from services.intake.store import comments, masks
from tests.intake.builders import Desk, Web, an_actor

NAMED = "我叫周敏，住在云溪区文澜路18号3栋502室，电话13800138000，请改第三条。"
PLAIN = "建议延长清洗的间隔。"
HTML = {"Accept": "text/html"}
LU = an_actor("lu-wenxi", "justice", roles=("legality_reviewer",), name="陆闻溪")
TANG = an_actor("tang-shuyao", "housing", name="唐书瑶")


async def a_window(desk: Desk, *bodies: str) -> UUID:
    window_id = await desk.opens_window(await desk.submits())
    for body in bodies:
        await desk.comments(window_id, body)
    return window_id


async def reads(desk: Desk) -> int:
    """The machine looks through everything there is; how many comments."""
    proposer, total = Proposer(desk.db, settled=-1.0), 0
    while count := await proposer.once():
        total += count
    return total


async def the_id(desk: Desk, window_id: UUID) -> UUID:
    async with desk.db.read() as conn:
        return (await comments.of_window(conn, window_id))[0].id


async def test_the_machine_proposes_names_and_addresses_once(desk: Desk) -> None:
    window_id = await a_window(desk, NAMED, PLAIN)

    assert (await reads(desk), await reads(desk)) == (2, 0)

    async with desk.db.read() as conn:
        (found,) = await masks.proposed(conn, window_id)
        places = await masks.places_of(conn, [found.id])
    assert [(NAMED[p.start_at : p.end_at], p.kind, p.covered) for p in places] == [
        ("周敏", "name", None),
        ("云溪区文澜路18号3栋502室", "address", None),
    ]


async def test_comments_too_young_to_be_settled_are_left_for_later(desk: Desk) -> None:
    await a_window(desk, NAMED)

    assert await Proposer(desk.db, settled=60).once() == 0
    assert await reads(desk) == 1


async def test_every_window_is_looked_through_to_its_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.intake.actions.masking.AT_ONCE", 2)
    for _ in range(2):
        await a_window(desk, *[f"{NAMED}{n}" for n in range(3)])

    assert await reads(desk) == 6
    async with desk.db.read() as conn:
        assert await conn.fetchval("select count(distinct comment_id) from comment_masks") == 6


async def test_a_decision_changes_what_is_read_and_never_the_comment(web: Web) -> None:
    window_id = await a_window(web.desk, NAMED)
    await reads(web.desk)
    comment_id, path = await the_id(web.desk, window_id), f"/intake/windows/{window_id}"

    before = (await web.gets(f"{path}/comments")).json()["items"][0]["body"]
    open_name = {"decisions": [{"comment": str(comment_id), "start": 2, "end": 4, "kind": "name", "covered": False}]}
    assert (await web.posts(f"{path}/masks", open_name)).json() == {"places": 1}
    after = (await web.gets(f"{path}/comments")).json()["items"][0]["body"]

    assert ("周敏" in before, "文澜路" in before, "13800138000" in before) == (False, False, False)
    assert ("周敏" in after, "文澜路" in after, "13800138000" in after) == (True, False, False)
    async with web.desk.db.read() as conn:
        assert await conn.fetchval("select body from comments") == NAMED


async def test_other_words_are_covered_wherever_they_stand(desk: Desk) -> None:
    window_id = await a_window(desk, "老沈家的店最吵，老沈本人也认了。")
    comment_id = await the_id(desk, window_id)

    async with desk.db.transaction() as tx:
        count = await decide(tx, LU, window_id, (Decision(comment=comment_id, words="老沈", covered=True),))
        decisions = decided(await tx.fetchval("select comment_decisions($1)", comment_id))

    assert count == 2
    assert [(one.start, one.end, one.covered) for one in decisions] == [(0, 2, True), (8, 10, True)]


async def test_every_decision_stays_in_the_history(desk: Desk) -> None:
    window_id = await a_window(desk, NAMED)
    comment_id = await the_id(desk, window_id)
    for covered in (True, False):
        async with desk.db.transaction() as tx:
            await decide(tx, LU, window_id, (Decision(comment=comment_id, start=2, end=4, covered=covered),))

    async with desk.db.read() as conn:
        acts = await conn.fetch("select covered, acted_by from comment_mask_acts order by acted_at")
    assert [tuple(act) for act in acts] == [(True, "lu-wenxi"), (False, "lu-wenxi")]
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with desk.db.transaction() as tx:
            await tx.execute("delete from comment_mask_acts")


@pytest.mark.parametrize(
    "place", [{"start": 4, "end": 2}, {"start": 0, "end": 9999}, {"words": "不在里面"}, {}], ids=str
)
async def test_a_place_that_is_none_is_refused(desk: Desk, place: dict[str, Any]) -> None:
    window_id = await a_window(desk, NAMED)
    wrong = Decision.model_validate({"comment": await the_id(desk, window_id), "covered": True, **place})

    with pytest.raises(NoSuchPlace):
        async with desk.db.transaction() as tx:
            await decide(tx, an_actor(), window_id, (wrong,))


async def test_a_comment_of_another_window_is_refused(desk: Desk) -> None:
    window_id, other = await a_window(desk, NAMED), await a_window(desk, NAMED)
    elsewhere = Decision(comment=await the_id(desk, other), start=0, end=1, covered=True)

    with pytest.raises(NoSuchPlace):
        async with desk.db.transaction() as tx:
            await decide(tx, an_actor(), window_id, (elsewhere,))


async def test_another_unit_decides_nothing(desk: Desk) -> None:
    window_id = await a_window(desk, NAMED)

    with pytest.raises(NotModerator):
        async with desk.db.transaction() as tx:
            await decide(tx, TANG, window_id, ())


async def test_the_page_asks_about_each_place_and_keeps_what_is_said(web: Web) -> None:
    window_id = await a_window(web.desk, NAMED, "我的身份证复印件附在后面，诊断证明也在。")
    await reads(web.desk)
    comment_id, path = await the_id(web.desk, window_id), f"/intake/consultation/{window_id}/masks"
    headers = {**web.as_("lu-wenxi"), **HTML}

    page = (await web.client.get(path, headers=headers)).text
    assert "<mark>周敏</mark>" in page
    assert "13800138000" not in page
    hinted = (await web.client.get(f"{path}?hints=1", headers=headers)).text
    assert "可能附有证件" in hinted
    assert "可能涉及医疗健康" in hinted
    given = {f"place.{comment_id}.2.4.name": "cover", "idempotency_key": str(uuid4())}
    done = await web.client.post(path, data=given, headers=headers)

    assert done.headers["location"].endswith("done=1")
    after = (await web.client.get(path, headers=headers)).text
    assert "周敏" not in after
    assert "文澜路" in after


async def test_a_broken_form_is_refused_in_words(web: Web) -> None:
    window_id = await a_window(web.desk, NAMED)
    await reads(web.desk)
    given = {"place.none.x.y.name": "cover", "idempotency_key": str(uuid4())}

    answer = await web.client.post(
        f"/intake/consultation/{window_id}/masks", data=given, headers={**web.as_("he-xu"), **HTML}
    )

    assert answer.status_code == 422
    assert "意见里没有这个位置" in answer.text


async def test_programs_read_open_proposals_a_page_at_a_time(web: Web) -> None:
    window_id = await a_window(web.desk, NAMED, f"{NAMED}另外")
    await reads(web.desk)
    path = f"/intake/windows/{window_id}/masks"

    first = (await web.gets(path, limit="1")).json()
    second = (await web.gets(path, limit="1", after=first["next"])).json()

    assert [place["kind"] for place in first["items"][0]["places"]] == ["name", "address"]
    assert "13800138000" not in first["items"][0]["body"]
    assert second["next"] is None
    assert (await web.gets(path, person="tang-shuyao")).status_code == 403


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("我今年9岁，我家楼下有烧烤店。", ["minor"]),
        ("我家孩子十二岁了", ["minor"]),
        ("我今年39岁", []),
        ("小店开了十二年", []),
        ("附上诊断证明", ["health"]),
        ("身份证正反面.jpg", ["identity_paper"]),
        ("附征信报告", ["finance"]),
        (PLAIN, []),
    ],
)
def test_hints_point_at_sensitive_data(text: str, hints: list[str]) -> None:
    assert [hint.value for hint in hints_in(text)] == hints

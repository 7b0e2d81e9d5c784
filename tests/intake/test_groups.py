"""Groups of a closed window: made by the machine, set right by persons, never over each other, written down."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from services.intake.actions import groups as acts
from services.intake.actions.answering import answer
from services.intake.actions.feedback import withdraw_comment
from services.intake.actions.grouping import _profile, group_opinions
from services.intake.domain.answers import AnswersPublished, Disposition, Given
from services.intake.domain.documents import NotOurs
from services.intake.domain.groups import (
    BadGroupName,
    CampaignRule,
    GroupChanged,
    GroupUnknown,
    MergesNothing,
    NothingChosen,
    NotInGroup,
)
from services.intake.domain.windows import BeingClosed, StillOpen
from services.intake.store import answers, comments, groups, rates, summaries
from services.intake.store import grouping as grouping_store
from services.kernel.contracts.intake import PublishAnswers, RecordSummary
from services.kernel.contracts.refusals import Unavailable
from tests.intake.builders import Desk, Web, an_actor

LESS = "建议把第三条的清洗频次由每两个月一次改为每半年一次，三张桌子的面馆油网上没有多少油。"
ALIKE = [LESS, f"您好！{LESS}", LESS.replace("，", ","), LESS.replace("三张", "五张")]
OTHER = "第四条应当写明由哪个科室受理投诉，并公布电话和办理期限。"
ALONE = "支持。"


async def a_result(desk: Desk, bodies: list[str]) -> UUID:
    """A closed window whose result is recorded."""
    window_id = await desk.opens_window(await desk.submits())
    for body in bodies:
        await desk.comments(window_id, body)
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))
    return window_id


async def groups_in(desk: Desk, window_id: UUID) -> list[groups.Group]:
    async with desk.db.read() as conn:
        return await groups.groups_of(conn, window_id)


async def ids_in(desk: Desk, group: groups.Group) -> list[UUID]:
    async with desk.db.read() as conn:
        return [member.id for member in await groups.members_of(conn, group.window_id, group.id)]


async def splits(desk: Desk, group: groups.Group, *ids: UUID, name: str = "", **more: Any) -> groups.Group:
    async with desk.db.transaction() as tx:
        return await acts.split(
            tx,
            more.get("actor") or an_actor(),
            group.window_id,
            group.id,
            comment_ids=ids,
            name=name,
            revision=more.get("revision", group.revision),
        )


async def merges(desk: Desk, into: groups.Group, *others: groups.Group) -> groups.Group:
    async with desk.db.transaction() as tx:
        return await acts.merge(
            tx,
            an_actor(),
            into.window_id,
            into.id,
            others={one.id: one.revision for one in others},
            revision=into.revision,
        )


async def test_the_machine_groups_what_says_the_same(desk: Desk) -> None:
    window_id = await a_result(desk, [*ALIKE, OTHER, OTHER, ALONE])

    found = await groups_in(desk, window_id)

    assert [(group.size, group.made_by) for group in found] == [(4, None), (2, None), (1, None)]
    assert found[0].body in ALIKE
    assert found[1].body == OTHER


async def test_the_groups_are_the_same_when_they_are_made_again(desk: Desk) -> None:
    window_id = await a_result(desk, [*ALIKE, OTHER])

    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    assert [group.size for group in await groups_in(desk, window_id)] == [4, 1]


async def test_what_a_run_that_broke_off_has_left_is_made_anew(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits())
    for body in [*ALIKE, OTHER]:
        await desk.comments(window_id, body)
    await desk.closes_now(window_id)
    await group_opinions(desk.db, window_id, lambda: None)

    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    found = await groups_in(desk, window_id)
    assert [group.size for group in found] == [4, 1]
    assert sum([len(await ids_in(desk, group)) for group in found]) == 5


async def test_only_one_groups_a_window_at_a_time(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits())
    await desk.closes_now(window_id)

    async with desk.db.transaction() as tx:
        assert await grouping_store.alone(tx, window_id)
        with pytest.raises(Unavailable):
            await group_opinions(desk.db, window_id, lambda: None)


async def test_a_letter_entered_while_the_opinions_are_grouped_is_grouped_too(desk: Desk, monkeypatch: Any) -> None:
    window_id = await desk.opens_window(await desk.submits())
    await desk.comments(window_id, LESS)
    await desk.closes_now(window_id)
    entered: list[Future[None]] = []

    def beat() -> None:
        if not entered:
            entered.append(asyncio.run_coroutine_threadsafe(_enter(desk, window_id), loop))

    loop = asyncio.get_running_loop()
    made = await group_opinions(desk.db, window_id, beat)
    await asyncio.wrap_future(entered[0])
    async with desk.db.read() as conn:
        now = await grouping_store.stand_of(conn, window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    assert made.stand != now
    assert [group.size for group in await groups_in(desk, window_id)] == [2]


async def _enter(desk: Desk, window_id: UUID) -> None:
    async with desk.db.transaction() as tx:
        await tx.execute(
            """insert into comments (id, window_id, receipt, channel, body, body_hash, likeness, received_at,
                                     text_version, entered_by, entered_at)
               select $2, window_id, 'AAAA-AAAA-AAAA-AAAA-AAAA', 'letter', body, body_hash, likeness, received_at,
                      text_version, 'he-xu', clock_timestamp() from comments where window_id = $1""",
            window_id,
            uuid4(),
        )


async def test_nobody_sees_groups_before_the_result_is_recorded(web: Web) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())
    await web.desk.comments(window_id)
    assert (await web.gets(f"/intake/windows/{window_id}/groups")).json()["code"] == StillOpen.code
    await web.desk.closes_now(window_id)
    await group_opinions(web.desk.db, window_id, lambda: None)

    answer = await web.gets(f"/intake/windows/{window_id}/groups")

    assert (answer.status_code, answer.json()["code"]) == (409, BeingClosed.code)


async def test_a_split_makes_a_group_of_its_own_and_the_machine_s_stays_known(desk: Desk) -> None:
    window_id = await a_result(desk, ALIKE)
    [group] = await groups_in(desk, window_id)
    chosen = (await ids_in(desk, group))[1:3]

    made = await splits(desk, group, *chosen, name="小面馆")

    assert (made.name, made.size, made.made_by) == ("小面馆", 2, "he-xu")
    assert await ids_in(desk, made) == chosen
    async with desk.db.read() as conn:
        machine = await conn.fetchval("select count(*) from opinion_members where machine_group = $1", group.id)
        assert await groups.group_of(conn, chosen[0]) == made.id
    assert machine == 4


async def test_split_then_merged_gives_the_same_members(desk: Desk) -> None:
    window_id = await a_result(desk, [*ALIKE, OTHER])
    before = {group.id: await ids_in(desk, group) for group in await groups_in(desk, window_id)}
    first = (await groups_in(desk, window_id))[0]
    made = await splits(desk, first, *before[first.id][:2])
    async with desk.db.read() as conn:
        left = await groups.get(conn, window_id, first.id)

    await merges(desk, left, made)

    assert {group.id: await ids_in(desk, group) for group in await groups_in(desk, window_id)} == before


async def test_sizes_add_up_after_every_act(desk: Desk) -> None:
    window_id = await a_result(desk, [*ALIKE, OTHER, ALONE])
    first, second, third = await groups_in(desk, window_id)
    await splits(desk, first, (await ids_in(desk, first))[0])
    await merges(desk, second, third)

    found = await groups_in(desk, window_id)

    async with desk.db.read() as conn:
        kinds = await conn.fetchval("select groups from window_tallies where window_id = $1", window_id)
    assert sum(group.size for group in found) == 6
    assert len(found) == kinds == 3


async def test_an_opinion_is_moved_and_an_empty_group_goes(desk: Desk) -> None:
    window_id = await a_result(desk, [*ALIKE, OTHER])
    first, second = await groups_in(desk, window_id)

    async with desk.db.transaction() as tx:
        grown = await acts.move(
            tx, an_actor(), window_id, second.id, comment_ids=await ids_in(desk, second),
            to=first.id, revision=second.revision, to_revision=first.revision,
        )  # fmt: skip

    assert grown.size == 5
    assert [group.id for group in await groups_in(desk, window_id)] == [first.id]


async def test_the_history_says_who_did_what_and_no_words(desk: Desk) -> None:
    window_id = await a_result(desk, [*ALIKE, OTHER])
    first, second = await groups_in(desk, window_id)
    await merges(desk, first, second)

    async with desk.db.read() as conn:
        merged, grouped = await groups.acts_of(conn, window_id)
    assert (grouped.act, grouped.acted_by) == ("grouped", None)
    assert (merged.act, merged.acted_by) == ("merged", "he-xu")
    assert merged.detail["groups"] == [str(first.id), str(second.id)]
    assert LESS not in json.dumps(merged.detail, ensure_ascii=False)


async def test_two_persons_at_once_do_not_overwrite_each_other(desk: Desk) -> None:
    window_id = await a_result(desk, ALIKE)
    [group] = await groups_in(desk, window_id)
    ids = await ids_in(desk, group)

    done = await asyncio.gather(
        splits(desk, group, ids[0], name="甲"), splits(desk, group, ids[0], name="乙"), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in done) == ["Group", "GroupChanged"]
    assert sum(found.size for found in await groups_in(desk, window_id)) == 4


@pytest.mark.parametrize(
    ("refusal", "chosen", "name"),
    [
        (NothingChosen, lambda ids: [], ""),
        (NothingChosen, lambda ids: ids, ""),
        (NotInGroup, lambda ids: [uuid4()], ""),
        (BadGroupName, lambda ids: ids[:1], "长" * 101),
        (BadGroupName, lambda ids: ids[:1], "两\n行"),
    ],
    ids=["none", "all", "a stranger", "a long name", "two lines"],
)
async def test_a_split_that_makes_no_sense_is_refused(desk: Desk, refusal: Any, chosen: Any, name: str) -> None:
    window_id = await a_result(desk, ALIKE)
    [group] = await groups_in(desk, window_id)

    with pytest.raises(refusal):
        await splits(desk, group, *chosen(await ids_in(desk, group)), name=name)


async def test_a_merge_with_itself_with_nothing_or_with_a_stranger_is_refused(desk: Desk) -> None:
    window_id = await a_result(desk, ALIKE)
    [group] = await groups_in(desk, window_id)
    for others, refusal in (({}, MergesNothing), ({group.id: 1}, MergesNothing), ({uuid4(): 1}, GroupUnknown)):
        async with desk.db.transaction() as tx:
            with pytest.raises(refusal):
                await acts.merge(tx, an_actor(), window_id, group.id, others=others, revision=group.revision)


async def test_another_unit_and_an_old_look_are_refused(desk: Desk) -> None:
    window_id = await a_result(desk, ALIKE)
    [group] = await groups_in(desk, window_id)
    [one, *_] = await ids_in(desk, group)

    with pytest.raises(NotOurs):
        await splits(desk, group, one, actor=an_actor("tang-shuyao", "housing"))
    with pytest.raises(GroupChanged):
        await splits(desk, group, one, revision=group.revision + 1)


async def test_published_answers_freeze_the_groups(desk: Desk) -> None:
    window_id = await a_result(desk, ALIKE)
    [group] = await groups_in(desk, window_id)
    async with desk.db.transaction() as tx:
        given = Given(group=str(group.id), disposition=Disposition.ADOPTED)
        await answer(tx, an_actor(), window_id, (given,))
    await desk.activities.publish_answers(PublishAnswers(window_id=window_id))

    with pytest.raises(AnswersPublished):
        await splits(desk, group, (await ids_in(desk, group))[0])


async def test_stored_figures_follow_answers_and_withdrawals(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits())
    taken = [await desk.comments(window_id, body) for body in [*ALIKE, OTHER]]
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))
    first = (await groups_in(desk, window_id))[0]
    for disposition, reason in ((Disposition.PARTLY, "分类规定。"), (Disposition.ADOPTED, "")):
        async with desk.db.transaction() as tx:
            given = Given(group=str(first.id), disposition=disposition, reason=reason)
            await answer(tx, an_actor(), window_id, (given,))
    async with desk.db.transaction() as tx:
        await withdraw_comment(tx, an_actor(), window_id, taken[0].receipt)

    async with desk.db.read() as conn:
        tally, counts = await answers.tally(conn, window_id), await comments.counts_of(conn, window_id)
        stored = await groups.get(conn, window_id, first.id)
    assert (tally.answered, tally.adopted, tally.partly) == (3, 3, 0)
    assert (counts.received, counts.withdrawn) == (5, 1)
    assert (stored.size, stored.answered) == (3, 3)


async def test_new_opinions_of_a_reopened_window_join_the_groups_that_there_are(desk: Desk) -> None:
    window_id = await a_result(desk, [*ALIKE, OTHER])
    first, second = await groups_in(desk, window_id)
    await merges(desk, first, second)
    async with desk.db.transaction() as tx:
        await tx.execute(
            """update windows set summary_at = null, closed_at = null, closes_at = clock_timestamp() + interval '1 hour'
                where id = $1""",
            window_id,
        )
    for body in (f"{LESS}谢谢。", OTHER, ALONE):
        await desk.comments(window_id, body)
    await desk.closes_now(window_id)

    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    found = {group.id: group for group in await groups_in(desk, window_id)}
    assert (found[first.id].size, found[second.id].size) == (6, 1)
    assert sorted(group.size for group in found.values()) == [1, 1, 6]


async def test_the_representative_is_one_that_is_not_hidden(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits())
    for _ in range(3):
        await desk.comments(window_id, LESS)
    async with desk.db.transaction() as tx:
        await tx.execute(
            """update comments set hidden_at = clock_timestamp(), hidden_by = 'he-xu', hidden_reason = '含个人信息'
                where id = (select min(id::text)::uuid from comments)"""
        )
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    [group] = await groups_in(desk, window_id)

    assert (group.size, group.hidden_reason, group.body) == (3, None, LESS)
    summary = await summary_of(desk, window_id)
    assert (summary["hidden"], summary["by_hiding"]) == (1, [{"reason": "含个人信息", "count": 1}])


async def summary_of(desk: Desk, window_id: UUID) -> dict[str, Any]:
    async with desk.db.read() as conn:
        recorded = await summaries.find(conn, window_id)
    assert recorded is not None
    found: dict[str, Any] = json.loads(await desk.blobs.get(recorded.summary_hash))
    return found


async def test_every_breakdown_of_the_summary_adds_up(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits())
    taken = [await desk.comments(window_id, body, clause=clause) for body in ALIKE for clause in ("art-3", "")]
    await desk.comments(window_id, OTHER, clause="art-4")
    async with desk.db.transaction() as tx:
        await withdraw_comment(tx, an_actor(), window_id, taken[0].receipt)
        refused = {"comment.window_closed": 2, "comment.body": 1}
        await rates.count_refused(tx, {(window_id, "web", code): count for code, count in refused.items()})
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    summary = await summary_of(desk, window_id)

    parts = {name: sum(row["count"] for row in summary[name]) for name in ("by_clause", "by_day", "by_hour", "by_size")}
    assert set(parts.values()) == {summary["counted"]} == {sum(summary["by_channel"].values())} == {8}
    assert (summary["received"], summary["withdrawn"]) == (9, 1)
    assert (summary["late"], summary["refused"]) == (2, sum(row["count"] for row in summary["by_refusal"]))
    assert summary["kinds"] == sum(row["groups"] for row in summary["by_size"]) == 2
    assert summary["groups"][0]["count"] == 7


async def test_many_equal_opinions_are_shown_as_one_campaign(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits())
    for _ in range(12):
        await desk.comments(window_id, LESS)
    await desk.comments(window_id, OTHER)
    await desk.closes_now(window_id)
    activities = desk.activities
    activities._campaign = CampaignRule(size=10, an_hour=1000)
    await activities.record_summary(RecordSummary(window_id=window_id))

    campaigns = (await summary_of(desk, window_id))["campaigns"]

    assert (campaigns["groups"], campaigns["count"]) == (1, 12)
    assert sum(day["count"] for day in campaigns["largest"][0]["by_day"]) == 12


def test_haste_alone_makes_a_campaign() -> None:
    rule = CampaignRule(size=100, an_hour=30)

    assert rule.covers(size=40, busiest_hour=35)
    assert not rule.covers(size=99, busiest_hour=29)


async def test_groups_over_http_are_paged_split_and_named_once_for_a_key(web: Web) -> None:
    window_id = await a_result(web.desk, [*ALIKE, OTHER, "请打13800001234，" + ALONE])
    path = f"/intake/windows/{window_id}/groups"
    page = (await web.gets(path, limit="1")).json()
    rest = (await web.gets(path, after=page["next"])).json()
    [group] = page["items"]
    shown = (await web.gets(f"{path}/{group['group_id']}")).json()
    body = {"comments": [shown["items"][0]["comment_id"]], "name": "<b>甲</b>", "revision": group["revision"]}
    key = str(uuid4())

    made = await web.posts(f"{path}/{group['group_id']}/split", body, key=key)
    again = await web.posts(f"{path}/{group['group_id']}/split", body, key=key)

    assert (page["items"][0]["size"], [one["size"] for one in rest["items"]], rest["next"]) == (4, [1, 1], None)
    assert "13800001234" not in json.dumps(rest)
    assert all(item["similarity"] >= 0.5 for item in shown["items"])
    assert (made.status_code, made.json()["size"]) == (201, 1)
    assert again.json() == made.json()


async def test_a_bad_place_and_an_unknown_group_are_refused_over_http(web: Web) -> None:
    window_id = await a_result(web.desk, ALIKE)
    path = f"/intake/windows/{window_id}/groups"

    assert (await web.gets(path, after="x")).json()["code"] == "page.place"
    assert (await web.gets(f"{path}/{uuid4()}")).json()["code"] == "group.not_found"
    assert (await web.gets(path, person="tang-shuyao")).status_code == 404
    assert (await web.gets(path, person=None)).status_code == 401


def test_the_day_of_an_opinion_is_that_of_the_office() -> None:
    late = int(datetime(2026, 11, 30, 16, 0, 0, tzinfo=UTC).timestamp())

    assert json.loads(_profile(np.array([late - 1, late, late + 1]))) == [["2026-11-30", 1], ["2026-12-01", 2]]

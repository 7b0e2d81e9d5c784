"""Answering: groups and single opinions, nobody written over unseen, the clause's change, the sealed table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from services.intake.actions.answering import answer
from services.intake.actions.groups import merge
from services.intake.actions.reading import read_text
from services.intake.actions.versions import submit_version
from services.intake.domain.answers import AnswerMoved, AnswerTarget, Disposition, Given
from services.intake.shown.lines import texts_of
from services.intake.store import dossier, groups, lines, windows
from services.intake.store.lines import Line
from services.kernel.contracts.intake import CheckGate, PublishAnswers, RecordSummary
from services.kernel.runtime.db import Connection
from tests.intake.builders import DRAFT, NOTE, Desk, a_stage, an_actor

SOMEBODY = an_actor("qin-yue", name="秦越")


async def closed(desk: Desk, *bodies: str) -> UUID:
    """A window with these opinions, closed, its result recorded."""
    window_id = await desk.opens_window(await desk.submits())
    for body in bodies:
        await desk.comments(window_id, body)
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))
    return window_id


async def grouped(desk: Desk, window_id: UUID, comments: Sequence[UUID], name: str = "") -> UUID:
    """A group of these opinions, as a person made it."""
    group_id = uuid4()
    async with desk.db.transaction() as tx:
        await tx.execute(
            "insert into opinion_groups (id, window_id, name, made_by) values ($1, $2, $3, 'he-xu')",
            group_id, window_id, name,
        )  # fmt: skip
        for comment_id in comments:
            await tx.execute(
                "insert into opinion_members (comment_id, window_id, person_group) values ($1, $2, $3)"
                " on conflict (comment_id) do update set person_group = excluded.person_group",
                comment_id, window_id, group_id,
            )  # fmt: skip
        every = await tx.fetch("select id from opinion_groups where window_id = $1", window_id)
        await groups.count_again(tx, window_id, [row["id"] for row in every], "Asia/Shanghai")
    return group_id


async def ids_of(desk: Desk, window_id: UUID) -> list[UUID]:
    async with desk.db.read() as conn:
        rows = await conn.fetch("select id from comments where window_id = $1 order by id", window_id)
    return [row["id"] for row in rows]


async def lines_of(desk: Desk, window_id: UUID) -> list[Line]:
    async with desk.db.read() as conn:
        return await lines.live(conn, window_id)


async def gives(desk: Desk, window_id: UUID, *given: Given, by: object = None) -> None:
    async with desk.db.transaction() as tx:
        await answer(tx, an_actor() if by is None else SOMEBODY, window_id, given)


def adopted(**target: object) -> Given:
    return Given.model_validate({"disposition": "adopted", **target})


def refused(reason: str = "没有上位法依据。", **target: object) -> Given:
    return Given.model_validate({"disposition": "not_adopted", "reason": reason, **target})


async def test_a_groups_answer_covers_its_members(desk: Desk) -> None:
    window_id = await closed(desk, "每月洗", "按月清洗", "不同意")
    first, second, _ = await ids_of(desk, window_id)
    group = await grouped(desk, window_id, [first, second], "按月清洗")

    await gives(desk, window_id, refused(group=str(group)))

    found = await lines_of(desk, window_id)
    assert [(line.name, line.size, line.disposition) for line in found] == [
        ("按月清洗", 2, "not_adopted"),
        ("", 1, None),
    ]


async def test_an_opinions_own_answer_goes_before_its_groups(desk: Desk) -> None:
    window_id = await closed(desk, "每月洗", "按月清洗", "应当按月")
    first, second, third = await ids_of(desk, window_id)
    group = await grouped(desk, window_id, [first, second, third])
    await gives(desk, window_id, adopted(comment_id=second))

    await gives(desk, window_id, refused(group=str(group)))

    found = {line.key: (line.size, line.disposition) for line in await lines_of(desk, window_id)}
    assert found == {str(group): (2, "not_adopted"), str(second): (1, "adopted")}


async def test_equal_opinions_without_a_group_are_one_line(desk: Desk) -> None:
    window_id = await closed(desk, "同意。", "同意！")

    (line,) = await lines_of(desk, window_id)
    await gives(desk, window_id, adopted(group=line.key))

    assert [found.disposition for found in await lines_of(desk, window_id)] == ["adopted"]


async def test_regrouping_leaves_no_opinion_without_the_answer_it_had(desk: Desk) -> None:
    window_id = await closed(desk, "每月洗", "按月清洗")
    both = await ids_of(desk, window_id)
    await gives(desk, window_id, refused(group=str(await grouped(desk, window_id, both))))

    await grouped(desk, window_id, both[:1])

    assert [line.disposition for line in await lines_of(desk, window_id)] == ["not_adopted", "not_adopted"]


async def test_a_second_answerer_is_told_and_nothing_is_overwritten(desk: Desk) -> None:
    window_id = await closed(desk, "按月清洗", "别的")
    comment_id = (await ids_of(desk, window_id))[0]
    await gives(desk, window_id, refused("甲的理由", comment_id=comment_id, seen=0))

    for late in (adopted(comment_id=comment_id, seen=0), adopted(comment_id=comment_id)):
        with pytest.raises(AnswerMoved):
            await gives(desk, window_id, late, by="somebody")

    assert {line.reason for line in await lines_of(desk, window_id) if line.disposition} == {"甲的理由"}


async def test_who_has_seen_the_answer_may_change_it(desk: Desk) -> None:
    window_id = await closed(desk, "按月清洗", "别的")
    comment_id = (await ids_of(desk, window_id))[0]
    await gives(desk, window_id, refused(comment_id=comment_id))
    (seen,) = [line.revision for line in await lines_of(desk, window_id) if line.disposition]

    await gives(desk, window_id, adopted(comment_id=comment_id, seen=seen), by="somebody")

    assert [line.answered_by for line in await lines_of(desk, window_id) if line.disposition] == ["qin-yue"]


async def test_one_stale_answer_holds_back_the_whole_page(desk: Desk) -> None:
    window_id = await closed(desk, "按月清洗", "别的")
    first, second = await ids_of(desk, window_id)
    await gives(desk, window_id, adopted(comment_id=first, seen=0))

    with pytest.raises(AnswerMoved):
        await gives(desk, window_id, refused(comment_id=second, seen=0), refused(comment_id=first, seen=0), by="s")

    assert sum(line.disposition is not None for line in await lines_of(desk, window_id)) == 1


async def test_a_group_of_another_window_is_no_target(desk: Desk) -> None:
    window_id, other = await closed(desk, "按月清洗"), await closed(desk, "别的")
    group = await grouped(desk, other, await ids_of(desk, other))

    with pytest.raises(AnswerTarget):
        await gives(desk, window_id, adopted(group=str(group)))


async def test_lines_come_a_page_at_a_time_and_each_once(desk: Desk) -> None:
    window_id = await closed(desk, "一", "二", "三", "三", "四", "四", "五")
    seen: list[str] = []
    place = None
    while True:
        async with desk.db.read() as conn:
            page = await lines.live(conn, window_id, after=place, limit=2)
        if not page:
            break
        seen += [line.body for line in page]
        place = page[-1].place

    assert (seen[:2], sorted(seen)) == (["三", "四"], sorted("一二三四五"))


async def test_a_hidden_opinion_shows_why_and_not_its_words(desk: Desk) -> None:
    from services.intake.shown.lines import words_of

    window_id = await closed(desk, "买药加微信")
    async with desk.db.transaction() as tx:
        await tx.execute("update comments set hidden_at = now(), hidden_by = 'he-xu', hidden_reason = 'advertising'")

    (line,) = await lines_of(desk, window_id)

    assert "广告" in words_of(line)
    assert "微信" not in words_of(line)


async def test_the_table_is_sealed_into_the_dossier_when_it_is_published(desk: Desk) -> None:
    window_id = await closed(desk, "每月洗", "每月洗！", "别的")
    await gives(desk, window_id, *[adopted(group=line.key) for line in await lines_of(desk, window_id)])

    await desk.activities.publish_answers(PublishAnswers(window_id=window_id))

    async with desk.db.read() as conn:
        window, table = await windows.get(conn, window_id), await lines.table_of(conn, window_id)
        entries = await dossier.all_of(conn, window.document_id)
        kept = await lines.published(conn, window_id)
    assert table is not None
    assert (entries[-1].type, entries[-1].record_hash) == ("answers_published", table.table_hash)
    head, *rows = [json.loads(row) for row in (await desk.blobs.text(table.table_hash)).splitlines()]
    assert (head["received"], head["answered"]) == (3, 3)
    assert [row["size"] for row in rows] == [one.line.size for one in kept] == [2, 1]
    assert "每月洗" not in await desk.blobs.text(table.table_hash)


async def test_the_clause_is_followed_over_a_renumbering(desk: Desk) -> None:
    handed_in = await desk.submits()
    window_id = await desk.opens_window(handed_in)
    await desk.activities.record_stage(a_stage(handed_in, "public_comment", accepts_versions=True))
    moved = DRAFT.replace("第三条", "第四条").replace("第四条 区", "第五条 区").replace("第五条 本", "第六条 本")
    moved = moved.replace("第四条 餐饮", "第三条 本办法所称油烟，是指烹饪时产生的烟气。\n第四条 餐饮")
    async with desk.db.transaction() as tx:
        text = moved.replace("每两个月", "每季度")
        read = await read_text(text, None, (), NOTE)
        await desk.blobs.put(text.encode())
        await submit_version(tx, an_actor(), handed_in.document.id, read, structure_hash="0" * 64, file_hash=None)

    async with desk.db.read() as conn:
        window = await windows.get(conn, window_id)
        await desk.blobs.put(read.text.encode())
        change = (await texts_of(conn, desk.blobs, window)).changes.of("art-3")

    assert change is not None
    assert (change.was, change.now, change.renumbered) == ("第三条", "第四条", True)
    assert "".join(run.text for run in change.runs if run.op == "insert").endswith("季度")


async def test_the_meeting_waits_for_every_answer_of_every_window(desk: Desk) -> None:
    handed_in = await desk.submits()
    first = await desk.opens_window(handed_in)
    await desk.comments(first, "没有人答复我")
    await desk.closes_now(first)
    second = await desk.opens_window(handed_in, phase="public_comment/2")
    await desk.closes_now(second)
    await desk.activities.record_summary(RecordSummary(window_id=second))
    question = CheckGate(
        document_id=handed_in.document.id, stage="collective_deliberation", text_hash=handed_in.version.text_hash
    )

    before = (await desk.activities.check_gate(question)).codes
    await desk.activities.record_summary(RecordSummary(window_id=first))
    await gives(desk, first, adopted(comment_id=(await ids_of(desk, first))[0]))

    assert "gate.comments_unanswered" in before
    assert "gate.comments_unanswered" not in (await desk.activities.check_gate(question)).codes


async def test_a_withdrawn_opinion_is_no_line_and_does_not_unbalance(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits())
    await desk.comments(window_id, "收回")
    async with desk.db.transaction() as tx:
        await _withdraw_all(tx)
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    published = await desk.activities.publish_answers(PublishAnswers(window_id=window_id))

    assert (published.answered, await lines_of(desk, window_id)) == (0, [])


async def _withdraw_all(tx: Connection) -> None:
    await tx.execute("update comments set withdrawn_at = clock_timestamp()")


def test_every_disposition_has_its_words() -> None:
    from services.intake.domain.answers import DISPOSITION_WORDS

    assert set(DISPOSITION_WORDS) == set(Disposition)


async def test_groups_answered_apart_in_one_act_stay_two_lines_when_they_are_merged(desk: Desk) -> None:
    window_id = await closed(desk, "应当按月清洗。", "罚款数额太高，请降低。")
    first, second = await lines_of(desk, window_id)
    await gives(desk, window_id, adopted(group=first.key), refused(group=second.key))

    async with desk.db.transaction() as tx:
        one, other = (await groups.several(tx, window_id, [UUID(first.key), UUID(second.key)])).values()
        await merge(tx, an_actor(), window_id, one.id, others={other.id: other.revision}, revision=one.revision)

    assert {(line.body, line.disposition) for line in await lines_of(desk, window_id)} == {
        (first.body, "adopted"),
        (second.body, "not_adopted"),
    }


async def test_groups_answered_alike_in_one_act_are_one_line_when_they_are_merged(desk: Desk) -> None:
    window_id = await closed(desk, "应当按月清洗。", "罚款数额太高，请降低。")
    first, second = await lines_of(desk, window_id)
    await gives(desk, window_id, adopted(group=first.key), adopted(group=second.key))

    async with desk.db.transaction() as tx:
        one, other = (await groups.several(tx, window_id, [UUID(first.key), UUID(second.key)])).values()
        await merge(tx, an_actor(), window_id, one.id, others={other.id: other.revision}, revision=one.revision)

    assert [(line.size, line.disposition) for line in await lines_of(desk, window_id)] == [(2, "adopted")]

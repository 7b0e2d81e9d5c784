"""Moderation: who hides what, why, how it is counted, answered, shown again, and seen by the author and the public."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.intake.actions.answering import answer
from services.intake.actions.moderating import moderate
from services.intake.domain.answers import Disposition, Given
from services.intake.domain.moderation import (
    Act,
    Moderation,
    NoReason,
    NothingChosen,
    NotModerator,
    TooMany,
)
from services.intake.store import comments, dossier, moderation, windows
from services.intake.store.moderation import Filter
from services.kernel.contracts.intake import PublishAnswers, RecordSummary
from tests.intake.builders import Desk, Web, an_actor

LU_WENXI = an_actor("lu-wenxi", "justice", roles=("legality_reviewer",), name="陆文汐")
# Drafted what opinions are hidden about: nobody hides those about their own draft.
AUTHOR = an_actor("ouyang-jin", name="欧阳瑾")
TANG = an_actor("tang-shuyao", "housing", name="唐书瑶")
CHENG = an_actor("cheng-lingyi", "inspection", roles=("supervisor",), name="程令仪")
INSULT = "设计这条的人是饭桶，全家饭桶。"
CRITICAL = "这份草案没有听过一家小店的话，第三条应当删去。"


async def a_window(desk: Desk, *bodies: str) -> UUID:
    window_id = await desk.opens_window(await desk.submits(AUTHOR))
    for body in bodies:
        await desk.comments(window_id, body)
    return window_id


async def ids_of(desk: Desk, window_id: UUID) -> list[UUID]:
    async with desk.db.read() as conn:
        return [one.id for one in await comments.of_window(conn, window_id)]


async def hides(desk: Desk, window_id: UUID, actor: Any = None, **given: Any) -> Any:
    wish = {"act": "hidden", "reason": "insult", "words": "辱骂起草人员。", **given}
    async with desk.db.transaction() as tx:
        return await moderate(tx, actor or an_actor(), window_id, Moderation.model_validate(wish))


async def hidden_ones(desk: Desk, window_id: UUID) -> list[UUID]:
    async with desk.db.read() as conn:
        return [one.id for one in (await moderation.listed(conn, window_id, Filter(hidden=True))).found]


async def test_chosen_opinions_are_hidden_with_a_reason_and_nothing_is_deleted(desk: Desk) -> None:
    window_id = await a_window(desk, INSULT, CRITICAL)
    first, _ = await ids_of(desk, window_id)

    done = await hides(desk, window_id, comments=[first])

    assert (done.changed, done.hidden) == (1, {"insult": 1})
    assert await hidden_ones(desk, window_id) == [first]
    async with desk.db.read() as conn:
        assert await conn.fetchval("select body from comments where id = $1", first) == INSULT


async def test_all_in_which_some_words_stand_are_hidden_at_once(desk: Desk) -> None:
    window_id = await a_window(desk, INSULT, CRITICAL, f"{INSULT}！", "饭桶")

    assert (await hides(desk, window_id, search="饭桶")).changed == 3


async def test_a_group_is_hidden_at_once(desk: Desk) -> None:
    window_id = await a_window(desk, *["加微信领优惠券，全场五折，错过再等一年。"] * 3, CRITICAL)
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))
    async with desk.db.transaction() as tx:
        group = await tx.fetchval("select group_id from opinion_members group by 1 order by count(*) desc limit 1")
        if group is None:
            group = await tx.fetchval(MAKE_GROUP, window_id)

    assert (await hides(desk, window_id, group=group, reason="advertising", words="广告。")).changed == 3


MAKE_GROUP = """
with made as (
    insert into opinion_groups (id, window_id) values (gen_random_uuid(), $1) returning id
), members as (
    insert into opinion_members (comment_id, window_id, machine_group)
    select c.id, $1, made.id from comments c, made where c.window_id = $1 and c.body like '加微信%'
)
select id from made
"""


async def test_the_legality_reviewer_may_hide(desk: Desk) -> None:
    window_id = await a_window(desk, INSULT)

    assert (await hides(desk, window_id, LU_WENXI, search="饭桶")).changed == 1


@pytest.mark.parametrize("actor", [TANG, CHENG], ids=["another unit", "a supervisor"])
async def test_nobody_else_may(desk: Desk, actor: Any) -> None:
    window_id = await a_window(desk, INSULT)

    with pytest.raises(NotModerator):
        await hides(desk, window_id, actor, search="饭桶")


@pytest.mark.parametrize(
    ("given", "refusal", "field"),
    [
        ({"search": "饭桶", "reason": "unwelcome"}, NoReason, "reason"),
        ({"search": "饭桶", "reason": "mistake"}, NoReason, "reason"),
        ({"search": "饭桶", "words": " "}, NoReason, "words"),
        ({"search": "饭桶", "words": "长" * 501}, NoReason, "words"),
        ({}, NothingChosen, "comments"),
        ({"search": "饭桶", "comments": ["0198c0de-0000-7000-8000-000000000001"]}, NothingChosen, "comments"),
        ({"comments": ["0198c0de-0000-7000-8000-000000000001"]}, NothingChosen, "comments"),
        ({"search": "没有这样的话"}, NothingChosen, "comments"),
    ],
    ids=["unlisted", "for showing", "no words", "long words", "nothing", "two ways", "elsewhere", "not found"],
)
async def test_an_act_without_reason_or_choice_is_refused(
    desk: Desk, given: dict[str, Any], refusal: type[NoReason | NothingChosen], field: str
) -> None:
    window_id = await a_window(desk, INSULT)

    with pytest.raises(refusal) as refused:
        await hides(desk, window_id, **given)

    assert refused.value.field == field
    assert await hidden_ones(desk, window_id) == []


async def test_more_than_one_act_may_change_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.intake.actions.moderating.MOST_AT_ONCE", 2)
    window_id = await a_window(desk, "饭桶一", "饭桶二", "饭桶三")

    with pytest.raises(TooMany):
        await hides(desk, window_id, search="饭桶")


async def test_hidden_twice_is_refused_the_second_time(desk: Desk) -> None:
    window_id = await a_window(desk, INSULT)
    await hides(desk, window_id, search="饭桶")

    with pytest.raises(NothingChosen):
        await hides(desk, window_id, search="饭桶")


async def test_shown_again_the_history_keeps_both_acts_and_so_does_the_dossier(desk: Desk) -> None:
    window_id = await a_window(desk, INSULT)
    await hides(desk, window_id, search="饭桶")

    await hides(desk, window_id, LU_WENXI, act=Act.SHOWN, reason="mistake", words="核对后恢复。", search="饭桶")

    assert await hidden_ones(desk, window_id) == []
    async with desk.db.read() as conn:
        acts = await moderation.acts_of(conn, window_id)
        entries = await dossier.all_of(conn, (await windows.get(conn, window_id)).document_id)
    assert [(act.act, act.reason, act.acted_by, act.count) for act in acts] == [
        ("shown", "mistake", "lu-wenxi", 1),
        ("hidden", "insult", "he-xu", 1),
    ]
    told = [entry for entry in entries if entry.type.startswith("comments_")]
    assert [(one.type, one.detail["count"], one.detail["hidden_now"]) for one in told] == [
        ("comments_hidden", 1, {"insult": 1}),
        ("comments_shown", 1, {}),
    ]
    assert "饭桶" not in str([vars(one) for one in told])


async def test_the_history_of_hiding_stays(desk: Desk) -> None:
    window_id = await a_window(desk, INSULT)
    await hides(desk, window_id, search="饭桶")

    for statement in ("delete from moderation_acts", "update moderation_acts set words = '改'"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with desk.db.transaction() as tx:
                await tx.execute(statement)


async def test_comments_go_on_arriving_while_opinions_are_hidden(desk: Desk) -> None:
    window_id = await a_window(desk, INSULT)
    async with desk.db.transaction() as tx:
        wish = Moderation(act=Act.HIDDEN, reason="insult", words="辱骂。", search="饭桶")
        await moderate(tx, an_actor(), window_id, wish)

        assert await desk.comments(window_id, "正在隐藏的时候也能提意见。")


async def closed(desk: Desk, *bodies: str) -> UUID:
    window_id = await a_window(desk, *bodies)
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))
    return window_id


async def test_a_hidden_opinion_counts_as_received_and_is_answered_like_every_other(desk: Desk) -> None:
    window_id = await closed(desk, INSULT, CRITICAL)
    first, second = await ids_of(desk, window_id)
    await hides(desk, window_id, comments=[first])
    spam = Given(comment_id=first, disposition=Disposition.NOT_ADOPTED, reason="没有提出具体意见。")
    heard = Given(comment_id=second, disposition=Disposition.ADOPTED)

    async with desk.db.transaction() as tx:
        one = await answer(tx, an_actor(), window_id, (heard,))
        both = await answer(tx, an_actor(), window_id, (spam,))

    assert (one.received, one.left, both.left) == (2, 1, 0)
    published = await desk.activities.publish_answers(PublishAnswers(window_id=window_id))
    assert published.answered == 2


async def _published(web: Web) -> UUID:
    window_id = await closed(web.desk, INSULT, CRITICAL)
    first, second = await ids_of(web.desk, window_id)
    given = tuple(
        Given(comment_id=one, disposition=Disposition.NOT_ADOPTED, reason="见说明。") for one in (first, second)
    )
    async with web.desk.db.transaction() as tx:
        await answer(tx, an_actor(), window_id, given)
    await web.desk.activities.publish_answers(PublishAnswers(window_id=window_id))
    return window_id


async def test_the_public_reads_how_many_are_hidden_and_why_and_not_the_words(web: Web) -> None:
    window_id = await _published(web)
    first, _ = await ids_of(web.desk, window_id)
    path = f"/intake/windows/{window_id}/moderation"
    given = {"act": "hidden", "reason": "insult", "words": "辱骂。", "comments": [str(first)]}

    assert (await web.posts(path, given)).status_code == 200

    shown = (await web.client.get(f"/intake/consultation/{window_id}/feedback", headers=HTML)).text
    assert "饭桶" not in shown
    assert CRITICAL in shown
    assert "有1条意见的文字没有显示" in shown
    assert "辱骂、诽谤他人" in shown


async def test_that_none_is_hidden_is_said_too(web: Web) -> None:
    window_id = await _published(web)

    shown = (await web.client.get(f"/intake/consultation/{window_id}/feedback", headers=HTML)).text

    assert "没有隐藏意见：0条" in shown


async def test_the_author_sees_by_the_receipt_that_it_was_hidden_and_why(web: Web) -> None:
    window_id = await a_window(web.desk)
    taken = await web.desk.comments(window_id, INSULT)
    await hides(web.desk, window_id, search="饭桶")

    receipt = (await web.gets(f"/intake/receipts/{taken.receipt}", person=None)).json()
    page = (await web.client.get(f"/intake/receipt?receipt={taken.receipt}", headers=HTML)).text

    assert receipt["body"] == INSULT
    assert (receipt["hidden"]["reason"], receipt["hidden"]["words"]) == ("insult", "辱骂起草人员。")
    assert INSULT in page
    assert "辱骂起草人员。" in page


async def test_programs_read_the_history_and_are_refused_as_persons_are(web: Web) -> None:
    window_id = await a_window(web.desk, INSULT)
    path = f"/intake/windows/{window_id}/moderation"
    given = {"act": "hidden", "reason": "insult", "words": "辱骂。", "search": "饭桶"}

    refused = await web.posts(path, given, person="tang-shuyao")
    assert (refused.status_code, refused.json()["code"]) == (403, "moderation.not_yours")
    assert (await web.posts(path, {**given, "reason": "unwelcome"})).json()["article"]
    assert (await web.posts(path, given, person=None)).status_code == 401
    assert (await web.posts(path, given)).json() == {"ordinal": 1, "changed": 1, "hidden": {"insult": 1}}
    listed = (await web.gets(path, person="lu-wenxi")).json()
    assert (listed["hidden"], [act["by"] for act in listed["acts"]]) == ({"insult": 1}, ["he-xu"])


HTML = {"Accept": "text/html"}


async def test_the_page_hides_what_is_ticked_and_shows_it_again(web: Web) -> None:
    window_id = await a_window(web.desk, INSULT, CRITICAL)
    first, _ = await ids_of(web.desk, window_id)
    path = f"/intake/consultation/{window_id}/moderation"
    headers = {**web.as_("he-xu"), **HTML}
    given = {"comment": [str(first)], "act": "hidden", "reason": "insult", "words": "辱骂。"}

    done = await web.client.post(path, data={**given, "idempotency_key": "k1"}, headers=headers)

    assert done.status_code == 303
    assert await hidden_ones(web.desk, window_id) == [first]
    page = (await web.client.get(f"{path}?state=hidden", headers=headers)).text
    assert INSULT in page
    assert CRITICAL not in page
    again = {**given, "act": "shown", "reason": "mistake", "words": "恢复。", "idempotency_key": "k2"}
    assert (await web.client.post(path, data=again, headers=headers)).status_code == 303
    assert await hidden_ones(web.desk, window_id) == []


async def test_the_page_hides_all_that_pass_the_search(web: Web) -> None:
    window_id = await a_window(web.desk, INSULT, f"{INSULT}。", CRITICAL)
    headers = {**web.as_("he-xu"), **HTML}
    given = {"all": "yes", "act": "hidden", "reason": "insult", "words": "辱骂。", "idempotency_key": "k1"}

    path = f"/intake/consultation/{window_id}/moderation?q=饭桶"
    done = await web.client.post(path, data=given, headers=headers)

    assert done.headers["location"].endswith("done=2")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"act": "hidden"},
        {"act": "deleted", "comment": "x"},
        {"act": "hidden", "comment": "none", "reason": "insult"},
    ],
    ids=["nothing", "no choice", "no such act", "no id"],
)
async def test_a_form_that_says_nothing_comes_back_with_why(web: Web, given: dict[str, str]) -> None:
    window_id = await a_window(web.desk, INSULT)
    headers = {**web.as_("he-xu"), **HTML}

    path = f"/intake/consultation/{window_id}/moderation"
    answer = await web.client.post(path, data={**given, "idempotency_key": "k1"}, headers=headers)

    assert answer.status_code == 422
    assert INSULT in answer.text


async def test_opinions_come_a_page_at_a_time(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.intake.pages.moderating.PAGE", 2)
    window_id = await a_window(web.desk, "第一条意见", "第二条意见", "第三条意见")
    _, second, _ = await ids_of(web.desk, window_id)
    headers = {**web.as_("he-xu"), **HTML}

    first = (await web.client.get(f"/intake/consultation/{window_id}/moderation", headers=headers)).text
    assert f"after={second}" in first
    assert "第三条意见" not in first
    path = f"/intake/consultation/{window_id}/moderation?after={second}"
    assert "第三条意见" in (await web.client.get(path, headers=headers)).text


HIDE_AND_ANSWER = {
    "act": "hidden",
    "reason": "insult",
    "words": "辱骂工作人员。",
    "answer": {"disposition": "not_adopted", "reason": "没有可以采纳的内容。"},
}


async def test_a_hidden_opinion_is_answered_in_the_same_act_and_the_balance_holds(web: Web) -> None:
    window_id = await closed(web.desk, "骂人的话", "每月洗")
    first, second = await ids_of(web.desk, window_id)

    done = await web.posts(f"/intake/windows/{window_id}/moderation", {**HIDE_AND_ANSWER, "comments": [str(first)]})
    rest = await web.posts(
        f"/intake/windows/{window_id}/answers", {"answers": [{"comment_id": str(second), "disposition": "adopted"}]}
    )

    published = await web.desk.activities.publish_answers(PublishAnswers(window_id=window_id))
    assert (done.status_code, done.json()["changed"], done.json()["left"]) == (200, 1, 1)
    assert rest.json()["received"] == rest.json()["answered"] + rest.json()["withdrawn"] == 2
    assert (published.answered, published.not_adopted) == (2, 1)


async def test_hiding_with_an_answer_that_lacks_its_reason_hides_nothing(web: Web) -> None:
    window_id = await closed(web.desk, "骂人的话")
    (only,) = await ids_of(web.desk, window_id)
    given = {**HIDE_AND_ANSWER, "comments": [str(only)], "answer": {"disposition": "not_adopted"}}

    refused = await web.posts(f"/intake/windows/{window_id}/moderation", given)

    shown = (await web.gets(f"/intake/windows/{window_id}/moderation")).json()
    assert (refused.json()["code"], shown["hidden"], shown["acts"]) == ("answer.reason_missing", {}, [])


async def test_what_is_shown_again_is_not_answered_with_it(web: Web) -> None:
    window_id = await closed(web.desk, "骂人的话")
    given = {**HIDE_AND_ANSWER, "act": "shown", "reason": "mistake", "search": "骂人"}

    refused = await web.posts(f"/intake/windows/{window_id}/moderation", given)

    assert refused.json()["code"] == "moderation.answer"


async def test_a_reviewer_who_may_hide_may_not_answer(web: Web) -> None:
    window_id = await closed(web.desk, "骂人的话")

    refused = await web.posts(
        f"/intake/windows/{window_id}/moderation", {**HIDE_AND_ANSWER, "search": "骂人"}, person="lu-wenxi"
    )

    assert refused.status_code == 403


async def test_while_the_window_is_open_nothing_is_answered(web: Web) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits(AUTHOR))
    await web.desk.comments(window_id, "骂人的话")

    refused = await web.posts(f"/intake/windows/{window_id}/moderation", {**HIDE_AND_ANSWER, "search": "骂人"})

    assert refused.json()["code"] == "window.still_open"

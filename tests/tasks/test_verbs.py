"""Passing items on: who may, who is told, what stands in the record, and what is refused with which words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from itertools import combinations_with_replacement
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from services.kernel.contracts.refusals import Refused
from services.kernel.contracts.tasks import ChangeDue
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor, Principal
from services.kernel.runtime.db import Connection, Database
from services.tasks.actions import asking, items, passing
from services.tasks.activities import Activities
from services.tasks.domain import items as item_rules
from services.tasks.domain import verbs
from services.tasks.domain.items import Item, ItemState
from services.tasks.domain.verbs import Ask, Copy, GiveAnswer, PassAllOn, PassOn, Release, TakeBack
from tests.tasks.builders import (
    CHENG,
    GU,
    HE,
    LU,
    SU,
    a_deadline,
    actor,
    an_item,
    closing,
    officer,
    reviewer,
    supervisor,
)

Look = Callable[..., Awaitable[list[asyncpg.Record]]]
Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
BOOK, CALENDAR = RuleBook.load(), WorkCalendar.load(None)
AN = {"person_id": "zheng-an", "person_name": "郑安", "unit_id": "justice", "unit_name": "区司法局"}
HEAD = actor(AN, "unit_head")
DRAFTER = actor(HE, "drafter", "lead_unit_officer")
Verb = Callable[[Connection, Actor, UUID], Awaitable[Any]]


def to(person: str, version: int) -> PassOn:
    return PassOn(version=version, to=person, reason="另有任务")


@pytest_asyncio.fixture
async def held(db: Database, activities: Activities) -> Item:
    """A review that 陆闻溪 holds, in its second version."""
    posted = await activities.post_item(an_item())
    item: Item = await act(db, items.claim, reviewer(LU), posted.item_id)
    return item


async def act(
    db: Database, verb: Callable[..., Awaitable[Any]], who: Actor, item: object, *more: object, **named: object
) -> Any:
    async with db.transaction() as tx:
        return await verb(tx, who, item, *more, **named)


async def letters(look: Look) -> list[tuple[str, str]]:
    return [(row["name"], row["target"]) for row in await look("select name, target from outbox order by position")]


async def asked(db: Database, held: Item, person: str = "su-he", **more: Any) -> Item:
    command = Ask(version=held.version, to=person, question="第八条是否设定许可？", **more)
    errand: Item = await act(db, asking.ask, reviewer(LU), held.id, command, calendar=CALENDAR)
    return errand


async def test_the_head_of_the_unit_reassigns_and_both_are_told(db: Database, held: Item, look: Look) -> None:
    item = await act(db, passing.reassign, HEAD, held.id, to("su-he", held.version))
    assert (item.person_id, item.state, item.version) == ("su-he", ItemState.CLAIMED, held.version + 1)
    assert (item.came_how, item.came_from, item.came_words) == ("reassigned", "zheng-an", "另有任务")
    assert await letters(look) == [("reassigned", "lu-wenxi"), ("reassigned", "su-he")]


async def test_the_officer_on_duty_reassigns_too(db: Database, held: Item) -> None:
    item = await act(db, passing.reassign, actor(GU, "operator"), held.id, to("su-he", held.version))
    assert item.person_id == "su-he"


async def test_what_one_holds_goes_to_a_colleague(db: Database, held: Item, look: Look) -> None:
    item = await act(db, passing.hand_over, reviewer(LU), held.id, to("su-he", held.version))
    assert (item.person_id, item.came_how) == ("su-he", "handed_over")
    assert await letters(look) == [("handed_over", "su-he")]


@pytest.mark.parametrize(
    ("verb", "who", "target", "refusal"),
    [
        (passing.reassign, reviewer(SU), "su-he", verbs.NotYours),
        (passing.reassign, actor(HE, "unit_head"), "su-he", item_rules.ItemUnknown),
        (passing.reassign, HEAD, "he-xu", verbs.NotEligible),
        (passing.reassign, HEAD, "zheng-an", verbs.NotEligible),
        (passing.reassign, HEAD, "lu-wenxi", verbs.SamePerson),
        (passing.hand_over, reviewer(SU), "su-he", item_rules.ItemClaimed),
        (passing.hand_over, supervisor(CHENG), "su-he", item_rules.ItemUnknown),
        (passing.hand_over, reviewer(LU), "nobody", verbs.NotEligible),
    ],
)
async def test_who_may_not_pass_it_on_or_to_whom(
    db: Database, held: Item, verb: Any, who: Actor, target: str, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        await act(db, verb, who, held.id, to(target, held.version))


async def test_a_stale_act_is_told_what_happened_meanwhile(db: Database, activities: Activities, held: Item) -> None:
    await activities.change_due(ChangeDue(key="item", due=a_deadline(date(2026, 12, 1))))
    await act(db, passing.reassign, HEAD, held.id, to("su-he", held.version + 1))
    with pytest.raises(verbs.ItemMoved) as refused:
        await act(db, passing.reassign, HEAD, held.id, to("lu-wenxi", held.version))
    assert refused.value.detail.zh == "其间：期限改变；区司法局转派。"


async def test_a_closed_item_is_passed_on_by_nobody(db: Database, activities: Activities, held: Item) -> None:
    await activities.close_item(closing())
    for verb, who in ((passing.reassign, HEAD), (passing.hand_over, reviewer(LU))):
        with pytest.raises(item_rules.ItemClosed):
            await act(db, verb, who, held.id, to("su-he", held.version))


async def test_what_was_passed_on_is_taken_back_to_where_it_was(db: Database, held: Item) -> None:
    given = await act(db, passing.hand_over, reviewer(LU), held.id, to("su-he", held.version))
    back = await act(db, passing.take_back, reviewer(LU), held.id, TakeBack(version=given.version))
    assert (back.person_id, back.state, back.came_how) == ("lu-wenxi", ItemState.CLAIMED, "posted")


async def test_what_was_free_is_free_again(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item())
    given = await act(db, passing.reassign, HEAD, posted.item_id, to("su-he", 1))
    back = await act(db, passing.take_back, HEAD, posted.item_id, TakeBack(version=given.version))
    assert (back.person_id, back.state) == (None, ItemState.OPEN)


async def test_nothing_is_taken_back_once_the_other_has_begun(db: Database, held: Item) -> None:
    await act(db, passing.hand_over, reviewer(LU), held.id, to("su-he", held.version))
    taken = await act(db, items.claim, reviewer(SU), held.id)
    again = await act(db, items.claim, reviewer(SU), held.id)
    assert taken.version == again.version
    with pytest.raises(verbs.TakenUp):
        await act(db, passing.take_back, reviewer(LU), held.id, TakeBack(version=taken.version))


async def test_only_who_passed_it_on_takes_it_back(db: Database, held: Item) -> None:
    with pytest.raises(verbs.NotToBeTakenBack):
        await act(db, passing.take_back, reviewer(LU), held.id, TakeBack(version=held.version))
    given = await act(db, passing.reassign, HEAD, held.id, to("su-he", held.version))
    with pytest.raises(verbs.NotToBeTakenBack):
        await act(db, passing.take_back, reviewer(LU), held.id, TakeBack(version=given.version))


async def test_all_that_one_holds_goes_but_what_the_other_may_not_have(
    db: Database, activities: Activities, held: Item
) -> None:
    other = await activities.post_item(an_item("filing", role="filing_clerk"))
    await act(db, items.claim, actor(LU, "filing_clerk"), other.item_id)
    went, stays = await act(db, passing.hand_all_over, reviewer(LU), PassAllOn(to="su-he", reason="调离"))
    assert (went, stays) == ([held.id], [other.item_id])


async def test_a_release_keeps_its_reason(db: Database, held: Item, look: Look) -> None:
    await act(db, items.release, reviewer(LU), held.id, Release(version=held.version, reason="出差"))
    (row,) = await look("select details from item_events where event = 'released'")
    assert row["details"] == '{"reason": "出差"}'


async def test_a_question_is_an_item_of_its_own_and_its_answer_stands_with_the_duty(
    db: Database, held: Item, look: Look
) -> None:
    errand = await asked(db, held, working_days=2)
    assert (errand.person_id, errand.sort, errand.parent_id, errand.state) == ("su-he", "opinion", held.id, "claimed")
    assert errand.due.on is not None
    given = await act(db, asking.answer, officer(SU), errand.id, GiveAnswer(version=errand.version, answer="没有。"))
    assert (given.state, given.answer) == (ItemState.DONE, "没有。")
    assert await letters(look) == [("asked", "su-he"), ("answered", "lu-wenxi")]
    (row,) = await look("select state, person_id from items where id = $1", held.id)
    assert (row["state"], row["person_id"]) == ("claimed", "lu-wenxi")


async def test_a_question_is_withdrawn_before_it_is_answered_and_never_after(db: Database, held: Item) -> None:
    first = await asked(db, held)
    gone = await act(db, asking.withdraw, reviewer(LU), first.id, TakeBack(version=first.version))
    assert (gone.state, gone.outcome) == (ItemState.CANCELLED, "withdrawn")
    with pytest.raises(item_rules.ItemClosed):
        await act(db, asking.answer, reviewer(SU), first.id, GiveAnswer(version=first.version, answer="晚了"))
    held = held._replace(version=held.version + 2)
    second = await asked(db, held)
    await act(db, asking.answer, reviewer(SU), second.id, GiveAnswer(version=second.version, answer="没有。"))
    with pytest.raises(item_rules.ItemClosed):
        await act(db, asking.withdraw, reviewer(LU), second.id, TakeBack(version=second.version))


async def test_closing_the_duty_ends_the_question_visibly(
    db: Database, activities: Activities, held: Item, look: Look
) -> None:
    errand = await asked(db, held)
    await activities.close_item(closing())
    (row,) = await look("select state, outcome from items where id = $1", errand.id)
    assert (row["state"], row["outcome"]) == ("cancelled", "parent_closed")
    assert await letters(look) == [("asked", "su-he"), ("closed", "su-he")]


async def test_questions_are_asked_by_the_holder_and_answered_by_who_is_asked(db: Database, held: Item) -> None:
    question = Ask(version=held.version, to="cheng-yian", question="？")
    with pytest.raises(item_rules.ItemClaimed):
        await act(db, asking.ask, reviewer(SU), held.id, question, calendar=CALENDAR)
    with pytest.raises(verbs.SamePerson):
        await asked(db, held, "lu-wenxi")
    with pytest.raises(verbs.NotEligible):
        await asked(db, held, "nobody")
    errand = await asked(db, held)
    with pytest.raises(verbs.NotYours):
        await act(db, asking.answer, reviewer(LU), errand.id, GiveAnswer(version=1, answer="自问自答"))
    with pytest.raises(item_rules.NotForThis):
        await act(db, items.release, reviewer(SU), errand.id)


async def test_a_copy_is_sent_once_read_once_and_blocks_nothing(
    db: Database, activities: Activities, held: Item, look: Look
) -> None:
    made = await act(db, asking.copy, reviewer(LU), held.id, Copy(to=("su-he", "cheng-yian"), note="请了解"))
    again = await act(db, asking.copy, reviewer(LU), held.id, Copy(to=("su-he",)))
    assert (len(made), again) == (2, [])
    await activities.close_item(closing())
    mine = (await look("select id from items where sort = 'copy' and person_id = 'su-he'"))[0]["id"]
    first = await act(db, asking.read, officer(SU), mine)
    second = await act(db, asking.read, officer(SU), mine)
    assert (first.outcome, first.version) == ("read", second.version)
    assert sorted(await letters(look)) == [("copied", "cheng-yian"), ("copied", "su-he")]


async def test_urging_is_once_a_day_and_has_an_end(db: Database, held: Item, look: Look) -> None:
    assert await act(db, asking.urge, DRAFTER, held.id, book=BOOK) == ["lu-wenxi"]
    with pytest.raises(verbs.UrgedEnough):
        await act(db, asking.urge, supervisor(CHENG), held.id, book=BOOK)
    await look("alter table item_events disable trigger item_events_stay")
    await look("update item_events set at = at - interval '1 day' where event = 'urged'")
    for _ in range(4):
        await act(db, asking.urge, DRAFTER, held.id, book=BOOK)
        await look("update item_events set at = at - interval '1 day' where event = 'urged'")
    with pytest.raises(verbs.UrgedEnough):
        await act(db, asking.urge, DRAFTER, held.id, book=BOOK)
    assert await letters(look) == [("urged", "lu-wenxi")] * 5


async def test_urging_what_nobody_holds_reaches_all_of_the_office(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item())
    assert await act(db, asking.urge, DRAFTER, posted.item_id, book=BOOK) == ["lu-wenxi", "su-he"]


async def test_one_does_not_urge_oneself_nor_what_is_none_of_one_s_business(db: Database, held: Item) -> None:
    with pytest.raises(verbs.SamePerson):
        await act(db, asking.urge, reviewer(LU), held.id, book=BOOK)
    stranger = actor({**HE, "unit_id": "finance"}, "drafter")
    with pytest.raises(item_rules.ItemUnknown):
        await act(db, asking.urge, stranger, held.id, book=BOOK)


async def test_a_deputy_s_acts_say_for_whom(db: Database, held: Item, look: Look, owner: Owner) -> None:
    await owner.execute(
        "insert into directory.absences (person_id, unit_id, deputy_id, from_on, until_on, made_by)"
        " values ('lu-wenxi', 'justice', 'su-he', directory.office_today(), directory.office_today(), 'lu-wenxi')"
    )
    away = Principal("lu-wenxi", "陆闻溪", frozenset({"legality_reviewer"}), True, date(2026, 12, 31))
    deputy = replace(officer(SU), principals=(away,))
    await act(db, items.release, deputy, held.id)
    taken = await act(db, items.claim, deputy, held.id)
    assert taken.person_id == "lu-wenxi"
    rows = await look("select event, person_id, on_behalf_of from item_events where person_id = 'su-he' order by id")
    assert [tuple(row) for row in rows] == [("released", "su-he", "lu-wenxi"), ("claimed", "su-he", "lu-wenxi")]


async def test_a_decision_by_the_deputy_closes_the_item_on_behalf_of_its_holder(
    activities: Activities, held: Item, look: Look, owner: Owner
) -> None:
    await owner.execute(
        "insert into directory.absences (person_id, unit_id, deputy_id, from_on, until_on, made_by)"
        " values ('lu-wenxi', 'justice', 'su-he', directory.office_today(), directory.office_today(), 'lu-wenxi')"
    )
    await activities.close_item(closing().model_copy(update={"actor_id": "su-he"}))
    (row,) = await look("select person_id, on_behalf_of from item_events where event = 'closed'")
    assert (row["person_id"], row["on_behalf_of"]) == ("su-he", "lu-wenxi")


async def test_the_database_keeps_closed_items_closed_and_versions_in_a_row(
    activities: Activities, held: Item, owner: Owner
) -> None:
    for change in ("state = 'open', person_id = null, person_unit_id = null", "version = version + 2", "role = 'chief', version = version + 1"):  # fmt: skip
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner.execute(f"update tasks.items set {change}")
    await activities.close_item(closing())
    with pytest.raises(asyncpg.RestrictViolationError, match="stays closed"):
        await owner.execute("update tasks.items set title = 'x', version = version + 1")
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner.execute("delete from tasks.items")


def moved(name: str, version: int) -> Verb:
    """One of the acts on a duty that 陆闻溪 holds in that version, by whoever may."""
    acts: dict[str, Verb] = {
        "release": lambda tx, _, item: items.release(tx, reviewer(LU), item, Release(version=version)),
        "reassign": lambda tx, _, item: passing.reassign(tx, HEAD, item, to("su-he", version)),
        "hand_over": lambda tx, _, item: passing.hand_over(tx, reviewer(LU), item, to("su-he", version)),
        "hand_all_over": lambda tx, _, __: passing.hand_all_over(
            tx, reviewer(LU), PassAllOn(to="su-he", reason="调离")
        ),
        "ask": lambda tx, _, item: asking.ask(
            tx, reviewer(LU), item, Ask(version=version, to="su-he", question="？"), calendar=CALENDAR
        ),
        "copy": lambda tx, _, item: asking.copy(tx, reviewer(LU), item, Copy(to=("su-he",))),
        "claim": lambda tx, _, item: items.claim(tx, reviewer(SU), item),
        "urge": lambda tx, _, item: asking.urge(tx, DRAFTER, item, book=BOOK),
        "close": lambda tx, _, __: items.close(tx, closing()),
        "due": lambda tx, _, __: items.change_due(tx, ChangeDue(key="item", due=a_deadline(date(2026, 12, 2)))),
    }
    return acts[name]


ACTS = ("release", "reassign", "hand_over", "hand_all_over", "ask", "copy", "claim", "urge", "close", "due")


async def test_any_two_acts_at_once_leave_one_item_with_one_record(
    db: Database, activities: Activities, look: Look
) -> None:
    for first, second in combinations_with_replacement(ACTS, 2):
        await look("truncate items, item_events, outbox cascade")
        posted = await activities.post_item(an_item())
        held = await act(db, items.claim, reviewer(LU), posted.item_id)

        async def one(name: str, item: UUID = posted.item_id, version: int = held.version) -> str:
            try:
                async with db.transaction() as tx:
                    await moved(name, version)(tx, reviewer(LU), item)
            except Refused as refused:
                return refused.code
            return "done"

        answers = await asyncio.gather(one(first), one(second))
        assert "done" in answers or first == second == "claim", (first, second, answers)
        duties = await look("select version, state, person_id from items where sort = 'duty'")
        versions = await look("select count(distinct version) from item_events where item_id = $1", posted.item_id)
        assert [row["version"] for row in duties] == [versions[0][0]], (first, second, answers)
        doubled = await look("select 1 from items where sort <> 'duty' group by sort having count(*) > 1")
        assert doubled == [], (first, second, answers)
        if "close" in (first, second):
            open_ones = await look("select 1 from items where sort <> 'copy' and state in ('open', 'claimed')")
            assert open_ones == [], (first, second, answers)

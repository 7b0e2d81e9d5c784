"""Inbox items: posted once, claimed by one, closed for good."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import uuid4

import asyncpg
import pytest

from services.kernel.contracts.tasks import ChangeDue
from services.kernel.runtime.db import Database
from services.tasks.actions import items
from services.tasks.activities import Activities
from services.tasks.domain.items import ItemClaimed, ItemClosed, ItemState, ItemUnknown
from services.tasks.store import items as store
from tests.tasks.builders import (
    CHENG,
    HE,
    LU,
    SU,
    a_deadline,
    an_item,
    closing,
    officer,
    reviewer,
    supervisor,
)

Look = Callable[..., Awaitable[list[asyncpg.Record]]]


async def test_an_item_posted_twice_stands_once(activities: Activities, look: Look) -> None:
    first = await activities.post_item(an_item())
    second = await activities.post_item(an_item())
    assert first == second
    assert [row["event"] for row in await look("select event from item_events")] == ["posted"]


async def test_a_due_date_without_an_instant_ends_with_its_day(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item(due=date(2026, 11, 30)))
    async with db.read() as conn:
        item = await store.get(conn, posted.item_id)
    assert item.due.ends_at == datetime(2026, 11, 30, 16, tzinfo=UTC)


async def test_claiming_makes_an_item_mine(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item())
    async with db.transaction() as tx:
        item = await items.claim(tx, reviewer(LU), posted.item_id)
    assert (item.state, item.person_id, item.person_unit_id) == (ItemState.CLAIMED, "lu-wenxi", "justice")


async def test_claiming_twice_is_recorded_once(db: Database, activities: Activities, look: Look) -> None:
    posted = await activities.post_item(an_item())
    for _ in range(2):
        async with db.transaction() as tx:
            await items.claim(tx, reviewer(LU), posted.item_id)
    assert len(await look("select 1 from item_events where event = 'claimed'")) == 1


async def test_of_two_who_claim_at_once_one_is_refused(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item())

    async def claim(who: dict[str, str]) -> object:
        try:
            async with db.transaction() as tx:
                return await items.claim(tx, reviewer(who), posted.item_id)
        except ItemClaimed as refused:
            return refused

    answers = await asyncio.gather(*(claim(who) for who in (LU, SU) * 5))
    holders = {answer.person_id for answer in answers if not isinstance(answer, ItemClaimed)}  # type: ignore[attr-defined]
    assert len(holders) == 1
    assert sum(isinstance(answer, ItemClaimed) for answer in answers) == 5


async def test_a_colleague_is_told_who_has_the_item(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item())
    async with db.transaction() as tx:
        await items.claim(tx, reviewer(LU), posted.item_id)
    with pytest.raises(ItemClaimed, match=r"item\.claimed: 陆闻溪 \(区司法局\)"):
        async with db.transaction() as tx:
            await items.claim(tx, reviewer(SU), posted.item_id)


async def test_another_unit_is_told_only_the_unit(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item(role="lead_unit_officer", unit_id=None))
    async with db.transaction() as tx:
        await items.claim(tx, officer(SU), posted.item_id)
    with pytest.raises(ItemClaimed, match=r"item\.claimed: 区司法局 has"):
        async with db.transaction() as tx:
            await items.claim(tx, officer(HE), posted.item_id)


async def test_who_left_the_office_holds_nothing_up(db: Database, activities: Activities, look: Look) -> None:
    posted = await activities.post_item(an_item())
    async with db.transaction() as tx:
        await items.claim(tx, reviewer(LU), posted.item_id)
    await look("delete from directory.offices where person_id = 'lu-wenxi' and role = 'legality_reviewer'")
    async with db.transaction() as tx:
        item = await items.claim(tx, reviewer(SU), posted.item_id)
    assert item.person_id == "su-he"


@pytest.mark.parametrize("who", [supervisor(CHENG), officer(SU), reviewer(HE)], ids=["role", "duty", "unit"])
async def test_who_does_not_hold_the_office_does_not_see_the_item(
    db: Database, activities: Activities, who: object
) -> None:
    posted = await activities.post_item(an_item())
    with pytest.raises(ItemUnknown):
        async with db.transaction() as tx:
            await items.claim(tx, who, posted.item_id)  # type: ignore[arg-type]


async def test_an_unknown_item_is_not_found(db: Database) -> None:
    with pytest.raises(ItemUnknown):
        async with db.transaction() as tx:
            await items.claim(tx, reviewer(), uuid4())


async def test_a_released_item_is_anybodys_again(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item())
    async with db.transaction() as tx:
        await items.claim(tx, reviewer(LU), posted.item_id)
    async with db.transaction() as tx:
        item = await items.release(tx, reviewer(LU), posted.item_id)
    assert (item.state, item.person_id) == (ItemState.OPEN, None)


async def test_nobody_releases_what_another_has_claimed(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item())
    async with db.transaction() as tx:
        await items.claim(tx, reviewer(LU), posted.item_id)
    with pytest.raises(ItemClaimed):
        async with db.transaction() as tx:
            await items.release(tx, reviewer(SU), posted.item_id)


@pytest.mark.parametrize("act", [items.claim, items.release], ids=["claim", "release"])
async def test_a_closed_item_is_neither_claimed_nor_released(
    db: Database, activities: Activities, act: Callable[..., Awaitable[object]]
) -> None:
    posted = await activities.post_item(an_item())
    await activities.close_item(closing())
    with pytest.raises(ItemClosed):
        async with db.transaction() as tx:
            await act(tx, reviewer(), posted.item_id)


async def test_the_first_outcome_of_an_item_stays(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item())
    for outcome in ("lawful", "unlawful"):
        await activities.close_item(closing(outcome=outcome))
    async with db.read() as conn:
        item = await store.get(conn, posted.item_id)
    assert (item.state, item.outcome) == (ItemState.DONE, "lawful")


async def test_what_is_no_longer_needed_is_cancelled(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item())
    await activities.close_item(closing(outcome="voided"))
    async with db.read() as conn:
        assert (await store.get(conn, posted.item_id)).state is ItemState.CANCELLED


async def test_a_closed_item_keeps_who_had_claimed_it(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item())
    async with db.transaction() as tx:
        await items.claim(tx, reviewer(LU), posted.item_id)
    await activities.close_item(closing())
    async with db.read() as conn:
        assert (await store.get(conn, posted.item_id)).person_id == "lu-wenxi"


async def test_a_due_date_that_becomes_known_is_no_longer_provisional(db: Database, activities: Activities) -> None:
    posted = await activities.post_item(an_item())
    unknown = a_deadline(None, provisional=True)
    await activities.change_due(ChangeDue(key="item", due=unknown))
    await activities.change_due(ChangeDue(key="item", due=a_deadline(date(2027, 1, 15))))
    async with db.read() as conn:
        item = await store.get(conn, posted.item_id)
    assert (item.due.on, item.due.provisional) == (date(2027, 1, 15), False)


async def test_a_due_date_moved_twice_to_the_same_day_is_recorded_once(activities: Activities, look: Look) -> None:
    await activities.post_item(an_item(due=date(2026, 12, 1)))
    for _ in range(2):
        await activities.change_due(ChangeDue(key="item", due=a_deadline(date(2026, 12, 8))))
    rows = await look("select details from item_events where event = 'due_changed'")
    assert len(rows) == 1


async def test_the_record_of_an_item_is_never_changed(activities: Activities, look: Look) -> None:
    await activities.post_item(an_item())
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await look("update item_events set event = 'closed'")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'claimed'",
        "person_id = 'lu-wenxi', person_unit_id = 'justice'",
        "state = 'done'",
        "due_on = '2026-12-01'",
        "link = '//elsewhere.example'",
    ],
)
async def test_the_database_keeps_an_item_whole(activities: Activities, look: Look, change: str) -> None:
    await activities.post_item(an_item())
    with pytest.raises(asyncpg.CheckViolationError):
        await look(f"update items set version = version + 1, {change}")

"""Names beside the items of a list: looked up once, and a new name is seen within a minute."""

from __future__ import annotations

import asyncpg
import pytest

from services.kernel.runtime.db import Database
from services.tasks.activities import Activities
from services.tasks.domain.items import Item
from services.tasks.store import items
from services.tasks.store.names import KEPT_SECONDS, Names
from tests.tasks.builders import an_item


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def item(db: Database, activities: Activities) -> Item:
    posted = await activities.post_item(an_item(unit_id="justice"))
    async with db.read() as conn:
        return await items.get(conn, posted.item_id)


async def test_who_is_renamed_is_shown_under_the_new_name_within_a_minute(
    db: Database, item: Item, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    clock = Clock()
    names = Names(clock)
    async with db.read() as conn:
        before = await names.of(conn, [item])
        await owner.execute("update directory.units set short_name = '司法厅' where id = 'justice'")
        clock.seconds = KEPT_SECONDS - 1
        soon = await names.of(conn, [item])
        clock.seconds = KEPT_SECONDS
        later = await names.of(conn, [item])
    assert (before.units["justice"], soon.units["justice"], later.units["justice"]) == (
        "区司法局",
        "区司法局",
        "司法厅",
    )


async def test_what_the_directory_does_not_hold_goes_by_its_id(db: Database, item: Item) -> None:
    async with db.read() as conn:
        named = await Names().of(conn, [item._replace(drafting_unit="gone", person_id="left")])
    assert (named.units["gone"], named.persons["left"]) == ("gone", "left")

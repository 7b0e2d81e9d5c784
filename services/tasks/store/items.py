"""The inbox in the database: one row an item, one row an event. Reading pages of it is `inbox.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.contracts.tasks import PostItem
from services.kernel.runtime.db import Connection
from services.tasks.domain.due import DueDate, due_from
from services.tasks.domain.items import Came, Holder, Item, ItemState, ItemUnknown, Sort

POST = """
insert into items (key, document_id, title, kind, drafting_unit, stage, ordinal, role, unit_id, link, rule_id,
                   due_on, target_on, due_ends_at, due_provisional)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
on conflict (key) do nothing
returning id
"""
BY_KEY = "select id from items where key = $1"


async def post(tx: Connection, message: PostItem) -> tuple[UUID, bool]:
    """The id of the item under the message's key, and whether it was posted just now."""
    document, due = message.document, due_from(message.due)
    posted = await tx.fetchval(
        POST,
        message.key,
        document.document_id,
        document.title,
        document.kind,
        document.drafting_unit,
        message.stage,
        message.ordinal,
        message.role,
        message.unit_id,
        message.link,
        message.rule_id or (message.due.rule_id if message.due else None),
        due.on,
        due.target_on,
        due.ends_at,
        due.provisional,
    )
    if posted is not None:
        return posted, True
    return await tx.fetchval(BY_KEY, message.key), False


# In the order of the fields of Item, as in every list.
ITEM = """
select state, sort, came_how, id, key, document_id, title, kind, drafting_unit, stage, ordinal, role, unit_id, link,
       rule_id, due_on, target_on, due_ends_at, due_provisional, person_id, person_unit_id, posted_at, closed_at,
       outcome, version, parent_id, came_from, came_from_unit, came_words, came_version, asked_by,
       asked_by_unit, question, answer
  from items
 where id = $1
"""
OPEN_KEYS = (
    "select key from items where document_id = $1 and state in ('open', 'claimed') and sort = 'duty' order by id"
)


async def open_keys(tx: Connection, document_id: UUID) -> list[str]:
    """The keys of the duties that wait on a document, or on a matter like one, first posted first."""
    return [row["key"] for row in await tx.fetch(OPEN_KEYS, document_id)]


LOCK = "select id from items where id = $1 for update"
LOCK_KEY = "select id from items where key = $1 for update"


async def get(conn: Connection, item_id: UUID) -> Item:
    """The item of that id. Raises ItemUnknown."""
    row = await conn.fetchrow(ITEM, item_id)
    if row is None:
        raise ItemUnknown
    return item_of(row)


async def lock(tx: Connection, item_id: UUID) -> Item:
    """The item of that id, held until the end of the transaction. Raises ItemUnknown."""
    await tx.execute(LOCK, item_id)
    return await get(tx, item_id)


async def lock_key(tx: Connection, key: str) -> Item:
    """The item of that key, held until the end of the transaction. Raises ItemUnknown."""
    item_id = await tx.fetchval(LOCK_KEY, key)
    if item_id is None:
        raise ItemUnknown
    return await get(tx, item_id)


STATES = {each.value: each for each in ItemState}
SORTS = {each.value: each for each in Sort}
WAYS = {each.value: each for each in Came}


def item_of(columns: Sequence[Any] | asyncpg.Record) -> Item:
    """The columns of an item, in the order of its fields."""
    return Item._make((STATES[columns[0]], SORTS[columns[1]], WAYS[columns[2]], *columns[3:]))


HOLDER = """
select i.person_id, coalesce(p.name, i.person_id) as person_name, i.person_unit_id as unit_id,
       coalesce(u.short_name, i.person_unit_id) as unit_name,
       exists (select 1 from directory.offices o
                where o.person_id = i.person_id and o.unit_id = i.person_unit_id
                  and i.role in (o.role, 'person')) as still_holds,
       (select d.name from directory.deputies s join directory.persons d on d.id = s.deputy_id
         where s.person_id = i.person_id and s.unit_id = i.person_unit_id
           and (i.role = any(s.roles) or (i.role = 'person' and s.whole)) limit 1) as deputy_name
  from items i
  left join directory.persons p on p.id = i.person_id
  left join directory.units u on u.id = i.person_unit_id
 where i.id = $1 and i.person_id is not null
"""


async def find_holder(conn: Connection, item_id: UUID) -> Holder | None:
    """Who has taken the item on; None while nobody has."""
    row = await conn.fetchrow(HOLDER, item_id)
    return Holder(**row) if row else None


CLAIM = """
update items set state = 'claimed', person_id = $2, person_unit_id = $3, claimed_at = clock_timestamp(),
       version = version + 1, came_how = 'posted', came_from = null, came_from_unit = null, came_words = '',
       came_version = null
 where id = $1
"""
RELEASE = """
update items set state = 'open', person_id = null, person_unit_id = null, claimed_at = null,
       version = version + 1, came_how = 'posted', came_from = null, came_from_unit = null, came_words = '',
       came_version = null
 where id = $1
"""
CHANGE_DUE = """
update items set due_on = $2, target_on = $3, due_ends_at = $4, due_provisional = $5, rule_id = coalesce($6, rule_id),
       version = version + 1
 where id = $1
"""
CLOSE = """
update items set state = $2, closed_at = clock_timestamp(), outcome = $3, closed_by = $4, version = version + 1
 where id = $1
"""


async def claim(tx: Connection, item_id: UUID, *, person_id: str, unit_id: str) -> None:
    """The item is this person's from now on."""
    await tx.execute(CLAIM, item_id, person_id, unit_id)


async def release(tx: Connection, item_id: UUID) -> None:
    """The item is nobody's again."""
    await tx.execute(RELEASE, item_id)


async def change_due(tx: Connection, item_id: UUID, due: DueDate, rule_id: str | None) -> None:
    """The item is due by another day."""
    await tx.execute(CHANGE_DUE, item_id, due.on, due.target_on, due.ends_at, due.provisional, rule_id)


async def close(tx: Connection, item_id: UUID, state: ItemState, *, outcome: str, actor_id: str | None) -> None:
    """The item leaves the inbox."""
    await tx.execute(CLOSE, item_id, state, outcome, actor_id)


ADD_EVENT = """
insert into item_events (item_id, event, person_id, unit_id, on_behalf_of, details, version)
select id, $2, $3, $4, $5, $6, version from items where id = $1
returning id
"""


async def add_event(
    tx: Connection,
    item_id: UUID,
    event: str,
    *,
    person_id: str | None = None,
    unit_id: str | None = None,
    on_behalf_of: str | None = None,
    details: dict[str, Any] | None = None,
) -> int:
    """One line in the record of the item, under the version that it has now; it is never changed. Gives its number."""
    return int(await tx.fetchval(ADD_EVENT, item_id, event, person_id, unit_id, on_behalf_of, details or {}))

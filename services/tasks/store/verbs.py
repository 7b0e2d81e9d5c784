"""Passing items on, in the database: changes of hands, errands bound to a duty, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.kernel.contracts.refusals import Words
from services.kernel.runtime.db import Connection
from services.tasks.domain.due import DueDate
from services.tasks.domain.items import PERSON, Came, Item, Sort
from services.tasks.domain.verbs import EVENT_WORDS, TAKEN_UP

HAND = """
update items set state = 'claimed', person_id = $2, person_unit_id = $3, claimed_at = clock_timestamp(),
       came_how = $4, came_from = $5, came_from_unit = $6, came_words = $7, came_version = version + 1,
       version = version + 1
 where id = $1
"""


@dataclass(frozen=True)
class Giving:
    """How an item changes hands, by whom, and with which words."""

    how: Came
    person_id: str
    unit_id: str
    words: str


async def hand(tx: Connection, item_id: UUID, *, to: str, unit_id: str, giving: Giving) -> None:
    """The item is in the hands of `to` from now on."""
    await tx.execute(HAND, item_id, to, unit_id, giving.how, giving.person_id, giving.unit_id, giving.words)


BACK = """
update items set person_id = $2, person_unit_id = $3,
       state = case when $2::text is null then 'open' else 'claimed' end,
       claimed_at = case when $2::text is null then null else clock_timestamp() end,
       came_how = case when sort = 'duty' then 'posted' else 'asked' end, came_from = asked_by,
       came_from_unit = asked_by_unit, came_words = question, came_version = null, version = version + 1
 where id = $1
"""


async def give_back(tx: Connection, item_id: UUID, *, to: str | None, unit_id: str | None) -> None:
    """The item is where it was before it was passed on: with a person, or with everybody of the office."""
    await tx.execute(BACK, item_id, to, unit_id)


TOUCH = "update items set version = version + 1 where id = $1"


async def touch(tx: Connection, item_id: UUID) -> None:
    """Something was recorded on the item that whoever acts on it must have seen."""
    await tx.execute(TOUCH, item_id)


LAST_GIVEN = """
select details from item_events where item_id = $1 and event = $2 order by id desc limit 1
"""


async def last_given(conn: Connection, item: Item) -> dict[str, Any]:
    """From whom to whom the item was last passed on, as its record says."""
    details: dict[str, Any] = await conn.fetchval(LAST_GIVEN, item.id, item.came_how)
    return details


ACTED = """
select exists (select 1 from item_events e join items i on i.id = e.item_id
                where e.item_id = $1 and e.event = any($2) and e.version > coalesce(i.came_version, 1)
                  and i.person_id in (e.person_id, e.on_behalf_of))
"""


async def has_acted(conn: Connection, item_id: UUID) -> bool:
    """Whether whoever holds the item has done something with it since it came to them."""
    return bool(await conn.fetchval(ACTED, item_id, sorted(TAKEN_UP)))


SINCE = """
select e.event, coalesce(u.short_name, '') as unit_name
  from item_events e
  left join directory.units u on u.id = e.unit_id
 where e.item_id = $1 and e.version > $2
 order by e.id
 limit 20
"""


async def since(conn: Connection, item_id: UUID, version: int) -> list[Words]:
    """What happened to the item after that version."""
    rows = await conn.fetch(SINCE, item_id, version)
    return [
        Words(
            f"{row['unit_name']}{EVENT_WORDS[row['event']].zh}",
            f"{EVENT_WORDS[row['event']].en} {row['unit_name']}".strip(),
        )
        for row in rows
    ]


HOLDING = """
select i.id from items i
 where i.state = 'claimed' and i.person_id = $1 and i.person_unit_id = $2 and i.sort <> 'copy'
 order by i.id
   for update
"""


async def lock_held(tx: Connection, person_id: str, unit_id: str) -> list[UUID]:
    """What the person holds in the unit, held until the end of the transaction; copies are theirs to read."""
    return [row["id"] for row in await tx.fetch(HOLDING, person_id, unit_id)]


ELIGIBLE = """
select o.person_id, p.name as person_name, u.short_name as unit_name, min(o.title) as title
  from directory.offices o
  join directory.persons p on p.id = o.person_id
  join directory.units u on u.id = o.unit_id
 where o.unit_id = $1 and ($2::text = 'person' or o.role = $2)
 group by o.person_id, p.name, u.short_name
 order by o.person_id
"""


@dataclass(frozen=True)
class Colleague:
    """Somebody to whom something may go."""

    person_id: str
    person_name: str
    unit_name: str
    title: str


async def eligible(conn: Connection, unit_id: str, role: str) -> list[Colleague]:
    """Who holds the role in the unit; for what belongs to a person, everybody there."""
    return [Colleague(**row) for row in await conn.fetch(ELIGIBLE, unit_id, role)]


FIND_PEOPLE = """
select o.person_id, p.name as person_name, u.short_name as unit_name, min(o.title) as title
  from directory.offices o
  join directory.persons p on p.id = o.person_id
  join directory.units u on u.id = o.unit_id
 where o.person_id <> $1
   and case when $3 = '' then o.unit_id = $2
            else position($3 in p.name) > 0 or position($3 in u.name) > 0 or position($3 in u.short_name) > 0 end
 group by o.person_id, p.name, u.short_name
 order by u.short_name, o.person_id
 limit 40
"""


async def find_people(conn: Connection, person_id: str, unit_id: str, words: str) -> list[Colleague]:
    """Everybody but `person_id` whose name or unit has these words in it; without words, those of the unit."""
    return [Colleague(**row) for row in await conn.fetch(FIND_PEOPLE, person_id, unit_id, words)]


UNIT_OF = """
select unit_id from directory.offices where person_id = $1 order by unit_id <> $2, unit_id limit 1
"""


async def find_unit_of(conn: Connection, person_id: str, near: str) -> str | None:
    """A unit in which the person holds an office, `near` if they do so there; None for whoever holds none."""
    unit: str | None = await conn.fetchval(UNIT_OF, person_id, near)
    return unit


ADD_ERRAND = """
insert into items (key, document_id, title, kind, drafting_unit, stage, ordinal, role, unit_id, link, rule_id,
                   due_on, target_on, due_ends_at, due_provisional, state, person_id, person_unit_id, claimed_at,
                   sort, parent_id, came_how, came_from, came_from_unit, came_words, asked_by, asked_by_unit, question)
select $2, document_id, title, kind, drafting_unit, stage, ordinal, $3, $5, link, null,
       $6, $7, $8, $9, 'claimed', $4, $5, clock_timestamp(),
       $10, id, $11, $12, $13, $14, $12, $13, $14
  from items
 where id = $1
on conflict (parent_id, person_id) where sort = 'copy' do nothing
returning id
"""


async def add_errand(
    tx: Connection, parent_id: UUID, sort: Sort, *, to: tuple[str, str], due: DueDate, giving: Giving
) -> UUID | None:
    """An opinion asked of, or a copy for, the person `to` (id, unit); None where they have the copy already."""
    posted: UUID | None = await tx.fetchval(
        ADD_ERRAND,
        *(parent_id, f"errand/{uuid4()}", PERSON, *to),
        *(due.on, due.target_on, due.ends_at, due.provisional),
        *(sort, giving.how, giving.person_id, giving.unit_id, giving.words),
    )
    return posted


ANSWER = """
update items set state = 'done', closed_at = clock_timestamp(), outcome = 'answered', closed_by = $2, answer = $3,
       version = version + 1
 where id = $1
"""


async def answer(tx: Connection, item_id: UUID, *, person_id: str, words: str) -> None:
    """The opinion is given, and the item done."""
    await tx.execute(ANSWER, item_id, person_id, words)


PARENT = "select parent_id from items where id = $1"


async def find_parent_id(conn: Connection, item_id: UUID) -> UUID | None:
    """The duty to which an errand is bound; None for a duty."""
    parent: UUID | None = await conn.fetchval(PARENT, item_id)
    return parent


OPEN_OPINIONS = (
    "select id from items where parent_id = $1 and sort = 'opinion' and state = 'claimed' order by id for update"
)


async def lock_open_opinions(tx: Connection, parent_id: UUID) -> list[UUID]:
    """The opinions that are still awaited, held until the end of the transaction."""
    return [row["id"] for row in await tx.fetch(OPEN_OPINIONS, parent_id)]


@dataclass(frozen=True)
class Errand:
    """An opinion or a copy as the page of its duty shows it."""

    id: UUID
    sort: str
    state: str
    outcome: str | None
    person_name: str
    unit_name: str
    asked_by: str
    asker_name: str
    question: str
    answer: str | None
    due_on: Any
    version: int
    closed_at: datetime | None


ERRANDS = """
select i.id, i.sort, i.state, i.outcome, coalesce(p.name, i.person_id) as person_name,
       coalesce(u.short_name, i.person_unit_id) as unit_name, i.asked_by, coalesce(a.name, i.asked_by) as asker_name,
       i.question, i.answer, i.due_on, i.version, i.closed_at
  from items i
  left join directory.persons p on p.id = i.person_id
  left join directory.units u on u.id = i.person_unit_id
  left join directory.persons a on a.id = i.asked_by
 where i.parent_id = $1
 order by i.id
"""


async def errands(conn: Connection, parent_id: UUID) -> list[Errand]:
    """The opinions asked and the copies sent of a duty, in order."""
    return [Errand(**row) for row in await conn.fetch(ERRANDS, parent_id)]


URGED = "select max(at) as last, count(*) as times from item_events where item_id = $1 and event = 'urged'"


async def urged(conn: Connection, item_id: UUID) -> tuple[datetime | None, int]:
    """When the item was last urged, and how often."""
    row = await conn.fetchrow(URGED, item_id)
    return (row["last"], row["times"]) if row else (None, 0)


ANSWERABLE = """
with held as (
    select $1::text as person_id where $1::text is not null
     union
    select o.person_id from directory.offices o
     where $1::text is null and o.role = $2 and ($3::text is null or o.unit_id = $3)
), reached as (
    select person_id from held
     union
    select d.deputy_id from directory.deputies d
     where d.person_id in (select person_id from held) and ($2 = any(d.roles) or ($2 = 'person' and d.whole))
)
select p.id from directory.persons p
 where p.id in (select person_id from reached) and btrim(coalesce(p.email, '')) <> ''
 order by p.id
"""


async def answerable(conn: Connection, item: Item) -> list[str]:
    """Who is to be reached about the item: its holder, or all of the office, and who stands in; with an address."""
    rows = await conn.fetch(ANSWERABLE, item.person_id, item.role, item.unit_id)
    return [row["id"] for row in rows]


REACHED = """
select p.id from directory.persons p
 where btrim(coalesce(p.email, '')) <> ''
   and (p.id = any($1) or p.id in (select d.deputy_id from directory.deputies d where d.person_id = any($1) and d.whole))
 order by p.id
"""


async def reached(conn: Connection, persons: Sequence[str]) -> list[str]:
    """These persons, and who stands in for them in all that is theirs; with an address."""
    return [row["id"] for row in await conn.fetch(REACHED, list(persons))]


STOOD_IN = """
select exists (select 1 from directory.deputies d
                where d.deputy_id = $1 and d.person_id = $2 and d.unit_id = $3 and $4 = any(d.roles))
"""


async def stands_in(conn: Connection, item: Item, person_id: str) -> bool:
    """Whether the person stands in today for whoever holds the item."""
    return bool(await conn.fetchval(STOOD_IN, person_id, item.person_id, item.person_unit_id, item.role))

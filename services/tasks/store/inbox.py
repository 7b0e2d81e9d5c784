"""Pages of the inbox: mine, my colleagues', and what was closed, by keyset over partial indexes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.kernel.runtime.db import Connection
from services.tasks.domain.items import Item
from services.tasks.store.items import item_of


@dataclass(frozen=True)
class Reader:
    """Whose inbox: a person in a unit, in these roles; `hands` are the (person, role) whose items they work on."""

    person_id: str
    unit_id: str
    roles: list[str]
    hands: list[tuple[str, str]]

    @property
    def columns(self) -> tuple[list[str], list[str]]:
        """The hands, as persons and roles."""
        return [person for person, _ in self.hands], [role for _, role in self.hands]


@dataclass(frozen=True)
class Wanted:
    """What to show. Instants and days bound the due date; `words` must occur in the title."""

    document_id: UUID | None = None
    stage: str | None = None
    words: str | None = None
    ends_by: datetime | None = None
    ends_after: datetime | None = None
    on_from: date | None = None
    on_to: date | None = None


@dataclass(frozen=True)
class Counts:
    """How many items wait for the reader, by due date, and how many stand under the other tabs."""

    mine: int
    overdue: int
    today: int
    soon: int
    ahead: int
    unknown: int
    undated: int
    unit: int
    done: int


MINE = """
select i.id, i.key, i.document_id, i.title, i.kind, i.drafting_unit, i.stage, i.ordinal, i.role, i.unit_id, i.link,
       i.rule_id, i.due_on, i.target_on, i.due_ends_at, i.due_provisional, i.state, i.person_id, i.person_unit_id,
       i.posted_at, i.closed_at, i.outcome, i.due_sort, i.version, i.sort, i.parent_id, i.came_how, i.came_from,
       i.came_from_unit, i.came_words, i.came_version, i.asked_by, i.asked_by_unit, i.question,
       i.answer
  from (select free.id
          from (select role, place from unnest($1::text[]) role, unnest(array['', $2::text]) place) mine
         cross join lateral (
               select i.id, i.due_sort from items i
                where i.state = 'open' and i.role = mine.role and i.place = mine.place
                  and (i.due_sort, i.id) > ($4, $5)
                  and item_is_wanted(i, $6, $7, $8, $9, $10, $11, $12)
                order by i.due_sort, i.id limit $13) free
         union all
        select taken.id
          from unnest($3::text[], $14::text[]) as hand (person_id, role)
         cross join lateral (
               select i.id from items i
                where i.state = 'claimed' and i.person_id = hand.person_id and i.role = hand.role
                  and i.place in ('', $2)
                  and (i.due_sort, i.id) > ($4, $5)
                  and item_is_wanted(i, $6, $7, $8, $9, $10, $11, $12)
                order by i.due_sort, i.id limit $13) taken) page
  join items i on i.id = page.id
 order by i.due_sort, i.id
 limit $13
"""
UNIT = """
select i.id, i.key, i.document_id, i.title, i.kind, i.drafting_unit, i.stage, i.ordinal, i.role, i.unit_id, i.link,
       i.rule_id, i.due_on, i.target_on, i.due_ends_at, i.due_provisional, i.state, i.person_id, i.person_unit_id,
       i.posted_at, i.closed_at, i.outcome, i.due_sort, i.version, i.sort, i.parent_id, i.came_how, i.came_from,
       i.came_from_unit, i.came_words, i.came_version, i.asked_by, i.asked_by_unit, i.question,
       i.answer
  from (select taken.id
          from (select role, place from unnest($1::text[]) role, unnest(array['', $2::text]) place) mine
         cross join lateral (
               select i.id, i.due_sort from items i
                where i.state = 'claimed' and i.role = mine.role and i.place = mine.place
                  and (i.person_id, i.role) not in (select unnest($3::text[]), unnest($14::text[]))
                  and (i.due_sort, i.id) > ($4, $5)
                  and item_is_wanted(i, $6, $7, $8, $9, $10, $11, $12)
                order by i.due_sort, i.id limit $13) taken) page
  join items i on i.id = page.id
 order by i.due_sort, i.id
 limit $13
"""
DONE = """
select i.id, i.key, i.document_id, i.title, i.kind, i.drafting_unit, i.stage, i.ordinal, i.role, i.unit_id, i.link,
       i.rule_id, i.due_on, i.target_on, i.due_ends_at, i.due_provisional, i.state, i.person_id, i.person_unit_id,
       i.posted_at, i.closed_at, i.outcome, i.due_sort, i.version, i.sort, i.parent_id, i.came_how, i.came_from,
       i.came_from_unit, i.came_words, i.came_version, i.asked_by, i.asked_by_unit, i.question,
       i.answer
  from (select closed.id
          from (select role, place from unnest($1::text[] || 'person'::text) role, unnest(array['', $2::text]) place) mine
         cross join lateral (
               select i.id from items i
                where i.state in ('done', 'cancelled') and i.role = mine.role and i.place = mine.place
                  and (i.place <> '' or i.person_unit_id = $2 or i.person_id = any($3) or i.closed_by = any($3))
                  and (i.role <> 'person' or (i.person_id, i.role) in (select unnest($3::text[]), unnest($14::text[])))
                  and (i.closed_at, i.id) < ($4, $5)
                  and item_is_wanted(i, $6, $7, $8, $9, $10, $11, $12)
                order by i.closed_at desc, i.id desc limit $13) closed) page
  join items i on i.id = page.id
 order by i.closed_at desc, i.id desc
 limit $13
"""
VIEWS = {"mine": MINE, "unit": UNIT, "done": DONE}


async def page(
    conn: Connection, view: str, reader: Reader, wanted: Wanted, *, after: tuple[datetime, UUID], limit: int
) -> list[Item]:
    """One page of `view` ("mine", "unit": first due first; "done": last closed first) from `after` on."""
    rows = await conn.fetch(VIEWS[view], *_arguments(reader, wanted, after), limit, reader.columns[1])
    return [item_of(row) for row in rows]


def _arguments(reader: Reader, wanted: Wanted, after: tuple[datetime, UUID]) -> list[Any]:
    bounds = [wanted.ends_by, wanted.ends_after, wanted.on_from, wanted.on_to]
    return [
        *(reader.roles, reader.unit_id, reader.columns[0]),
        *after,
        *(wanted.document_id, wanted.stage, wanted.words),
        *bounds,
    ]


COUNTS = """
with waiting as (
    select due_on, due_ends_at, due_provisional from items
     where state = 'open' and role = any($1) and place = any(array['', $2])
     union all
    select due_on, due_ends_at, due_provisional from items
     where state = 'claimed' and person_id = any($3) and place = any(array['', $2])
       and (person_id, role) in (select unnest($3::text[]), unnest($8::text[]))
), lit as (
    select case when due_provisional then 'unknown'
                when due_on is null then 'undated'
                when due_ends_at <= $4 then 'overdue'
                when due_on <= $5 then 'today'
                when due_on <= $6 then 'soon'
                else 'ahead' end as light
      from waiting
)
select count(*) as mine,
       count(*) filter (where light = 'overdue') as overdue,
       count(*) filter (where light = 'today') as today,
       count(*) filter (where light = 'soon') as soon,
       count(*) filter (where light = 'ahead') as ahead,
       count(*) filter (where light = 'unknown') as unknown,
       count(*) filter (where light = 'undated') as undated,
       (select count(*) from items
         where state = 'claimed' and role = any($1) and place = any(array['', $2])
           and (person_id, role) not in (select unnest($3::text[]), unnest($8::text[]))) as unit,
       (select count(*) from items
         where state in ('done', 'cancelled') and role = any($1 || 'person'::text) and place = any(array['', $2])
           and (role <> 'person' or (person_id, role) in (select unnest($3::text[]), unnest($8::text[])))
           and (place <> '' or person_unit_id = $2 or person_id = any($3) or closed_by = any($3)) and closed_at >= $7) as done
  from lit
"""


async def counts(
    conn: Connection, reader: Reader, *, now: datetime, today: date, soon_until: date, done_since: datetime
) -> Counts:
    """What stands under each tab and light at `now`; the closed ones from `done_since` on."""
    persons, roles = reader.columns
    row = await conn.fetchrow(COUNTS, reader.roles, reader.unit_id, persons, now, today, soon_until, done_since, roles)
    if row is None:
        raise LookupError("an aggregate without a row")
    return Counts(**dict(row))


WAITING = """
select (select count(*) from items where state = 'open' and role = any($1) and place = any(array['', $2]))
     + (select count(*) from items
         where state = 'claimed' and person_id = any($3) and place = any(array['', $2])
           and (person_id, role) in (select unnest($3::text[]), unnest($4::text[])))
"""


async def waiting(conn: Connection, reader: Reader) -> int:
    """The number in the badge: what waits for the reader."""
    return int(await conn.fetchval(WAITING, reader.roles, reader.unit_id, *reader.columns))


FIGURES = """
select count(*) as waiting, count(*) filter (where due_ends_at <= clock_timestamp() and not due_provisional) as overdue
  from items
 where state in ('open', 'claimed')
"""


async def figures(conn: Connection) -> dict[str, float]:
    """How many items wait for somebody, and how many of them are overdue."""
    row = await conn.fetchrow(FIGURES)
    assert row is not None
    return {"fawen.inbox.waiting": float(row["waiting"]), "fawen.inbox.overdue": float(row["overdue"])}


STAGES = "select distinct stage from items where state in ('open', 'claimed') and role = any($1) order by stage"


async def stages(conn: Connection, reader: Reader) -> list[str]:
    """The stages that the reader's open items belong to, for the filter."""
    return [row["stage"] for row in await conn.fetch(STAGES, reader.roles)]


EVENTS = """
select e.event, e.at, e.details, e.version, e.person_id, coalesce(p.name, e.person_id) as person_name,
       e.unit_id, coalesce(u.short_name, e.unit_id) as unit_name,
       e.on_behalf_of, coalesce(b.name, e.on_behalf_of) as on_behalf_name,
       e.details ->> 'to' as to_id, coalesce(t.name, e.details ->> 'to') as to_name
  from item_events e
  left join directory.persons p on p.id = e.person_id
  left join directory.units u on u.id = e.unit_id
  left join directory.persons b on b.id = e.on_behalf_of
  left join directory.persons t on t.id = e.details ->> 'to'
 where e.item_id = $1
 order by e.id
"""


@dataclass(frozen=True)
class ItemEvent:
    """One line of an item's record."""

    event: str
    at: datetime
    details: dict[str, Any]
    version: int
    person_id: str | None
    person_name: str | None
    unit_id: str | None
    unit_name: str | None
    on_behalf_of: str | None
    on_behalf_name: str | None
    to_id: str | None
    to_name: str | None


async def events(conn: Connection, item_id: UUID) -> list[ItemEvent]:
    """The record of an item, in order."""
    return [ItemEvent(**row) for row in await conn.fetch(EVENTS, item_id)]


UNIT_NAMES = "select id, short_name from directory.units where id = any($1)"


async def unit_names(conn: Connection, unit_ids: list[str]) -> dict[str, str]:
    """Short names by id; an id that the directory does not hold is left out."""
    return {row["id"]: row["short_name"] for row in await conn.fetch(UNIT_NAMES, unit_ids)}


PERSON_NAMES = "select id, name from directory.persons where id = any($1)"


async def person_names(conn: Connection, person_ids: list[str]) -> dict[str, str]:
    """Names by id; an id that the directory does not hold is left out."""
    return {row["id"]: row["name"] for row in await conn.fetch(PERSON_NAMES, person_ids)}

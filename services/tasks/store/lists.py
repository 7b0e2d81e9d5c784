"""Lists of the inbox: one statement reads a page by keyset over partial indexes, with the counts of all lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.runtime.db import Connection
from services.tasks.domain.items import PERSON, Item, ItemUnknown
from services.tasks.store.items import item_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOWHERE, LAST_ID = UUID(int=0), UUID(int=(1 << 128) - 1)
NAMES = ("drafting_unit_name", "unit_name", "person_unit_name", "person_name", "came_from_name")
LONG_AGO, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


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
    """What to show. Instants and days bound the due date; `words` occur in the title or in the document's number."""

    document_id: UUID | None = None
    stage: str | None = None
    kind: str | None = None
    drafting_unit: str | None = None
    words: str | None = None
    ends_by: datetime | None = None
    ends_after: datetime | None = None
    on_from: date | None = None
    on_to: date | None = None


@dataclass(frozen=True)
class Place:
    """A place in a list, in the order of its lines: a number (of microseconds), a text, and the item."""

    number: int
    text: str
    item_id: UUID


@dataclass(frozen=True)
class Moment:
    """The clock by which a page counts: now, its day, the last day that is soon, and since when closed items count."""

    now: datetime
    today: date
    soon_until: date
    done_since: datetime


@dataclass(frozen=True)
class Line:
    """An item with the names that the directory has for it."""

    item: Item
    drafting_unit_name: str | None
    unit_name: str | None
    person_unit_name: str | None
    person_name: str | None
    came_from_name: str | None


@dataclass(frozen=True)
class Counts:
    """How many items wait for the reader, by due date, and how many stand in the other lists."""

    mine: int
    overdue: int
    today: int
    soon: int
    ahead: int
    unknown: int
    undated: int
    unit: int
    done: int
    by_me: int
    watched: int


@dataclass(frozen=True)
class Listed:
    """A page of a list, and the counts of all lists at the same instant."""

    lines: list[Line]
    counts: Counts


# The parameters stand in a row of their own: one plan serves all readers, instead of one made anew for each page.
LIST = """
with asked as materialized (
    select $1::text as list, $2::text as ordered, $3::integer as at_most, $4::text[] as roles,
           array['', $5::text] as places, $5::text as unit, $6::text[] as persons, $7::text[] as hand_roles,
           $8::text[] as whole, $9::bigint as after_number, $10::text collate "C" as after_text, $11::uuid as after_id,
           $12::timestamptz as after_due, $13::timestamptz as after_closed, $14::uuid as before_id,
           $15::uuid as document, $16::text as stage, $17::text as kind, $18::text as from_unit, $19::text as words,
           case when $19::text is null then '{}'::uuid[]
                else array(select document_id from plans where position(lower($19) in lower(doc_number)) > 0) end as numbered,
           $20::timestamptz as ends_by, $21::timestamptz as ends_after, $22::date as on_from, $23::date as on_to,
           $24::timestamptz as now, $25::date as today, $26::date as soon_until, $27::timestamptz as done_since
), found as (
    select free.id
      from asked a
     cross join lateral unnest(a.roles) as held (role)
     cross join lateral unnest(a.places) as here (place)
     cross join lateral (
           select i.id from items i
            where a.list = 'mine' and i.state = 'open' and i.role = held.role and i.place = here.place
              and (i.due_sort, i.id) > (a.after_due, a.after_id)
              and item_is_sought(i, a.document, a.stage, a.kind, a.from_unit, a.words, a.numbered,
                                 a.ends_by, a.ends_after, a.on_from, a.on_to)
            order by i.due_sort, i.id limit case a.ordered when 'due' then a.at_most end) free
     union all
    select taken.id
      from asked a
     cross join lateral unnest(a.persons, a.hand_roles) as hand (person_id, role)
     cross join lateral (
           select i.id from items i
            where a.list = 'mine' and i.state = 'claimed' and i.person_id = hand.person_id and i.role = hand.role
              and i.place = any(a.places) and (i.due_sort, i.id) > (a.after_due, a.after_id)
              and item_is_sought(i, a.document, a.stage, a.kind, a.from_unit, a.words, a.numbered,
                                 a.ends_by, a.ends_after, a.on_from, a.on_to)
            order by i.due_sort, i.id limit case a.ordered when 'due' then a.at_most end) taken
     union all
    select others.id
      from asked a
     cross join lateral unnest(a.roles) as held (role)
     cross join lateral unnest(a.places) as here (place)
     cross join lateral (
           select i.id from items i
            where a.list = 'unit' and i.state = 'claimed' and i.role = held.role and i.place = here.place
              and (i.person_id, i.role) not in (select unnest(a.persons), unnest(a.hand_roles))
              and (i.due_sort, i.id) > (a.after_due, a.after_id)
              and item_is_sought(i, a.document, a.stage, a.kind, a.from_unit, a.words, a.numbered,
                                 a.ends_by, a.ends_after, a.on_from, a.on_to)
            order by i.due_sort, i.id limit case a.ordered when 'due' then a.at_most end) others
     union all
    select i.id
      from asked a
      join items i on a.list = 'document' and i.document_id = a.document and i.state in ('open', 'claimed')
     where ((i.role = any(a.roles) and i.place = any(a.places)) or i.drafting_unit = a.unit
            or i.asked_by = any(a.whole)
            or (i.person_id, i.role) in (select unnest(a.persons), unnest(a.hand_roles)))
       and item_is_sought(i, a.document, a.stage, a.kind, a.from_unit, a.words, a.numbered,
                          a.ends_by, a.ends_after, a.on_from, a.on_to)
     union all
    select watched.id
      from asked a
     cross join lateral (
           select i.id from items i where i.state = 'claimed' and i.asked_by = any(a.whole)
            union
           select i.id from items i where i.state = 'claimed' and i.came_from = any(a.whole)
            union
           select i.id from items i where i.state = 'claimed' and i.person_id = any(a.whole) and i.sort = 'copy') watched
      join items i on i.id = watched.id
     where a.list = 'watched' and item_is_sought(i, a.document, a.stage, a.kind, a.from_unit, a.words, a.numbered,
                                                 a.ends_by, a.ends_after, a.on_from, a.on_to)
     union all
    select closed.id
      from asked a
     cross join lateral unnest(a.roles || 'person'::text) as held (role)
     cross join lateral unnest(a.places) as here (place)
     cross join lateral (
           select i.id from items i
            where a.list = 'done' and i.state in ('done', 'cancelled') and i.role = held.role and i.place = here.place
              and (i.place <> '' or i.person_unit_id = a.unit or i.person_id = any(a.persons) or i.closed_by = any(a.persons))
              and (i.role <> 'person' or i.person_id = any(a.whole))
              and (i.closed_at, i.id) < (a.after_closed, a.before_id)
              and item_is_sought(i, a.document, a.stage, a.kind, a.from_unit, a.words, a.numbered,
                                 a.ends_by, a.ends_after, a.on_from, a.on_to)
            order by i.closed_at desc, i.id desc limit a.at_most) closed
     union all
    (select held.id
       from asked a
      cross join lateral unnest(a.whole) as whose (person)
      cross join lateral (
            select i.id from items i
             where a.list = 'by_me' and i.state in ('done', 'cancelled') and i.person_id = whose.person
               and (i.closed_at, i.id) < (a.after_closed, a.before_id)
               and item_is_sought(i, a.document, a.stage, a.kind, a.from_unit, a.words, a.numbered,
                                  a.ends_by, a.ends_after, a.on_from, a.on_to)
             order by i.closed_at desc, i.id desc limit a.at_most) held
      union
     select ended.id
       from asked a
      cross join lateral unnest(a.whole) as whose (person)
      cross join lateral (
            select i.id from items i
             where a.list = 'by_me' and i.state in ('done', 'cancelled') and i.closed_by = whose.person
               and (i.closed_at, i.id) < (a.after_closed, a.before_id)
               and item_is_sought(i, a.document, a.stage, a.kind, a.from_unit, a.words, a.numbered,
                                  a.ends_by, a.ends_after, a.on_from, a.on_to)
             order by i.closed_at desc, i.id desc limit a.at_most) ended)
), page as (
    select i.id, at.number, at.words
      from asked a
     cross join found
      join items i on i.id = found.id
     cross join lateral (
           select case a.ordered when 'due' then (extract(epoch from i.due_sort) * 1000000)::bigint
                                 when 'arrival' then (extract(epoch from i.posted_at) * 1000000)::bigint
                                 when 'closed' then -(extract(epoch from i.closed_at) * 1000000)::bigint
                                 else 0 end as number,
                  case a.ordered when 'document' then i.title || i.document_id else '' end collate "C" as words) at
     where a.ordered = 'closed' or (at.number, at.words, i.id) > (a.after_number, a.after_text, a.after_id)
     order by at.number, at.words, case when a.ordered <> 'closed' then i.id end, i.id desc
     limit (select at_most from asked)
)
select array(select l from page join item_lines l on l.id = page.id
              order by page.number, page.words, case when a.ordered <> 'closed' then page.id end, page.id desc) as lines,
       waiting.mine, waiting.overdue, waiting.today, waiting.soon, waiting.ahead, waiting.unknown, waiting.undated,
       (select count(*) from items i
         where i.state = 'claimed' and i.role = any(a.roles) and i.place = any(a.places)
           and (i.person_id, i.role) not in (select unnest(a.persons), unnest(a.hand_roles))) as unit,
       (select count(*) from items i
         where i.state in ('done', 'cancelled') and i.role = any(a.roles || 'person'::text) and i.place = any(a.places)
           and (i.role <> 'person' or i.person_id = any(a.whole)) and i.closed_at >= a.done_since
           and (i.place <> '' or i.person_unit_id = a.unit or i.person_id = any(a.persons)
                or i.closed_by = any(a.persons))) as done,
       (select count(*) from (
               select i.id from items i where i.state in ('done', 'cancelled') and i.person_id = any(a.whole)
                  and i.closed_at >= a.done_since
                union
               select i.id from items i where i.state in ('done', 'cancelled') and i.closed_by = any(a.whole)
                  and i.closed_at >= a.done_since) mine) as by_me,
       (select count(*) from (
               select i.id from items i where i.state = 'claimed' and i.asked_by = any(a.whole)
                union
               select i.id from items i where i.state = 'claimed' and i.came_from = any(a.whole)
                union
               select i.id from items i where i.state = 'claimed' and i.person_id = any(a.whole) and i.sort = 'copy')
          mine) as watched
  from asked a
 cross join lateral (
       select count(*) as mine,
              count(*) filter (where light = 'overdue') as overdue,
              count(*) filter (where light = 'today') as today,
              count(*) filter (where light = 'soon') as soon,
              count(*) filter (where light = 'ahead') as ahead,
              count(*) filter (where light = 'unknown') as unknown,
              count(*) filter (where light = 'undated') as undated
         from (select case when due_provisional then 'unknown'
                           when due_on is null then 'undated'
                           when due_ends_at <= a.now then 'overdue'
                           when due_on <= a.today then 'today'
                           when due_on <= a.soon_until then 'soon'
                           else 'ahead' end as light
                 from (select i.due_on, i.due_ends_at, i.due_provisional from items i
                        where i.state = 'open' and i.role = any(a.roles) and i.place = any(a.places)
                        union all
                       select i.due_on, i.due_ends_at, i.due_provisional from items i
                        where i.state = 'claimed' and i.person_id = any(a.persons) and i.place = any(a.places)
                          and (i.person_id, i.role) in (select unnest(a.persons), unnest(a.hand_roles))) each) lit) waiting
"""


async def listed(
    conn: Connection,
    name: str,
    reader: Reader,
    wanted: Wanted,
    moment: Moment,
    *,
    by: str,
    after: Place | None,
    limit: int,
) -> Listed:
    """A page of the list `name` (mine, unit, document, watched: what waits; done, by_me: what is closed) from `after` on.

    `by` is due, arrival or document; what is closed stands last closed first ("closed").
    """
    row = await conn.fetchrow(LIST, *arguments(name, reader, wanted, moment, by=by, after=after, limit=limit))
    if row is None:
        raise LookupError("an aggregate without a row")
    values = dict(row)
    return Listed([_line(line) for line in values.pop("lines")], Counts(**values))


def arguments(
    name: str, reader: Reader, wanted: Wanted, moment: Moment, *, by: str, after: Place | None, limit: int
) -> list[Any]:
    """What LIST takes, in its order."""
    return [name, by, limit, *_of_reader(reader), *_from(by, after), *vars(wanted).values(), *vars(moment).values()]


LINE = "select l from item_lines l where l.id = $1"


async def line(conn: Connection, item_id: UUID) -> Line:
    """One item with its names. Raises ItemUnknown."""
    found = await conn.fetchval(LINE, item_id)
    if found is None:
        raise ItemUnknown
    return _line(found)


def place_of(item: Item, by: str) -> Place:
    """Where an item stands in a list, for the page after it."""
    match by:
        case "due":
            return Place(_number(item.due_sort), "", item.id)
        case "arrival":
            return Place(_number(item.posted_at), "", item.id)
        case "closed":
            return Place(-_number(item.closed_at or LONG_AGO), "", item.id)
        case _:
            return Place(0, f"{item.title}{item.document_id}", item.id)


def _number(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _of_reader(reader: Reader) -> list[Any]:
    persons, roles = reader.columns
    whole = [person for person, role in reader.hands if role == PERSON]
    return [reader.roles, reader.unit_id, persons, roles, whole]


def _from(by: str, after: Place | None) -> list[Any]:
    """The place as the order of lines asks for it, then as the two indexes do."""
    place = after or Place(-(2**62), "", NOWHERE)
    at = EPOCH + timedelta(microseconds=abs(place.number)) if after else None
    due = at if by == "due" and at else LONG_AGO
    closed = at if by == "closed" and at else NEVER
    return [place.number, place.text, place.item_id, due, closed, place.item_id if after else LAST_ID]


def _line(record: asyncpg.Record) -> Line:
    values = dict(record)
    names = {name: values.pop(name) for name in NAMES}
    return Line(item_of(values), **names)

"""Lists of the inbox: each is one statement that reads a page by keyset over partial indexes, names and all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.runtime.db import Connection
from services.tasks.domain.items import Item, ItemUnknown
from services.tasks.store.asked import Place, Reader, Wanted
from services.tasks.store.items import item_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOWHERE, LAST_ID = UUID(int=0), UUID(int=(1 << 128) - 1)
NAMES = ("drafting_unit_name", "unit_name", "person_unit_name", "person_name", "came_from_name")
LONG_AGO, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """An item with the names that the directory has for it."""

    item: Item
    drafting_unit_name: str | None
    unit_name: str | None
    person_unit_name: str | None
    person_name: str | None
    came_from_name: str | None


async def listed(
    conn: Connection, name: str, reader: Reader, wanted: Wanted, *, by: str, after: Place | None, limit: int
) -> list[Line]:
    """A page of the list `name` (mine, unit, document, watched: what waits; done, by_me: what is closed) from `after` on.

    `by` is due, arrival or document; what is closed stands last closed first ("closed").
    """
    numbered = [row["document_id"] for row in await conn.fetch(NUMBERED, wanted.words)] if wanted.words else []
    statement, arguments = statement_of(name, reader, wanted, numbered, by=by, after=after, limit=limit)
    return [_line(row["line"]) for row in await conn.fetch(statement, *arguments)]


def statement_of(
    name: str, reader: Reader, wanted: Wanted, numbered: list[UUID], *, by: str, after: Place | None, limit: int
) -> tuple[str, list[Any]]:
    """The statement of the list and what it takes; `numbered` are the documents whose number has the words."""
    statement, who = _statement(name, reader)
    filters = [
        *(wanted.document_id, wanted.stage, wanted.kind, wanted.drafting_unit, wanted.words, numbered),
        *(wanted.ends_by, wanted.ends_after, wanted.on_from, wanted.on_to),
    ]
    if by == "closed":
        return statement, [limit, *_before(after), *filters, *who]
    return statement, [by, limit, *_after(after, by), *filters, *who]


def _statement(name: str, reader: Reader) -> tuple[str, list[Any]]:
    """A list's statement, and whom it is about."""
    persons, roles = reader.columns
    match name:
        case "unit":
            return UNIT, [reader.roles, reader.unit_id, persons, roles]
        case "document":
            return DOCUMENT, [reader.roles, reader.unit_id, persons, roles, reader.whole]
        case "watched":
            return WATCHED, [reader.whole]
        case "done":
            return DONE, [reader.roles, reader.unit_id, persons, reader.whole]
        case "by_me":
            return BY_ME, [reader.whole]
        case _:
            return MINE, [reader.roles, reader.unit_id, persons, roles]


def _after(after: Place | None, by: str) -> tuple[datetime, str, UUID]:
    if after is None:
        return LONG_AGO, "", NOWHERE
    return (LONG_AGO if by == "document" else _instant(after)), after.text, after.item_id


def _before(after: Place | None) -> tuple[datetime, UUID]:
    return (NEVER, LAST_ID) if after is None else (_instant(after), after.item_id)


def _instant(place: Place) -> datetime:
    return EPOCH + timedelta(microseconds=place.number)


NUMBERED = "select document_id from plans where position(lower($1) in lower(doc_number)) > 0"

MINE = """
with page as (
    select found.id, found.at, found.words
      from (select free.id, free.at, free.words
              from unnest($16::text[]) as held (role)
             cross join unnest(array['', $17::text]) as here (place)
             cross join lateral (
                   select i.id, item_at(i, $1::text) as at, item_words(i, $1) collate "C" as words
                     from items i
                    where i.state = 'open' and i.role = held.role and i.place = here.place
                      and (i.due_sort, i.id) > (case $1 when 'due' then $3::timestamptz else '-infinity' end, $5::uuid)
                      and item_is_sought(i, $6::uuid, $7::text, $8::text, $9::text, $10::text, $11::uuid[],
                                         $12::timestamptz, $13::timestamptz, $14::date, $15::date)
                    order by i.due_sort, i.id
                    limit case $1 when 'due' then $2::integer end) free
             union all
            select taken.id, taken.at, taken.words
              from unnest($18::text[], $19::text[]) as hand (person_id, role)
             cross join lateral (
                   select i.id, item_at(i, $1) as at, item_words(i, $1) collate "C" as words
                     from items i
                    where i.state = 'claimed' and i.person_id = hand.person_id and i.role = hand.role
                      and i.place = any(array['', $17])
                      and (i.due_sort, i.id) > (case $1 when 'due' then $3 else '-infinity' end, $5)
                      and item_is_sought(i, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
                    order by i.due_sort, i.id
                    limit case $1 when 'due' then $2 end) taken) found
     where (found.at, found.words, found.id) > ($3::timestamptz, $4::text, $5::uuid)
     order by found.at, found.words, found.id
     limit $2::integer
)
select l as line
  from page
  join item_lines l on l.id = page.id
 order by page.at, page.words, page.id
"""
UNIT = """
with page as (
    select found.id, found.at, found.words
      from (select others.id, others.at, others.words
              from unnest($16::text[]) as held (role)
             cross join unnest(array['', $17::text]) as here (place)
             cross join lateral (
                   select i.id, item_at(i, $1::text) as at, item_words(i, $1) collate "C" as words
                     from items i
                    where i.state = 'claimed' and i.role = held.role and i.place = here.place
                      and (i.person_id, i.role) not in (select unnest($18::text[]), unnest($19::text[]))
                      and (i.due_sort, i.id) > (case $1 when 'due' then $3::timestamptz else '-infinity' end, $5::uuid)
                      and item_is_sought(i, $6::uuid, $7::text, $8::text, $9::text, $10::text, $11::uuid[],
                                         $12::timestamptz, $13::timestamptz, $14::date, $15::date)
                    order by i.due_sort, i.id
                    limit case $1 when 'due' then $2::integer end) others) found
     where (found.at, found.words, found.id) > ($3::timestamptz, $4::text, $5::uuid)
     order by found.at, found.words, found.id
     limit $2::integer
)
select l as line
  from page
  join item_lines l on l.id = page.id
 order by page.at, page.words, page.id
"""
DOCUMENT = """
with page as (
    select found.id, found.at, found.words
      from (select i.id, item_at(i, $1::text) as at, item_words(i, $1) collate "C" as words
              from items i
             where i.document_id = $6 and i.state in ('open', 'claimed')
               and ((i.role = any($16::text[]) and i.place = any(array['', $17::text])) or i.drafting_unit = $17
                    or i.asked_by = any($20::text[])
                    or (i.person_id, i.role) in (select unnest($18::text[]), unnest($19::text[])))
               and item_is_sought(i, $6::uuid, $7::text, $8::text, $9::text, $10::text, $11::uuid[],
                                  $12::timestamptz, $13::timestamptz, $14::date, $15::date)) found
     where (found.at, found.words, found.id) > ($3::timestamptz, $4::text, $5::uuid)
     order by found.at, found.words, found.id
     limit $2::integer
)
select l as line
  from page
  join item_lines l on l.id = page.id
 order by page.at, page.words, page.id
"""
WATCHED = """
with page as (
    select found.id, found.at, found.words
      from (select i.id, item_at(i, $1::text) as at, item_words(i, $1) collate "C" as words
              from (select id from items where state = 'claimed' and asked_by = any($16::text[])
                     union
                    select id from items where state = 'claimed' and came_from = any($16)
                     union
                    select id from items where state = 'claimed' and person_id = any($16) and sort = 'copy') sent
              join items i on i.id = sent.id
             where item_is_sought(i, $6::uuid, $7::text, $8::text, $9::text, $10::text, $11::uuid[],
                                  $12::timestamptz, $13::timestamptz, $14::date, $15::date)) found
     where (found.at, found.words, found.id) > ($3::timestamptz, $4::text, $5::uuid)
     order by found.at, found.words, found.id
     limit $2::integer
)
select l as line
  from page
  join item_lines l on l.id = page.id
 order by page.at, page.words, page.id
"""
# What is closed stands last closed first, whatever was asked.
DONE = """
with page as (
    select closed.id, closed.closed_at
      from unnest($14::text[] || 'person'::text) as held (role)
     cross join unnest(array['', $15::text]) as here (place)
     cross join lateral (
           select i.id, i.closed_at
             from items i
            where i.state in ('done', 'cancelled') and i.role = held.role and i.place = here.place
              and (i.place <> '' or i.person_unit_id = $15 or i.person_id = any($16::text[])
                   or i.closed_by = any($16))
              and (i.role <> 'person' or i.person_id = any($17::text[]))
              and (i.closed_at, i.id) < ($2::timestamptz, $3::uuid)
              and item_is_sought(i, $4::uuid, $5::text, $6::text, $7::text, $8::text, $9::uuid[],
                                 $10::timestamptz, $11::timestamptz, $12::date, $13::date)
            order by i.closed_at desc, i.id desc
            limit $1::integer) closed
     order by closed.closed_at desc, closed.id desc
     limit $1
)
select l as line
  from page
  join item_lines l on l.id = page.id
 order by page.closed_at desc, page.id desc
"""
BY_ME = """
with page as (
    select ended.id, ended.closed_at
      from unnest($14::text[]) as whose (person)
     cross join lateral (
          (select i.id, i.closed_at
             from items i
            where i.state in ('done', 'cancelled') and i.person_id = whose.person
              and (i.closed_at, i.id) < ($2::timestamptz, $3::uuid)
              and item_is_sought(i, $4::uuid, $5::text, $6::text, $7::text, $8::text, $9::uuid[],
                                 $10::timestamptz, $11::timestamptz, $12::date, $13::date)
            order by i.closed_at desc, i.id desc
            limit $1::integer)
            union
          (select i.id, i.closed_at
             from items i
            where i.state in ('done', 'cancelled') and i.closed_by = whose.person
              and (i.closed_at, i.id) < ($2, $3)
              and item_is_sought(i, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            order by i.closed_at desc, i.id desc
            limit $1)) ended
     group by ended.id, ended.closed_at
     order by ended.closed_at desc, ended.id desc
     limit $1
)
select l as line
  from page
  join item_lines l on l.id = page.id
 order by page.closed_at desc, page.id desc
"""


LINE = "select l as line from item_lines l where l.id = $1"


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
            return Place(_number(item.closed_at or EPOCH), "", item.id)
        case _:
            return Place(0, f"{item.title}{item.document_id}", item.id)


def _number(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _line(record: asyncpg.Record) -> Line:
    values = dict(record)
    names = {name: values.pop(name) for name in NAMES}
    return Line(item_of(values), **names)

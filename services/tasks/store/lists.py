"""Lists of the inbox: a page by keyset, names and all, in one statement that reads no more lines than it shows.

A list is made of branches, each a walk along one index in the order of the list, for one office or one person of the
reader. PostgreSQL merges them and stops at the end of the page; over arrays of offices it would read all and sort. So
this statement alone is put together, from the constants below; whatever is asked stands in its arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from services.kernel.runtime.db import Connection
from services.tasks.domain.items import Item, ItemUnknown
from services.tasks.store.asked import Place, Reader, Wanted
from services.tasks.store.items import item_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OF_ITEM = len(Item._fields)
ANYTHING = Wanted()


class Line(NamedTuple):
    """An item with the names that the directory has for it."""

    item: Item
    drafting_unit_name: str | None
    unit_name: str | None
    person_unit_name: str | None
    person_name: str | None
    came_from_name: str | None


class Arguments(list[Any]):
    """The values of a statement, in the order in which it mentions them."""

    def put(self, value: object) -> str:
        """How the statement writes this value."""
        self.append(value)
        return f"${len(self)}"


async def listed(
    conn: Connection, name: str, reader: Reader, wanted: Wanted, *, by: str, after: Place | None, limit: int
) -> list[Line]:
    """A page of the list `name` (mine, unit, document, watched: what waits; done, by_me: what is closed) from `after` on.

    `by` is due, arrival or document; what is closed stands last closed first ("closed").
    """
    numbered = [row["document_id"] for row in await conn.fetch(NUMBERED, wanted.words)] if wanted.words else []
    statement, arguments = statement_of(name, reader, wanted, numbered, by=by, after=after, limit=limit)
    return [_line(row) for row in await conn.fetch(statement, *arguments)]


NUMBERED = "select document_id from plans where position(lower($1) in lower(doc_number)) > 0"

# Names are looked up one by one for the few lines of a page: a join would read the whole directory for them.
LINES = """
select i.state, i.sort, i.came_how, i.id, i.key, i.document_id, i.title, i.kind, i.drafting_unit, i.stage, i.ordinal,
       i.role, i.unit_id, i.link, i.rule_id, i.due_on, i.target_on, i.due_ends_at, i.due_provisional, i.person_id,
       i.person_unit_id, i.posted_at, i.closed_at, i.outcome, i.version, i.parent_id, i.came_from,
       i.came_from_unit, i.came_words, i.came_version, i.asked_by, i.asked_by_unit, i.question, i.answer,
       (select u.short_name from directory.units u where u.id = i.drafting_unit) as drafting_unit_name,
       (select u.short_name from directory.units u where u.id = i.unit_id) as unit_name,
       (select u.short_name from directory.units u where u.id = i.person_unit_id) as person_unit_name,
       (select p.name from directory.persons p where p.id = i.person_id) as person_name,
       (select p.name from directory.persons p where p.id = i.came_from) as came_from_name
  from ({branches}) i
 order by {order}
 limit {limit}
"""
BRANCH = "(select i.* from items i where {where} order by {order} limit {limit})"
SOUGHT = "item_is_sought(i, {})"
# How a list is ordered, and what comes after a place in it.
ORDERS = {
    "due": ("i.due_sort, i.id", "(i.due_sort, i.id) > ({}, {})"),
    "arrival": ("i.posted_at, i.id", "(i.posted_at, i.id) > ({}, {})"),
    "document": (
        """(i.title || i.document_id) collate "C", i.id""",
        """((i.title || i.document_id) collate "C", i.id) > ({}, {})""",
    ),
    "closed": ("i.closed_at desc, i.id desc", "(i.closed_at, i.id) < ({}, {})"),
}


def statement_of(
    name: str, reader: Reader, wanted: Wanted, numbered: list[UUID], *, by: str, after: Place | None, limit: int
) -> tuple[str, list[Any]]:
    """The statement of the list and what it takes; `numbered` are the documents whose number has the words."""
    taken = Arguments()
    size = taken.put(limit)
    order, beyond = ORDERS[by]
    bounds = [CLOSED] if by == "closed" else []
    if after is not None:
        at = after.text if by == "document" else EPOCH + timedelta(microseconds=after.number)
        bounds.append(beyond.format(taken.put(at), taken.put(after.item_id)))
    if wanted != ANYTHING:
        bounds.append(SOUGHT.format(", ".join(map(taken.put, _sought(wanted, numbered)))))
    branches = " union all ".join(
        BRANCH.format(where=" and ".join([where, *bounds]), order=order, limit=size)
        for where in BRANCHES[name](reader, wanted, taken)
    )
    return LINES.format(branches=branches, order=order, limit=size), taken


def _sought(wanted: Wanted, numbered: list[UUID]) -> list[Any]:
    return [
        *(wanted.document_id, wanted.stage, wanted.kind, wanted.drafting_unit, wanted.words, numbered),
        *(wanted.ends_by, wanted.ends_after, wanted.on_from, wanted.on_to),
    ]


FREE = "i.state = 'open' and i.role = {role} and i.place = {place}"
TAKEN = "i.state = 'claimed' and i.role = {role} and i.place = {place}"
IN_HAND = """
i.state = 'claimed' and i.person_id = {person} and i.role = any({roles}) and i.place = any(array['', {unit}])
"""
NOT_IN_HAND = "not (i.person_id = {person} and i.role = any({roles}))"
OF_DOCUMENT = """
i.document_id = {document} and i.state in ('open', 'claimed')
and ((i.role = any({roles}) and i.place = any(array['', {unit}])) or i.drafting_unit = {unit}
     or i.asked_by = any({whole}) or (i.person_id, i.role) in (select unnest({persons}::text[]), unnest({held}::text[])))
"""
SENT = """
i.id in (select id from items where state = 'claimed' and asked_by = any({whole})
          union
         select id from items where state = 'claimed' and came_from = any({whole})
          union
         select id from items where state = 'claimed' and person_id = any({whole}) and sort = 'copy')
"""
CLOSED = "i.state in ('done', 'cancelled')"
# What waited for no one unit is closed where somebody of the unit held it, or by the reader, wherever that was.
CLOSED_HERE = "i.role = {role} and i.place = {unit}"
CLOSED_BY_US = "i.role = {role} and i.place = '' and i.person_unit_id = {unit}"
HELD_ELSEWHERE = """
i.person_id = {person} and i.role = any({roles}) and i.place = '' and i.person_unit_id is distinct from {unit}
"""
CLOSED_ELSEWHERE = """
i.closed_by = {person} and i.role = any({roles}) and i.place = '' and i.person_unit_id is distinct from {unit}
and (i.person_id = any({persons})) is not true
"""
OWN_CLOSED = "i.person_id = {person} and i.role = 'person' and i.place = any(array['', {unit}])"
HELD_BY_ME = "i.person_id = {person}"
CLOSED_BY_ME = "i.closed_by = {person} and (i.person_id = any({whole})) is not true"


def _mine(reader: Reader, wanted: Wanted, taken: Arguments) -> Iterator[str]:
    """Free for the reader's offices, here or anywhere, or in the reader's hands."""
    unit = taken.put(reader.unit_id)
    for role in map(taken.put, reader.roles):
        yield FREE.format(role=role, place="''")
        yield FREE.format(role=role, place=unit)
    for person, roles in reader.by_person.items():
        yield IN_HAND.format(person=taken.put(person), roles=taken.put(roles), unit=unit)


def _of_unit(reader: Reader, wanted: Wanted, taken: Arguments) -> Iterator[str]:
    """Of the reader's offices, in the hands of others."""
    unit = taken.put(reader.unit_id)
    others = [
        NOT_IN_HAND.format(person=taken.put(person), roles=taken.put(roles))
        for person, roles in reader.by_person.items()
    ]
    for role in map(taken.put, reader.roles):
        yield " and ".join([TAKEN.format(role=role, place="''"), *others])
        yield " and ".join([TAKEN.format(role=role, place=unit), *others])


def _of_document(reader: Reader, wanted: Wanted, taken: Arguments) -> Iterator[str]:
    """Whatever waits on one document, of the reader's offices, unit or person."""
    persons, held = map(taken.put, reader.columns)
    yield OF_DOCUMENT.format(
        document=taken.put(wanted.document_id),
        roles=taken.put(reader.roles),
        unit=taken.put(reader.unit_id),
        whole=taken.put(reader.whole),
        persons=persons,
        held=held,
    )


def _watched(reader: Reader, wanted: Wanted, taken: Arguments) -> Iterator[str]:
    """What the reader asked or sent on, and copies to read."""
    yield SENT.format(whole=taken.put(reader.whole))


def _done(reader: Reader, wanted: Wanted, taken: Arguments) -> Iterator[str]:
    """Closed in the reader's offices, and the reader's own."""
    unit, roles = taken.put(reader.unit_id), taken.put(reader.roles)
    everybody = taken.put(list(reader.by_person))
    for role in map(taken.put, reader.roles):
        yield CLOSED_HERE.format(role=role, unit=unit)
        yield CLOSED_BY_US.format(role=role, unit=unit)
    for person in map(taken.put, reader.by_person):
        yield HELD_ELSEWHERE.format(person=person, roles=roles, unit=unit)
        yield CLOSED_ELSEWHERE.format(person=person, roles=roles, unit=unit, persons=everybody)
    for person in map(taken.put, reader.whole):
        yield OWN_CLOSED.format(person=person, unit=unit)


def _by_me(reader: Reader, wanted: Wanted, taken: Arguments) -> Iterator[str]:
    """Closed by the reader, or while the reader held it."""
    whole = taken.put(reader.whole)
    for person in map(taken.put, reader.whole):
        yield HELD_BY_ME.format(person=person)
        yield CLOSED_BY_ME.format(person=person, whole=whole)


BRANCHES = {
    "mine": _mine,
    "unit": _of_unit,
    "document": _of_document,
    "watched": _watched,
    "done": _done,
    "by_me": _by_me,
}

LINE = LINES.format(branches="select i.* from items i where i.id = $1", order="i.id", limit="1")


async def line(conn: Connection, item_id: UUID) -> Line:
    """One item with its names. Raises ItemUnknown."""
    row = await conn.fetchrow(LINE, item_id)
    if row is None:
        raise ItemUnknown
    return _line(row)


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


def _line(row: asyncpg.Record) -> Line:
    return Line(item_of(row[:OF_ITEM]), *row[OF_ITEM:])

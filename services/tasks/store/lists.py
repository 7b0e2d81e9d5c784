"""Lists of the inbox: a page by keyset, in one statement that reads no more lines than it shows.

A list is made of walks along an index in the order of the list, one for each office or person of the reader. PostgreSQL
merges them and stops at the end of the page; over arrays of offices it would read all and sort. So this statement alone is
put together (ADR 9), from the constants below; whatever is asked stands in its arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count, islice
from typing import Any
from uuid import UUID

from services.kernel.runtime.db import Connection
from services.tasks.domain.items import Item
from services.tasks.store.asked import Place, Reader, Wanted
from services.tasks.store.items import item_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ANYTHING = Wanted()


async def listed(
    conn: Connection, name: str, reader: Reader, wanted: Wanted, *, by: str, after: Place | None, limit: int
) -> list[Item]:
    """A page of the list `name` (mine, unit, document, watched: what waits; done, by_me: what is closed) from `after` on.

    `by` is due, arrival or document; what is closed stands last closed first ("closed").
    """
    numbered = [row["document_id"] for row in await conn.fetch(NUMBERED, wanted.words)] if wanted.words else []
    statement, arguments = statement_of(name, reader, wanted, numbered, by=by, after=after, limit=limit)
    return [item_of(row) for row in await conn.fetch(statement, *arguments)]


NUMBERED = "select document_id from plans where position(lower($1) in lower(doc_number)) > 0"

# In the order of the fields of Item.
COLUMNS = """
i.state, i.sort, i.came_how, i.id, i.key, i.document_id, i.title, i.kind, i.drafting_unit, i.stage, i.ordinal, i.role,
i.unit_id, i.link, i.rule_id, i.due_on, i.target_on, i.due_ends_at, i.due_provisional, i.person_id, i.person_unit_id,
i.posted_at, i.closed_at, i.outcome, i.version, i.parent_id, i.came_from, i.came_from_unit, i.came_words,
i.came_version, i.asked_by, i.asked_by_unit, i.question, i.answer
"""
LINES = "select {columns} from ({walks}) i order by {order} limit {limit}"
WALK = "(select {columns}, i.due_sort from items i where {where} order by {order} limit {limit})"
SOUGHT = "item_is_sought(i, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
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
    walks = list(WALKS[name](reader, wanted))
    values: list[Any] = [limit]
    if after is not None:
        at = after.text if by == "document" else EPOCH + timedelta(microseconds=after.number)
        values += (at, after.item_id)
    if wanted != ANYTHING:
        values += _sought(wanted, numbered)
    for _, given in walks:
        values += given
    walked = tuple(where for where, _ in walks)
    return _written(walked, by, paged=after is not None, sought=wanted != ANYTHING), values


@lru_cache(maxsize=1024)
def _written(walks: tuple[str, ...], by: str, *, paged: bool, sought: bool) -> str:
    """The statement over these walks; it mentions the limit, the place, what is sought, and what each walk takes."""
    numbers = (f"${number}" for number in count(1))
    order, beyond = ORDERS[by]
    limit = next(numbers)
    bounds = [CLOSED] if by == "closed" else []
    bounds += [_filled(beyond, numbers)] if paged else []
    bounds += [_filled(SOUGHT, numbers)] if sought else []
    walked = [
        WALK.format(columns=COLUMNS, where=" and ".join([_filled(walk, numbers), *bounds]), order=order, limit=limit)
        for walk in walks or NOWHERE
    ]
    return LINES.format(columns=COLUMNS, walks=" union all ".join(walked), order=order, limit=limit)


def _filled(text: str, numbers: Iterator[str]) -> str:
    return text.format(*islice(numbers, text.count("{}")))


def _sought(wanted: Wanted, numbered: list[UUID]) -> list[Any]:
    return [
        *(wanted.document_id, wanted.stage, wanted.kind, wanted.drafting_unit, wanted.words, numbered),
        *(wanted.ends_by, wanted.ends_after, wanted.on_from, wanted.on_to),
    ]


FREE = "i.state = 'open' and i.role = {} and i.place = {}"
TAKEN = "i.state = 'claimed' and i.role = {} and i.place = {}"
IN_HAND = "i.state = 'claimed' and i.person_id = {} and i.role = any({}) and i.place = any(array['', {}])"
NOT_IN_HAND = " and not (i.person_id = {} and i.role = any({}))"
OF_DOCUMENT = """
i.document_id = {} and i.state in ('open', 'claimed')
and ((i.role = any({}) and i.place = any(array['', {}])) or i.drafting_unit = {} or i.asked_by = any({})
     or (i.person_id, i.role) in (select unnest({}::text[]), unnest({}::text[])))
"""
SENT = """
i.id in (select id from items where state = 'claimed' and asked_by = any({})
          union
         select id from items where state = 'claimed' and came_from = any({})
          union
         select id from items where state = 'claimed' and person_id = any({}) and sort = 'copy')
"""
CLOSED = "i.state in ('done', 'cancelled')"
CLOSED_HERE = "i.role = {} and i.place = {}"
# What waited for no one unit is closed where the unit held it, or wherever the reader held or closed it.
CLOSED_BY_US = "i.role = {} and i.place = '' and i.person_unit_id = {}"
HELD_ELSEWHERE = """
i.person_id = {} and i.role = any({}) and i.place = '' and i.person_unit_id is distinct from {}
"""
CLOSED_ELSEWHERE = """
i.closed_by = {} and (i.person_id = any({})) is not true
and i.role = any({}) and i.place = '' and i.person_unit_id is distinct from {}
"""
OWN_CLOSED = "i.person_id = {} and i.role = 'person' and i.place = any(array['', {}])"
HELD_BY_ME = "i.person_id = {}"
CLOSED_BY_ME = "i.closed_by = {} and (i.person_id = any({})) is not true"
NOWHERE = ("false",)

# A condition, and the values of its places.
Walk = tuple[str, tuple[object, ...]]


def _mine(reader: Reader, wanted: Wanted) -> Iterator[Walk]:
    """Free for the reader's offices, here or anywhere, or in the reader's hands."""
    for role in reader.roles:
        yield FREE, (role, "")
        yield FREE, (role, reader.unit_id)
    for person, roles in reader.by_person.items():
        yield IN_HAND, (person, roles, reader.unit_id)


def _of_unit(reader: Reader, wanted: Wanted) -> Iterator[Walk]:
    """Of the reader's offices, in the hands of others."""
    ours = reader.by_person
    others = TAKEN + NOT_IN_HAND * len(ours)
    hands = [each for hand in ours.items() for each in hand]
    for role in reader.roles:
        yield others, (role, "", *hands)
        yield others, (role, reader.unit_id, *hands)


def _of_document(reader: Reader, wanted: Wanted) -> Iterator[Walk]:
    """Whatever waits on one document, of the reader's offices, unit or person."""
    unit = reader.unit_id
    yield OF_DOCUMENT, (wanted.document_id, reader.roles, unit, unit, reader.whole, *reader.columns)


def _watched(reader: Reader, wanted: Wanted) -> Iterator[Walk]:
    """What the reader asked or sent on, and copies to read."""
    yield SENT, (reader.whole, reader.whole, reader.whole)


def _done(reader: Reader, wanted: Wanted) -> Iterator[Walk]:
    """Closed in the reader's offices, and the reader's own."""
    roles, unit, persons = reader.roles, reader.unit_id, list(reader.by_person)
    for role in roles:
        yield CLOSED_HERE, (role, unit)
        yield CLOSED_BY_US, (role, unit)
    for person in persons:
        yield HELD_ELSEWHERE, (person, roles, unit)
        yield CLOSED_ELSEWHERE, (person, persons, roles, unit)
    for person in reader.whole:
        yield OWN_CLOSED, (person, unit)


def _by_me(reader: Reader, wanted: Wanted) -> Iterator[Walk]:
    """Closed by the reader, or while the reader held it."""
    for person in reader.whole:
        yield HELD_BY_ME, (person,)
        yield CLOSED_BY_ME, (person, reader.whole)


WALKS = {
    "mine": _mine,
    "unit": _of_unit,
    "document": _of_document,
    "watched": _watched,
    "done": _done,
    "by_me": _by_me,
}


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

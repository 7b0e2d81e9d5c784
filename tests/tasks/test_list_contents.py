"""What stands in each list, against a plain reading of every item, for readers of every sort."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.kernel.runtime.db import Database
from services.tasks.store import lists
from services.tasks.store.asked import Place, Reader, Wanted

ITEMS, SHORT_PAGE = 900, 7
UNITS, PEOPLE, ROLES = ("justice", "urban", "finance"), ("lu-wenxi", "su-he", "he-xu"), ("r1", "r2", "r3")
DOCUMENTS = [UUID(int=number) for number in range(1, 30)]
START = datetime(2026, 11, 1, tzinfo=UTC)
Row = dict[str, Any]

READERS = {
    "one office": Reader("lu-wenxi", "justice", ["r1"], [("lu-wenxi", "r1"), ("lu-wenxi", "person")]),
    "two offices": Reader("su-he", "urban", ["r1", "r3"], [("su-he", "r1"), ("su-he", "r3"), ("su-he", "person")]),
    "standing in": Reader(
        *("lu-wenxi", "justice", ["r1", "r2"]),
        [("lu-wenxi", "r1"), ("lu-wenxi", "person"), ("su-he", "r2"), ("su-he", "person")],
    ),
    "standing in for one office": Reader(
        *("lu-wenxi", "justice", ["r1", "r2"]), [("lu-wenxi", "r1"), ("lu-wenxi", "person"), ("he-xu", "r2")]
    ),
    "no office": Reader("he-xu", "finance", [], [("he-xu", "person")]),
    "nothing at all": Reader("he-xu", "finance", [], []),
}


def an_item(number: int, random: Random) -> Row:
    state = random.choice(("open", "claimed", "claimed", "done", "cancelled"))
    errand = state != "open" and random.random() < 0.2
    held = state == "claimed" or errand or (state != "open" and random.random() < 0.8)
    closed = state in ("done", "cancelled")
    day = START + timedelta(days=random.randrange(12)) if random.random() < 0.8 else None
    return {
        "key": f"item {number}",
        "kind": "NORMATIVE",
        "stage": "filing",
        "ordinal": 1,
        "link": "/x",
        "document_id": random.choice(DOCUMENTS),
        "title": f"办法{random.randrange(9)}",
        "drafting_unit": random.choice(UNITS),
        "role": "person" if errand else random.choice(ROLES),
        "unit_id": random.choice(UNITS) if errand else random.choice((*UNITS, None)),
        "due_on": day.date() if day else None,
        "due_ends_at": day,
        "state": state,
        "person_id": random.choice(PEOPLE) if held else None,
        "person_unit_id": random.choice(UNITS) if held else None,
        "posted_at": START + timedelta(hours=random.randrange(90)),
        "closed_at": START + timedelta(days=20, hours=random.randrange(90)) if closed else None,
        "outcome": "filed" if closed else None,
        "closed_by": random.choice((*PEOPLE, None)) if closed else None,
        "sort": "copy" if errand else "duty",
        "asked_by": random.choice(PEOPLE) if errand else None,
        "came_from": random.choice(PEOPLE) if held and random.random() < 0.3 else None,
        "answer": None,
    }


def here(row: Row, reader: Reader) -> bool:
    return row["unit_id"] in (None, reader.unit_id)


def mine(row: Row, reader: Reader) -> bool:
    free = row["state"] == "open" and row["role"] in reader.roles
    return here(row, reader) and (
        free or (row["state"] == "claimed" and (row["person_id"], row["role"]) in reader.hands)
    )


def of_unit(row: Row, reader: Reader) -> bool:
    taken = row["state"] == "claimed" and row["role"] in reader.roles and here(row, reader)
    return taken and (row["person_id"], row["role"]) not in reader.hands


def watched(row: Row, reader: Reader) -> bool:
    copied = row["sort"] == "copy" and row["person_id"] in reader.whole
    sent = row["asked_by"] in reader.whole or row["came_from"] in reader.whole
    return row["state"] == "claimed" and (sent or copied)


def of_document(row: Row, reader: Reader) -> bool:
    ours = (row["role"] in reader.roles and here(row, reader)) or row["drafting_unit"] == reader.unit_id
    theirs = row["asked_by"] in reader.whole or (row["person_id"], row["role"]) in reader.hands
    return row["document_id"] == DOCUMENTS[0] and row["closed_at"] is None and (ours or theirs)


def done(row: Row, reader: Reader) -> bool:
    people = {person for person, _ in reader.hands}
    if row["closed_at"] is None or not here(row, reader):
        return False
    if row["role"] == "person":
        return row["person_id"] in reader.whole
    near = row["unit_id"] is not None or row["person_unit_id"] == reader.unit_id
    return row["role"] in reader.roles and (near or bool({row["person_id"], row["closed_by"]} & people))


def by_me(row: Row, reader: Reader) -> bool:
    return row["closed_at"] is not None and bool({row["person_id"], row["closed_by"]} & set(reader.whole))


LISTS: dict[str, tuple[Callable[[Row, Reader], bool], tuple[str, ...]]] = {
    "mine": (mine, ("due", "arrival", "document")),
    "unit": (of_unit, ("due", "arrival", "document")),
    "watched": (watched, ("due", "document")),
    "document": (of_document, ("due", "arrival")),
    "done": (done, ("closed",)),
    "by_me": (by_me, ("closed",)),
}
ORDERS: dict[str, Callable[[Row], Any]] = {
    "due": lambda row: (row["due_sort"], row["id"]),
    "arrival": lambda row: (row["posted_at"], row["id"]),
    "document": lambda row: (f"{row['title']}{row['document_id']}".encode(), row["id"]),
    "closed": lambda row: (row["closed_at"], row["id"]),
}


@pytest.fixture
async def rows(owner: asyncpg.Connection[asyncpg.Record], db: Database) -> list[Row]:
    """Every item there is."""
    random = Random(20261123)
    made = [an_item(number, random) for number in range(ITEMS)]
    fields = list(made[0])
    duties = [each for each in made if each["sort"] == "duty"]
    errands = [each for each in made if each["sort"] != "duty"]
    await owner.copy_records_to_table(
        "items", schema_name="tasks", columns=fields, records=[[each[name] for name in fields] for each in duties]
    )
    parents = [row["id"] for row in await owner.fetch("select id from tasks.items order by id")]
    records = [[*(each[name] for name in fields), parent] for each, parent in zip(errands, parents, strict=False)]
    await owner.copy_records_to_table("items", schema_name="tasks", columns=[*fields, "parent_id"], records=records)
    return [dict(row) for row in await owner.fetch("select * from tasks.items")]


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_holds_what_belongs_in_it_each_once_in_its_order(db: Database, rows: list[Row], name: str) -> None:
    belongs, orders = LISTS[name]
    for who, reader in READERS.items():
        for by in orders:
            expected = sorted((row for row in rows if belongs(row, reader)), key=ORDERS[by], reverse=by == "closed")
            assert await every_page(db, name, reader, by) == [row["key"] for row in expected], who


async def every_page(db: Database, name: str, reader: Reader, by: str) -> list[str]:
    wanted = Wanted(document_id=DOCUMENTS[0]) if name == "document" else Wanted()
    seen: list[str] = []
    after: Place | None = None
    async with db.read() as conn:
        while True:
            page = await lists.listed(conn, name, reader, wanted, by=by, after=after, limit=SHORT_PAGE)
            seen += [item.key for item in page]
            if len(page) < SHORT_PAGE:
                return seen
            after = lists.place_of(page[-1], by)


async def test_every_list_has_something_to_tell_apart(rows: list[Row]) -> None:
    for belongs, _ in LISTS.values():
        sizes = [sum(belongs(row, reader) for row in rows) for reader in READERS.values()]
        assert max(sizes) > SHORT_PAGE
        assert min(sizes) < max(sizes)

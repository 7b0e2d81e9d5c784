"""A page of the inbox reads no more rows than it shows, and its counts read the indexes alone: by the plans, not by time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.kernel.runtime.db import Connection, Database
from services.tasks.shown.lists import PAGE
from services.tasks.store import lists
from services.tasks.store.asked import Moment, Reader, Wanted
from services.tasks.store.counts import COUNTS, parameters

ITEMS = 6_000
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
MOMENT = Moment(NOW, NOW.date(), NOW.date() + timedelta(days=3), NOW - timedelta(days=22))
READER = Reader(
    "lu-wenxi", "justice", ["legality_reviewer"], [("lu-wenxi", "legality_reviewer"), ("lu-wenxi", "person")]
)
FILL = """
insert into tasks.items (key, document_id, title, kind, drafting_unit, stage, ordinal, role, unit_id, link, due_on,
                         due_ends_at, state, person_id, person_unit_id, claimed_at, closed_at, outcome)
select 'item/' || n, md5(n::text)::uuid, '办法' || n, 'NORMATIVE', 'urban', 'legality_review', 1,
       case when n % 2 = 0 then 'legality_reviewer' else 'drafter' end, case n % 3 when 0 then null when 1 then 'justice' else 'urban' end,
       '/review/rounds/1', date '2026-11-01' + n % 60, timestamptz '2026-11-01' + n % 60 * interval '1 day', state,
       case when state <> 'open' then case when n % 700 = 1 then 'lu-wenxi' else 'su-he' end end,
       case when state <> 'open' then 'justice' end, case when state <> 'open' then now() end,
       case when state = 'done' then timestamptz '2026-11-20' end, case when state = 'done' then 'filed' end
  from generate_series(1, $1) n
 cross join lateral (select case when n % 5 > 1 then 'done' when n % 5 = 1 then 'claimed' else 'open' end as state) as is_
"""


@pytest.fixture
async def full(owner: asyncpg.Connection[asyncpg.Record], db: Database) -> Database:
    # Vacuum marks as seen by all only what is known to be written down.
    await owner.execute("set synchronous_commit = on")
    await owner.execute(FILL, ITEMS)
    await owner.execute("vacuum analyze tasks.items")
    return db


async def plan_of(conn: Connection, statement: str, arguments: list[Any]) -> Iterator[dict[str, Any]]:
    """Every node of the plan that was run."""
    said = await conn.fetchval(f"explain (analyze, format json) {statement}", *arguments)
    return nodes(said[0]["Plan"] if not isinstance(said, str) else json.loads(said)[0]["Plan"])


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


@pytest.mark.parametrize(("name", "by"), [("mine", "due"), ("unit", "due"), ("done", "closed")])
async def test_a_page_reads_two_pages_of_rows_at_most(full: Database, name: str, by: str) -> None:
    """One for each place that the reader's office has: its unit, and everywhere."""
    statement, arguments = lists.statement_of(name, READER, Wanted(), [], by=by, after=None, limit=PAGE + 1)
    async with full.read() as conn:
        read = [
            node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0) * node["Actual Loops"]
            for node in await plan_of(conn, statement, arguments)
            if node.get("Relation Name") == "items" and node["Index Name"] != "items_pkey"
        ]
    assert PAGE < sum(read) <= 2 * (PAGE + 1) + PAGE


async def test_the_counts_are_read_from_the_indexes_alone(full: Database) -> None:
    async with full.read() as conn:
        scans = [node for node in await plan_of(conn, COUNTS, parameters(READER, MOMENT)) if "Relation Name" in node]
    assert {node["Node Type"] for node in scans} == {"Index Only Scan"}

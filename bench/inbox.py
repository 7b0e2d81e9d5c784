"""The first page of an inbox among a million items of 5,000 people / a round trip, and over HTTP / who am I.

The page is read as the service reads it, in two statements: its items, with the names that the process keeps, which is
what has a goal, and beside it the counts of all tabs and lights. The floor in SQL is `select 1` on the same connection. Over HTTP the page
has all of it, with rules and words, and the floor is an authenticated route of the same app that answers with the name
of who asks.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import asyncpg
import httpx
import uvicorn
from fastapi import APIRouter

from bench.knocking import SECRET
from bench.measure import Goal, ratio
from fawen.stack.folder import fresh
from fawen.stack.ports import free_ports
from fawen.stack.postgres import DURABLE, Postgres
from services.kernel.runtime import directory
from services.kernel.runtime.auth import Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.migrate import migrate_all
from services.kernel.runtime.process import Context, opened
from services.kernel.runtime.settings import ROLE, Settings
from services.tasks.shown.lists import PAGE
from services.tasks.store import counts as counting
from services.tasks.store import lists as store
from services.tasks.store.asked import Moment, Reader, Wanted
from services.tasks.store.names import Names
from services.tasks.web import build

NAME, PEOPLE_IN_UNIT, READERS = "bench", 20, 60
ROLES = ("drafter", "legality_reviewer", "market_regulator", "meeting_clerk", "registrar", "filing_clerk", "supervisor")
UNITS = """
insert into directory.units (id, name, short_name, kind)
select 'u' || n, '云溪区第' || n || '局', '第' || n || '局', 'department' from generate_series(1, $1) n
"""
PERSONS = """
insert into directory.persons (id, name) select 'p' || n, '工作人员' || n from generate_series(1, $1) n
"""
OFFICES = """
insert into directory.offices (person_id, unit_id, role, title)
select 'p' || n, 'u' || (1 + n % $2), ($3::text[])[1 + n % cardinality($3::text[])], '科员' from generate_series(1, $1) n
"""
# Two in a hundred wait for everybody who holds the office, the others for one unit. One in five is not closed yet.
ITEMS = """
insert into tasks.items (key, document_id, title, kind, drafting_unit, stage, ordinal, role, unit_id, link, rule_id,
                         due_on, due_ends_at, state, person_id, person_unit_id, claimed_at, posted_at, closed_at, outcome)
select 'document/' || n, md5((n / 10)::text)::uuid, '云溪区关于第' || (n / 10) || '件事项的管理办法', 'NORMATIVE', 'u1',
       case n % 3 when 0 then 'legality_review' when 1 then 'verification' else 'filing' end, 1,
       ($3::text[])[1 + n % cardinality($3::text[])], case when n / 5 % 50 = 0 then null else 'u' || unit end, '/review/round/' || n,
       'legality.required_decision', day, day + interval '16 hours',
       case when n % 5 > 0 then 'done' when n % 15 = 0 then 'claimed' else 'open' end,
       case when n % 5 > 0 or n % 15 = 0 then 'p' || person end, case when n % 5 > 0 or n % 15 = 0 then 'u' || unit end,
       case when n % 15 = 0 then now() end, now() - n % 300 * interval '1 day',
       case when n % 5 > 0 then now() - n % 300 * interval '1 day' end, case when n % 5 > 0 then 'filed' end
  from generate_series(1, $1) n
 cross join lateral (select 1 + (n::bigint * 7919 + n / 5) % $4 as person, current_date - 20 + n % 60 as day) who
 cross join lateral (select 1 + person % $2 as unit) at
"""


@dataclass(frozen=True)
class Timed:
    """Milliseconds that each of many tries took."""

    took: Sequence[float]

    @property
    def p50(self) -> float:
        return median(self.took)

    def figures(self) -> dict[str, float]:
        ordered = sorted(self.took)
        return {"p50_ms": round(self.p50, 3), "p99_ms": round(ordered[int(len(ordered) * 0.99)], 3)}


async def run(argv: Sequence[str]) -> dict[str, Any]:
    """Measure; the answer is what is printed."""
    parser = argparse.ArgumentParser(prog="python -m bench inbox", description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000, help="items in the inbox of all")
    parser.add_argument("--people", type=int, default=5_000, help="people in the directory")
    parser.add_argument("--tries", type=int, default=300, help="pages read of each kind")
    given = parser.parse_args(argv)
    home = fresh()
    server = Postgres.at(home, settings=DURABLE)
    try:
        await server.start()
        return await _measured(home, server, given.items, given.people, given.tries)
    finally:
        await server.stop()
        server.remove()
        shutil.rmtree(home, ignore_errors=True)


async def _measured(home: Path, server: Postgres, items: int, people: int, tries: int) -> dict[str, Any]:
    keys = await _arranged(server, items, people)
    settings = Settings(
        profile="local", database_url=server.url(NAME, user=ROLE), blobs=str(home / "blobs"), secret=SECRET
    )
    async with opened("tasks", settings) as context:
        page, counts, trip = await _in_sql(context, tries)
        shown, known = await _over_http(context, keys, tries)
    goals = [
        Goal("page_of_round_trip", ratio(page.p50, trip.p50), 4, "less"),
        Goal("page_of_who_am_i", ratio(shown.p50, known.p50), 2, "less"),
    ]
    return {
        "bench": "inbox",
        "items": items,
        "people": people,
        "sql": {"page": page.figures(), "counts": counts.figures(), "round_trip": trip.figures()},
        "http": {"page": shown.figures(), "who_am_i": known.figures()},
        "goals": {goal.name: goal.figures() for goal in goals},
    }


async def _arranged(server: Postgres, items: int, people: int) -> list[str]:
    """People and items; the answer is one key for each of some readers."""
    await server.create_database(NAME)
    await migrate_all(server.url(NAME))
    units = max(1, people // PEOPLE_IN_UNIT)
    owner = await asyncpg.connect(server.url(NAME))
    try:
        await owner.execute(UNITS, units)
        await owner.execute(PERSONS, people)
        await owner.execute(OFFICES, people, units, ROLES)
        await owner.execute(ITEMS, items, units, ROLES, people)
        await owner.execute("vacuum analyze tasks.items")
        numbers = Random(1).sample(range(1, people + 1), min(READERS, people))
        made = [
            await directory.create_key(owner, unit_id=f"u{1 + number % units}", person_id=f"p{number}", label="bench")
            for number in numbers
        ]
    finally:
        await owner.close()
    return [key.secret for key in made]


async def _in_sql(context: Context, tries: int) -> tuple[Timed, Timed, Timed]:
    """The first page of one reader after the other, the counts, and as many round trips, in turns."""
    people = await context.db.listen()
    try:
        rows = await people.fetch(
            "select person_id, unit_id, role from directory.offices order by md5(person_id) limit $1", READERS
        )
        readers = [
            Reader(
                row["person_id"],
                row["unit_id"],
                [row["role"]],
                [(row["person_id"], row["role"]), (row["person_id"], "person")],
            )
            for row in rows
        ]
        page: list[float] = []
        counts: list[float] = []
        trip: list[float] = []
        names = Names()
        now = datetime.now(UTC)
        today = now.date()
        moment = Moment(now, today, today + timedelta(days=3), now - timedelta(days=today.day))
        for number in range(tries + len(readers)):
            reader = readers[number % len(readers)]
            page.append(await _ms(partial(_page, people, reader, names)))
            counts.append(await _ms(partial(counting.counts, people, reader, moment)))
            trip.append(await _ms(lambda: people.fetchval("select 1")))
    finally:
        await people.close()
    return Timed(page[len(readers) :]), Timed(counts[len(readers) :]), Timed(trip[len(readers) :])


async def _page(conn: Connection, reader: Reader, names: Names) -> None:
    found = await store.listed(conn, "mine", reader, Wanted(), by="due", after=None, limit=PAGE + 1)
    await names.of(conn, found)


async def _over_http(context: Context, keys: Sequence[str], tries: int) -> tuple[Timed, Timed]:
    page: list[float] = []
    known: list[float] = []
    async with _served(context) as client:
        for number in range(tries + len(keys)):
            headers = {"Authorization": f"Bearer {keys[number % len(keys)]}"}
            page.append(await _ms(partial(_read, client, "/tasks/items", headers)))
            known.append(await _ms(partial(_read, client, "/tasks/bench/who", headers)))
    return Timed(page[len(keys) :]), Timed(known[len(keys) :])


async def _read(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> None:
    (await client.get(path, headers=headers)).raise_for_status()


async def _ms(act: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await act()
    return 1_000 * (time.perf_counter() - began)


@asynccontextmanager
async def _served(context: Context) -> AsyncIterator[httpx.AsyncClient]:
    """The app of tasks behind uvicorn on loopback, with one more route that only says who asks."""
    floor = APIRouter(prefix="/tasks/bench")

    @floor.get("/who")
    async def who(actor: Signed) -> str:
        return actor.person_name

    app = build(context)
    app.include_router(floor)
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.05)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving

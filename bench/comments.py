"""Comments accepted through the public endpoint with everything on / single-row inserts / the same handler bare.

One durable PostgreSQL for all, in turns within one run. Rows of the floor go through asyncpg, from as many callers at
once as there are clients, over a pool as large as the product's and of its kind, each with its own commit: the insert
looks whether its window is open, as any insert of a comment must, and nothing else is checked and nobody is answered.
All of them, the clients too, stand on the same kind of event loop. Product and peer have one web process each: the
gateway brings the comments of one window to one of them.

A fourth, without a goal, shows what such inserts cost when each caller keeps a connection and so never borrows one,
which no service with more callers than connections can do.

Of what a comment costs, about a quarter is PostgreSQL and a fifth the web server with its sockets; the rest is Python:
JSON, proof, digests, receipt, groups, the span.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import httpx

from bench.bare import POOL, TAKE
from bench.knocking import SECRET, a_comment, knock, made, with_everything, with_words
from bench.measure import Goal, Meter, ratio, spent
from fawen.stack.folder import fresh
from fawen.stack.ports import free_ports
from fawen.stack.postgres import DURABLE, Postgres
from services.intake.domain.ids import uuid7
from services.kernel.runtime.db import Connection, Session
from services.kernel.runtime.migrate import migrate_all

MOST_PER_SECOND = 6_000
NAME, NO_HASH, WORDS = "bench", "0" * 64, a_comment(0)
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
ARRANGE = """
insert into intake.documents (id, receipt, kind, title, issuer_unit, drafting_unit, agency_code, submitter, rule_book)
values ($1, $2, 'NORMATIVE', '云溪区街面餐饮油烟管理办法', 'yunxi', 'urban', '云政规', 'he-xu', repeat('0', 64))
"""
VERSION = """
insert into intake.versions (document_id, version, text_hash, materials_hash, structure_hash, characters, media_type,
                             submitted_by)
values ($1, 1, repeat('0', 64), repeat('0', 64), repeat('0', 64), 1, 'text/plain', 'he-xu')
"""
OPEN = """
insert into intake.windows (id, document_id, version, text_hash, rule_id, opens_at, closes_at, notice, reply_to)
values ($1, $2, 1, repeat('0', 64), 'comment.window', now() - interval '1 h', now() + interval '1 day', '{}', $3)
"""
EVERYTHING = {
    "FAWEN_PROFILE": "production", "FORWARDED_ALLOW_IPS": "127.0.0.1", "FAWEN_TRACE_RATIO": "0.1",
    "FAWEN_COMMENT_SURGE": "1000000000", "FAWEN_LOG_LEVEL": "warning",
}  # fmt: skip


@dataclass
class Contender:
    """One of them: how it takes comments for some seconds, whose CPU is counted, and what came of its turns."""

    make: Callable[[float], Callable[[], Awaitable[int]]]
    processes: Mapping[str, int]
    rates: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    parts: list[dict[str, float]] = field(default_factory=list)

    async def turn(self, seconds: float) -> None:
        run, meter = self.make(seconds), Meter(self.processes)
        before, began = meter.read(), time.monotonic()
        count = await run()
        used = spent(before, meter.read())
        self.rates.append(count / (time.monotonic() - began))
        self.parts.append({name: 1e6 * each / count for name, each in used.items()})
        self.cpu_us.append(sum(self.parts[-1].values()))

    def figures(self) -> dict[str, Any]:
        return {
            "per_s": round(median(self.rates)),
            "cpu_us": {name: round(median(each[name] for each in self.parts)) for name in self.parts[0]},
        }


async def run(argv: Sequence[str]) -> dict[str, Any]:
    """Measure; the answer is what is printed."""
    parser = argparse.ArgumentParser(prog="python -m bench comments", description=__doc__)
    parser.add_argument("--clients", type=int, default=32, help="clients in a closed loop")
    parser.add_argument("--webs", type=int, default=1, help="web processes of the product, and of its peer")
    parser.add_argument("--turns", type=int, default=5, help="how often each has its turn")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long a turn lasts")
    given = parser.parse_args(argv)
    home = fresh()
    try:
        return await _measured(home, given.clients, given.webs, given.turns, given.seconds)
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _measured(home: Path, clients: int, webs: int, turns: int, seconds: float) -> dict[str, Any]:
    server = Postgres.at(home, settings=DURABLE)
    await server.start()
    try:
        await server.create_database(NAME)
        await migrate_all(server.url(NAME))
        window_id = await _opened(server.url(NAME))
        async with _contenders(home, server, window_id, clients, webs) as contenders:
            for contender in contenders.values():
                await contender.make(min(1.0, seconds))()
            for _ in range(turns):
                for contender in contenders.values():
                    await contender.turn(seconds)
            return report(**contenders)
    finally:
        await server.stop()
        server.remove()


def report(product: Contender, raw: Contender, kept: Contender, bare: Contender) -> dict[str, Any]:
    """All of them, and the ratios with the goals that we hold ourselves to."""
    each = zip(product.rates, raw.rates, bare.rates, product.cpu_us, raw.cpu_us, strict=True)
    pairs = [(ratio(ours, floor), ratio(ours, peer), ratio(cpu, least)) for ours, floor, peer, cpu, least in each]
    of_raw, of_bare, cpu = (median(pair[place] for pair in pairs) for place in range(3))
    goals = [
        Goal("rate_of_raw", of_raw, 0.6, "more"),
        Goal("rate_of_bare", of_bare, 1.5, "more"),
        Goal("cpu_of_raw", cpu, 1.5, "less"),
    ]
    return {
        "bench": "comments",
        "product": product.figures(),
        "raw": raw.figures(),
        "raw_with_kept_connections": kept.figures(),
        "bare": bare.figures(),
        "goals": {goal.name: goal.figures() for goal in goals},
    }


async def _opened(url: str) -> UUID:
    """A window that is open, over a document."""
    document_id, window_id = uuid4(), uuid4()
    owner = await asyncpg.connect(url)
    try:
        await owner.execute(ARRANGE, document_id, str(document_id))
        await owner.execute(VERSION, document_id)
        await owner.execute(OPEN, window_id, document_id, f"document/{document_id}/public_comment/1")
    finally:
        await owner.close()
    return window_id


@asynccontextmanager
async def _contenders(
    home: Path, server: Postgres, window_id: UUID, clients: int, webs: int
) -> AsyncIterator[dict[str, Contender]]:
    ports = free_ports(2 * webs)
    ours, bares = ports[:webs], ports[webs:]
    url, database = server.url(NAME, user="fawen_intake"), {"postgres": _pid(server)}
    environment = {
        **EVERYTHING, "FAWEN_DATABASE_URL": url, "FAWEN_BLOBS": str(home / "blobs"), "FAWEN_SECRET": SECRET,
        "FAWEN_TRACES_FILE": str(home / "traces.jsonl"),
    }  # fmt: skip
    web = [sys.executable, "-m", "services.intake", "web"]
    products = [await _served(web, {**environment, "FAWEN_PORT": str(port)}, f"{port}/intake/healthz") for port in ours]
    peers = [
        await _served([sys.executable, "-m", "bench.bare", str(port)], environment, f"{port}/openapi.json")
        for port in bares
    ]
    pool = await asyncpg.create_pool(
        url, min_size=POOL, max_size=POOL, connection_class=Session, server_settings={"search_path": "intake"}
    )
    raw_processes = {"client": os.getpid(), **database}
    try:
        yield {
            "raw": Contender(lambda seconds: partial(_inserts, pool, window_id, seconds, clients), raw_processes),
            "kept": Contender(lambda seconds: partial(_kept_inserts, pool, window_id, seconds), raw_processes),
            "product": Contender(_knocking(ours, window_id, with_everything, clients), {**_pids(products), **database}),
            "bare": Contender(_knocking(bares, window_id, with_words, clients), {**_pids(peers), **database}),
        }
    finally:
        await pool.close()
        for process in (*products, *peers):
            process.terminate()
            await process.wait()


def _knocking(
    ports: Sequence[int], window_id: UUID, make: Callable[[UUID, int], bytes], clients: int
) -> Callable[[float], Callable[[], Awaitable[int]]]:
    def ready(seconds: float) -> Callable[[], Awaitable[int]]:
        requests = made(make, window_id, clients + round(MOST_PER_SECOND * seconds))
        return partial(knock, ports, requests, clients=clients, seconds=seconds)

    return ready


async def _inserts(pool: Pool, window_id: UUID, seconds: float, callers: int) -> int:
    """So many seconds of single inserts by so many callers, each of which borrows a connection for each of them."""
    until, count = time.monotonic() + seconds, 0

    async def insert() -> None:
        nonlocal count
        while time.monotonic() < until:
            async with pool.acquire() as conn:
                await _insert(conn, window_id)
            count += 1

    await asyncio.gather(*(insert() for _ in range(callers)))
    return count


async def _kept_inserts(pool: Pool, window_id: UUID, seconds: float) -> int:
    """The same by as many callers as there are connections, each of which keeps its own."""
    until, count = time.monotonic() + seconds, 0

    async def insert() -> None:
        nonlocal count
        async with pool.acquire() as conn:
            while time.monotonic() < until:
                await _insert(conn, window_id)
                count += 1

    await asyncio.gather(*(insert() for _ in range(POOL)))
    return count


async def _insert(conn: Connection, window_id: UUID) -> None:
    """One row. It is worth nothing and costs nothing to make."""
    new = uuid7()
    await conn.execute(TAKE, new, window_id, new.hex[8:], "api", "", WORDS, NO_HASH, NO_HASH)


async def _served(argv: Sequence[str], environment: Mapping[str, str], address: str) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(*argv, env={**os.environ, **environment})
    async with httpx.AsyncClient() as client:
        for _ in range(600):
            try:
                if (await client.get(f"http://127.0.0.1:{address}")).is_success:
                    return process
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    raise SystemExit("the server did not come up")


def _pids(webs: Sequence[asyncio.subprocess.Process]) -> dict[str, int]:
    return {f"web{number}": web.pid for number, web in enumerate(webs, start=1)}


def _pid(server: Postgres) -> int:
    pid = server.child.pid
    assert pid is not None
    return pid

"""Windows that close at the same instant under comment load, against a Temporal timer and an activity for each.

Exactness is claimed by the database's clock: nothing is taken at or after its instant, nothing that was taken is missing
from its summary, every summary is recorded. The bench fails (exit status 1) if one of these is not so. Lateness is how
long after its instant a window was closed; the bare timers are fewer, so theirs is also given for as many windows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID

import asyncpg
from temporalio.client import Client

from bench.bare_timers import Timers
from bench.measure import Goal, ratio
from fawen.stack.postgres import DURABLE, Postgres
from fawen.stack.temporal import Temporal
from services.intake.actions.comment import Opinion, new_comment
from services.intake.actions.taking import Arrival, Taker
from services.intake.activities import Intake
from services.intake.books import Books
from services.intake.domain.comments import Channel
from services.intake.domain.ids import uuid7
from services.intake.domain.windows import WindowClosed
from services.intake.sweeper import Sweeper
from services.kernel.contracts.intake import RecordSummary
from services.kernel.contracts.refusals import Refused
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.migrate import migrate_all

NAME, SWEEP, READY = "storm", "--sweep", b"ready\n"
HASH = "0" * 64
# Load begins so long before the instant and goes on so long after it, from so many hands.
BEFORE, AFTER, HANDS = 3.0, 2.0, 24
# How long a window may take to be closed before the bench gives up.
PATIENCE = 120.0
SUMMARISING = 6

DOCUMENTS = """
insert into documents (id, receipt, kind, title, issuer_unit, drafting_unit, agency_code, submitter, rule_book)
select id, 'BS-' || n, 'NORMATIVE', '云溪区第' || n || '号办法', 'yunxi', 'urban', '云政规', 'he-xu', $2
  from unnest($1::uuid[]) with ordinality as given (id, n)
"""
VERSIONS = """
insert into versions (document_id, version, text_hash, materials_hash, structure_hash, characters, media_type, submitted_by)
select id, 1, $2, $2, $2, 1000, 'text/plain', 'he-xu' from unnest($1::uuid[]) as given (id)
"""
WINDOWS = """
insert into windows (id, document_id, version, text_hash, rule_id, opens_at, closes_at, notice, reply_to)
select w, d, 1, $3, 'comment.window', clock_timestamp() - interval '1 hour', $4, '{}', 'document/' || d || '/public_comment/1'
  from unnest($1::uuid[], $2::uuid[]) as given (w, d)
"""
NOW = "select clock_timestamp()"
LEFT = "select count(*) from windows where closed_at is null"
LATENESS = "select extract(epoch from closed_at - closes_at)::float8 as late from windows order by 1"
TOO_LATE = "select count(*) from comments c join windows w on w.id = c.window_id where c.received_at >= w.closes_at"
# Kept and not in the summary that was recorded, or counted and not kept.
MISSING = """
select coalesce(sum(abs(kept - coalesce(said, -1))), 0)::bigint
  from (select w.id, (select count(*) from comments c where c.window_id = w.id) as kept,
               (select s.received from feedback_summaries s where s.window_id = w.id) as said
          from windows w) each
"""
RECORDED = (
    "select count(*) from windows w join feedback_summaries s on s.window_id = w.id where w.summary_at is not null"
)
KEPT = "select window_id, count(*) as kept from comments group by window_id"
TOLD = "select count(distinct target) from outbox where name = 'window_closed'"


@dataclass(frozen=True)
class Claims:
    """What must be zero, and what must be all."""

    windows: int
    too_late: int
    missing: int
    lost: int
    unrecorded: int
    untold: int

    @property
    def hold(self) -> bool:
        return not (self.too_late or self.missing or self.lost or self.unrecorded or self.untold)


@dataclass(frozen=True)
class Lateness:
    """Seconds after the instant."""

    p50: float
    p99: float
    last: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Lateness:
        """Of at least one close. Raises ValueError for none."""
        if not seconds:
            raise ValueError("nothing was closed")
        cuts = quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else [seconds[0]] * 99
        return cls(cuts[49], cuts[98], max(seconds))

    def figures(self) -> dict[str, float]:
        """As they are printed."""
        return {name: round(value, 3) for name, value in vars(self).items()}


@dataclass
class Load:
    """What the public did: how often a comment was taken, by window, and how often it was refused."""

    taken: Counter[UUID]
    refused: int = 0


async def run(argv: Sequence[str]) -> dict[str, Any]:
    """Measure; the answer is what is printed. Raises SystemExit(1), after printing it, when a claim does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench window_storm", description=__doc__)
    parser.add_argument("--windows", type=int, default=2_000, help="windows that close at the same instant")
    parser.add_argument("--timers", type=int, default=300, help="bare timers to compare with")
    parser.add_argument("--quick", action="store_true", help="200 windows and 60 timers")
    given = parser.parse_args(argv)
    windows, timers = (200, 60) if given.quick else (given.windows, given.timers)
    began = time.monotonic()
    storm, claims, load = await stormed(windows)
    bare = await _bare(timers)
    said = report(claims, storm, bare, load, timers=timers) | {"seconds": round(time.monotonic() - began)}
    if not claims.hold:
        print(json.dumps(said), flush=True)
        raise SystemExit(1)
    return said


def report(claims: Claims, storm: Lateness, bare: Lateness, load: Load, *, timers: int) -> dict[str, Any]:
    """Claims, lateness of both, and the ratios: as measured, and with the bare timers' backlog scaled up."""
    scale = max(claims.windows / timers, 1.0)
    measured, scaled = ratio(bare.last, storm.last), ratio(bare.last * scale, storm.last)
    goal = Goal("less_late", scaled, 100, "more")
    return {
        "bench": "window_storm",
        "claims": vars(claims) | {"hold": claims.hold},
        "load": {"taken": sum(load.taken.values()), "refused": load.refused},
        "late_s": storm.figures(),
        "bare_timers": {"timers": timers, "late_s": bare.figures()},
        "less_late": {"last": round(measured, 1), "last_scaled": round(scaled, 1)},
        "goals": {goal.name: goal.figures()},
    }


async def stormed(windows: int) -> tuple[Lateness, Claims, Load]:
    """Let so many windows close at one instant under load; then record every summary, and count."""
    home = Path(tempfile.mkdtemp(prefix="fawen-storm-"))
    try:
        async with _database(home) as url:
            db = await Database.connect(url, schema="intake", size=HANDS)
            try:
                return await _storm(db, url, Blobs.at(str(home / "blobs")), windows)
            finally:
                await db.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _storm(db: Database, url: str, blobs: Blobs, count: int) -> tuple[Lateness, Claims, Load]:
    sweepers = [await _sweeper(url) for _ in range(2)]
    try:
        ids, closes_at = await _windows(db, count)
        load = await _load(db, ids, closes_at)
        await _closed(db)
    finally:
        for sweeper in sweepers:
            sweeper.terminate()
            await sweeper.wait()
    await _summarised(db, blobs, ids)
    async with db.read() as conn:
        late = Lateness.of([row["late"] for row in await conn.fetch(LATENESS)])
        kept = {row["window_id"]: row["kept"] for row in await conn.fetch(KEPT)}
        claims = Claims(
            windows=count,
            too_late=await conn.fetchval(TOO_LATE),
            missing=await conn.fetchval(MISSING),
            lost=sum(abs(kept.get(each, 0) - load.taken[each]) for each in ids),
            unrecorded=count - await conn.fetchval(RECORDED),
            untold=count - await conn.fetchval(TOLD),
        )
    return late, claims, load


async def _windows(db: Database, count: int) -> tuple[list[UUID], datetime]:
    ids, documents = [uuid7() for _ in range(count)], [uuid7() for _ in range(count)]
    async with db.transaction() as tx:
        await tx.execute(DOCUMENTS, documents, HASH)
        await tx.execute(VERSIONS, documents, HASH)
        # The instant is set once the rows are there: those who knock have their time before it.
        closes_at: datetime = await tx.fetchval(NOW) + timedelta(seconds=BEFORE + 1)
        await tx.execute(WINDOWS, ids, documents, HASH, closes_at)
    return ids, closes_at


async def _load(db: Database, ids: Sequence[UUID], closes_at: datetime) -> Load:
    """Knock until the time after the instant is over; every answer is counted as it was given."""
    async with db.read() as conn:
        left = (closes_at - await conn.fetchval(NOW)).total_seconds()
    until, load = time.monotonic() + left + AFTER, Load(Counter())
    taker = Taker(db, room=10 * HANDS)

    async def knock(seed: int) -> None:
        chance = random.Random(seed)
        while time.monotonic() < until:
            window_id = chance.choice(ids)
            comment = new_comment(window_id, Opinion(f"第{chance.random()}条建议。"), Channel.WEB)
            try:
                await taker.take(Arrival(comment))
            except WindowClosed:
                load.refused += 1
            except Refused as refused:
                raise RuntimeError(f"not refused for its time: {refused.code}") from refused
            else:
                load.taken[window_id] += 1

    await asyncio.gather(*(knock(seed) for seed in range(HANDS)))
    await taker.drain()
    return load


async def _closed(db: Database) -> None:
    until = time.monotonic() + PATIENCE
    async with db.read() as conn:
        while await conn.fetchval(LEFT):
            if time.monotonic() > until:
                raise SystemExit("windows are still open: the sweepers did not close them")
            await asyncio.sleep(0.05)


async def _summarised(db: Database, blobs: Blobs, ids: Sequence[UUID]) -> None:
    gate = asyncio.Semaphore(SUMMARISING)

    intake = Intake(db, blobs, Books(RuleBook.load()))

    async def one(window_id: UUID) -> None:
        async with gate:
            await intake.record_summary(RecordSummary(window_id=window_id))

    await asyncio.gather(*(one(each) for each in ids))


async def _bare(timers: int) -> Lateness:
    home = Path(tempfile.mkdtemp(prefix="fawen-timers-"))
    server = Temporal.at(home)
    try:
        await server.start_somewhere()
        async with _database(home) as url:
            connection = await asyncpg.connect(url)
            bare = Timers(await Client.connect(server.address), connection)
            return Lateness.of(await bare.fire(timers))
    finally:
        await server.stop()
        shutil.rmtree(home, ignore_errors=True)


@asynccontextmanager
async def _database(home: Path) -> AsyncIterator[str]:
    """A durable server with every migration; the address of intake's role."""
    server = Postgres.at(home, settings=DURABLE)
    await server.start()
    try:
        await server.create_database(NAME)
        await migrate_all(server.url(NAME))
        yield server.url(NAME, user="fawen_intake")
    finally:
        await server.stop()
        server.remove()


async def _sweeper(url: str) -> asyncio.subprocess.Process:
    """A process of its own, once it is at work: the time that Python takes to start is not the sweeper's."""
    argv = (sys.executable, "-m", __name__, SWEEP, url)
    process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    await process.stdout.readuntil(READY)
    return process


async def _sweep(url: str) -> None:
    db = await Database.connect(url, schema="intake")
    sys.stdout.buffer.write(READY)
    sys.stdout.flush()
    await Sweeper(db).run()


if __name__ == "__main__" and sys.argv[1:2] == [SWEEP]:
    asyncio.run(_sweep(sys.argv[2]))

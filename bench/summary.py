"""The feedback summary of a large window: time, memory, what is found of planted copies, how the cost grows.

Pure grouping is measured in a process of its own for each size, so that its peak memory is its own; beside it, in the
same process, the exact-hash pass over the same texts. The whole act is measured through the real activity on Postgres.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray

from bench.crowd import batches, fill
from bench.measure import Goal, ratio
from fawen.stack.folder import fresh
from fawen.stack.postgres import DURABLE, Postgres
from services.intake.actions import grouping
from services.intake.activities import Intake
from services.intake.books import Books
from services.intake.domain.comments import likeness
from services.intake.domain.ids import uuid7
from services.intake.grouping import Grouper, Grouping
from services.intake.grouping.grouper import nothing
from services.kernel.contracts.intake import RecordSummary
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.migrate import migrate_all

SIZES, FULL = (10_000, 30_000, 100_000, 300_000), 1_000_000
WHOLE = 100_000
MEGABYTE = 1 << 20
DATABASE = "summary"

ARRANGE = """
set search_path = intake;
set session_replication_role = replica;
insert into documents (id, receipt, kind, title, issuer_unit, drafting_unit, agency_code, submitter, rule_book)
values ('{document}', 'r', 'NORMATIVE', '云溪区街面餐饮油烟管理办法', 'yunxi', 'urban', '云政规', 'he-xu', repeat('0', 64));
insert into windows (id, document_id, version, text_hash, rule_id, opens_at, closes_at, closed_at, notice, reply_to)
values ('{window}', '{document}', 1, repeat('0', 64), 'comment.window', now() - interval '9 days', now(),
        now() + interval '1 second', '{{}}', 'document/{document}');
"""
KINDS = "select groups from window_tallies where window_id = $1"


async def run(argv: Sequence[str]) -> dict[str, Any]:
    """The bench; `--full` adds a million, `--sizes` and `--whole` set others (a whole of 0 leaves the database out)."""
    asked = _asked(argv)
    if asked.one:
        return measured(asked.one)
    sizes = [*asked.sizes, *([FULL] if asked.full else [])]
    pure = [await _in_a_process(size) for size in sizes]
    whole = await _through_the_activity(asked.whole) if asked.whole else None
    return report(pure, whole)


def _asked(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench summary")
    parser.add_argument("--full", action="store_true", help="also a million comments")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--whole", type=int, default=WHOLE, help="comments of the run on Postgres; 0 leaves it out")
    parser.add_argument("--one", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def report(pure: Sequence[dict[str, Any]], whole: dict[str, Any] | None) -> dict[str, Any]:
    """What is printed: every size, the growth between the smallest and the largest, and the goals of the largest."""
    largest = pure[-1]
    goals = [
        Goal("against_exact_hash", ratio(largest["grouping_cpu_s"], largest["exact_cpu_s"]), 12, "less"),
        Goal("precision", largest["precision"], 0.99, "more"),
        Goal("recall", largest["recall"], 0.97, "more"),
        Goal("memory_of_corpus", largest["peak_mb"] / largest["corpus_mb"], 3, "less"),
    ]
    if len(pure) > 1:
        goals.append(Goal("growth_exponent", growth(pure[0], largest), 1.25, "less"))
    out: dict[str, Any] = {"bench": "summary", "sizes": list(pure), "goals": {g.name: g.figures() for g in goals}}
    return out | ({"whole": whole} if whole else {})


def growth(small: dict[str, Any], large: dict[str, Any]) -> float:
    """The exponent of the cost in the number of comments: 1 is linear."""
    cost = ratio(large["grouping_cpu_s"], small["grouping_cpu_s"])
    return math.log(cost) / math.log(large["comments"] / small["comments"])


def measured(count: int) -> dict[str, Any]:
    """One size in this process: the sketches are made batch by batch, as from a cursor; nothing is kept of the texts."""
    grouper, models = Grouper(), np.empty(count, np.int64)
    corpus, exact, spent, wall = 0, 0.0, 0.0, 0.0
    before = _peak()
    for start, batch in batches(count):
        models[start : start + len(batch)] = [model for _, model in batch]
        bodies = [body for body, _ in batch]
        corpus += sum(sys.getsizeof(body) for body in bodies)
        began, began_wall = time.process_time(), time.perf_counter()
        grouper.add(bodies)
        spent, wall = spent + time.process_time() - began, wall + time.perf_counter() - began_wall
        began = time.process_time()
        for body in bodies:
            likeness(body)
        exact += time.process_time() - began
    began, began_wall = time.process_time(), time.perf_counter()
    found = grouper.grouped()
    spent, wall = spent + time.process_time() - began, wall + time.perf_counter() - began_wall
    precision, recall = quality(found.group, models)
    return {
        "comments": count,
        "grouping_cpu_s": round(spent, 4),
        "grouping_s": round(wall, 2),
        "exact_cpu_s": round(exact, 4),
        "peak_mb": round((_peak() - before) / MEGABYTE, 1),
        "corpus_mb": round(corpus / MEGABYTE, 1),
        "groups": found.groups,
        "precision": round(precision, 5),
        "recall": round(recall, 5),
    }


def quality(found: NDArray[np.int64], planted: NDArray[np.int64]) -> tuple[float, float]:
    """Precision and recall of pairs: of those grouped how many were planted, of those planted how many grouped."""
    both = _pairs(planted * (int(found.max(initial=0)) + 1) + found)
    return both / max(_pairs(found), 1), both / max(_pairs(planted), 1)


def _pairs(labels: NDArray[np.int64]) -> int:
    counts = np.unique(labels, return_counts=True)[1].astype(np.int64)
    return int((counts * (counts - 1) // 2).sum())


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def _in_a_process(count: int) -> dict[str, Any]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench", "summary", "--one", str(count), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await child.communicate()
    if child.returncode:
        raise RuntimeError(f"the measurement of {count} ended with {child.returncode}")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    print(json.dumps(found), flush=True)
    return found


async def _through_the_activity(count: int) -> dict[str, Any]:
    """The real activity on a Postgres of its own: how long it takes from the close to the published summary."""
    home, folder = fresh(), Path(tempfile.mkdtemp(prefix="fawen-summary-"))
    server = Postgres.at(home, settings=DURABLE)
    try:
        await server.start()
        return await _whole(server, Blobs.at(str(folder)), count)
    finally:
        await server.stop()
        server.remove()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


class Timed(Grouper):
    """A grouper that knows how long it worked (seconds by the wall), in the thread where it does."""

    seconds = 0.0

    def add(self, bodies: Sequence[str]) -> None:
        began = time.perf_counter()
        super().add(bodies)
        Timed.seconds += time.perf_counter() - began

    def grouped(self, beat: Callable[[], None] = nothing) -> Grouping:
        began = time.perf_counter()
        found = super().grouped(beat)
        Timed.seconds += time.perf_counter() - began
        return found


async def _whole(server: Postgres, blobs: Blobs, count: int) -> dict[str, Any]:
    window_id = await _arranged(server, count)
    db = await Database.connect(server.url(DATABASE, user="fawen_intake"), schema="intake")
    vars(grouping)["Grouper"] = Timed
    before, began, began_cpu = _peak(), time.perf_counter(), time.process_time()
    recorded = await Intake(db, blobs, Books(RuleBook.load())).record_summary(RecordSummary(window_id=window_id))
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    async with db.read() as conn:
        kinds = await conn.fetchval(KINDS, window_id)
    await db.close()
    assert recorded.received == count
    return {
        "comments": count,
        "seconds": round(seconds, 1),
        "grouping_s": round(Timed.seconds, 1),
        "grouping_share": round(Timed.seconds / seconds, 2),
        "cpu_s": round(cpu, 1),
        "peak_mb_added": round((_peak() - before) / MEGABYTE, 1),
        "groups": kinds,
    }


async def _arranged(server: Postgres, count: int) -> UUID:
    """A closed window with so many comments, written past the ways in."""
    await server.create_database(DATABASE)
    await migrate_all(server.url(DATABASE))
    document_id, window_id = uuid7(), uuid7()
    owner = await asyncpg.connect(server.url(DATABASE))
    try:
        await owner.execute(ARRANGE.format(document=document_id, window=window_id))
        await fill(owner, window_id, count)
    finally:
        await owner.close()
    return window_id

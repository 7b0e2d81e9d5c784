"""Every page and file of a window with very many opinions / the same of a window with few.

Both windows are summarised by the real activity and read through the real app, in turns within one run. A page that
reads more than it shows grows with its window, and is found here.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from bench.crowd import fill
from bench.knocking import SECRET
from bench.measure import Goal, ratio
from fawen.demo.submission import built_in
from fawen.stack.folder import fresh
from fawen.stack.postgres import DURABLE, Postgres
from services.intake.activities import Intake
from services.intake.books import Books
from services.intake.web import app_of
from services.kernel.contracts.intake import CloseWindow, OpenWindow, RecordSummary
from services.kernel.contracts.messages import DocumentRef, Text
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import directory
from services.kernel.runtime.migrate import migrate_all
from services.kernel.runtime.process import Context, opened
from services.kernel.runtime.settings import ROLE, Settings

NAME = "pages"
SMALL, LARGE, FULL = 1_000, 100_000, 1_000_000
DRAFTER, UNIT = "he-xu", "urban"
WINDOW = "/intake/consultation/{window}"
PAGES = {
    "notice": WINDOW,
    "result": WINDOW + "/feedback",
    "groups": WINDOW + "/groups",
    "largest_group": WINDOW + "/groups/{group}",
    "answering": WINDOW + "/answers",
    "agreement": WINDOW + "/agreement",
    "moderation": WINDOW + "/moderation",
    "moderation_search": WINDOW + "/moderation?q=净化设施",
    "masks": WINDOW + "/masks",
    "table": WINDOW + "/table",
    "document": "/intake/document/{document}",
    "dossier": "/intake/documents/{document}/dossier",
    "receipt": "/intake/receipt?receipt={receipt}",
    "proof": "/intake/receipts/{receipt}/proof",
    "comments_api": "/intake/windows/{window}/comments",
    "feed": "/intake/consultations.atom",
}
HANDED_IN = """
select d.id as document_id, d.kind, d.title, d.issuer_unit, d.drafting_unit, d.agency_code, v.text_hash, v.materials_hash
  from intake.documents d
  join intake.versions v on v.document_id = d.id
 where d.id = $1
"""
SHUT = """
update intake.windows set opens_at = now() - interval '9 days', closes_at = now() where id = $1
"""
# One in twenty holds what may be personal, one in a hundred is hidden.
HANDLED = """
with numbered as (select id, row_number() over (order by id) as n from intake.comments where window_id = $1),
     hidden as (update intake.comments c set hidden_at = now(), hidden_reason = 'abuse', hidden_by = 'he-xu'
                  from numbered b where b.id = c.id and b.n % 100 = 0)
insert into intake.comment_masks (comment_id, window_id, start_at, end_at, kind)
select id, $1, 0, 2, 'name' from numbered where n % 20 = 0
"""
GROUP = "select id from intake.opinion_groups where window_id = $1 order by size desc, id limit 1"
RECEIPT = (
    "select receipt from intake.comments where window_id = $1 and hidden_at is null order by id limit 1 offset 500"
)


async def run(argv: Sequence[str]) -> dict[str, Any]:
    """Measure; the answer is what is printed."""
    parser = argparse.ArgumentParser(prog="python -m bench pages", description=__doc__)
    parser.add_argument("--small", type=int, default=SMALL, help="opinions of the small window")
    parser.add_argument("--large", type=int, default=LARGE, help="opinions of the large window")
    parser.add_argument("--full", action="store_true", help="a million in the large window")
    parser.add_argument("--tries", type=int, default=15, help="how often each page is opened")
    given = parser.parse_args(argv)
    home = fresh()
    server = Postgres.at(home, settings=DURABLE)
    try:
        await server.start()
        return await _measured(home, server, given.small, FULL if given.full else given.large, given.tries)
    finally:
        await server.stop()
        server.remove()
        shutil.rmtree(home, ignore_errors=True)


async def _measured(home: Path, server: Postgres, small: int, large: int, tries: int) -> dict[str, Any]:
    await server.create_database(NAME)
    await migrate_all(server.url(NAME))
    settings = Settings(
        profile="local", database_url=server.url(NAME, user=ROLE), blobs=str(home / "blobs"), secret=SECRET
    )
    async with AsyncExitStack() as stack:
        owner = await asyncpg.connect(server.url(NAME))
        stack.push_async_callback(owner.close)
        await directory.import_demo(owner)
        key = await directory.create_key(owner, unit_id=UNIT, person_id=DRAFTER, label="bench")
        context = await stack.enter_async_context(opened("intake", settings))
        client = await stack.enter_async_context(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app_of(context)),
                base_url=settings.public_url,
                headers={"Authorization": f"Bearer {key.secret}"},
            )
        )
        places = [await _window(owner, context, client, count) for count in (small, large)]
        return report(small, large, await _opened(client, places, tries))


def report(small: int, large: int, took: dict[str, tuple[float, float]]) -> dict[str, Any]:
    """What is printed: milliseconds of each page in both windows, and the page that grows most."""
    grown = {name: ratio(of_large, of_small) for name, (of_small, of_large) in took.items()}
    worst = max(grown, key=lambda name: grown[name])
    return {
        "bench": "pages",
        "small": small,
        "large": large,
        "pages_ms": {name: [round(one, 1) for one in both] for name, both in took.items()},
        "worst": worst,
        "goals": {"growth_of_worst_page": Goal("growth_of_worst_page", grown[worst], 3, "less").figures()},
    }


async def _window(
    owner: asyncpg.Connection[asyncpg.Record], context: Context, client: httpx.AsyncClient, count: int
) -> dict[str, str]:
    """A closed window with so many opinions and its result; the answer fills the places in paths."""
    began = time.monotonic()
    document_id, window_id = await _open(owner, context, client)
    await owner.execute(SHUT, window_id)
    await fill(owner, window_id, count)
    await owner.execute("set session_replication_role = replica")
    await owner.execute(HANDLED, window_id)
    await owner.execute("reset session_replication_role")
    intake = Intake(context.db, context.blobs, Books(RuleBook.load()))
    await intake.close_window(CloseWindow(window_id=window_id))
    await intake.record_summary(RecordSummary(window_id=window_id))
    await owner.execute("vacuum analyze")
    group, receipt = await owner.fetchval(GROUP, window_id), await owner.fetchval(RECEIPT, window_id)
    print(f"{count} opinions, summarised after {time.monotonic() - began:.0f} s", flush=True)
    return {"document": str(document_id), "window": str(window_id), "group": str(group), "receipt": receipt}


async def _open(
    owner: asyncpg.Connection[asyncpg.Record], context: Context, client: httpx.AsyncClient
) -> tuple[UUID, UUID]:
    """A document handed in by the API, and the window on its text."""
    given = built_in().model_dump(exclude_none=True)
    answer = await client.post("/intake/documents", json=given, headers={"Idempotency-Key": str(uuid4())})
    answer.raise_for_status()
    [found] = await owner.fetch(HANDED_IN, UUID(answer.json()["document_id"]))
    row = dict(found)
    text = Text(version=1, text_hash=row.pop("text_hash"), materials_hash=row.pop("materials_hash"))
    now = await owner.fetchval("select clock_timestamp()")
    intake = Intake(context.db, context.blobs, Books(RuleBook.load()))
    opened_window = await intake.open_window(
        OpenWindow(
            document=DocumentRef(**row),
            text=text,
            rule_id="comment.window",
            opens_at=now - timedelta(minutes=1),
            closes_at=now + timedelta(days=1),
            reply_to=f"document/{row['document_id']}/public_comment/1",
        )
    )
    return row["document_id"], opened_window.window_id


async def _opened(
    client: httpx.AsyncClient, places: Sequence[dict[str, str]], tries: int
) -> dict[str, tuple[float, float]]:
    """Milliseconds (median) of each page in the small and in the large window."""
    took = defaultdict[str, tuple[list[float], list[float]]](lambda: ([], []))
    for _ in range(tries):
        for name, path in PAGES.items():
            for times, place in zip(took[name], places, strict=True):
                began = time.perf_counter()
                answer = await client.get(path.format(**place))
                times.append(1_000 * (time.perf_counter() - began))
                if not answer.is_success:
                    raise SystemExit(f"{name} was answered with {answer.status_code}: {answer.text[:500]}")
    return {name: (median(few), median(many)) for name, (few, many) in took.items()}

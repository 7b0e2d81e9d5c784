"""Closing what is due: all windows at once, with the letters that tell their workflows, in one statement."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.kernel.runtime.db import Connection

AT_ONCE = 500

LOCK_FREE = """
select id from windows
 where closed_at is null and suspended_at is null and closes_at <= clock_timestamp()
 order by closes_at, id
 limit $1
   for update skip locked
"""
LOCK_DUE = """
select id from windows
 where closed_at is null and suspended_at is null and closes_at <= clock_timestamp()
 order by closes_at, id
 limit $1
   for update
"""
LOCK_ONE = """
select id from windows
 where id = $1 and closed_at is null and suspended_at is null and closes_at <= clock_timestamp()
   for update
"""

# A reopened window closes once more, so each closing is an event of its own.
# A statement counts by what was committed when it began: it must begin after the lock, not take it.
CLOSE = """
with shut as (
    update windows
       set closed_at = clock_timestamp()
     where id = any($1::uuid[]) and closed_at is null and suspended_at is null and closes_at <= clock_timestamp()
    returning id, document_id, reply_to, trace, closed_at,
              (select count(*) from comments c where c.window_id = windows.id) as received
)
insert into outbox (key, kind, target, name, body, trace)
select document_id::text, 'signal', reply_to, 'window_closed',
       jsonb_build_object('event_id', gen_random_uuid(), 'window_id', id, 'closed_at', closed_at, 'received', received), trace
  from shut
returning (body ->> 'window_id')::uuid as window_id
"""


async def lock_due(tx: Connection, *, waiting: bool) -> list[UUID]:
    """Lock due windows against comments: those that are free, or (waiting) also those with comments in flight."""
    rows = await tx.fetch(LOCK_DUE if waiting else LOCK_FREE, AT_ONCE)
    return [row["id"] for row in rows]


async def lock_one(tx: Connection, window_id: UUID) -> list[UUID]:
    """Lock this window if it is due; empty when it is not, or is closed."""
    return [row["id"] for row in await tx.fetch(LOCK_ONE, window_id)]


async def close(tx: Connection, locked: list[UUID]) -> list[UUID]:
    """Close the locked windows and put a letter to each one's workflow; the ids of those that closed now."""
    return [row["window_id"] for row in await tx.fetch(CLOSE, locked)]


FIGURES = """
select count(*) filter (where window_is_open(windows, clock_timestamp())) as open,
       count(*) filter (where window_is_open(windows, clock_timestamp()) and closes_at <= clock_timestamp() + $1::interval) as closing,
       count(*) filter (where closes_at <= clock_timestamp() and suspended_at is null) as past_due
  from windows
 where closed_at is null
"""
SOON = timedelta(hours=24)


async def figures(conn: Connection) -> dict[str, float]:
    """How many windows are open, close within a day, and (which must not last) are past their instant and not closed."""
    row = await conn.fetchrow(FIGURES, SOON)
    assert row is not None
    return {f"fawen.windows.{name}": float(row[name]) for name in ("open", "closing", "past_due")}


NEXT = """
select extract(epoch from min(closes_at) - clock_timestamp()) from windows
 where closed_at is null and suspended_at is null
"""


async def next_close(conn: Connection) -> float | None:
    """Seconds until the next window closes (0 when one is due); None when none is open."""
    seconds = await conn.fetchval(NEXT)
    return None if seconds is None else max(float(seconds), 0.0)

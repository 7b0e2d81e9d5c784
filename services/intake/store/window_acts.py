"""Acts on a window: each looks at the clock once more under the row's lock, and leaves its line in the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.store.windows import Window
from services.kernel.runtime.db import Connection

EXTEND = """
update windows set closes_at = $2
 where id = $1 and closed_at is null and suspended_at is null and clock_timestamp() < closes_at
returning clock_timestamp()
"""


async def extend(tx: Connection, window_id: UUID, closes_at: datetime) -> datetime | None:
    """Move the close of a locked window that has not come; the instant at which, None when it has come meanwhile."""
    at: datetime | None = await tx.fetchval(EXTEND, window_id, closes_at)
    return at


SUSPEND = """
with moment as materialized (select clock_timestamp() as at)
update windows w set suspended_at = m.at
  from moment m
 where w.id = $1 and window_is_open(w, m.at)
returning w.suspended_at
"""


async def suspend(tx: Connection, window_id: UUID) -> datetime | None:
    """Take nothing from this instant on; None when the locked window is not open any more."""
    at: datetime | None = await tx.fetchval(SUSPEND, window_id)
    return at


RESUME = """
update windows set suspended_at = null, closes_at = $2
 where id = $1 and suspended_at is not null and closed_at is null
returning clock_timestamp()
"""


async def resume(tx: Connection, window_id: UUID, closes_at: datetime) -> datetime | None:
    """Take comments again, until a later close."""
    at: datetime | None = await tx.fetchval(RESUME, window_id, closes_at)
    return at


STOP = """
with moment as materialized (select clock_timestamp() as at)
update windows w set closes_at = m.at, stopped_at = m.at
  from moment m
 where w.id = $1 and window_is_open(w, m.at)
returning w.stopped_at
"""


async def stop(tx: Connection, window_id: UUID) -> datetime | None:
    """Let the close come now; None when the locked window is not open any more."""
    at: datetime | None = await tx.fetchval(STOP, window_id)
    return at


REOPEN = """
update windows
   set closes_at = $2, closed_at = null, stopped_at = null, summary_at = null, answered_at = null
 where id = $1 and closed_at is not null and not ended_early and answers_published_at is null
   and $2 > clock_timestamp()
returning clock_timestamp()
"""


async def reopen(tx: Connection, window_id: UUID, closes_at: datetime) -> datetime | None:
    """Take comments once more; what was counted and summarised stays in the history."""
    at: datetime | None = await tx.fetchval(REOPEN, window_id, closes_at)
    return at


ADD_CHANGE = """
insert into window_changes (window_id, ordinal, kind, changed_at, changed_by, changed_unit, from_closes_at, to_closes_at,
                            reason, gap_from)
select $1, count(*) + 1, $2, $3, $4, $5, $6, $7, $8, $9 from window_changes where window_id = $1
returning ordinal
"""


async def add_change(
    tx: Connection,
    window: Window,
    kind: str,
    *,
    at: datetime,
    by: str,
    unit: str | None,
    closes_at: datetime,
    reason: str,
    gap_from: datetime | None,
) -> int:
    """Write an act on a locked window into its history; which one it is."""
    ordinal: int = await tx.fetchval(
        ADD_CHANGE, window.id, kind, at, by, unit, window.closes_at, closes_at, reason, gap_from
    )
    return ordinal


COUNT = "select count(*) from window_changes where window_id = $1"


async def count(conn: Connection, window_id: UUID) -> int:
    """How many acts there were on a window."""
    found: int = await conn.fetchval(COUNT, window_id)
    return found


@dataclass(frozen=True)
class Change:
    """One act: which, by whom of which unit, when, why, and the close before and after it."""

    ordinal: int
    kind: str
    changed_at: datetime
    unit: str
    from_closes_at: datetime
    to_closes_at: datetime
    reason: str
    gap_from: datetime | None


CHANGES = """
select c.ordinal, c.kind, c.changed_at, coalesce(c.changed_unit, d.drafting_unit) as unit, c.from_closes_at,
       c.to_closes_at, c.reason, c.gap_from
  from window_changes c
  join windows w on w.id = c.window_id
  join documents d on d.id = w.document_id
 where c.window_id = $1
 order by c.ordinal
"""


async def changes_of(conn: Connection, window_id: UUID) -> list[Change]:
    """The acts on a window, in order."""
    return [Change(**row) for row in await conn.fetch(CHANGES, window_id)]

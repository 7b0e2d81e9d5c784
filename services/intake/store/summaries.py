"""Recorded feedback summaries, and the figures of a year that were kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Summary:
    """The row of a summary; its content lies in the content store."""

    window_id: UUID
    summary_hash: str
    received: int
    late: int
    recorded_at: datetime
    ordinal: int


FIND = """
select window_id, summary_hash, received, late, recorded_at, ordinal
  from feedback_summaries
 where window_id = $1
 order by ordinal desc
 limit 1
"""


async def find(conn: Connection, window_id: UUID) -> Summary | None:
    """The newest summary of a window, once one is recorded."""
    row = await conn.fetchrow(FIND, window_id)
    return Summary(**row) if row else None


ADD = """
insert into feedback_summaries (window_id, ordinal, summary_hash, received, late)
select $1, count(*) + 1, $2, $3, $4 from feedback_summaries where window_id = $1
returning ordinal
"""


async def add(tx: Connection, window_id: UUID, *, summary_hash: str, received: int, late: int) -> int:
    """Record the summary of a locked window: its first, or the next after it was reopened; which one it is."""
    ordinal: int = await tx.fetchval(ADD, window_id, summary_hash, received, late)
    return ordinal


OF_WINDOW = """
select window_id, summary_hash, received, late, recorded_at, ordinal
  from feedback_summaries
 where window_id = $1
 order by ordinal
"""


async def of_window(conn: Connection, window_id: UUID) -> list[Summary]:
    """Every summary of a window: more than one where it was reopened."""
    return [Summary(**row) for row in await conn.fetch(OF_WINDOW, window_id)]


KEEP = """
insert into kept_figures (issuer_unit, year, content_hash) values ($1, $2, $3)
on conflict (issuer_unit, year, content_hash) do nothing
"""


async def keep_figures(tx: Connection, issuer_unit: str, year: int, content_hash: str) -> None:
    """Note where the figures of a year are kept."""
    await tx.execute(KEEP, issuer_unit, year, content_hash)

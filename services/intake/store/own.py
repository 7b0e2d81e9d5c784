"""Taking back one's own comment, by its receipt."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.kernel.runtime.db import Connection

# As with taking: the instant is read once, and a close that is under way is waited for (store/comments.py).
TAKE_BACK = """
with moment as materialized (select clock_timestamp() as at),
     standing as (
    select w.id, m.at
      from windows w, moment m
     where w.id = $1 and (window_is_open(w, m.at) or w.suspended_at is not null and w.closed_at is null)
       for key share of w
)
update comments c set withdrawn_at = s.at
  from standing s
 where c.receipt = $2 and c.window_id = s.id and c.withdrawn_at is null
returning c.withdrawn_at
"""


async def take_back(tx: Connection, window_id: UUID, receipt: str) -> datetime | None:
    """The author takes a comment back while its window is not closed; None when that is no change."""
    at: datetime | None = await tx.fetchval(TAKE_BACK, window_id, receipt)
    return at

"""What calendars and feed readers ask: which closes are to come, and what has opened or closed, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.runtime.db import Connection

CLOSES_AT_MOST = 500


@dataclass(frozen=True)
class Close:
    """A close to come; `acts` counts what was done to the window, the last of it at `changed_at`."""

    window_id: UUID
    title: str
    unit: str
    opens_at: datetime
    closes_at: datetime
    suspended: bool
    acts: int
    changed_at: datetime
    now: datetime


CLOSES = """
select w.id as window_id, d.title, coalesce(u.name, d.drafting_unit) as unit, w.opens_at, w.closes_at,
       w.suspended_at is not null as suspended, c.acts, coalesce(c.changed_at, w.opens_at) as changed_at, m.at as now
  from windows w
  join documents d on d.id = w.document_id
  left join directory.units u on u.id = d.drafting_unit
 cross join (select clock_timestamp() as at) m
 cross join lateral (select count(*) as acts, max(changed_at) as changed_at
                       from window_changes c where c.window_id = w.id) c
 where w.opens_at <= m.at and (window_is_open(w, m.at) or w.suspended_at is not null and w.closed_at is null)
   and ($1::uuid is null or w.id = $1)
 order by w.closes_at, w.id
 limit $2
"""


async def closes(conn: Connection, window_id: UUID | None = None) -> list[Close]:
    """The closes of windows that stand open or suspended, the next first; of one window, if named."""
    return [Close(**row) for row in await conn.fetch(CLOSES, window_id, CLOSES_AT_MOST)]


@dataclass(frozen=True)
class Entry:
    """That a consultation opened, or closed; `updated` moves when there is more to say about it."""

    event_id: UUID
    event: str
    window_id: UUID
    title: str
    unit: str
    opens_at: datetime
    closes_at: datetime
    suspended: bool
    published: datetime
    updated: datetime
    received: int | None
    answered: bool


# An event keeps its id for ever: it is made of the window's and of what happened.
ENTRIES = """
with known as (
    select w.id, d.title, coalesce(u.name, d.drafting_unit) as unit, w.opens_at, w.closes_at, w.closed_at,
           w.suspended_at is not null and w.closed_at is null as suspended, w.answers_published_at,
           (select max(c.changed_at) from window_changes c where c.window_id = w.id) as changed_at, s.recorded_at,
           s.received
      from windows w
      join documents d on d.id = w.document_id
      left join directory.units u on u.id = d.drafting_unit
      left join lateral (select f.recorded_at, f.received from feedback_summaries f
                          where f.window_id = w.id and w.summary_at is not null
                          order by f.ordinal desc limit 1) s on true
     where w.opens_at <= clock_timestamp() and not w.ended_early
), entries as (
    select md5(id || 'opened')::uuid as event_id, 'opened' as event, id as window_id, title, unit, opens_at, closes_at,
           suspended, opens_at as published, coalesce(changed_at, opens_at) as updated, null::integer as received,
           false as answered
      from known
    union all
    select md5(id || 'closed')::uuid, 'closed', id, title, unit, opens_at, closes_at, false, closed_at,
           greatest(closed_at, recorded_at, answers_published_at), received, answers_published_at is not null
      from known
     where closed_at is not null
)
select event_id, event, window_id, title, unit, opens_at, closes_at, suspended, published, updated, received, answered
  from entries
 where $1::timestamptz is null or (updated, event_id) < ($1, $2::uuid)
 order by updated desc, event_id desc
 limit $3
"""


async def entries(conn: Connection, *, before: tuple[datetime, UUID] | None, limit: int) -> list[Entry]:
    """Consultations that opened or closed, what was said last first, after the last one of the page before."""
    at, event_id = before or (None, None)
    return [Entry(**row) for row in await conn.fetch(ENTRIES, at, event_id, limit)]

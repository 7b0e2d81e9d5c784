"""Comment windows as they stand. Whether one is open, the database says in one expression (`window_is_open`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.domain.windows import WindowState, WindowUnknown, state_of
from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Window:
    """One window with its document's name, and the instant at which it was read."""

    id: UUID
    document_id: UUID
    version: int
    text_hash: str
    rule_id: str
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    ended_early: bool
    shortening_reason: str | None
    notice: dict[str, Any]
    reply_to: str
    trace: dict[str, str]
    summary_at: datetime | None
    answered_at: datetime | None
    answers_published_at: datetime | None
    suspended_at: datetime | None
    stopped_at: datetime | None
    suspension_reason: str | None
    title: str
    kind: str
    issuer_unit: str
    drafting_unit: str
    received: int
    now: datetime
    is_open: bool

    @property
    def state(self) -> WindowState:
        """Where it stood when it was read."""
        return state_of(
            now=self.now,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            closed_at=self.closed_at,
            suspended_at=self.suspended_at,
            ended_early=self.ended_early,
            summary_at=self.summary_at,
            answers_published_at=self.answers_published_at,
        )


OPEN = """
insert into windows (id, document_id, version, text_hash, rule_id, opens_at, closes_at, shortening_reason, notice,
                     reply_to, trace)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (reply_to) do nothing
returning id
"""


async def add(
    tx: Connection,
    *,
    window_id: UUID,
    document_id: UUID,
    version: int,
    text_hash: str,
    rule_id: str,
    opens_at: datetime,
    closes_at: datetime,
    shortening_reason: str | None,
    notice: dict[str, Any],
    reply_to: str,
    trace: dict[str, str],
) -> bool:
    """Open a window; False when this phase has opened one already."""
    added = await tx.fetchval(
        OPEN, window_id, document_id, version, text_hash, rule_id, opens_at, closes_at, shortening_reason, notice,
        reply_to, trace,
    )  # fmt: skip
    return added is not None


GET = """
select w.id, w.document_id, w.version, w.text_hash, w.rule_id, w.opens_at, w.closes_at, w.closed_at, w.ended_early,
       w.shortening_reason, w.notice, w.reply_to, w.trace, w.summary_at, w.answered_at, w.answers_published_at,
       w.suspended_at, w.stopped_at,
       (select c.reason from window_changes c where c.window_id = w.id and w.suspended_at is not null
         order by c.ordinal desc limit 1) as suspension_reason,
       d.title, d.kind, d.issuer_unit, d.drafting_unit,
       coalesce((select s.received from feedback_summaries s where s.window_id = w.id
                 order by s.ordinal desc limit 1), 0) as received,
       m.at as now, window_is_open(w, m.at) as is_open
  from windows w
  join documents d on d.id = w.document_id
 cross join (select clock_timestamp() as at) m
 where w.id = $1
"""


async def get(conn: Connection, window_id: UUID) -> Window:
    """The window of that id. Raises WindowUnknown."""
    return _window(await conn.fetchrow(GET, window_id))


GET_BY_PHASE = """
select w.id, w.document_id, w.version, w.text_hash, w.rule_id, w.opens_at, w.closes_at, w.closed_at, w.ended_early,
       w.shortening_reason, w.notice, w.reply_to, w.trace, w.summary_at, w.answered_at, w.answers_published_at,
       w.suspended_at, w.stopped_at,
       (select c.reason from window_changes c where c.window_id = w.id and w.suspended_at is not null
         order by c.ordinal desc limit 1) as suspension_reason,
       d.title, d.kind, d.issuer_unit, d.drafting_unit,
       coalesce((select s.received from feedback_summaries s where s.window_id = w.id
                 order by s.ordinal desc limit 1), 0) as received,
       m.at as now, window_is_open(w, m.at) as is_open
  from windows w
  join documents d on d.id = w.document_id
 cross join (select clock_timestamp() as at) m
 where w.reply_to = $1
"""


async def get_by_phase(conn: Connection, reply_to: str) -> Window:
    """The window that a phase opened. Raises WindowUnknown."""
    return _window(await conn.fetchrow(GET_BY_PHASE, reply_to))


GET_LOCKED = """
select w.id, w.document_id, w.version, w.text_hash, w.rule_id, w.opens_at, w.closes_at, w.closed_at, w.ended_early,
       w.shortening_reason, w.notice, w.reply_to, w.trace, w.summary_at, w.answered_at, w.answers_published_at,
       w.suspended_at, w.stopped_at,
       (select c.reason from window_changes c where c.window_id = w.id and w.suspended_at is not null
         order by c.ordinal desc limit 1) as suspension_reason,
       d.title, d.kind, d.issuer_unit, d.drafting_unit,
       coalesce((select s.received from feedback_summaries s where s.window_id = w.id
                 order by s.ordinal desc limit 1), 0) as received,
       m.at as now, window_is_open(w, m.at) as is_open
  from windows w
  join documents d on d.id = w.document_id
 cross join (select clock_timestamp() as at) m
 where w.id = $1
   for update of w
"""


async def get_locked(tx: Connection, window_id: UUID) -> Window:
    """The same, waiting for comments in flight and keeping new ones waiting. Raises WindowUnknown."""
    return _window(await tx.fetchrow(GET_LOCKED, window_id))


OF_DOCUMENT = """
select w.id, w.document_id, w.version, w.text_hash, w.rule_id, w.opens_at, w.closes_at, w.closed_at, w.ended_early,
       w.shortening_reason, w.notice, w.reply_to, w.trace, w.summary_at, w.answered_at, w.answers_published_at,
       w.suspended_at, w.stopped_at,
       (select c.reason from window_changes c where c.window_id = w.id and w.suspended_at is not null
         order by c.ordinal desc limit 1) as suspension_reason,
       d.title, d.kind, d.issuer_unit, d.drafting_unit,
       coalesce((select s.received from feedback_summaries s where s.window_id = w.id
                 order by s.ordinal desc limit 1), 0) as received,
       m.at as now, window_is_open(w, m.at) as is_open
  from windows w
  join documents d on d.id = w.document_id
 cross join (select clock_timestamp() as at) m
 where w.document_id = $1
 order by w.opens_at
"""


async def of_document(conn: Connection, document_id: UUID) -> list[Window]:
    """Every window of a document, in order."""
    return [_window(row) for row in await conn.fetch(OF_DOCUMENT, document_id)]


LIST = """
select w.id, w.document_id, w.version, w.text_hash, w.rule_id, w.opens_at, w.closes_at, w.closed_at, w.ended_early,
       w.shortening_reason, w.notice, w.reply_to, w.trace, w.summary_at, w.answered_at, w.answers_published_at,
       w.suspended_at, w.stopped_at,
       (select c.reason from window_changes c where c.window_id = w.id and w.suspended_at is not null
         order by c.ordinal desc limit 1) as suspension_reason,
       d.title, d.kind, d.issuer_unit, d.drafting_unit,
       coalesce((select s.received from feedback_summaries s where s.window_id = w.id
                 order by s.ordinal desc limit 1), 0) as received,
       m.at as now, window_is_open(w, m.at) as is_open
  from windows w
  join documents d on d.id = w.document_id
 cross join (select clock_timestamp() as at) m
 where w.opens_at <= m.at and not w.ended_early
   and ($1::text is null
        or $1 = 'open' and window_is_open(w, m.at)
        or $1 = 'suspended' and w.suspended_at is not null and w.closed_at is null
        or $1 = 'closed' and not window_is_open(w, m.at) and (w.suspended_at is null or w.closed_at is not null)
                         and w.answers_published_at is null
        or $1 = 'answered' and w.answers_published_at is not null)
   and ($2::uuid is null or w.document_id = $2)
   and ($3::timestamptz is null or (w.opens_at, w.id) < ($3, $4::uuid))
 order by w.opens_at desc, w.id desc
 limit $5
"""


async def listed(
    conn: Connection,
    *,
    state: str | None = None,
    document_id: UUID | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Window]:
    """Windows that the public may know of, newest first; `state` is open, suspended, closed, answered, or None for all."""
    at, window_id = before or (None, None)
    return [_window(row) for row in await conn.fetch(LIST, state, document_id, at, window_id, limit)]


OF_UNIT = """
select w.id, w.document_id, w.version, w.text_hash, w.rule_id, w.opens_at, w.closes_at, w.closed_at, w.ended_early,
       w.shortening_reason, w.notice, w.reply_to, w.trace, w.summary_at, w.answered_at, w.answers_published_at,
       w.suspended_at, w.stopped_at,
       (select c.reason from window_changes c where c.window_id = w.id and w.suspended_at is not null
         order by c.ordinal desc limit 1) as suspension_reason,
       d.title, d.kind, d.issuer_unit, d.drafting_unit,
       coalesce((select s.received from feedback_summaries s where s.window_id = w.id
                 order by s.ordinal desc limit 1), 0) as received,
       m.at as now, window_is_open(w, m.at) as is_open
  from windows w
  join documents d on d.id = w.document_id
 cross join (select clock_timestamp() as at) m
 where d.drafting_unit = $1 and w.answers_published_at is null and not w.ended_early
   and not exists (select 1 from feedback_summaries s where s.window_id = w.id and s.received = 0)
 order by w.closes_at
 limit 20
"""


async def of_unit(conn: Connection, unit_id: str) -> list[Window]:
    """The consultations of a unit that still ask something of it, the next to close first."""
    return [_window(row) for row in await conn.fetch(OF_UNIT, unit_id)]


LOCK_OPEN = "select id from windows where document_id = $1 and closed_at is null order by id for update"
END_EARLY = """
update windows
   set closed_at = clock_timestamp(), ended_early = closes_at > clock_timestamp() or suspended_at is not null
 where id = any($1::uuid[]) and closed_at is null
"""


async def lock_open(tx: Connection, document_id: UUID) -> list[UUID]:
    """Lock the open windows of a document. Windows are always locked before their document."""
    return [row["id"] for row in await tx.fetch(LOCK_OPEN, document_id)]


async def end_early(tx: Connection, locked: list[UUID]) -> None:
    """A withdrawn draft takes no more comments."""
    await tx.execute(END_EARLY, locked)


SUMMARISED = (
    "update windows set summary_at = clock_timestamp() where id = $1 and summary_at is null returning summary_at"
)
ANSWERED = (
    "update windows set answered_at = clock_timestamp() where id = $1 and answered_at is null returning answered_at"
)
PUBLISHED = """
update windows set answers_published_at = clock_timestamp()
 where id = $1 and answers_published_at is null
returning answers_published_at
"""


async def mark_summarised(tx: Connection, window_id: UUID) -> None:
    """The summary of a locked window is recorded."""
    await tx.execute(SUMMARISED, window_id)


async def mark_answered(tx: Connection, window_id: UUID) -> bool:
    """Every comment has its answer; True when that is new."""
    return await tx.fetchval(ANSWERED, window_id) is not None


async def mark_published(tx: Connection, window_id: UUID) -> bool:
    """The answers are public; True when that is new."""
    return await tx.fetchval(PUBLISHED, window_id) is not None


def _window(row: Any) -> Window:
    if row is None:
        raise WindowUnknown
    return Window(**row)

"""Public notices about consultations. What state they are in, the instants tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.contracts.notify import PostNotice
from services.kernel.runtime.db import Connection

# Posting a key again renews what may change with an act on the window: the instants, the count, the link. What came of
# a window that was reopened is news once more; the notice of the window itself keeps its place in time.
POST = """
insert into notices (key, notice, document_id, title, issuer_unit, drafting_unit, opens_at, closes_at, received, link,
                     suspended)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (key) do update
   set opens_at = excluded.opens_at, closes_at = excluded.closes_at, received = excluded.received,
       link = excluded.link, suspended = excluded.suspended,
       posted_at = case when notices.notice in ('feedback', 'answers') then clock_timestamp() else notices.posted_at end
"""


async def post(tx: Connection, notice: PostNotice) -> None:
    """Write a notice, or renew the one under the same key."""
    document = notice.document
    await tx.execute(
        POST,
        notice.key,
        notice.notice,
        document.document_id,
        document.title,
        document.issuer_unit,
        document.drafting_unit,
        notice.opens_at,
        notice.closes_at,
        notice.received,
        notice.link,
        notice.suspended,
    )


@dataclass(frozen=True)
class Window:
    """A consultation as its notice tells it."""

    document_id: UUID
    title: str
    drafting_name: str
    opens_at: datetime
    closes_at: datetime
    link: str
    suspended: bool


OPEN = """
select n.document_id, n.title, coalesce(u.short_name, n.drafting_unit) as drafting_name, n.opens_at, n.closes_at, n.link,
       n.suspended
  from notices as n
  left join directory.units as u on u.id = n.drafting_unit
 where n.notice = 'window' and (n.closes_at > $1 or n.suspended)
 order by n.closes_at, n.key
 limit $2
"""


async def open_windows(conn: Connection, now: datetime, limit: int) -> list[Window]:
    """Windows that have not closed at `now`, also those that are suspended, the next to close first."""
    return [Window(**row) for row in await conn.fetch(OPEN, now, limit)]


@dataclass(frozen=True)
class Result:
    """What came of a closed consultation; None while it has not been said."""

    document_id: UUID
    title: str
    drafting_name: str
    closed_at: datetime
    received: int | None
    answered: bool
    link: str


# The link goes to the newest that was said: the answers, else the feedback, else the consultation itself.
RESULTS = """
select w.document_id, w.title, coalesce(u.short_name, w.drafting_unit) as drafting_name, w.closes_at as closed_at,
       f.received, a.key is not null as answered, coalesce(a.link, f.link, w.link) as link
  from notices as w
  left join directory.units as u on u.id = w.drafting_unit
  left join lateral (select max(n.posted_at) as at from notices as n
                      where n.document_id = w.document_id and n.notice = 'reopened') as o on true
  left join lateral (select n.received, n.link from notices as n
                      where n.document_id = w.document_id and n.notice = 'feedback' and n.posted_at > w.posted_at
                        and n.posted_at > coalesce(o.at, n.posted_at - interval '1 second')
                      order by n.posted_at desc limit 1) as f on true
  left join lateral (select n.key, n.link from notices as n
                      where n.document_id = w.document_id and n.notice = 'answers' and n.posted_at > w.posted_at
                        and n.posted_at > coalesce(o.at, n.posted_at - interval '1 second')
                      order by n.posted_at desc limit 1) as a on true
 where w.notice = 'window' and w.closes_at <= $1 and not w.suspended
 order by w.closes_at desc, w.key
 limit $2
"""


async def results(conn: Connection, now: datetime, limit: int) -> list[Result]:
    """Consultations that have closed at `now`, the last to close first."""
    return [Result(**row) for row in await conn.fetch(RESULTS, now, limit)]


RECEIVED = """
select coalesce(sum(received), 0) from notices
 where notice = 'feedback' and extract(year from posted_at at time zone $1) = $2
"""


async def received_in(conn: Connection, year: int, zone: str) -> int:
    """Comments of consultations whose feedback was published in the year."""
    return int(await conn.fetchval(RECEIVED, zone, year))


OPEN_COUNT = """
select count(*) from notices where notice = 'window' and opens_at <= $1 and closes_at > $1 and not suspended
"""


async def open_count(conn: Connection, now: datetime) -> int:
    """How many windows are open at `now`."""
    return int(await conn.fetchval(OPEN_COUNT, now))


@dataclass(frozen=True)
class ActNotice:
    """That a person acted on a window: which act, the close after it, and when that was made public."""

    notice: str
    title: str
    drafting_name: str
    closes_at: datetime | None
    posted_at: datetime
    link: str


ACTS = """
select n.notice, n.title, coalesce(u.short_name, n.drafting_unit) as drafting_name, n.closes_at, n.posted_at, n.link
  from notices as n
  left join directory.units as u on u.id = n.drafting_unit
 where n.notice in ('extended', 'suspended', 'resumed', 'stopped', 'reopened')
 order by n.posted_at desc, n.key
 limit $1
"""


async def acts(conn: Connection, limit: int) -> list[ActNotice]:
    """The newest acts on windows, of all consultations."""
    return [ActNotice(**row) for row in await conn.fetch(ACTS, limit)]

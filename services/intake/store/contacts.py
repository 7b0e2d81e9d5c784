"""Who commented: read and let go of under a role of its own, which only the relay connects with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.runtime.db import Connection

AS_ROLE = "contacts"


@dataclass(frozen=True)
class Address:
    """What a commenter left to be answered by."""

    name: str | None
    contact: str | None


ADDRESS = "select name, contact from comment_contacts where comment_id = $1"


async def address_of(conn: Connection, comment_id: UUID) -> Address | None:
    """The commenter's name and contact; None where none was left, or it was let go of. Needs the contacts role."""
    row = await conn.fetchrow(ADDRESS, comment_id)
    return Address(**row) if row else None


@dataclass(frozen=True)
class Left:
    """Under which comment which way of being reached was left."""

    comment_id: UUID
    contact: str


LEFT = """
select k.comment_id, k.contact
  from comments c
  join comment_contacts k on k.comment_id = c.id
 where c.window_id = $1 and k.contact is not null and ($2::uuid is null or c.id > $2)
 order by c.id
 limit $3
"""


async def held_of(conn: Connection, window_id: UUID, *, after: UUID | None, limit: int) -> list[Left]:
    """The contacts of a window's commenters, in the order of their comments. Needs the contacts role."""
    return [Left(**row) for row in await conn.fetch(LEFT, window_id, after, limit)]


@dataclass(frozen=True)
class Held:
    """A window whose commenters' contacts are still held after its answers were published."""

    window_id: UUID
    published_at: datetime
    now: datetime


HELD = """
select w.id as window_id, w.answers_published_at as published_at, clock_timestamp() as now
  from windows w
 where w.answers_published_at is not null
   and exists (select 1 from comments c join comment_contacts k on k.comment_id = c.id where c.window_id = w.id)
"""


async def held(conn: Connection) -> list[Held]:
    """Where contacts are still held though the answers are public. Needs the contacts role."""
    return [Held(**row) for row in await conn.fetch(HELD)]


PURGE = """
with gone as (
    delete from comment_contacts k
     using comments c
     where c.id = k.comment_id and c.window_id = any($1::uuid[])
    returning k.comment_id
)
insert into contact_erasures (comment_id, cause)
select comment_id, 'retention' from gone
returning comment_id
"""


async def purge(tx: Connection, window_ids: list[UUID]) -> int:
    """Let go of the personal data of these windows; how many contacts there were. Needs the contacts role."""
    return len(await tx.fetch(PURGE, window_ids))

"""Lines of the opinions table: a group of opinions, or one, with what it was answered. Live until published, then kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Line:
    """One line. `key` is what one answers: a group's id, the likeness of equal opinions, or an opinion's own id."""

    key: str
    name: str
    size: int
    comment_id: UUID
    about: str
    body: str
    body_hash: str
    channel: str
    received_at: datetime
    text_version: int
    hidden_reason: str | None
    revision: int
    own: bool
    disposition: str | None
    reason: str
    clause: str
    answered_by: str | None
    decided: list[list[int]] | None

    @property
    def place(self) -> tuple[int, UUID]:
        """Where the next page of lines begins."""
        return self.size, self.comment_id


# The grouping sees ids and numbers only; words are fetched for the lines of one page.
LIVE = """
with line as (
    select coalesce(case when a.own then c.id::text end, m.group_id::text, c.likeness) as key,
           coalesce(a.revision, 0) as revision,
           count(*) as size,
           min(c.id::text) as first,
           coalesce(min(c.id::text) filter (where c.hidden_at is null), min(c.id::text)) as shown
      from comments c
      left join opinion_members m on m.comment_id = c.id
      left join answers a on a.comment_id = c.id
     where c.window_id = $1 and c.withdrawn_at is null and (not $2 or a.comment_id is null)
     group by 1, 2
    having $3::bigint is null or (-count(*), coalesce(min(c.id::text) filter (where c.hidden_at is null),
                                                      min(c.id::text))) > (-$3::bigint, $4::text)
     order by size desc, shown
     limit $5
)
select line.key, coalesce(g.name, '') as name, line.size, c.id as comment_id, c.clause as about, c.body, c.body_hash,
       c.channel, c.received_at, c.text_version, c.hidden_reason, line.revision,
       coalesce(a.own, false) as own, a.disposition, coalesce(a.reason, '') as reason, coalesce(a.clause, '') as clause,
       a.answered_by, comment_decisions(c.id) as decided
  from line
  join comments c on c.id = line.shown::uuid
  left join answers a on a.comment_id = line.first::uuid
  left join opinion_groups g on g.id::text = line.key
 order by line.size desc, line.shown
"""


async def live(
    conn: Connection,
    window_id: UUID,
    *,
    unanswered: bool = False,
    after: tuple[int, UUID] | None = None,
    limit: int | None = None,
) -> list[Line]:
    """The lines as they stand, the largest first; `unanswered` leaves out what has its answer."""
    size, shown = after or (None, None)
    place = str(shown) if shown else None
    return [Line(**row) for row in await conn.fetch(LIVE, window_id, unanswered, size, place, limit)]


# Who answers answers the whole group, also where its members came by different answers: one line for each key.
TO_ANSWER = """
with line as (
    select coalesce(case when a.own then c.id::text end, m.group_id::text, c.likeness) as key,
           coalesce(max(a.revision), 0) as revision,
           count(*) as size,
           count(a.comment_id) as answered,
           (array_agg(a.comment_id order by a.revision desc nulls last))[1] as newest,
           coalesce(min(c.id::text) filter (where c.hidden_at is null), min(c.id::text)) as shown
      from comments c
      left join opinion_members m on m.comment_id = c.id
      left join answers a on a.comment_id = c.id
     where c.window_id = $1 and c.withdrawn_at is null
     group by 1
    having (not $2 or count(a.comment_id) < count(*))
       and ($3::bigint is null or (-count(*), coalesce(min(c.id::text) filter (where c.hidden_at is null),
                                                       min(c.id::text))) > (-$3::bigint, $4::text))
     order by size desc, shown
     limit $5
)
select line.key, coalesce(g.name, '') as name, line.size, c.id as comment_id, c.clause as about, c.body, c.body_hash,
       c.channel, c.received_at, c.text_version, c.hidden_reason, line.revision,
       coalesce(a.own, false) as own, case when line.answered = line.size then a.disposition end as disposition,
       coalesce(a.reason, '') as reason, coalesce(a.clause, '') as clause, a.answered_by,
       comment_decisions(c.id) as decided
  from line
  join comments c on c.id = line.shown::uuid
  left join answers a on a.comment_id = line.newest
  left join opinion_groups g on g.id::text = line.key
 order by line.size desc, line.shown
"""


async def to_answer(
    conn: Connection,
    window_id: UUID,
    *,
    unanswered: bool = False,
    after: tuple[int, UUID] | None = None,
    limit: int | None = None,
) -> list[Line]:
    """The groups and single opinions as one answers them, the largest first; answered only when all of it is."""
    size, shown = after or (None, None)
    place = str(shown) if shown else None
    return [Line(**row) for row in await conn.fetch(TO_ANSWER, window_id, unanswered, size, place, limit)]


MEMBERS = """
select c.id::text as key, '' as name, 1 as size, c.id as comment_id, c.clause as about, c.body, c.body_hash, c.channel,
       c.received_at, c.text_version, c.hidden_reason, coalesce(a.revision, 0) as revision,
       coalesce(a.own, false) as own, a.disposition, coalesce(a.reason, '') as reason, coalesce(a.clause, '') as clause,
       a.answered_by, comment_decisions(c.id) as decided
  from comments c
  left join opinion_members m on m.comment_id = c.id
  left join answers a on a.comment_id = c.id
 where c.window_id = $1 and c.withdrawn_at is null
   and coalesce(m.group_id::text, c.likeness) = $2
   and ($3::uuid is null or c.id > $3)
 order by c.id
 limit $4
"""


async def members(
    conn: Connection, window_id: UUID, key: str, *, after: UUID | None = None, limit: int = 20
) -> list[Line]:
    """The opinions of one group, one by one, in the order in which they came."""
    return [Line(**row) for row in await conn.fetch(MEMBERS, window_id, key, after, limit)]


PUBLISHED = """
select l.position, l.key, l.name, l.size, c.id as comment_id, c.clause as about, c.body, c.body_hash, c.channel,
       c.received_at, c.text_version, c.hidden_reason, 0 as revision, false as own, l.disposition, l.reason, l.clause,
       null as answered_by, comment_decisions(c.id) as decided
  from opinion_lines l
  join comments c on c.id = l.comment_id
 where l.window_id = $1 and l.position > $2
   and ($3::text is null or l.disposition = $3)
   and ($4::text is null or c.hidden_at is null and position(lower($4) in lower(c.body)) > 0
        or position(lower($4) in lower(l.reason)) > 0 or position(lower($4) in lower(l.name)) > 0)
   and ($5::text is null or c.clause = $5)
 order by l.position
 limit $6
"""


@dataclass(frozen=True)
class Published:
    """A line of the published table at its place."""

    position: int
    line: Line


async def published(
    conn: Connection,
    window_id: UUID,
    *,
    after: int = 0,
    disposition: str | None = None,
    words: str | None = None,
    about: str | None = None,
    limit: int | None = None,
) -> list[Published]:
    """The lines as published, after a position; those with that answer, these words, about that clause."""
    rows = await conn.fetch(PUBLISHED, window_id, after, disposition, words, about, limit)
    return [_published(dict(row)) for row in rows]


def _published(row: dict[str, Any]) -> Published:
    return Published(row.pop("position"), Line(**row))


ADD_TABLE = """
insert into opinion_tables (window_id, table_hash, lines) values ($1, $2, $3) on conflict (window_id) do nothing
"""
ADD_LINE = """
insert into opinion_lines (window_id, position, key, name, comment_id, size, disposition, reason, clause)
select $1, l.position, l.key, l.name, l.comment_id, l.size, l.disposition, l.reason, l.clause
  from unnest($2::integer[], $3::text[], $4::text[], $5::uuid[], $6::integer[], $7::text[], $8::text[], $9::text[])
       as l (position, key, name, comment_id, size, disposition, reason, clause)
"""


async def keep(tx: Connection, window_id: UUID, table_hash: str, found: list[Line]) -> None:
    """Keep the table as it is published."""
    await tx.execute(ADD_TABLE, window_id, table_hash, len(found))
    await tx.execute(
        ADD_LINE,
        window_id,
        list(range(1, len(found) + 1)),
        [line.key for line in found],
        [line.name for line in found],
        [line.comment_id for line in found],
        [line.size for line in found],
        [line.disposition for line in found],
        [line.reason for line in found],
        [line.clause for line in found],
    )


@dataclass(frozen=True)
class Table:
    """A table that was published, by its hash."""

    table_hash: str
    lines: int
    published_at: datetime


TABLE = "select table_hash, lines, published_at from opinion_tables where window_id = $1"


async def table_of(conn: Connection, window_id: UUID) -> Table | None:
    """The published table of a window, once there is one."""
    row = await conn.fetchrow(TABLE, window_id)
    return Table(**row) if row else None

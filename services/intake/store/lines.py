"""Lines of the opinions table: a group of opinions, or one, with what it was answered. Live until published, then kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.domain.paging import Place
from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Line:
    """One line. `key` is what one answers: a group's id, or that of an opinion with an answer of its own."""

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
    def place(self) -> Place:
        """Where the next page of lines begins."""
        return Place(self.size, UUID(self.key), self.revision)


LAST = 2**31 - 1
FIRST = Place(LAST, UUID(int=0), 0)

# A page takes no time; the whole table of a million opinions, which is published once, does.
WHOLE_SECONDS = 600
# Lines are found by the figures that are kept of groups (0109, 0114); words are fetched for those of one page, one by
# one (limit 1), however many the planner expects; a function is called only for the few lines that need it, for a call
# costs more than all else of a line. One group is several lines when its opinions came by different
# answers, as after a merge.
LIVE = """
with line as (
    (select g.id as key, 0 as revision, g.size - g.answered as size, false as own
       from opinion_groups g
      where g.window_id = $1 and g.retired_at is null and g.answered < g.size
        and (g.answered - g.size, g.id) > (-$2::integer, $3::uuid)
      order by g.answered - g.size, g.id
      limit $5)
    union all
    (select n.group_id, n.revision, n.size, false
       from group_answers n
      where n.window_id = $1 and n.size > 0 and (-n.size, n.group_id, n.revision) > (-$2::integer, $3::uuid, $4::integer)
      order by -n.size, n.group_id, n.revision
      limit $5)
    union all
    (select a.comment_id, a.revision, 1, true
       from answers a
       join comments c on c.id = a.comment_id
      where a.window_id = $1 and a.own and c.withdrawn_at is null and (-1, a.comment_id) > (-$2::integer, $3::uuid)
      order by a.comment_id
      limit $5)
    order by size desc, key, revision
    limit $5
)
select l.key::text as key, coalesce(g.name, '') as name, l.size, c.id as comment_id, c.clause as about, c.body,
       c.body_hash, c.channel, c.received_at, c.text_version, c.hidden_reason, l.revision, l.own, a.disposition,
       coalesce(a.reason, '') as reason, coalesce(a.clause, '') as clause, a.answered_by,
       case when exists (select 1 from comment_masks k where k.comment_id = c.id and k.covered is not null)
            then comment_decisions(c.id) end as decided
  from line l
  left join lateral (select m.comment_id as id, c.hidden_at
                       from opinion_members m
                      cross join lateral (select c.hidden_at from comments c
                                           where c.id = m.comment_id and c.withdrawn_at is null limit 1) c
                       left join lateral (select a.own, a.revision from answers a
                                           where a.comment_id = m.comment_id limit 1) a on true
                      where not l.own and m.window_id = $1 and m.group_id = l.key and not coalesce(a.own, false)
                        and coalesce(a.revision, 0) = l.revision
                      order by m.comment_id
                      limit 1) f on true
 cross join lateral (select case when l.own then l.key
                                 when f.hidden_at is null then f.id
                                 else opinion_shown($1, l.key, l.revision) end as id limit 1) s
 cross join lateral (select c.id, c.clause, c.body, c.body_hash, c.channel, c.received_at, c.text_version, c.hidden_reason
                        from comments c where c.id = s.id limit 1) c
  left join lateral (select a.disposition, a.reason, a.clause, a.answered_by
                       from answers a where a.comment_id = s.id limit 1) a on true
  left join lateral (select g.name from opinion_groups g where g.id = l.key limit 1) g on true
 order by l.size desc, l.key, l.revision
"""


async def live(
    conn: Connection, window_id: UUID, *, after: Place | None = None, limit: int | None = None
) -> list[Line]:
    """The lines as they stand, the largest first, then by the arrival of their groups."""
    rows = await conn.fetch(LIVE, window_id, *(after or FIRST), limit, timeout=WHOLE_SECONDS)
    return [Line(**row) for row in rows]


# Who answers answers the whole group, also where its members came by different answers: one line for each key.
TO_ANSWER = """
with line as (
    (select g.id as key, g.size - g.own as size, false as own
       from opinion_groups g
      where not $2 and g.window_id = $1 and g.retired_at is null and g.own < g.size
        and (g.own - g.size, g.id) > (-$3::integer, $4::uuid)
      order by g.own - g.size, g.id
      limit $5)
    union all
    (select g.id, g.size - g.own, false
       from opinion_groups g
      where $2 and g.window_id = $1 and g.retired_at is null and g.answered < g.size
        and (g.own - g.size, g.id) > (-$3::integer, $4::uuid)
      order by g.own - g.size, g.id
      limit $5)
    union all
    (select a.comment_id, 1, true
       from answers a
       join comments c on c.id = a.comment_id
      where not $2 and a.window_id = $1 and a.own and c.withdrawn_at is null
        and (-1, a.comment_id) > (-$3::integer, $4::uuid)
      order by a.comment_id
      limit $5)
    order by size desc, key
    limit $5
)
select l.key::text as key, coalesce(g.name, '') as name, l.size, c.id as comment_id, c.clause as about, c.body,
       c.body_hash, c.channel, c.received_at, c.text_version, c.hidden_reason, coalesce(a.revision, 0) as revision,
       l.own, case when l.own or g.answered = g.size then a.disposition end as disposition,
       coalesce(a.reason, '') as reason, coalesce(a.clause, '') as clause, a.answered_by,
       case when exists (select 1 from comment_masks k where k.comment_id = c.id and k.covered is not null)
            then comment_decisions(c.id) end as decided
  from line l
  left join lateral (select g.name, g.size, g.answered from opinion_groups g where g.id = l.key limit 1) g on true
  left join lateral (select m.comment_id as id, c.hidden_at
                       from opinion_members m
                      cross join lateral (select c.hidden_at from comments c
                                           where c.id = m.comment_id and c.withdrawn_at is null limit 1) c
                      where not l.own and m.window_id = $1 and m.group_id = l.key
                        and not exists (select 1 from answers a where a.comment_id = m.comment_id and a.own)
                      order by m.comment_id
                      limit 1) f on true
 cross join lateral (select max(n.revision) as revision from group_answers n where n.group_id = l.key and n.size > 0) n
 cross join lateral (select case when l.own then l.key
                                 when f.hidden_at is null then f.id
                                 else opinion_shown($1, l.key, null) end as id,
                            case when l.own then l.key
                                 when n.revision > 0 then opinion_shown($1, l.key, n.revision) end as answered limit 1) s
 cross join lateral (select c.id, c.clause, c.body, c.body_hash, c.channel, c.received_at, c.text_version, c.hidden_reason
                        from comments c where c.id = s.id limit 1) c
  left join lateral (select a.disposition, a.reason, a.clause, a.answered_by, a.revision
                       from answers a where a.comment_id = s.answered limit 1) a on true
 order by l.size desc, l.key
"""


async def to_answer(
    conn: Connection, window_id: UUID, *, unanswered: bool = False, after: Place | None = None, limit: int | None = None
) -> list[Line]:
    """The groups and single opinions as one answers them, the largest first; answered only when all of it is."""
    size, key, _ = after or FIRST
    rows = await conn.fetch(TO_ANSWER, window_id, unanswered, size, key, limit, timeout=WHOLE_SECONDS)
    return [Line(**row) for row in rows]


MEMBERS = """
select c.id::text as key, '' as name, 1 as size, c.id as comment_id, c.clause as about, c.body, c.body_hash, c.channel,
       c.received_at, c.text_version, c.hidden_reason, coalesce(a.revision, 0) as revision,
       coalesce(a.own, false) as own, a.disposition, coalesce(a.reason, '') as reason, coalesce(a.clause, '') as clause,
       a.answered_by, comment_decisions(c.id) as decided
  from opinion_members m
  join comments c on c.id = m.comment_id
  left join answers a on a.comment_id = m.comment_id
 where m.window_id = $1 and m.group_id = $2 and m.comment_id > $3 and c.withdrawn_at is null
 order by m.comment_id
 limit $4
"""


async def members(
    conn: Connection, window_id: UUID, group_id: UUID, *, after: UUID | None = None, limit: int = 20
) -> list[Line]:
    """The opinions of one group, one by one, in the order in which they came."""
    return [Line(**row) for row in await conn.fetch(MEMBERS, window_id, group_id, after or FIRST.key, limit)]


PUBLISHED = """
select l.position, l.key, l.name, l.size, c.id as comment_id, c.clause as about, c.body, c.body_hash, c.channel,
       c.received_at, c.text_version, c.hidden_reason, 0 as revision, false as own, l.disposition, l.reason, l.clause,
       null as answered_by,
       case when exists (select 1 from comment_masks k where k.comment_id = c.id and k.covered is not null)
            then comment_decisions(c.id) end as decided
  from opinion_lines l
  join comments c on c.id = l.comment_id
 where l.window_id = $1 and l.position > $2 and l.position <= $7
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
    upto: int = LAST,
) -> list[Published]:
    """The lines as published, after a position and up to another; those with that answer, these words, about that
    clause."""
    rows = await conn.fetch(PUBLISHED, window_id, after, disposition, words, about, limit, min(upto, LAST))
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

"""Answers to comments, and how many of them there are of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kernel.runtime.db import Connection

PUT_ONE = """
insert into answers (comment_id, window_id, disposition, reason, clause, answered_by)
select c.id, c.window_id, $3, $4, $5, $6
  from comments c
 where c.id = $2 and c.window_id = $1 and c.withdrawn_at is null
on conflict (comment_id) do update
   set disposition = excluded.disposition, reason = excluded.reason, clause = excluded.clause,
       answered_by = excluded.answered_by, answered_at = clock_timestamp()
returning comment_id
"""
PUT_GROUP = """
insert into answers (comment_id, window_id, disposition, reason, clause, answered_by)
select c.id, c.window_id, $3, $4, $5, $6
  from comments c
 where c.likeness = $2 and c.window_id = $1 and c.withdrawn_at is null
on conflict (comment_id) do update
   set disposition = excluded.disposition, reason = excluded.reason, clause = excluded.clause,
       answered_by = excluded.answered_by, answered_at = clock_timestamp()
returning comment_id
"""


async def put_one(
    tx: Connection, window_id: UUID, comment_id: UUID, *, disposition: str, reason: str, clause: str, by: str
) -> int:
    """Answer one comment; how many were answered (0 when this window holds no such comment)."""
    return len(await tx.fetch(PUT_ONE, window_id, comment_id, disposition, reason, clause, by))


async def put_group(
    tx: Connection, window_id: UUID, likeness: str, *, disposition: str, reason: str, clause: str, by: str
) -> int:
    """Answer all comments that say the same; how many were answered."""
    return len(await tx.fetch(PUT_GROUP, window_id, likeness, disposition, reason, clause, by))


@dataclass(frozen=True)
class Tally:
    """How many comments that stand were answered, and how."""

    answered: int
    adopted: int
    partly: int
    not_adopted: int


TALLY = """
select count(*) as answered,
       count(*) filter (where a.disposition = 'adopted') as adopted,
       count(*) filter (where a.disposition = 'partly') as partly,
       count(*) filter (where a.disposition = 'not_adopted') as not_adopted
  from answers a
  join comments c on c.id = a.comment_id
 where a.window_id = $1 and c.withdrawn_at is null
"""


async def tally(conn: Connection, window_id: UUID) -> Tally:
    """The counts now."""
    row = await conn.fetchrow(TALLY, window_id)
    assert row is not None
    return Tally(**row)


@dataclass(frozen=True)
class AnswerGroup:
    """One answer as given to one or several comments, with the first of them."""

    disposition: str
    reason: str
    clause: str
    count: int
    body: str
    about: str
    comment_id: Any


GROUPS = """
select a.disposition, a.reason, a.clause, count(*) as count,
       (array_agg(c.body order by c.id))[1] as body,
       (array_agg(c.clause order by c.id))[1] as about,
       (array_agg(c.id order by c.id))[1] as comment_id
  from answers a
  join comments c on c.id = a.comment_id
 where a.window_id = $1 and c.withdrawn_at is null
 group by a.disposition, a.reason, a.clause, c.likeness
 order by count(*) desc, min(c.id::text)
 limit $2
"""


async def groups_of(conn: Connection, window_id: UUID, *, limit: int = 500) -> list[AnswerGroup]:
    """The answers, the same answer to the same words once, the most frequent first."""
    return [AnswerGroup(**row) for row in await conn.fetch(GROUPS, window_id, limit)]

"""Answers to comments, and how many of them there are of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Put:
    """What an answer met: how many opinions it is about, how many were written, how many another had answered since."""

    targets: int
    written: int
    moved: int


@dataclass(frozen=True)
class NewAnswer:
    """An answer on its way in. `seen` is the revision that its author saw; None: none, or their own."""

    window_id: UUID
    disposition: str
    reason: str
    clause: str
    by: str
    revision: int
    seen: int | None


# The caller holds the window's lock: nobody answers between the look and the write.
PUT_ONE = """
with target as (
    select c.id, coalesce(case when $8::integer is null then a.answered_by <> $6 else a.revision > $8 end, false) as moved
      from comments c
      left join answers a on a.comment_id = c.id
     where c.id = $2 and c.window_id = $1 and c.withdrawn_at is null
), put as (
    insert into answers (comment_id, window_id, disposition, reason, clause, answered_by, revision, own)
    select t.id, $1, $3, $4, $5, $6, $7, true from target t where not t.moved
    on conflict (comment_id) do update
       set disposition = excluded.disposition, reason = excluded.reason, clause = excluded.clause,
           answered_by = excluded.answered_by, answered_at = clock_timestamp(),
           revision = excluded.revision, own = excluded.own
    returning comment_id
)
select (select count(*) from target) as targets, (select count(*) from put) as written,
       (select count(*) from target where moved) as moved
"""
PUT_GROUP = """
with target as (
    select c.id, coalesce(case when $8::integer is null then a.answered_by <> $6 else a.revision > $8 end, false) as moved
      from opinion_members m
      join comments c on c.id = m.comment_id
      left join answers a on a.comment_id = c.id
     where m.window_id = $1 and m.group_id = $2 and c.withdrawn_at is null and not coalesce(a.own, false)
), put as (
    insert into answers (comment_id, window_id, disposition, reason, clause, answered_by, revision, own)
    select t.id, $1, $3, $4, $5, $6, $7, false
      from target t
     where not exists (select 1 from target where moved)
    on conflict (comment_id) do update
       set disposition = excluded.disposition, reason = excluded.reason, clause = excluded.clause,
           answered_by = excluded.answered_by, answered_at = clock_timestamp(),
           revision = excluded.revision, own = excluded.own
    returning comment_id
)
select (select count(*) from target) as targets, (select count(*) from put) as written,
       (select count(*) from target where moved) as moved
"""


async def put_one(tx: Connection, comment_id: UUID, new: NewAnswer) -> Put:
    """Answer one comment, whatever its group was answered."""
    return await _put(tx, PUT_ONE, comment_id, new)


async def put_group(tx: Connection, group_id: UUID, new: NewAnswer) -> Put:
    """Answer a group: all of it that has no answer of its own, or nothing of it."""
    return await _put(tx, PUT_GROUP, group_id, new)


async def _put(tx: Connection, statement: str, target: UUID, new: NewAnswer) -> Put:
    row = await tx.fetchrow(
        statement, new.window_id, target, new.disposition, new.reason, new.clause, new.by, new.revision, new.seen
    )
    assert row is not None
    return Put(**row)


NEXT_REVISIONS = """
update windows set answers_revision = answers_revision + $2 where id = $1 returning answers_revision - $2 + 1
"""
REVISION = "select answers_revision from windows where id = $1"


async def next_revisions(tx: Connection, window_id: UUID, count: int) -> int:
    """The first of so many numbers for the answers of one act, in a locked window."""
    first: int = await tx.fetchval(NEXT_REVISIONS, window_id, count)
    return first


async def revision_of(conn: Connection, window_id: UUID) -> int:
    """The last act of answering; 0 before the first."""
    revision: int = await conn.fetchval(REVISION, window_id) or 0
    return revision


@dataclass(frozen=True)
class Tally:
    """How many comments that stand were answered, and how."""

    answered: int
    adopted: int
    partly: int
    not_adopted: int


TALLY = """
select coalesce(max(answered), 0) as answered, coalesce(max(adopted), 0) as adopted,
       coalesce(max(partly), 0) as partly, coalesce(max(not_adopted), 0) as not_adopted
  from window_tallies
 where window_id = $1
"""


async def tally(conn: Connection, window_id: UUID) -> Tally:
    """The stored counts, which every answer and withdrawal keeps up to date."""
    row = await conn.fetchrow(TALLY, window_id)
    assert row is not None
    return Tally(**row)

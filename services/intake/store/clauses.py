"""The clause of a mailed opinion: as the machine read it, then as staff corrected it; every step stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.runtime.db import Connection

PROPOSE = "insert into comment_clauses (comment_id, window_id, ordinal, clause) values ($1, $2, 1, $3)"


async def propose(tx: Connection, comment_id: UUID, window_id: UUID, clause: str) -> None:
    """Keep what the machine read in a mail that was taken now; "" where it read no clause."""
    await tx.execute(PROPOSE, comment_id, window_id, clause)


CORRECT = """
insert into comment_clauses (comment_id, window_id, ordinal, clause, set_by)
select c.id, c.window_id, (select max(p.ordinal) + 1 from comment_clauses p where p.comment_id = c.id), $3, $4
  from comments c
 where c.id = $2 and c.window_id = $1 and c.withdrawn_at is null
   and exists (select 1 from comment_clauses p where p.comment_id = c.id)
returning comment_id
"""
MOVE = "update comments set clause = $2 where id = $1"


async def correct(tx: Connection, window_id: UUID, comment_id: UUID, clause: str, *, by: str) -> bool:
    """Set the clause of a mailed opinion of a locked window; False where it is none, or was withdrawn."""
    if await tx.fetchval(CORRECT, window_id, comment_id, clause, by) is None:
        return False
    await tx.execute(MOVE, comment_id, clause)
    return True


@dataclass(frozen=True)
class Mailed:
    """A mailed opinion with its clause, and who set that last (None: the machine)."""

    id: UUID
    body: str
    received_at: datetime
    hidden_reason: str | None
    decided: list[list[int]] | None
    clause: str
    set_by: str | None
    set_at: datetime


MAILED = """
select c.id, c.body, c.received_at, c.hidden_reason, comment_decisions(c.id) as decided, p.clause, p.set_by, p.set_at
  from comments c
  join lateral (select clause, set_by, set_at from comment_clauses
                 where comment_id = c.id order by ordinal desc limit 1) p on true
 where c.window_id = $1 and c.withdrawn_at is null and ($2::uuid is null or c.id > $2)
 order by c.id
 limit $3
"""


async def mailed(conn: Connection, window_id: UUID, *, after: UUID | None = None, limit: int = 50) -> list[Mailed]:
    """The mailed opinions of a window that stand, in the order in which they came."""
    return [Mailed(**row) for row in await conn.fetch(MAILED, window_id, after, limit)]


SET_BY = "select ordinal = 1 as machine from comment_clauses where comment_id = $1 order by ordinal desc limit 1"


async def set_by_machine(conn: Connection, comment_id: UUID) -> bool | None:
    """Whether the machine set a comment's clause; None where its author did."""
    found: bool | None = await conn.fetchval(SET_BY, comment_id)
    return found

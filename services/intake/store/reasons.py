"""Reasons that a drafting office uses again within one window."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Reason:
    """A reason under a short name, with the disposition that it goes with."""

    id: UUID
    name: str
    disposition: str
    reason: str


ADD = """
insert into answer_reasons (id, window_id, name, disposition, reason, made_by) values ($1, $2, $3, $4, $5, $6)
"""


async def add(tx: Connection, window_id: UUID, reason: Reason, by: str) -> None:
    """Keep a reason for this window."""
    await tx.execute(ADD, reason.id, window_id, reason.name, reason.disposition, reason.reason, by)


RETIRE = """
update answer_reasons set retired_at = clock_timestamp() where id = $2 and window_id = $1 and retired_at is null
"""


async def retire(tx: Connection, window_id: UUID, reason_id: UUID) -> None:
    """Offer a reason no more; answers that used it keep their words."""
    await tx.execute(RETIRE, window_id, reason_id)


OF_WINDOW = """
select id, name, disposition, reason
  from answer_reasons
 where window_id = $1 and retired_at is null
 order by made_at, id
"""


async def of_window(conn: Connection, window_id: UUID) -> list[Reason]:
    """The reasons that are offered, in the order in which they were made."""
    return [Reason(**row) for row in await conn.fetch(OF_WINDOW, window_id)]

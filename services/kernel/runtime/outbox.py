"""The outbox: what a transaction says to workflows and to the outside is a row of that same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import BaseModel

from services.kernel.runtime import telemetry
from services.kernel.runtime.db import Connection, Database

START, SIGNAL, MAIL = "start", "signal", "mail"

PUT = """
insert into outbox (key, kind, target, name, body, trace)
values ($1, $2, $3, $4, $5, $6)
returning id
"""

PARKED = """
select id, key, kind, target, name, body, trace, attempts, created_at, last_error
  from outbox
 where state = 'parked'
 order by position
 limit 200
"""

RETRY = """
update outbox
   set state = 'waiting', attempts = 0, next_try_at = clock_timestamp()
 where id = $1 and state = 'parked'
returning id
"""


@dataclass(frozen=True)
class Letter:
    """One message on its way: `key` keeps the order (letters of one key leave one after another)."""

    id: UUID
    key: str
    kind: str
    target: str
    name: str
    body: dict[str, Any]
    trace: dict[str, str]
    attempts: int
    created_at: datetime
    last_error: str | None = None


async def start(tx: Connection, *, key: str, workflow: str, workflow_id: str, message: BaseModel) -> UUID:
    """Start `workflow` under `workflow_id` once this transaction is committed. A second start is no error."""
    return await _put(tx, key, START, workflow_id, workflow, message, None)


async def signal(
    tx: Connection,
    *,
    key: str,
    workflow_id: str,
    name: str,
    message: BaseModel,
    trace: Mapping[str, str] | None = None,
) -> UUID:
    """Signal `workflow_id` once this transaction is committed. `trace` joins the letter to a document's trace."""
    return await _put(tx, key, SIGNAL, workflow_id, name, message, trace)


async def mail(tx: Connection, *, key: str, to: str, name: str, message: BaseModel) -> UUID:
    """Send a mail to address `to` once this transaction is committed."""
    return await _put(tx, key, MAIL, to, name, message, None)


async def parked(db: Database) -> list[Letter]:
    """What could not be delivered, oldest first, with the reason."""
    async with db.read() as connection:
        return [letter_of(row) for row in await connection.fetch(PARKED)]


# Two arms: each is found by its own partial index among all that was ever delivered.
SETTLE = """
update outbox
   set state = 'delivered', delivered_at = clock_timestamp(), last_error = null
 where id in (
       select id from outbox where state = 'waiting' and kind = 'signal' and target = $1 and name = $2
       union all
       select id from outbox where state = 'parked' and kind = 'signal' and target = $1 and name = $2)
"""


async def settle(tx: Connection, *, workflow_id: str, name: str) -> None:
    """The workflow has just read from the row what the signals of that name tell it: they need not arrive any more.

    It may end on what it has read, before a letter that is late reaches it.
    """
    await tx.execute(SETTLE, workflow_id, name)


async def retry(tx: Connection, letter_id: UUID) -> bool:
    """Put a parked letter back on its way; False when there is none under that id."""
    return await tx.fetchval(RETRY, letter_id) is not None


FIGURES = """
select count(*) filter (where state = 'parked') as parked,
       coalesce(extract(epoch from clock_timestamp() - min(created_at) filter (where state = 'waiting')), 0) as lag
  from outbox
 where state in ('waiting', 'parked')
"""


async def figures(conn: Connection) -> dict[str, float]:
    """How many letters are parked, and for how many seconds the oldest waiting one has waited."""
    row = await conn.fetchrow(FIGURES)
    assert row is not None
    return {"fawen.outbox.parked": float(row["parked"]), "fawen.outbox.lag_seconds": float(row["lag"])}


def letter_of(row: asyncpg.Record) -> Letter:
    """A row of the outbox as a letter."""
    return Letter(**dict(row))


async def _put(
    tx: Connection,
    key: str,
    kind: str,
    target: str,
    name: str,
    message: BaseModel,
    trace: Mapping[str, str] | None,
) -> UUID:
    carrier = dict(trace) if trace else telemetry.carrier()
    put: UUID = await tx.fetchval(PUT, key, kind, target, name, message.model_dump(mode="json"), carrier)
    return put

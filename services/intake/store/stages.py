"""The stages of a document: opened, closed, with what outcome, due when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class StageRow:
    """One round of one stage."""

    document_id: UUID
    stage: str
    ordinal: int
    opened_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    text_hash: str
    actor_id: str | None
    record_hash: str | None
    rule_id: str | None
    due: dict[str, Any] | None
    codes: Sequence[str]
    facts: dict[str, Any] | None = None


PUT = """
insert into stages (document_id, stage, ordinal, opened_at, closed_at, outcome, text_hash, actor_id, record_hash,
                    rule_id, due, codes, facts)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (document_id, stage, ordinal) do update
   set opened_at = coalesce(stages.opened_at, excluded.opened_at),
       closed_at = coalesce(excluded.closed_at, stages.closed_at),
       outcome = coalesce(excluded.outcome, stages.outcome),
       text_hash = excluded.text_hash,
       actor_id = coalesce(excluded.actor_id, stages.actor_id),
       record_hash = coalesce(excluded.record_hash, stages.record_hash),
       rule_id = coalesce(excluded.rule_id, stages.rule_id),
       due = coalesce(excluded.due, stages.due),
       codes = excluded.codes,
       facts = coalesce(excluded.facts, stages.facts)
"""


async def put(tx: Connection, row: StageRow) -> None:
    """What is now known of a round; what was known stays where nothing new is said."""
    await tx.execute(PUT, *astuple(row))


ALL = """
select document_id, stage, ordinal, opened_at, closed_at, outcome, text_hash, actor_id, record_hash, rule_id, due, codes,
       facts
  from stages
 where document_id = $1
 order by coalesce(opened_at, closed_at), stage, ordinal
"""


async def all_of(conn: Connection, document_id: UUID) -> list[StageRow]:
    """Every round of every stage, in the order in which they began."""
    return [StageRow(**row) for row in await conn.fetch(ALL, document_id)]

"""The dossier: entries are only ever added, each at its place in the chain, each key once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.intake.domain.dossier import Fact
from services.kernel.contracts import chain
from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Entry:
    """One entry as the record holds it."""

    document_id: UUID
    position: int
    key: str
    part: int
    type: str
    stage: str
    ordinal: int
    occurred_at: datetime
    recorded_at: datetime
    actor: dict[str, Any]
    text_hash: str | None
    record_hash: str | None
    rule_id: str | None
    article: str | None
    detail: dict[str, Any]
    prev_hash: str
    entry_hash: str

    def sealed(self) -> dict[str, Any]:
        """The entry as the JSON object over which its hash was taken, with the hash."""
        return {
            **vars(self),
            "document_id": str(self.document_id),
            "occurred_at": written(self.occurred_at),
            "recorded_at": written(self.recorded_at),
        }


HEAD = """
select d.locked_at, e.position, e.entry_hash
  from (select id, clock_timestamp() as locked_at from documents where id = $1 for no key update) d
  left join lateral (select position, entry_hash from dossier_entries
                      where document_id = d.id order by position desc limit 1) e on true
"""
LOCK = "select 1 from documents where id = $1 for no key update"
ADD = """
insert into dossier_entries (document_id, position, key, part, type, stage, ordinal, occurred_at, recorded_at, actor,
                             text_hash, record_hash, rule_id, article, detail, prev_hash, entry_hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
"""


async def add(tx: Connection, document_id: UUID, fact: Fact) -> bool:
    """Write a fact into the dossier. False when its key was written before: then nothing changes."""
    await tx.execute(LOCK, document_id)
    if await has(tx, document_id, fact.key):
        return False
    head = await tx.fetchrow(HEAD, document_id)
    assert head is not None
    entry = _placed(document_id, fact, head["position"] or 0, head["entry_hash"] or chain.GENESIS, head["locked_at"])
    await tx.execute(ADD, *vars(entry).values())
    return True


HAS = "select 1 from dossier_entries where document_id = $1 and key = $2"


async def has(conn: Connection, document_id: UUID, key: str) -> bool:
    """Whether this fact was written."""
    return await conn.fetchval(HAS, document_id, key) is not None


COUNT = "select count(*) from dossier_entries where document_id = $1"


async def count(conn: Connection, document_id: UUID) -> int:
    """How many entries the dossier has."""
    number: int = await conn.fetchval(COUNT, document_id)
    return number


ONE = """
select document_id, position, key, part, type, stage, ordinal, occurred_at, recorded_at, actor, text_hash, record_hash,
       rule_id, article, detail, prev_hash, entry_hash
  from dossier_entries
 where document_id = $1 and key = $2
"""


async def find(conn: Connection, document_id: UUID, key: str) -> Entry | None:
    """The entry of a fact, once it is written."""
    row = await conn.fetchrow(ONE, document_id, key)
    return Entry(**row) if row else None


ALL = """
select document_id, position, key, part, type, stage, ordinal, occurred_at, recorded_at, actor, text_hash, record_hash,
       rule_id, article, detail, prev_hash, entry_hash
  from dossier_entries
 where document_id = $1
 order by position
"""


async def all_of(conn: Connection, document_id: UUID) -> list[Entry]:
    """The whole dossier, from its beginning."""
    return [Entry(**row) for row in await conn.fetch(ALL, document_id)]


def written(instant: datetime) -> str:
    """An instant as it stands in the sealed entry: UTC, with microseconds."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _placed(document_id: UUID, fact: Fact, last: int, previous: str, recorded_at: datetime) -> Entry:
    entry = Entry(
        document_id=document_id,
        position=last + 1,
        key=fact.key,
        part=fact.part,
        type=fact.type,
        stage=fact.stage,
        ordinal=fact.ordinal,
        occurred_at=fact.occurred_at or recorded_at,
        recorded_at=recorded_at,
        actor=fact.actor,
        text_hash=fact.text_hash,
        record_hash=fact.record_hash,
        rule_id=fact.rule_id,
        article=fact.article,
        detail=fact.detail,
        prev_hash=previous,
        entry_hash="",
    )
    return Entry(**{**vars(entry), "entry_hash": chain.entry_hash(entry.sealed())})

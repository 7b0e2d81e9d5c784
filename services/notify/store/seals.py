"""The seals on published texts, as the gazette shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.contracts.facts import SealOn
from services.kernel.runtime.db import Connection
from services.notify.store.publications import unit_name

ADD = """
insert into publication_seals (publication_id, place, unit_id, unit_name, form, text_hash, sealed_at)
values ($1, $2, $3, $4, $5, $6, $7)
"""


async def add(tx: Connection, publication_id: UUID, seals: Sequence[SealOn]) -> None:
    """Write down the seals on a text that is published now, in the order of its issuers."""
    for place, seal in enumerate(seals, start=1):
        name = await unit_name(tx, seal.unit_id)
        await tx.execute(ADD, publication_id, place, seal.unit_id, name, seal.form, seal.text_hash, seal.at)


@dataclass(frozen=True)
class SealShown:
    """A seal on a published text: whose, when, on which text."""

    place: int
    unit_id: str
    unit_name: str
    form: str
    text_hash: str
    sealed_at: datetime


SEALS = """
select place, unit_id, unit_name, form, text_hash, sealed_at
  from publication_seals
 where publication_id = $1
 order by place
"""


async def seals(conn: Connection, publication_id: UUID) -> list[SealShown]:
    """The seals on a published text, the leading issuer's first; empty where none was put on it."""
    return [SealShown(**row) for row in await conn.fetch(SEALS, publication_id)]

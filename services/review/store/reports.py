"""Structured reports of recorded steps: each filing is kept, the newest of each part counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.domain.consultation_refusals import OwnDispute
from services.review.domain.refusals import FOUR_EYES, RoundClosed
from services.review.domain.rounds import Round

SAID_BY_THE_DATABASE: dict[str, type[Refused]] = {
    **FOUR_EYES,
    **{refusal.code: refusal for refusal in (RoundClosed, OwnDispute)},
}


@dataclass(frozen=True)
class Report:
    """One filing of one part of a sheet."""

    id: UUID
    round_id: UUID
    part: str
    position: int
    body: Mapping[str, Any]
    person_id: str
    person_name: str
    unit_id: str
    unit_name: str
    filed_at: datetime


ADD_REPORT = """
insert into reports (round_id, part, position, body, person_id, person_name, unit_id, unit_name)
select $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6, $7
  from reports
 where round_id = $1 and part = $2
returning id
"""


async def add(tx: Connection, round_id: UUID, part: str, body: Mapping[str, Any], actor: Actor) -> UUID:
    """File a report in a locked round. Raises RoundClosed, OwnDispute, and what four eyes say."""
    person = (actor.person_id, actor.person_name, actor.unit_id, actor.unit_name)
    try:
        added: UUID = await tx.fetchval(ADD_REPORT, round_id, part, dict(body), *person)
    except asyncpg.RaiseError as error:
        raise SAID_BY_THE_DATABASE[str(error)] from error
    return added


NEWEST = """
select distinct on (part) id, round_id, part, position, body, person_id, person_name, unit_id, unit_name, filed_at
  from reports
 where round_id = $1
 order by part, position desc
"""


async def newest(conn: Connection, round_id: UUID) -> dict[str, Report]:
    """The report that counts, for each part of the round's sheet."""
    return {row["part"]: Report(**dict(row)) for row in await conn.fetch(NEWEST, round_id)}


NEWEST_BEFORE = """
select distinct on (p.part) p.id, p.round_id, p.part, p.position, p.body, p.person_id, p.person_name, p.unit_id,
       p.unit_name, p.filed_at
  from reports p
  join rounds r on r.id = p.round_id
 where r.document_id = $1 and r.stage = $2 and r.ordinal < $3
 order by p.part, r.ordinal desc, p.position desc
"""


async def newest_before(conn: Connection, round_: Round) -> dict[str, Report]:
    """What earlier rounds of the same stage had said: where whoever reports anew begins."""
    rows = await conn.fetch(NEWEST_BEFORE, round_.document_id, round_.stage, round_.ordinal)
    return {row["part"]: Report(**dict(row)) for row in rows}

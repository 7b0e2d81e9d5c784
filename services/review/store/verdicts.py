"""What people said of the machine's findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.precheck.findings import Finding
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.domain.rounds import Round
from services.review.store.four_eyes import guarded


@dataclass(frozen=True)
class Verdict:
    """Whether a finding holds, by whom and when."""

    finding: str
    holds: bool
    person_id: str
    person_name: str
    said_at: datetime


ADD = """
insert into finding_verdicts (document_id, round_id, finding, code, sentence, holds, person_id, person_name, unit_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
returning finding, holds, person_id, person_name, said_at
"""


async def add(tx: Connection, round_: Round, finding: Finding, actor: Actor, *, holds: bool) -> Verdict:
    """Keep what somebody says of a finding; earlier words stay."""
    person = (actor.person_id, actor.person_name, actor.unit_id)
    with guarded():
        row = await tx.fetchrow(
            ADD, round_.document_id, round_.id, finding.key, finding.code, finding.sentence, holds, *person
        )
    assert row is not None
    return Verdict(**row)


OF_DOCUMENT = """
select distinct on (finding) finding, holds, person_id, person_name, said_at
  from finding_verdicts
 where document_id = $1
 order by finding, id desc
"""


async def of_document(conn: Connection, document_id: UUID) -> dict[str, Verdict]:
    """The newest verdict on each finding of a document, by the finding's key."""
    return {row["finding"]: Verdict(**row) for row in await conn.fetch(OF_DOCUMENT, document_id)}

"""What happened to published documents since, as the gazette shows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kernel.contracts.notify import PostStanding
from services.kernel.runtime.db import Connection

ADD = """
insert into standings (act_id, document_id, position, change, effective_on, by_document, link)
select $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6
  from standings
 where document_id = $2
on conflict (act_id) do nothing
"""
HOLD = "select id from publications where document_id = $1 for update"


async def add(tx: Connection, posted: PostStanding) -> None:
    """Write it down once; acts on one document wait for each other."""
    await tx.execute(HOLD, posted.document_id)
    told = (posted.change, posted.effective_on, posted.by_document, posted.link)
    await tx.execute(ADD, posted.act_id, posted.document_id, *told)


@dataclass(frozen=True)
class Standing:
    """One thing that happened to a document, with the gazette's page of the document that did it."""

    change: str
    effective_on: date
    link: str
    by_gazette: UUID | None
    by_title: str | None
    by_number: str | None


STANDINGS = """
select s.document_id, s.change, s.effective_on, s.link, b.id as by_gazette, b.title as by_title, b.doc_number as by_number
  from standings s
  left join publications b on b.document_id = s.by_document
 where s.document_id = any($1)
 order by s.position
"""


async def standings(conn: Connection, documents: Collection[UUID]) -> Mapping[UUID, list[Standing]]:
    """What happened to each of the documents, in order; documents to which nothing happened are left out."""
    found: dict[UUID, list[Standing]] = {}
    for row in await conn.fetch(STANDINGS, list(documents)):
        fields = dict(row)
        found.setdefault(fields.pop("document_id"), []).append(Standing(**fields))
    return found

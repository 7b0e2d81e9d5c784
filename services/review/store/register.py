"""Own published documents, as part of the register of laws and documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.kernel.contracts.review import EnterText
from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime.db import Connection

ENTER = """
insert into own_texts (document_id, name, doc_number, published_on, valid_to) values ($1, $2, $3, $4, $5)
on conflict (document_id) do nothing
"""


async def enter(tx: Connection, published: EnterText) -> None:
    """Enter a published document; a second time changes nothing."""
    document = published.document
    await tx.execute(
        ENTER, document.document_id, document.title, published.doc_number, published.published_on, published.valid_to
    )


@dataclass(frozen=True)
class OwnText:
    """A document of our own, in force until `valid_to` where its text says so."""

    document_id: UUID
    name: str
    doc_number: str
    published_on: date
    valid_to: date | None
    read_at: datetime

    @property
    def lapsed(self) -> bool:
        """Whether its last day is over, by the office's calendar."""
        return self.valid_to is not None and self.valid_to < office_day(self.read_at)


OWN = """
select document_id, name, doc_number, published_on, valid_to, clock_timestamp() as read_at
  from own_texts
 order by published_on, document_id
"""


async def own_texts(conn: Connection) -> list[OwnText]:
    """Every own document that was published, oldest first."""
    return [OwnText(**row) for row in await conn.fetch(OWN)]

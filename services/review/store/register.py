"""Own published documents, as part of the register of laws and documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.kernel.contracts.review import EnterText
from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime.db import Connection

ENTER = """
insert into own_texts (document_id, name, doc_number, published_on, valid_to, kind, issuer_unit, drafting_unit,
                       agency_code, text_hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (document_id) do nothing
"""


async def enter(tx: Connection, published: EnterText) -> None:
    """Enter a published document; a second time changes nothing."""
    document = published.document
    term = (published.doc_number, published.published_on, published.valid_to)
    units = (document.kind, document.issuer_unit, document.drafting_unit, document.agency_code)
    await tx.execute(ENTER, document.document_id, document.title, *term, *units, published.text_hash)


@dataclass(frozen=True)
class OwnText:
    """A document of our own, in force until `valid_to` where its text says so, or until another one ended it.

    `change` is ended, or amended, from `changed_on` on, by the document of the name `changed_by`.
    """

    document_id: UUID
    name: str
    doc_number: str
    published_on: date
    valid_to: date | None
    read_at: datetime
    change: str | None
    changed_on: date | None
    changed_by: str | None

    @property
    def lapsed(self) -> bool:
        """Whether its last day is over, by the office's calendar."""
        return self.valid_to is not None and self.valid_to < office_day(self.read_at)

    @property
    def changed(self) -> bool:
        """Whether the change has taken effect."""
        return self.changed_on is not None and self.changed_on <= office_day(self.read_at)


OWN = """
select t.document_id, t.name, t.doc_number, t.published_on, t.valid_to, clock_timestamp() as read_at, a.change,
       a.effective_on as changed_on, a.by_name as changed_by
  from own_texts t
  left join lateral (select s.change, s.effective_on, b.name as by_name
                       from standing_acts s join own_texts b on b.document_id = s.by_document
                      where s.target_id = t.document_id order by s.change desc, s.position desc limit 1) a on true
 order by t.published_on, t.document_id
"""


async def own_texts(conn: Connection) -> list[OwnText]:
    """Every own document that was published, oldest first."""
    return [OwnText(**row) for row in await conn.fetch(OWN)]

"""The register of numbers: gapless for each series, never deleted, never given twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.kernel.contracts.messages import DocumentRef
from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Number:
    """One entry of the register. Days are days of the office."""

    id: UUID
    agency_code: str
    year: int
    sequence: int
    doc_number: str
    document_id: UUID
    title: str
    kind: str
    issuer_unit: str
    text_hash: str
    state: Literal["given", "void"]
    registered_at: datetime
    registered_on: date
    void_reason: str | None
    voided_by: str | None
    voided_at: datetime | None
    voided_on: date | None
    gazette_id: UUID | None = None


ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('number/' || $1::text, 0))"


async def one_at_a_time(tx: Connection, document_id: UUID) -> None:
    """Requests for one document wait for each other, so that the second finds the number of the first."""
    await tx.execute(ONE_AT_A_TIME, str(document_id))


NUMBER_OF = """
select id, agency_code, year, sequence, doc_number, document_id, title, kind, issuer_unit, text_hash, state,
       registered_at, registered_on, void_reason, voided_by, voided_at, voided_on
  from numbers
 where document_id = $1
   for share
"""


async def find_number_of(tx: Connection, document_id: UUID) -> Number | None:
    """The number of a document, held against change until the transaction ends; None while it has none."""
    row = await tx.fetchrow(NUMBER_OF, document_id)
    return Number(**row) if row else None


TAKE_NEXT = """
insert into number_series (agency_code, year, last) values ($1, $2, 1)
on conflict (agency_code, year) do update set last = number_series.last + 1
returning last
"""


async def take_next(tx: Connection, agency_code: str, year: int) -> int:
    """Lock the counter of a series and move it on. The caller writes the number and commits at once."""
    last: int = await tx.fetchval(TAKE_NEXT, agency_code, year)
    return last


ADD_NUMBER = """
with moment as (select clock_timestamp() as at)
insert into numbers (agency_code, year, sequence, doc_number, document_id, title, kind, issuer_unit, text_hash,
                     registered_at, registered_on)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, at, (at at time zone $10)::date
  from moment
returning registered_at
"""


async def add_number(
    tx: Connection,
    document: DocumentRef,
    *,
    year: int,
    sequence: int,
    doc_number: str,
    text_hash: str,
    zone: str,
) -> datetime:
    """Enter a number. The answer is the instant of registration by the database's clock."""
    registered_at: datetime = await tx.fetchval(
        ADD_NUMBER,
        document.agency_code,
        year,
        sequence,
        doc_number,
        document.document_id,
        document.title,
        document.kind,
        document.issuer_unit,
        text_hash,
        zone,
    )
    return registered_at


ADD_AUTHORS = """
insert into number_authors (document_id, person_id) select $1, unnest($2::text[]) on conflict do nothing
"""


async def add_authors(tx: Connection, document_id: UUID, person_ids: Sequence[str]) -> None:
    """Keep who drafted what was numbered."""
    await tx.execute(ADD_AUTHORS, document_id, list(person_ids))


IS_OWN = "select own_number(document_id, $2) from numbers where id = $1"


async def is_own(conn: Connection, number_id: UUID, person_id: str) -> bool:
    """Whether the person drafted what has this number, or is today one pair of eyes with somebody who did."""
    return bool(await conn.fetchval(IS_OWN, number_id, person_id))


BY_ID = """
select n.id, n.agency_code, n.year, n.sequence, n.doc_number, n.document_id, n.title, n.kind, n.issuer_unit,
       n.text_hash, n.state, n.registered_at, n.registered_on, n.void_reason, n.voided_by, n.voided_at, n.voided_on,
       p.id as gazette_id
  from numbers as n
  left join publications as p on p.document_id = n.document_id
 where n.id = $1
"""


async def find_number(conn: Connection, number_id: UUID) -> Number | None:
    """An entry of the register; None where there is none."""
    row = await conn.fetchrow(BY_ID, number_id)
    return Number(**row) if row else None


LOCK_NUMBER = """
select id, agency_code, year, sequence, doc_number, document_id, title, kind, issuer_unit, text_hash, state,
       registered_at, registered_on, void_reason, voided_by, voided_at, voided_on
  from numbers
 where id = $1
   for update
"""


async def lock_number(tx: Connection, number_id: UUID) -> Number | None:
    """An entry of the register, held for change; None where there is none."""
    row = await tx.fetchrow(LOCK_NUMBER, number_id)
    return Number(**row) if row else None


VOID_NUMBER = """
with moment as (select clock_timestamp() as at)
update numbers
   set state = 'void', void_reason = $2, voided_by = $3, voided_at = at, voided_on = (at at time zone $4)::date
  from moment
 where id = $1
"""


async def void_number(tx: Connection, number_id: UUID, *, reason: str, by: str, zone: str) -> None:
    """Turn a number void; it keeps its place in the series."""
    await tx.execute(VOID_NUMBER, number_id, reason, by, zone)


REGISTER = """
select n.id, n.agency_code, n.year, n.sequence, n.doc_number, n.document_id, n.title, n.kind, n.issuer_unit,
       n.text_hash, n.state, n.registered_at, n.registered_on, n.void_reason, n.voided_by, n.voided_at, n.voided_on,
       p.id as gazette_id
  from numbers as n
  left join publications as p on p.document_id = n.document_id
 where ($1::text is null or n.agency_code = $1) and ($2::integer is null or n.year = $2)
   and ($3::uuid is null or (n.registered_at, n.id) < (select a.registered_at, a.id from numbers as a where a.id = $3))
 order by n.registered_at desc, n.id desc
 limit $4
"""


async def register(
    conn: Connection, *, agency_code: str | None, year: int | None, after: UUID | None, limit: int
) -> list[Number]:
    """The register, newest first, the void ones among the rest."""
    return [Number(**row) for row in await conn.fetch(REGISTER, agency_code, year, after, limit)]


@dataclass(frozen=True)
class Series:
    """A series with its last number."""

    agency_code: str
    year: int
    last: int


SERIES = "select agency_code, year, last from number_series order by year desc, agency_code"


async def series(conn: Connection) -> list[Series]:
    """Every series, newest year first."""
    return [Series(**row) for row in await conn.fetch(SERIES)]

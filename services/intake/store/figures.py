"""What intake counts for the annual report, by event date in the office's time zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class WindowYear:
    """One window that opened in the year, with what became of it."""

    id: UUID
    days: int
    shortened: bool
    summarised: bool
    received: int
    withdrawn: int
    adopted: int
    partly: int
    not_adopted: int
    late: int


WINDOWS = """
select w.id,
       (w.closes_at at time zone $3)::date - (w.opens_at at time zone $3)::date as days,
       w.shortening_reason is not null as shortened,
       w.summary_at is not null as summarised,
       (select count(*) from comments c where c.window_id = w.id) as received,
       (select count(*) from comments c where c.window_id = w.id and c.withdrawn_at is not null) as withdrawn,
       (select count(*) from answers a where a.window_id = w.id and a.disposition = 'adopted') as adopted,
       (select count(*) from answers a where a.window_id = w.id and a.disposition = 'partly') as partly,
       (select count(*) from answers a where a.window_id = w.id and a.disposition = 'not_adopted') as not_adopted,
       (select coalesce(sum(r.count), 0) from refused_attempts r
         where r.window_id = w.id and r.code = 'comment.window_closed') as late
  from windows w
  join documents d on d.id = w.document_id
 where (d.issuer_unit = any($1::text[]) or d.drafting_unit = any($1::text[]))
   and extract(year from w.opens_at at time zone $3) = $2
   and not w.ended_early
 order by w.opens_at, w.id
"""


async def windows_of(conn: Connection, units: Sequence[str], year: int, zone: str) -> list[WindowYear]:
    """The windows of these units that opened in the year."""
    return [WindowYear(**row) for row in await conn.fetch(WINDOWS, list(units), year, zone)]


@dataclass(frozen=True)
class DocumentYear:
    """One document that was submitted in the year."""

    id: UUID
    kind: str
    withdrawn: bool


DOCUMENTS = """
select d.id, d.kind, d.withdrawn_at is not null as withdrawn
  from documents d
 where (d.issuer_unit = any($1::text[]) or d.drafting_unit = any($1::text[]))
   and extract(year from d.submitted_at at time zone $3) = $2
 order by d.submitted_at, d.id
"""


async def documents_of(conn: Connection, units: Sequence[str], year: int, zone: str) -> list[DocumentYear]:
    """The documents of these units that were submitted in the year."""
    return [DocumentYear(**row) for row in await conn.fetch(DOCUMENTS, list(units), year, zone)]

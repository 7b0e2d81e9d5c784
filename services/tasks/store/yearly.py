"""The yearly progress reports of plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.runtime.db import Connection

ADD = """
insert into yearly_reports (document_id, year, as_of, hash, total, done, on_time, overdue, long_term)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (document_id, year) do nothing
"""
ONE = """
select document_id, year, as_of, hash, total, done, on_time, overdue, long_term, recorded_at
  from yearly_reports
 where document_id = $1 and year = $2
"""
ALL = """
select document_id, year, as_of, hash, total, done, on_time, overdue, long_term, recorded_at
  from yearly_reports
 where document_id = $1
 order by year
"""


@dataclass(frozen=True)
class YearlyReport:
    """A plan's report on one year; its content lies under `hash`. `as_of` is the exclusive instant of its cut-off."""

    document_id: UUID
    year: int
    as_of: datetime
    hash: str
    total: int
    done: int
    on_time: int
    overdue: int
    long_term: int
    recorded_at: datetime


async def add(
    tx: Connection, document_id: UUID, year: int, *, as_of: datetime, digest: str, counts: dict[str, int]
) -> None:
    """Keep the report, unless one on that year stands already."""
    numbers = [counts[name] for name in ("total", "done", "on_time", "overdue", "long_term")]
    await tx.execute(ADD, document_id, year, as_of, digest, *numbers)


async def find(conn: Connection, document_id: UUID, year: int) -> YearlyReport | None:
    """The report on that year, if it was recorded."""
    row = await conn.fetchrow(ONE, document_id, year)
    return YearlyReport(**row) if row else None


async def of_plan(conn: Connection, document_id: UUID) -> list[YearlyReport]:
    """All reports of the plan, by year."""
    return [YearlyReport(**row) for row in await conn.fetch(ALL, document_id)]

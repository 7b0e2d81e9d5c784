"""What the annual report counts: publications and numbers of a unit and those under it, by days of the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kernel.runtime.db import Connection

UNDER = """
with recursive under as (
    select id, kind from directory.units where id = $1
    union
    select u.id, u.kind from directory.units as u join under on u.parent_id = under.id
)
select id, kind from under
"""


async def units_under(conn: Connection, unit_id: str) -> dict[str, str]:
    """The unit and all below it, each with its kind; the unit alone where the directory does not know it."""
    found = {row["id"]: row["kind"] for row in await conn.fetch(UNDER, unit_id)}
    return found or {unit_id: "government"}


@dataclass(frozen=True)
class Made:
    """A normative document published in the year."""

    id: UUID
    issuer_unit: str


MADE = """
select id, issuer_unit from publications
 where kind = 'NORMATIVE' and issuer_unit = any($1::text[]) and extract(year from published_on) = $2
 order by published_at, id
"""


async def made(conn: Connection, units: list[str], year: int) -> list[Made]:
    """Normative documents by the year of their publication."""
    return [Made(**row) for row in await conn.fetch(MADE, units, year)]


@dataclass(frozen=True)
class Formed:
    """A document formed in the year: adopted on a day, as far as known registered on it; published or not yet."""

    document_id: UUID
    formed_on: date
    published_on: date | None


# A document is formed when it is adopted; of one not yet published only the day of its registration is known.
FORMED = """
select n.document_id, coalesce(p.adopted_on, n.registered_on) as formed_on, p.published_on
  from numbers as n
  left join publications as p on p.document_id = n.document_id
 where n.state = 'given' and n.issuer_unit = any($1::text[])
   and extract(year from coalesce(p.adopted_on, n.registered_on)) = $2
 order by formed_on, n.document_id
"""


async def formed(conn: Connection, units: list[str], year: int) -> list[Formed]:
    """Documents by the year in which they were formed; those whose number was voided do not count."""
    return [Formed(**row) for row in await conn.fetch(FORMED, units, year)]


GIVEN = """
select document_id from numbers
 where issuer_unit = any($1::text[]) and extract(year from registered_on) = $2 order by registered_at, id
"""
VOIDED = """
select document_id from numbers
 where issuer_unit = any($1::text[]) and extract(year from voided_on) = $2 order by voided_at, id
"""


async def given(conn: Connection, units: list[str], year: int) -> list[UUID]:
    """Documents that got a number in the year, also where it was voided later."""
    return [row["document_id"] for row in await conn.fetch(GIVEN, units, year)]


async def voided(conn: Connection, units: list[str], year: int) -> list[UUID]:
    """Documents whose number was voided in the year."""
    return [row["document_id"] for row in await conn.fetch(VOIDED, units, year)]

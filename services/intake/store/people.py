"""Names and units out of the directory, for entries that hold only ids."""

from __future__ import annotations

from collections.abc import Iterable

from services.kernel.runtime.db import Connection

UNIT_OF = """
select unit_id from directory.offices where person_id = $1 order by (role = $2) desc, unit_id limit 1
"""


async def unit_of(conn: Connection, person_id: str, role: str) -> str | None:
    """The unit in which somebody holds that role, or any; None for who has left."""
    unit: str | None = await conn.fetchval(UNIT_OF, person_id, role)
    return unit


NAMES = "select id, name from directory.persons where id = any($1::text[])"


async def names_of(conn: Connection, person_ids: Iterable[str]) -> dict[str, str]:
    """The names of persons, by id."""
    return {row["id"]: row["name"] for row in await conn.fetch(NAMES, sorted(set(person_ids)))}


UNIT_NAMES = "select id, name, short_name from directory.units"


async def unit_names(conn: Connection) -> dict[str, str]:
    """The short names of all units, by id."""
    return {row["id"]: row["short_name"] for row in await conn.fetch(UNIT_NAMES)}


HOLDERS = """
select p.name, u.short_name
  from directory.offices o
  join directory.persons p on p.id = o.person_id
  join directory.units u on u.id = o.unit_id
 where o.role = $1 and ($2::text is null or o.unit_id = $2)
 order by u.id, p.id
"""


async def holders(conn: Connection, role: str, unit_id: str | None) -> list[tuple[str, str]]:
    """Who holds a role, in one unit or anywhere: names with the short names of their units."""
    return [(row["name"], row["short_name"]) for row in await conn.fetch(HOLDERS, role, unit_id)]


WITHIN = """
with recursive within as (
    select id from directory.units where id = $1
    union
    select u.id from directory.units u join within on u.parent_id = within.id
)
select id from within order by id
"""


async def units_within(conn: Connection, unit_id: str) -> list[str]:
    """A unit and everything below it."""
    return [row["id"] for row in await conn.fetch(WITHIN, unit_id)] or [unit_id]


DRAFTER = """
with recursive within as (
    select id, 0 as depth from directory.units where id = $1
    union
    select u.id, within.depth + 1 from directory.units u join within on u.parent_id = within.id
)
select o.person_id, o.unit_id
  from within
  join directory.offices o on o.unit_id = within.id and o.role = 'drafter'
 order by within.depth,
          exists (select 1 from directory.offices r
                   where r.unit_id = o.unit_id and r.role = 'legality_reviewer') desc,
          o.unit_id, o.person_id
 limit 1
"""


async def find_drafter(conn: Connection, unit_id: str) -> tuple[str, str] | None:
    """Who drafts for a unit: its own drafter, or the nearest one below it; (person, unit).

    Of equals, the one in the justice department, which drafts the report on rule of law.
    """
    row = await conn.fetchrow(DRAFTER, unit_id)
    return (row["person_id"], row["unit_id"]) if row else None


CODE_OF = """
select coalesce(
           (select agency_code from directory.units where id = $1),
           (select agency_code from documents where issuer_unit = $1 order by submitted_at desc limit 1),
           (select short_name from directory.units where id = $1))
"""


async def agency_code_of(conn: Connection, unit_id: str) -> str:
    """The unit's own agency code; else that under which it last issued; else its short name."""
    code: str | None = await conn.fetchval(CODE_OF, unit_id)
    return code or unit_id


IN_UNIT = """
select distinct p.id, p.name from directory.offices o join directory.persons p on p.id = o.person_id
 where o.unit_id = $1
 order by p.id
"""


async def in_unit(conn: Connection, unit_id: str) -> dict[str, str]:
    """Who holds an office in a unit: names by id."""
    return {row["id"]: row["name"] for row in await conn.fetch(IN_UNIT, unit_id)}

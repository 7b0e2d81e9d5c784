"""Absences in the directory, which every service reads; declared and ended here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.db import Connection
from services.tasks.domain.absences import AbsenceUnknown, BeAway, Chain, NoDeputy, Overlap

SAID_BY_THE_DATABASE: dict[str, type[Refused]] = {refusal.code: refusal for refusal in (Chain, NoDeputy, Overlap)}


@dataclass(frozen=True)
class Absence:
    """One absence with names. `stands`: it is in force today; `ahead`: its first day has not come."""

    id: UUID
    person_id: str
    person_name: str
    unit_id: str
    deputy_id: str
    deputy_name: str
    from_on: date
    until_on: date
    roles: list[str]
    note: str
    made_at: datetime
    ended_at: datetime | None
    stands: bool
    ahead: bool


ADD = """
insert into directory.absences (person_id, unit_id, deputy_id, from_on, until_on, roles, note, made_by)
values ($1, $2, $3, $4, $5, $6, $7, $8) returning id
"""


async def add(tx: Connection, command: BeAway, *, person_id: str, unit_id: str, made_by: str) -> UUID:
    """A new absence. The database refuses overlaps, chains and strangers: raises Overlap, Chain, NoDeputy."""
    try:
        made: UUID = await tx.fetchval(
            ADD,
            *(person_id, unit_id, command.deputy_id, command.from_on, command.until_on),
            *(sorted(set(command.roles)), command.note, made_by),
        )
    except asyncpg.RaiseError as error:
        refusal = SAID_BY_THE_DATABASE.get(str(error))
        if refusal is None:
            raise
        raise refusal(field="deputy_id") from error
    return made


END = "update directory.absences set ended_at = clock_timestamp(), ended_by = $2 where id = $1"


async def end(tx: Connection, absence_id: UUID, *, by: str) -> None:
    """The absence ends now."""
    await tx.execute(END, absence_id, by)


ABSENCES = """
select a.id, a.person_id, p.name as person_name, a.unit_id, a.deputy_id, d.name as deputy_name, a.from_on, a.until_on,
       a.roles, a.note, a.made_at, a.ended_at,
       a.ended_at is null and directory.office_today() between a.from_on and a.until_on as stands,
       a.ended_at is null and directory.office_today() < a.from_on as ahead
  from directory.absences a
  join directory.persons p on p.id = a.person_id
  join directory.persons d on d.id = a.deputy_id
 where ($1::text is null or a.unit_id = $1) and ($2::uuid is null or a.id = $2)
 order by a.from_on desc, a.id desc
 limit 200
"""
LOCK = "select id from directory.absences where id = $1 and unit_id = $2 for no key update"


async def of_unit(conn: Connection, unit_id: str) -> list[Absence]:
    """Who of the unit is, will be or was away, newest first."""
    return [Absence(**row) for row in await conn.fetch(ABSENCES, unit_id, None)]


async def lock(tx: Connection, absence_id: UUID, unit_id: str) -> Absence:
    """An absence of the unit, held until the end of the transaction. Raises AbsenceUnknown."""
    if await tx.fetchval(LOCK, absence_id, unit_id) is None:
        raise AbsenceUnknown
    return await get(tx, absence_id)


async def get(conn: Connection, absence_id: UUID) -> Absence:
    """The absence of that id. Raises AbsenceUnknown."""
    row = await conn.fetchrow(ABSENCES, None, absence_id)
    if row is None:
        raise AbsenceUnknown
    return Absence(**row)


TODAY = "select directory.office_today()"


async def today(conn: Connection) -> date:
    """The day in the office's zone by the database's clock."""
    day: date = await conn.fetchval(TODAY)
    return day


HELD = "select role from directory.offices where person_id = $1 and unit_id = $2"


async def held(conn: Connection, person_id: str, unit_id: str) -> frozenset[str]:
    """What the person holds in the unit."""
    return frozenset(row["role"] for row in await conn.fetch(HELD, person_id, unit_id))

"""Saved filters in the database: a name once for each person, one default for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.runtime.db import Connection
from services.tasks.domain.filters import FilterUnknown, Kept, NameTaken, SaveFilter


@dataclass(frozen=True)
class Saved:
    """A saved filter, with the name of whose it is."""

    id: UUID
    person_id: str
    person_name: str
    name: str
    asked: Kept
    is_default: bool
    is_shared: bool


SEEN = """
select f.id, f.person_id, coalesce(p.name, f.person_id) as person_name, f.name, f.asked, f.is_default, f.is_shared
  from saved_filters f
  left join directory.persons p on p.id = f.person_id
 where f.unit_id = $2 and (f.person_id = $1 or f.is_shared)
 order by f.person_id <> $1, f.name, f.id
"""


async def seen_by(conn: Connection, person_id: str, unit_id: str) -> list[Saved]:
    """One's own filters in the unit by name, then those that colleagues share."""
    return [_saved(row) for row in await conn.fetch(SEEN, person_id, unit_id)]


DEFAULT = "select asked from saved_filters where person_id = $1 and unit_id = $2 and is_default"


async def default_of(conn: Connection, person_id: str, unit_id: str) -> Kept | None:
    """What the person's inbox in the unit opens with, where they chose something."""
    asked = await conn.fetchval(DEFAULT, person_id, unit_id)
    return Kept.model_validate(asked) if asked is not None else None


ADD = """
insert into saved_filters (person_id, unit_id, name, asked, is_default, is_shared) values ($1, $2, $3, $4, $5, $6)
returning id
"""


async def add(tx: Connection, command: SaveFilter, *, person_id: str, unit_id: str) -> UUID:
    """A new filter. Raises NameTaken."""
    asked = command.asked.model_dump(mode="json", exclude_none=True)
    try:
        made: UUID = await tx.fetchval(ADD, person_id, unit_id, command.name, asked, command.default, command.shared)
    except asyncpg.UniqueViolationError as error:
        raise NameTaken(field="name") from error
    return made


# One's own, or none: whoever else asks finds nothing.
LOCK = """
select f.id, f.person_id, coalesce(p.name, f.person_id) as person_name, f.name, f.asked, f.is_default, f.is_shared
  from saved_filters f
  left join directory.persons p on p.id = f.person_id
 where f.id = $1 and f.person_id = $2 and f.unit_id = $3
   for update of f
"""


async def lock(tx: Connection, filter_id: UUID, *, person_id: str, unit_id: str) -> Saved:
    """A filter of one's own, held to the end of the transaction. Raises FilterUnknown."""
    row = await tx.fetchrow(LOCK, filter_id, person_id, unit_id)
    if row is None:
        raise FilterUnknown
    return _saved(row)


# Two acts of one person on their filters follow each other, so that neither leaves two defaults or one too many.
LOCK_ALL = "select pg_advisory_xact_lock(hashtextextended('saved_filters/' || $1 || '/' || $2, 0))"
NUMBER = "select count(*) from saved_filters where person_id = $1 and unit_id = $2"


async def lock_all(tx: Connection, person_id: str, unit_id: str) -> int:
    """How many the person has; held to the end of the transaction."""
    await tx.execute(LOCK_ALL, person_id, unit_id)
    return int(await tx.fetchval(NUMBER, person_id, unit_id))


NO_DEFAULT = "update saved_filters set is_default = false where person_id = $1 and unit_id = $2 and is_default"


async def clear_default(tx: Connection, person_id: str, unit_id: str) -> None:
    """The inbox opens with everything that waits."""
    await tx.execute(NO_DEFAULT, person_id, unit_id)


CHANGE = "update saved_filters set name = $2, asked = $3, is_default = $4, is_shared = $5 where id = $1"


async def change(tx: Connection, saved: Saved) -> None:
    """The filter as it shall be. Raises NameTaken."""
    asked = saved.asked.model_dump(mode="json", exclude_none=True)
    try:
        await tx.execute(CHANGE, saved.id, saved.name, asked, saved.is_default, saved.is_shared)
    except asyncpg.UniqueViolationError as error:
        raise NameTaken(field="name") from error


REMOVE = "delete from saved_filters where id = $1"


async def remove(tx: Connection, filter_id: UUID) -> None:
    """The filter is gone."""
    await tx.execute(REMOVE, filter_id)


def _saved(row: asyncpg.Record) -> Saved:
    values: dict[str, Any] = dict(row)
    return Saved(**{**values, "asked": Kept.model_validate(values["asked"])})

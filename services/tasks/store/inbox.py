"""The inbox beside its lists: the badge, figures, choices of the filters, the record of an item, and names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kernel.runtime.db import Connection
from services.tasks.store.asked import Reader

WAITING = """
select (select count(*) from items where state = 'open' and role = any($1) and place = any(array['', $2]))
     + (select count(*) from items
         where state = 'claimed' and person_id = any($3) and place = any(array['', $2])
           and (person_id, role) in (select unnest($3::text[]), unnest($4::text[])))
"""


async def waiting(conn: Connection, reader: Reader) -> int:
    """The number in the badge: what waits for the reader."""
    return int(await conn.fetchval(WAITING, reader.roles, reader.unit_id, *reader.columns))


FIGURES = """
select count(*) as waiting, count(*) filter (where due_ends_at <= clock_timestamp() and not due_provisional) as overdue
  from items
 where state in ('open', 'claimed')
"""


async def figures(conn: Connection) -> dict[str, float]:
    """How many items wait for somebody, and how many of them are overdue."""
    row = await conn.fetchrow(FIGURES)
    assert row is not None
    return {"fawen.inbox.waiting": float(row["waiting"]), "fawen.inbox.overdue": float(row["overdue"])}


CHOICES = """
with waits as (
    select i.stage, i.kind, i.drafting_unit from items i
     where i.state in ('open', 'claimed') and i.role = any($1::text[] || 'person'::text) and i.place = any(array['', $2])
)
select array(select distinct stage from waits order by stage) as stages,
       array(select distinct kind from waits order by kind) as kinds,
       array(select jsonb_build_array(u.id, u.short_name) from directory.units u
              where u.id in (select drafting_unit from waits) order by u.id) as units
"""


@dataclass(frozen=True)
class Choices:
    """What the filters offer: the steps, the kinds of documents, and the drafting units (id and name) at hand."""

    stages: list[str]
    kinds: list[str]
    units: list[tuple[str, str]]


async def choices(conn: Connection, reader: Reader) -> Choices:
    """What occurs among the open items of the reader's offices."""
    row = await conn.fetchrow(CHOICES, reader.roles, reader.unit_id)
    if row is None:
        raise LookupError("an aggregate without a row")
    return Choices(row["stages"], row["kinds"], [(unit, name) for unit, name in row["units"]])


EVENTS = """
select e.event, e.at, e.details, e.version, e.person_id, coalesce(p.name, e.person_id) as person_name,
       e.unit_id, coalesce(u.short_name, e.unit_id) as unit_name,
       e.on_behalf_of, coalesce(b.name, e.on_behalf_of) as on_behalf_name,
       e.details ->> 'to' as to_id, coalesce(t.name, e.details ->> 'to') as to_name
  from item_events e
  left join directory.persons p on p.id = e.person_id
  left join directory.units u on u.id = e.unit_id
  left join directory.persons b on b.id = e.on_behalf_of
  left join directory.persons t on t.id = e.details ->> 'to'
 where e.item_id = $1
 order by e.id
"""


@dataclass(frozen=True)
class ItemEvent:
    """One line of an item's record."""

    event: str
    at: datetime
    details: dict[str, Any]
    version: int
    person_id: str | None
    person_name: str | None
    unit_id: str | None
    unit_name: str | None
    on_behalf_of: str | None
    on_behalf_name: str | None
    to_id: str | None
    to_name: str | None


async def events(conn: Connection, item_id: UUID) -> list[ItemEvent]:
    """The record of an item, in order."""
    return [ItemEvent(**row) for row in await conn.fetch(EVENTS, item_id)]

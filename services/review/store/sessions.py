"""Sessions, their agenda, what was done with them, drafts, packs and minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.runtime import db
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.domain.session_commands import PlanSession
from services.review.domain.session_refusals import NameTaken, NotWaiting, OnAnAgenda, UnknownItem, UnknownSession
from services.review.domain.sessions import Event, Item, Session

ADD = """
insert into sessions (issuer_unit, form, name, place, starts_at) values ($1, $2, $3, $4, $5)
on conflict (issuer_unit, name) do nothing
returning id
"""


async def add(tx: Connection, plan: PlanSession) -> UUID:
    """Write the plan. Raises NameTaken."""
    made: UUID | None = await tx.fetchval(ADD, plan.issuer_unit, plan.form, plan.name, plan.place, plan.starts_at)
    if made is None:
        raise NameTaken(field="name")
    return made


ONE = """
select s.id, s.issuer_unit, s.form, s.name, s.place, s.starts_at, s.planned_at, s.cancelled_at,
       count(i.id)::int as items, count(i.id) filter (where r.why = 'decided')::int as decided
  from sessions s
  left join session_items i on i.session_id = s.id and i.off_at is null
  left join rounds r on r.id = i.round_id
 where s.id = $1
 group by s.id
"""
LOCK = "select id from sessions where id = $1 for update"


async def get(conn: Connection, session_id: UUID) -> Session:
    """The session of that id. Raises UnknownSession."""
    row = await conn.fetchrow(ONE, session_id)
    if row is None:
        raise UnknownSession(field="session_id")
    return Session(**dict(row))


async def lock(tx: Connection, session_id: UUID) -> tuple[Session, datetime]:
    """The session under its row lock, and the database's clock. Raises UnknownSession."""
    await tx.execute(LOCK, session_id)
    return await get(tx, session_id), await db.now(tx)


NEWEST = """
select s.id, s.issuer_unit, s.form, s.name, s.place, s.starts_at, s.planned_at, s.cancelled_at,
       count(i.id)::int as items, count(i.id) filter (where r.why = 'decided')::int as decided
  from sessions s
  left join session_items i on i.session_id = s.id and i.off_at is null
  left join rounds r on r.id = i.round_id
 group by s.id
 order by s.starts_at desc, s.id
 limit 100
"""


async def newest(conn: Connection) -> list[Session]:
    """The hundred sessions that come or came last, the latest in front."""
    return [Session(**dict(row)) for row in await conn.fetch(NEWEST)]


MOVE = "update sessions set place = $2, starts_at = $3 where id = $1"
CANCEL = "update sessions set cancelled_at = clock_timestamp() where id = $1"


async def move(tx: Connection, session_id: UUID, place: str, starts_at: datetime) -> None:
    """Another time or place for a locked session."""
    await tx.execute(MOVE, session_id, place, starts_at)


async def cancel(tx: Connection, session_id: UUID) -> None:
    """Call a locked session off."""
    await tx.execute(CANCEL, session_id)


PUT = """
insert into session_items (session_id, round_id, position)
values ($1, $2, (select coalesce(max(position), 0) + 1 from session_items where session_id = $1))
returning id
"""


async def put(tx: Connection, session_id: UUID, round_id: UUID) -> UUID:
    """Add an item at the end of the agenda. Raises OnAnAgenda, and NotWaiting where the round moved meanwhile."""
    try:
        item: UUID = await tx.fetchval(PUT, session_id, round_id)
    except asyncpg.UniqueViolationError as taken:
        raise OnAnAgenda(field="round_id") from taken
    except asyncpg.RaiseError as moved:
        raise NotWaiting(field="round_id") from moved
    return item


TAKE_OFF = "update session_items set off_at = clock_timestamp(), off_reason = $2 where id = $1"
PLACE = "update session_items set position = $2 where id = $1"


async def take_off(tx: Connection, item_id: UUID, reason: str) -> None:
    """Take an item off a locked session's agenda."""
    await tx.execute(TAKE_OFF, item_id, reason)


async def order(tx: Connection, items: Sequence[UUID]) -> None:
    """Give the items these places."""
    await tx.executemany(PLACE, [(item, place) for place, item in enumerate(items, start=1)])


ITEMS = """
select i.id, i.session_id, i.round_id, i.position, r.document_id, r.title, r.drafting_unit, r.text_version, r.text_hash,
       r.materials_hash, coalesce(r.earliest, r.opened_at) as earliest, r.outcome, r.closed_at is not null as closed,
       i.off_at, i.off_reason
  from session_items i
  join rounds r on r.id = i.round_id
 where i.session_id = $1
 order by i.off_at is not null, i.position, i.put_at
"""


async def items(conn: Connection, session_id: UUID) -> list[Item]:
    """The agenda in its order, then what was taken off."""
    return [Item(**dict(row)) for row in await conn.fetch(ITEMS, session_id)]


async def item(conn: Connection, session_id: UUID, item_id: UUID) -> Item:
    """An item that stands on the agenda. Raises UnknownItem."""
    found = [one for one in await items(conn, session_id) if one.id == item_id and one.off_at is None]
    if not found:
        raise UnknownItem(field="item_id")
    return found[0]


AGENDA_OF = "select session_id from session_items where round_id = $1 and off_at is null"


async def agenda_of(conn: Connection, round_id: UUID) -> UUID | None:
    """The session on whose agenda the round stands."""
    found: UUID | None = await conn.fetchval(AGENDA_OF, round_id)
    return found


WAITING = """
select r.id, r.title, r.drafting_unit, coalesce(r.earliest, r.opened_at) as earliest
  from rounds r
 where r.form = 'meeting' and r.closed_at is null and r.issuer_unit = $1
   and not exists (select 1 from session_items i where i.round_id = r.id and i.off_at is null)
 order by earliest, r.id
"""


@dataclass(frozen=True)
class Waiting:
    """A matter that waits for a meeting of its authority."""

    id: UUID
    title: str
    drafting_unit: str
    earliest: datetime


async def waiting(conn: Connection, issuer_unit: str) -> list[Waiting]:
    """What waits for deliberation and stands on no agenda, the longest first."""
    return [Waiting(**dict(row)) for row in await conn.fetch(WAITING, issuer_unit)]


ADD_EVENT = """
insert into session_events (session_id, kind, detail, person_id, person_name) values ($1, $2, $3, $4, $5) returning id
"""


async def note(tx: Connection, session_id: UUID, kind: str, actor: Actor, detail: Mapping[str, Any]) -> int:
    """Write down what somebody did; the number of the line."""
    return int(await tx.fetchval(ADD_EVENT, session_id, kind, dict(detail), actor.person_id, actor.person_name))


EVENT = "select kind, detail, person_name, at from session_events where id = $1 and session_id = $2"


async def event(conn: Connection, session_id: UUID, event_id: int) -> Event:
    """One line of what was done. Raises UnknownSession."""
    row = await conn.fetchrow(EVENT, event_id, session_id)
    if row is None:
        raise UnknownSession(field="event_id")
    return Event(**dict(row))


EVENTS = "select kind, detail, person_name, at from session_events where session_id = $1 order by id"


async def events(conn: Connection, session_id: UUID) -> list[Event]:
    """What was done with a session, in the order in which it was."""
    return [Event(**dict(row)) for row in await conn.fetch(EVENTS, session_id)]


@dataclass(frozen=True)
class Draft:
    """What the clerk wrote of an item last; revision 0 and nothing where nobody wrote."""

    revision: int = 0
    fields: Mapping[str, str] | None = None
    saved_name: str = ""
    saved_at: datetime | None = None


DRAFT = """
select revision, fields, saved_name, saved_at from item_drafts where item_id = $1 order by revision desc limit 1
"""
SAVE = """
insert into item_drafts (item_id, revision, fields, saved_by, saved_name) values ($1, $2, $3, $4, $5)
on conflict (item_id, revision) do nothing
returning revision
"""


async def draft(conn: Connection, item_id: UUID) -> Draft:
    """The newest draft of an item."""
    row = await conn.fetchrow(DRAFT, item_id)
    return Draft(**dict(row)) if row else Draft()


async def save(tx: Connection, item_id: UUID, revision: int, fields: Mapping[str, str], actor: Actor) -> bool:
    """Keep a draft under that revision; False when somebody else has it."""
    return (await tx.fetchval(SAVE, item_id, revision, dict(fields), actor.person_id, actor.person_name)) is not None


@dataclass(frozen=True)
class Pack:
    """The bundle of papers that was made: its file, and what it lists."""

    file_hash: str
    listing: list[dict[str, Any]]
    made_at: datetime

    @property
    def listed(self) -> list[dict[str, Any]]:
        """The papers that could only be named."""
        return [paper for item in self.listing for paper in item["papers"] if paper["listed"]]


ADD_PACK = "insert into session_packs (session_id, file_hash, listing) values ($1, $2, $3)"
PACK = """
select file_hash, listing, made_at from session_packs where session_id = $1 order by made_at desc limit 1
"""


async def add_pack(tx: Connection, session_id: UUID, file_hash: str, listing: list[dict[str, Any]]) -> None:
    """Keep that this bundle was made."""
    await tx.execute(ADD_PACK, session_id, file_hash, listing)


async def last_pack(conn: Connection, session_id: UUID) -> Pack | None:
    """The newest bundle of a session's papers."""
    row = await conn.fetchrow(PACK, session_id)
    return Pack(**dict(row)) if row else None


@dataclass(frozen=True)
class Minutes:
    """The minutes of a session."""

    number: str
    file_hash: str
    made_at: datetime


NEXT_SERIAL = """
select coalesce(max(serial), 0) + 1 from session_minutes where issuer_unit = $1 and form = $2 and year = $3
"""
ADD_MINUTES = """
insert into session_minutes (session_id, issuer_unit, form, year, serial, number, file_hash)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing
returning number
"""
MINUTES = "select number, file_hash, made_at from session_minutes where session_id = $1"


async def next_serial(conn: Connection, issuer_unit: str, form: str, year: int) -> int:
    """The next number in the series of an authority's minutes of one form in one year."""
    serial: int = await conn.fetchval(NEXT_SERIAL, issuer_unit, form, year)
    return serial


async def add_minutes(tx: Connection, session: Session, year: int, serial: int, minutes: Minutes) -> bool:
    """Keep the minutes; False when the session has some, or the number was taken meanwhile."""
    values = (session.id, session.issuer_unit, session.form, year, serial, minutes.number, minutes.file_hash)
    return await tx.fetchval(ADD_MINUTES, *values) is not None


async def find_minutes(conn: Connection, session_id: UUID) -> Minutes | None:
    """The minutes of a session, once they are made."""
    row = await conn.fetchrow(MINUTES, session_id)
    return Minutes(**dict(row)) if row else None

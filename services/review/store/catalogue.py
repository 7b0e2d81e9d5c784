"""The catalogue of major decisions: matters, revisions, publications, links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.domain.catalogue import Adjust, Enter, Entry, PublishYear, Revision, UnknownEntry
from services.review.domain.rounds import Round

ADD = "insert into catalogue_entries (issuer_unit, year) values ($1, $2) returning id"
REVISE = """
insert into catalogue_revisions (entry_id, revision, matter, unit_id, planned_on, procedures, state, reason, person_id,
                                 person_name)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (entry_id, revision) do nothing
returning revision
"""


async def enter(tx: Connection, command: Enter, actor: Actor) -> UUID:
    """A new matter, at its first revision."""
    entry_id: UUID = await tx.fetchval(ADD, command.issuer_unit, command.year)
    plan = Adjust(revision=0, **command.model_dump(exclude={"issuer_unit", "year"}))
    await revise(tx, entry_id, plan, actor)
    return entry_id


async def revise(tx: Connection, entry_id: UUID, command: Adjust, actor: Actor) -> bool:
    """The next revision of a matter; False when somebody else wrote it."""
    values = (command.matter, command.unit_id, command.planned_on, list(command.procedures), command.state)
    who = (command.reason, actor.person_id, actor.person_name)
    return await tx.fetchval(REVISE, entry_id, command.revision + 1, *values, *who) is not None


ENTRIES = """
select e.id, e.issuer_unit, e.year, count(distinct l.document_id)::int as documents,
       count(distinct r.document_id)::int as decided
  from catalogue_entries e
  left join lateral (select distinct on (document_id) document_id, entry_id
                       from catalogue_links where entry_id = e.id order by document_id, id desc) l on true
  left join rounds r on r.document_id = l.document_id and r.form = 'meeting'
                    and r.outcome in ('passed', 'passed_as_amended')
 where ($1::uuid is null or e.id = $1) and ($2::text is null or e.issuer_unit = $2) and ($3::int is null or e.year = $3)
 group by e.id
 order by e.year desc, e.id
"""
REVISIONS = """
select entry_id, revision, matter, unit_id, planned_on, procedures, state, reason, person_name, at
  from catalogue_revisions where entry_id = any($1) order by revision desc
"""


async def entries(
    conn: Connection, *, entry_id: UUID | None = None, issuer_unit: str | None = None, year: int | None = None
) -> list[Entry]:
    """Matters with their histories, by year and as they were entered."""
    rows = await conn.fetch(ENTRIES, entry_id, issuer_unit, year)
    histories: dict[UUID, list[Revision]] = {row["id"]: [] for row in rows}
    for row in await conn.fetch(REVISIONS, list(histories)):
        fields = dict(row)
        histories[fields.pop("entry_id")].append(Revision(**fields))
    return [Entry(**dict(row), history=histories[row["id"]]) for row in rows]


async def entry(conn: Connection, entry_id: UUID) -> Entry:
    """One matter. Raises UnknownEntry."""
    found = await entries(conn, entry_id=entry_id)
    if not found:
        raise UnknownEntry(field="entry_id")
    return found[0]


@dataclass(frozen=True)
class Publication:
    """That a year's catalogue is public, and by whose consent."""

    issuer_unit: str
    year: int
    consent_by: str
    consent_on: date
    consent_no: str
    published_at: datetime


PUBLISH = """
insert into catalogue_publications (issuer_unit, year, consent_by, consent_on, consent_no, person_id, person_name)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (issuer_unit, year) do nothing
returning year
"""
PUBLICATIONS = """
select issuer_unit, year, consent_by, consent_on, consent_no, published_at
  from catalogue_publications order by year desc, issuer_unit
"""


async def publish(tx: Connection, command: PublishYear, actor: Actor) -> bool:
    """Make a year public; False when it is."""
    values = (command.issuer_unit, command.year, command.consent_by, command.consent_on, command.consent_no)
    return await tx.fetchval(PUBLISH, *values, actor.person_id, actor.person_name) is not None


async def publications(conn: Connection) -> list[Publication]:
    """What is public, the newest year in front."""
    return [Publication(**dict(row)) for row in await conn.fetch(PUBLICATIONS)]


@dataclass(frozen=True)
class Link:
    """Which matter a document carries out; without one, why it was begun outside the catalogue."""

    entry_id: UUID | None
    reason: str
    person_name: str
    at: datetime


LINK = """
insert into catalogue_links (round_id, document_id, entry_id, reason, person_id, person_name)
values ($1, $2, $3, $4, $5, $6)
returning id
"""
LAST_LINK = """
select entry_id, reason, person_name, at from catalogue_links where document_id = $1 order by id desc limit 1
"""


async def link(tx: Connection, round_: Round, entry_id: UUID | None, reason: str, actor: Actor) -> None:
    """Say which matter a document carries out."""
    await tx.execute(LINK, round_.id, round_.document_id, entry_id, reason, actor.person_id, actor.person_name)


async def last_link(conn: Connection, document_id: UUID) -> Link | None:
    """What was said of a document last."""
    row = await conn.fetchrow(LAST_LINK, document_id)
    return Link(**dict(row)) if row else None

"""Hearings as the public sees them, applications, and who applied: read through functions that note the reader."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg

from services.kernel.contracts.proof import SPENT, ProofWrong
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.domain.public_hearings import (
    Application,
    ApplicationsClosed,
    Apply,
    HearingUnknown,
    Person,
    PublicHearing,
    WithdrawalLate,
)

HEARINGS = """
select r.id as round_id, r.document_id, r.title, r.issuer_unit, r.drafting_unit, r.text_version, r.text_hash,
       r.materials_hash, r.closed_at, r.why, n.body as notice_body, f.filed_at as announced_at,
       greatest(n.filed_at, l.filed_at, s.filed_at, k.filed_at, r.closed_at) as changed_at, n.position as notices,
       coalesce(l.body, '{}') as list_body, coalesce(s.body, '{}') as sent_body, coalesce(k.body, '{}') as record_body,
       (select count(*) from hearing_applications a
         where a.round_id = r.id
           and not exists (select 1 from hearing_withdrawals w where w.application_id = a.id))::int as applications,
       clock_timestamp() as now
  from rounds r
  join lateral (select body, filed_at, position from reports
                 where round_id = r.id and part = 'hearing_notice' order by position desc limit 1) n on true
  join reports f on f.round_id = r.id and f.part = 'hearing_notice' and f.position = 1
  left join lateral (select body, filed_at from reports
                      where round_id = r.id and part = 'hearing_list' order by position desc limit 1) l on true
  left join lateral (select body, filed_at from reports
                      where round_id = r.id and part = 'hearing_materials' order by position desc limit 1) s on true
  left join lateral (select body, filed_at from reports
                      where round_id = r.id and part = 'hearing_record' order by position desc limit 1) k on true
 where r.stage = 'hearing' and ($1::uuid is null or r.id = $1)
 order by n.body ->> 'held_on' desc, r.id
 limit $2
"""
PAGE = 100


async def hearings(conn: Connection) -> list[PublicHearing]:
    """The hundred hearings that come or came last, the latest day in front."""
    return [PublicHearing(**dict(row)) for row in await conn.fetch(HEARINGS, None, PAGE)]


async def hearing(conn: Connection, round_id: UUID) -> PublicHearing:
    """One hearing. Raises HearingUnknown where none is announced."""
    row = await conn.fetchrow(HEARINGS, round_id, 1)
    if row is None:
        raise HearingUnknown
    return PublicHearing(**dict(row))


ADD = """
insert into hearing_applications (round_id, number, party, words)
select $1, coalesce(max(number), 0) + 1, $2, $3 from hearing_applications where round_id = $1
returning id, number
"""
ADD_CONTACT = "select add_hearing_contact($1, $2, $3, $4)"


async def apply(tx: Connection, round_id: UUID, command: Apply, party: str) -> tuple[UUID, int]:
    """Take an application in a locked round; its id and number. Raises ApplicationsClosed."""
    try:
        row = await tx.fetchrow(ADD, round_id, party, command.words)
    except asyncpg.RaiseError as error:
        raise ApplicationsClosed from error
    assert row is not None
    await tx.execute(ADD_CONTACT, row["id"], command.name, command.contact, command.full_name)
    return row["id"], int(row["number"])


APPLICATIONS = """
select a.id, a.number, a.party, a.words, a.applied_at
  from hearing_applications a
  left join hearing_withdrawals w on w.application_id = a.id
 where a.round_id = $1 and w.application_id is null
 order by a.number
"""


async def applications(conn: Connection, round_id: UUID) -> list[Application]:
    """Who applied and did not take it back, by number, without names."""
    return [Application(**dict(row)) for row in await conn.fetch(APPLICATIONS, round_id)]


NUMBERED = "select id from hearing_applications where round_id = $1 and number = $2"
WITHDRAW = "insert into hearing_withdrawals (application_id) values ($1) on conflict (application_id) do nothing"


async def numbered(conn: Connection, round_id: UUID, number: int) -> UUID | None:
    """The application of that number, also one that was taken back."""
    found: UUID | None = await conn.fetchval(NUMBERED, round_id, number)
    return found


async def withdraw(tx: Connection, application_id: UUID) -> None:
    """Take an application back and let go of its contact; twice is harmless. Raises WithdrawalLate."""
    try:
        await tx.execute(WITHDRAW, application_id)
    except asyncpg.RaiseError as error:
        raise WithdrawalLate from error


NUMBER_OF = "select number from hearing_applications where id = $1"
TO_MAIL = "select hearing_contact_to_mail($1)"


async def to_mail(tx: Connection, application_id: UUID) -> str | None:
    """How to reach who applied, noted as read; None once that was let go of."""
    contact: str | None = await tx.fetchval(TO_MAIL, application_id)
    return contact


async def number_of(conn: Connection, application_id: UUID) -> int:
    """The number of an application."""
    return int(await conn.fetchval(NUMBER_OF, application_id))


READ = "select application_id, name, contact, full_name from read_hearing_contacts($1, $2, $3, $4)"


async def persons(tx: Connection, round_id: UUID, purpose: str, reader: Actor) -> dict[UUID, Person]:
    """Names and contacts by application; that they were read, by whom and for what, is noted with it."""
    rows = await tx.fetch(READ, round_id, purpose, reader.person_id, reader.person_name)
    return {row["application_id"]: Person(**dict(row)) for row in rows}


READS = """
select purpose, person_name, at from hearing_contact_reads where round_id = $1 and purpose <> 'mail' order by id
"""


async def reads(conn: Connection, round_id: UUID) -> list[tuple[str, str, datetime]]:
    """Which persons have read the contacts of a hearing, and for what."""
    return [(row["purpose"], row["person_name"], row["at"]) for row in await conn.fetch(READS, round_id)]


FORGET = "delete from hearing_knocks where at < clock_timestamp() - interval '1 day'"
KNOCK = "insert into hearing_knocks (key, proof) values ($1, $2)"
KNOCKS = "select count(*) from hearing_knocks where key = $1 and at > clock_timestamp() - make_interval(secs => $2)"


async def knock(tx: Connection, key: bytes, proof: bytes | None, *, seconds: int) -> int:
    """Count one more application of a network; how many there were within so many seconds. Raises ProofWrong."""
    await tx.execute(FORGET)
    try:
        await tx.execute(KNOCK, key, proof)
    except asyncpg.UniqueViolationError as error:
        raise ProofWrong(SPENT, field="proof") from error
    return int(await tx.fetchval(KNOCKS, key, float(seconds)))

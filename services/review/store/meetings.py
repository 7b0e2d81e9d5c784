"""Meetings: attendance, statements, decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Meeting:
    """The head of a meeting's record."""

    round_id: UUID
    issuer_unit: str
    form: str
    name: str
    place: str
    started_at: datetime
    chair_id: str
    chair_name: str
    chief_id: str
    recorder_id: str
    recorder_name: str
    due_count: int
    present_count: int
    quorum_ratio: Decimal
    notice_at: datetime | None
    materials_at: datetime | None
    minutes_number: str | None
    recorded_at: datetime
    session_id: UUID | None = None


@dataclass(frozen=True)
class Seat:
    """Somebody on the list."""

    person_id: str | None
    name: str
    unit_name: str
    capacity: str
    absent_reason: str
    present: bool


@dataclass(frozen=True)
class Spoken:
    """One member's words, in the order of speaking."""

    speaking_order: int
    person_id: str
    name: str
    stance: str
    opinion: str
    dissents: bool


@dataclass(frozen=True)
class Ruling:
    """What the chief executive decided after the discussion."""

    outcome: str
    chief_id: str
    against_majority: bool
    reasons: str
    amendments: list[dict[str, Any]]
    amended_hash: str | None = None


@dataclass(frozen=True)
class Recused:
    """A member who withdrew from the item."""

    person_id: str
    name: str
    reason: str


@dataclass(frozen=True)
class MeetingRecord:
    """The whole record of one item."""

    meeting: Meeting
    seats: list[Seat]
    statements: list[Spoken]
    ruling: Ruling
    recusals: list[Recused]


ADD_MEETING = """
insert into meetings (round_id, issuer_unit, form, name, place, started_at, chair_id, chair_name, chief_id, recorder_id,
                      recorder_name, due_count, present_count, quorum_ratio, notice_at, materials_at, minutes_number,
                      recorded_at, session_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
returning id
"""
ADD_SEAT = """
insert into attendees (meeting_id, position, person_id, name, unit_name, capacity, absent_reason, present)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
ADD_STATEMENT = """
insert into statements (meeting_id, speaking_order, person_id, name, stance, opinion, dissents)
values ($1, $2, $3, $4, $5, $6, $7)
"""
ADD_RECUSAL = "insert into recusals (meeting_id, person_id, name, reason) values ($1, $2, $3, $4)"
ADD_RULING = """
insert into meeting_decisions (meeting_id, outcome, chief_id, against_majority, reasons, amendments, amended_hash)
values ($1, $2, $3, $4, $5, $6, $7)
"""


async def add_meeting(tx: Connection, record: MeetingRecord) -> UUID:
    """Append the whole record; constraints refuse one without quorum, reasons or order."""
    id_: UUID = await tx.fetchval(ADD_MEETING, *_values(record.meeting))
    seats = [(id_, position, *_values(seat)) for position, seat in enumerate(record.seats, start=1)]
    await tx.executemany(ADD_SEAT, seats)
    await tx.executemany(ADD_RECUSAL, [(id_, *_values(recused)) for recused in record.recusals])
    await tx.executemany(ADD_STATEMENT, [(id_, *_values(spoken)) for spoken in record.statements])
    await tx.execute(ADD_RULING, id_, *_values(record.ruling))
    return id_


MEETING = """
select id, round_id, issuer_unit, form, name, place, started_at, chair_id, chair_name, chief_id, recorder_id,
       recorder_name, due_count, present_count, quorum_ratio, notice_at, materials_at, minutes_number, recorded_at,
       session_id
  from meetings
 where round_id = $1
"""
SEATS = """
select person_id, name, unit_name, capacity, absent_reason, present
  from attendees where meeting_id = $1 order by position
"""
STATEMENTS = """
select speaking_order, person_id, name, stance, opinion, dissents
  from statements where meeting_id = $1 order by speaking_order
"""
RECUSALS = "select person_id, name, reason from recusals where meeting_id = $1 order by name"
RULING = """
select outcome, chief_id, against_majority, reasons, amendments, amended_hash
  from meeting_decisions where meeting_id = $1
"""


async def find_meeting(conn: Connection, round_id: UUID) -> MeetingRecord | None:
    """The record of the meeting that decided the round, if one did."""
    row = await conn.fetchrow(MEETING, round_id)
    if row is None:
        return None
    head = dict(row)
    id_ = head.pop("id")
    ruling = await conn.fetchrow(RULING, id_)
    if ruling is None:
        return None
    return MeetingRecord(
        Meeting(**head),
        [Seat(**dict(seat)) for seat in await conn.fetch(SEATS, id_)],
        [Spoken(**dict(spoken)) for spoken in await conn.fetch(STATEMENTS, id_)],
        Ruling(**dict(ruling)),
        [Recused(**dict(recused)) for recused in await conn.fetch(RECUSALS, id_)],
    )


AMENDED = """
select d.amended_hash
  from meetings m
  join meeting_decisions d on d.meeting_id = m.id
 where m.round_id = $1
"""


async def amended_hash(conn: Connection, round_id: UUID) -> str | None:
    """The hash of the text as the round's meeting amended it; None where it amended nothing, or there was none."""
    found: str | None = await conn.fetchval(AMENDED, round_id)
    return found


@dataclass(frozen=True)
class AgendaItem:
    """Another item of the same meeting."""

    round_id: UUID
    title: str
    drafting_unit: str
    outcome: str


AGENDA = """
select r.id as round_id, r.title, r.drafting_unit, d.outcome
  from meetings m
  join meeting_decisions d on d.meeting_id = m.id
  join rounds r on r.id = m.round_id
 where m.issuer_unit = $1 and m.name = $2
 order by m.recorded_at, r.id
"""


async def agenda(conn: Connection, issuer_unit: str, name: str) -> Sequence[AgendaItem]:
    """The items that this meeting decided, as they were recorded."""
    return [AgendaItem(**dict(row)) for row in await conn.fetch(AGENDA, issuer_unit, name)]


def _values(row: Meeting | Seat | Spoken | Ruling | Recused) -> tuple[Any, ...]:
    return tuple(asdict(row).values())

"""Joint rounds and their seats: only ever added to, under the lock of their round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.db import Connection
from services.review.domain import refusals, seat_refusals
from services.review.domain.seats import Joint, JointRule, Seat

OTHERS: tuple[type[Refused], ...] = (
    refusals.RoundClosed,
    refusals.AlreadySigned,
    seat_refusals.NotInAMeeting,
    seat_refusals.NoSeat,
    seat_refusals.SeatActed,
    seat_refusals.SeatGone,
    seat_refusals.SeatWaits,
)
SAID_BY_THE_DATABASE: dict[str, type[Refused]] = {
    **refusals.FOUR_EYES,
    **{refusal.code: refusal for refusal in OTHERS},
}

CALL = """
insert into joint_rounds (round_id, rule, part, whole, passing, outcomes, called_by, called_name, called_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def call(tx: Connection, joint: Joint) -> None:
    """Make a round joint. Raises what the database says against it, and AlreadyJoint."""
    rule = (joint.rule, joint.part, joint.whole, list(joint.passing), list(joint.outcomes))
    try:
        await tx.execute(CALL, joint.round_id, *rule, joint.called_by, joint.called_name, joint.called_at)
    except asyncpg.UniqueViolationError as error:
        raise seat_refusals.AlreadyJoint from error
    except asyncpg.RaiseError as error:
        raise _said(error) from error


ADD = """
insert into seats (id, round_id, ordinal, person_id, person_name, unit_id, unit_name, role, leads, added_by, added_name,
                   added_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
ORDER = "insert into seat_order (first_id, then_id) values ($1, $2)"


async def add(tx: Connection, seat: Seat, *, before: UUID | None = None) -> None:
    """Add a seat, after those it waits for and, if named, before another. Raises what the database says against it."""
    try:
        await tx.execute(
            ADD,
            seat.id,
            seat.round_id,
            seat.ordinal,
            seat.person_id,
            seat.person_name,
            seat.unit_id,
            seat.unit_name,
            seat.role,
            seat.leads,
            seat.added_by,
            seat.added_name,
            seat.added_at,
        )
    except asyncpg.RaiseError as error:
        raise _said(error) from error
    pairs = [(first, seat.id) for first in seat.waits_for] + ([(seat.id, before)] if before else [])
    await tx.executemany(ORDER, pairs)


END = "insert into seat_ends (seat_id, why, person_id, person_name, reason, ended_at) values ($1, $2, $3, $4, $5, $6)"


async def end(tx: Connection, seat_id: UUID, why: str, *, by: tuple[str, str], reason: str, at: datetime) -> None:
    """Take a seat away that has not signed; `by` is (person id, name). Raises SeatActed, SeatGone, RoundClosed."""
    try:
        await tx.execute(END, seat_id, why, *by, reason, at)
    except asyncpg.UniqueViolationError as error:
        raise seat_refusals.SeatGone from error
    except asyncpg.RaiseError as error:
        raise _said(error) from error


FILL = "insert into seat_signs (seat_id, sign_off_id, outcome, agrees) values ($1, $2, $3, $4)"


async def fill(tx: Connection, seat_id: UUID, sign_off_id: UUID, *, outcome: str, agrees: bool) -> None:
    """Bind a seat to the sign-off that fills it. Raises SeatActed, SeatGone, SeatWaits, NoSeat, RoundClosed."""
    try:
        await tx.execute(FILL, seat_id, sign_off_id, outcome, agrees)
    except asyncpg.UniqueViolationError as error:
        raise seat_refusals.SeatActed from error
    except asyncpg.RaiseError as error:
        raise _said(error) from error


JOINT = """
select round_id, rule, part, whole, passing, outcomes, called_by, called_name, called_at
  from joint_rounds
 where round_id = $1
"""
SEATS = """
select s.id, s.round_id, s.ordinal, s.person_id, s.person_name, s.unit_id, s.unit_name, s.role, s.leads, s.added_by,
       s.added_name, s.added_at, array(select o.first_id from seat_order o where o.then_id = s.id) as waits_for,
       g.outcome, g.agrees, f.person_id as signed_by, f.person_name as signed_name, f.signed_at, e.why as ended, e.person_name as ended_name,
       e.reason as ended_reason, e.ended_at
  from seats s
  left join seat_signs g on g.seat_id = s.id
  left join sign_offs f on f.id = g.sign_off_id
  left join seat_ends e on e.seat_id = s.id
 where s.round_id = $1
 order by s.ordinal
"""


async def find(conn: Connection, round_id: UUID) -> Joint | None:
    """The joint signing of a round; None where one person of its office decides."""
    row = await conn.fetchrow(JOINT, round_id)
    if row is None:
        return None
    seats = [_seat(each) for each in await conn.fetch(SEATS, round_id)]
    values = {**dict(row), "rule": JointRule(row["rule"])}
    return Joint(**{**values, **_tuples(row, "passing", "outcomes"), "seats": tuple(seats)})


JOINT_OF = """
select j.round_id
  from joint_rounds j
  join rounds r on r.id = j.round_id
 where r.document_id = $1
 order by j.called_at, j.round_id
"""


async def of_document(conn: Connection, document_id: UUID) -> list[Joint]:
    """Every joint signing of a document, in the order in which they began."""
    found = [await find(conn, row["round_id"]) for row in await conn.fetch(JOINT_OF, document_id)]
    return [one for one in found if one is not None]


def _seat(row: asyncpg.Record) -> Seat:
    return Seat(**{**dict(row), **_tuples(row, "waits_for")})


def _tuples(row: asyncpg.Record, *names: str) -> dict[str, Sequence[object]]:
    return {name: tuple(row[name]) for name in names}


def _said(error: asyncpg.RaiseError) -> Refused:
    refusal = SAID_BY_THE_DATABASE.get(str(error))
    if refusal is None:
        raise error
    return refusal()

"""Joint signing: calling for it, 加签, 减签, 撤回, and what one more signature does to the round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from services.kernel.contracts.review import OpenRound
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.stages import NOT_APPLICABLE, Stage
from services.kernel.runtime import directory
from services.kernel.runtime.auth import Actor, stands_in
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Office, Role
from services.review.actions.deciding import close, joint_outcome, say_seats
from services.review.domain import seat_refusals as no
from services.review.domain.refusals import AuthorMayNotSign
from services.review.domain.rounds import Round, closed
from services.review.domain.seats import (
    AddSeat,
    CallSeats,
    EndSeat,
    Joint,
    JointRule,
    NewSeat,
    Seat,
    called_refused,
    share_of,
)
from services.review.store import four_eyes, rounds, seats, sign_offs

SHARE = "joint_ratio"


@dataclass(frozen=True)
class Held:
    """A round under its lock, with its joint signing and the database's clock."""

    round_: Round
    joint: Joint | None
    now: datetime


async def call(tx: Connection, actor: Actor, round_id: UUID, command: CallSeats, *, book: RuleBook) -> Joint:
    """Have an open round decided by several; their signatures decide it from now on.

    Refused: Forbidden to those who are not in charge of the round, RoundClosed, TextChanged, AuthorMayNotSign,
    NotInAMeeting, AlreadyJoint, NobodyThere, TooFewSeats, SeatTwice.
    """
    held = await _in_charge(tx, actor, round_id)
    round_ = held.round_
    if refusal := closed(round_) or round_.differs(command):
        raise refusal
    if round_.form == "meeting":
        raise no.NotInAMeeting
    if held.joint is not None:
        raise no.AlreadyJoint
    offices = await directory.offices(tx)
    own = [_own_seat(round_, actor, held.now)] if command.with_me else []
    asked = [_seat(round_, new, actor, offices, held.now) for new in command.seats]
    new = [replace(seat, ordinal=ordinal) for ordinal, seat in enumerate([*own, *asked], start=1)]
    if refusal := called_refused(new):
        raise refusal
    share = share_of(str(book.parameter(SHARE)))
    ratio = (share.numerator, share.denominator) if command.rule is JointRule.RATIO else (1, 1)
    joint = _joint(held, book.kind(round_.kind).stage(round_.stage), book, command.rule, ratio)
    await _begin(tx, round_, replace(joint, called_by=actor.person_id, called_name=actor.person_name), new)
    return await _joint_of(tx, round_id)


async def add(tx: Connection, actor: Actor, round_id: UUID, command: AddSeat) -> Joint:
    """加签 by whoever is in charge of the round or has a seat in it.

    Refused: NotJoint, RoundClosed, TextChanged, Forbidden, NobodyThere, SeatTwice, UnknownSeat, SeatActed, SeatGone,
    AuthorMayNotSign.
    """
    held = await _held(tx, round_id)
    joint = _joint_there(held)
    if refusal := closed(held.round_) or held.round_.differs(command):
        raise refusal
    if not any(seat.is_for(actor) for seat in joint.live):
        await _in_charge(tx, actor, round_id)
    new = _seat(held.round_, command.seat, actor, await directory.offices(tx), held.now)
    if refusal := joint.refuses_more(new):
        raise refusal
    await _refuse_author(tx, held.round_, new)
    other = joint.seat(command.of) if command.place != "beside" and command.of else None
    if other is not None and not other.is_live:
        raise no.SeatGone(field="of")
    if other is not None and command.place == "before" and other.has_signed:
        raise no.SeatActed(field="of")
    waits = (other.id,) if other is not None and command.place == "after" else ()
    last = max(seat.ordinal for seat in joint.seats)
    before = other.id if other is not None and command.place == "before" else None
    await seats.add(tx, replace(new, ordinal=last + 1, waits_for=waits), before=before)
    return await _told(tx, held.round_)


async def remove(tx: Connection, actor: Actor, round_id: UUID, command: EndSeat) -> Joint:
    """减签, with a reason. Refused: NotJoint, RoundClosed, Forbidden, UnknownSeat, SeatActed, LastSeat, SeatReason."""
    held = await _in_charge(tx, actor, round_id)
    return await _end(tx, actor, held, command.seat_id, "removed", command.reason)


async def withdraw(tx: Connection, actor: Actor, round_id: UUID, seat_id: UUID) -> Joint:
    """撤回 an added seat before it has signed, by whoever added it. Refused: NotYourSeat, and what `remove` refuses."""
    held = await _held(tx, round_id)
    if _joint_there(held).seat(seat_id).added_by != actor.person_id:
        raise no.NotYourSeat
    return await _end(tx, actor, held, seat_id, "withdrawn", None)


async def open_joint(tx: Connection, asked: OpenRound, round_id: UUID, book: RuleBook) -> None:
    """Seat the heads of all issuers of a joint document, the leading one first. Twice is harmless.

    Where nobody holds the round's own office in a unit, its head signs; a lead of that kind has an item of its own.
    """
    held = await _held(tx, round_id)
    if not asked.joint_units or held.joint is not None:
        return
    round_ = held.round_
    names = {unit.id: unit.short_name for unit in await directory.units(tx)}
    own = {office.unit_id for office in await directory.offices(tx) if office.role == round_.role}
    headed = {office.unit_id for office in await directory.offices(tx) if office.role == Role.UNIT_HEAD}
    issuers = dict.fromkeys((round_.issuer_unit, *asked.joint_units))
    new = []
    for ordinal, unit in enumerate(issuers, start=1):
        role = Role.UNIT_HEAD if unit in headed - own else round_.role
        leads = ordinal == 1 and role == round_.role
        new.append(_vacant(round_, unit, names.get(unit, unit), role, held.now, ordinal=ordinal, leads=leads))
    stage = book.kind(round_.kind).stage(round_.stage)
    await _begin(tx, round_, _joint(held, stage, book, JointRule.ALL, (1, 1)), new)


async def _begin(tx: Connection, round_: Round, joint: Joint, new: Sequence[Seat]) -> None:
    await seats.call(tx, joint)
    for seat in new:
        await _refuse_author(tx, round_, seat)
        await seats.add(tx, seat)
    await _told(tx, round_)


async def _told(tx: Connection, round_: Round) -> Joint:
    joint = await _joint_of(tx, round_.id)
    await say_seats(tx, round_, joint)
    return joint


async def _end(tx: Connection, actor: Actor, held: Held, seat_id: UUID, why: str, reason: str | None) -> Joint:
    joint = _joint_there(held)
    if refusal := closed(held.round_) or joint.refuses_end(joint.seat(seat_id), reason=reason):
        raise refusal
    by = (actor.person_id, actor.person_name)
    await seats.end(tx, seat_id, why, by=by, reason=reason or "", at=held.now)
    await _decide_without(tx, held)
    return await _joint_of(tx, held.round_.id)


async def _decide_without(tx: Connection, held: Held) -> None:
    """Those who are left may have said all that the rule asks for: then the last of their signatures decides."""
    outcome = await joint_outcome(tx, held.round_)
    last = await sign_offs.find_sign_off(tx, held.round_.id)
    if outcome is not None and last is not None:
        verdict = rounds.Verdict(outcome, last.record_hash, last.person_id, held.now)
        await close(tx, held.round_, verdict)


async def _in_charge(tx: Connection, actor: Actor, round_id: UUID) -> Held:
    """The round for somebody of its office against whom four eyes say nothing. Raises Forbidden, and what they say."""
    held = await _held(tx, round_id)
    stands_in(actor, role=held.round_.role, unit_id=held.round_.unit_id)
    if refusal := await four_eyes.against(tx, round_id, person_id=actor.person_id, unit_id=actor.unit_id):
        raise refusal
    return held


async def _held(tx: Connection, round_id: UUID) -> Held:
    round_, now = await rounds.lock_round(tx, round_id)
    return Held(round_, await seats.find(tx, round_id), now)


async def _joint_of(tx: Connection, round_id: UUID) -> Joint:
    joint = await seats.find(tx, round_id)
    if joint is None:
        raise no.NotJoint
    return joint


def _joint_there(held: Held) -> Joint:
    if held.joint is None:
        raise no.NotJoint
    return held.joint


async def _refuse_author(tx: Connection, round_: Round, seat: Seat) -> None:
    if seat.person_id and not round_.own_work and seat.person_id in await rounds.authors_of(tx, round_.document_id):
        raise AuthorMayNotSign(field="seat")


def _joint(held: Held, stage: Stage, book: RuleBook, rule: JointRule, ratio: tuple[int, int]) -> Joint:
    outcomes = tuple(code for code in stage.outcomes if code != NOT_APPLICABLE)
    return Joint(
        round_id=held.round_.id,
        rule=rule,
        part=ratio[0],
        whole=ratio[1],
        passing=tuple(code for code in outcomes if book.outcome(code).passes),
        outcomes=outcomes,
        called_by=None,
        called_name="",
        called_at=held.now,
        seats=(),
    )


def _own_seat(round_: Round, actor: Actor, now: datetime) -> Seat:
    seat = _vacant(round_, actor.unit_id, actor.unit_name, round_.role, now, leads=True)
    return replace(seat, person_id=actor.person_id, person_name=actor.person_name, added_by=None)


def _seat(round_: Round, new: NewSeat, actor: Actor, offices: Sequence[Office], now: datetime) -> Seat:
    """The seat that is asked for, filled in from the directory. Raises NobodyThere."""
    role = new.role or ("" if new.person_id else round_.role)
    fits = [
        office
        for office in offices
        if new.person_id in ("", office.person_id)
        and new.unit_id in ("", office.unit_id)
        and role in ("", office.role)
        and (new.person_id or new.unit_id)
    ]
    if not fits:
        raise no.NobodyThere(field="seat")
    office = next((office for office in fits if office.role == round_.role), fits[0])
    seat = _vacant(round_, office.unit_id, office.unit_name, office.role, now)
    return replace(
        seat,
        person_id=office.person_id if new.person_id else None,
        person_name=office.person_name if new.person_id else "",
        added_by=actor.person_id,
        added_name=actor.person_name,
    )


def _vacant(
    round_: Round, unit_id: str, unit_name: str, role: str, now: datetime, *, ordinal: int = 1, leads: bool = False
) -> Seat:
    return Seat(
        id=uuid4(),
        round_id=round_.id,
        ordinal=ordinal,
        person_id=None,
        person_name="",
        unit_id=unit_id,
        unit_name=unit_name,
        role=role,
        leads=leads,
        added_by=None,
        added_name="",
        added_at=now,
    )

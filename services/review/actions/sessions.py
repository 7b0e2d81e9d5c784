"""Sessions: the clerk plans a meeting, puts matters on it, tells the members, takes attendance, writes each item down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.kernel.contracts.messages import Message
from services.kernel.contracts.refusals import Refused
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import db, directory, outbox
from services.kernel.runtime.auth import Actor, stands_in
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role, Unit
from services.review.actions.deciding import Decided, insist
from services.review.actions.meetings import council_of, record_meeting
from services.review.domain import session_refusals as no
from services.review.domain import sessions as rules
from services.review.domain.meetings import Council
from services.review.domain.session_commands import (
    CancelSession,
    MoveSession,
    NoteAttendance,
    OrderItems,
    PlanSession,
    PutItem,
    RecordItem,
    SaveDraft,
    SendNotice,
    TakeOff,
)
from services.review.domain.sessions import Colleague, Event, Item, Sent, Session, meant
from services.review.store import rounds, sessions

# A government's own office (办公室) convenes its meetings; a department convenes none but its own.
OFFICE = "office"


class SessionOut(BaseModel):
    """Which session an act was about."""

    model_config = ConfigDict(frozen=True)

    session_id: UUID


class SessionLetter(Message):
    """What the outbox carries to one person: which line of a session's record, never an address."""

    session_id: UUID
    event_id: int
    person_id: str


class ItemOut(SessionOut):
    """Which item of it."""

    item_id: UUID


class DraftOut(ItemOut):
    """Under which revision a draft is kept."""

    revision: int


async def plan(tx: Connection, actor: Actor, command: PlanSession) -> SessionOut:
    """Plan a meeting. Refused: Forbidden, OtherAuthority, NotAMeeting, InThePast, NameTaken."""
    council = await _for_clerk(tx, actor, command.issuer_unit)
    insist(rules.plan_refused(command, council, now=await db.now(tx)))
    session_id = await sessions.add(tx, command)
    await _note(tx, session_id, "planned", actor, {**command.model_dump(mode="json"), "members": dict(council.members)})
    return SessionOut(session_id=session_id)


async def move(tx: Connection, actor: Actor, session_id: UUID, command: MoveSession) -> SessionOut:
    """Move a meeting. Refused: ReasonNeeded, InThePast, ItemTooEarly, Cancelled, AlreadyHeld, and strangers."""
    session, now, agenda = await _to_change(tx, actor, session_id)
    _reasoned(command.reason)
    insist(rules.time_refused(agenda, command.starts_at, now=now))
    await sessions.move(tx, session.id, command.place, command.starts_at)
    before = {"place": session.place, "starts_at": session.starts_at.isoformat()}
    moved = {**command.model_dump(mode="json"), "before": before}
    return await _noted_and_told(tx, actor, session, "moved", moved, await _told_before(tx, session_id))


async def cancel(tx: Connection, actor: Actor, session_id: UUID, command: CancelSession) -> SessionOut:
    """Call a meeting off; its items wait for another. Refused: ReasonNeeded, Cancelled, AlreadyHeld, and strangers."""
    session, _, agenda = await _to_change(tx, actor, session_id)
    _reasoned(command.reason)
    for item in agenda:
        await sessions.take_off(tx, item.id, command.reason)
    await sessions.cancel(tx, session.id)
    called_off = {
        **command.model_dump(mode="json"),
        "place": session.place,
        "starts_at": session.starts_at.isoformat(),
    }
    return await _noted_and_told(tx, actor, session, "cancelled", called_off, await _told_before(tx, session_id))


async def put(tx: Connection, actor: Actor, session_id: UUID, command: PutItem) -> ItemOut:
    """Put a matter on the agenda. Refused: NotWaiting, ItemTooEarly, OnAnAgenda, Cancelled, UnknownRound, strangers."""
    session, _ = await _locked(tx, actor, session_id)
    if session.cancelled_at is not None:
        raise no.Cancelled
    round_, _ = await rounds.lock_round(tx, command.round_id)
    if round_.form != "meeting" or not round_.is_open or round_.issuer_unit != session.issuer_unit:
        raise no.NotWaiting(field="round_id")
    earliest = round_.earliest or round_.opened_at
    if session.starts_at < rules.minute(earliest):
        raise rules.too_early(round_.title, earliest)
    item_id = await sessions.put(tx, session.id, command.round_id)
    await _noted(tx, actor, session, "put", {"title": round_.title, "round_id": str(round_.id)})
    return ItemOut(session_id=session.id, item_id=item_id)


async def take_off(tx: Connection, actor: Actor, session_id: UUID, item_id: UUID, command: TakeOff) -> ItemOut:
    """Take an item off the agenda. Refused: ReasonNeeded, UnknownItem, AlreadyHeld once it is decided, strangers."""
    session, _ = await _locked(tx, actor, session_id)
    item = await sessions.item(tx, session.id, item_id)
    _reasoned(command.reason)
    if item.outcome is not None:
        raise no.AlreadyHeld(field="item_id")
    await sessions.take_off(tx, item.id, command.reason)
    await _noted(tx, actor, session, "taken_off", {"title": item.title, "reason": command.reason})
    return ItemOut(session_id=session.id, item_id=item.id)


async def order(tx: Connection, actor: Actor, session_id: UUID, command: OrderItems) -> SessionOut:
    """Order the agenda. Refused: OrderIncomplete, Cancelled, AlreadyHeld, strangers."""
    session, _, agenda = await _to_change(tx, actor, session_id)
    titles = {item.id: item.title for item in agenda}
    insist(rules.order_refused(command.items, titles))
    await sessions.order(tx, command.items)
    return await _noted(tx, actor, session, "ordered", {"titles": [titles[item] for item in command.items]})


async def send_notice(tx: Connection, actor: Actor, session_id: UUID, command: SendNotice) -> SessionOut:
    """Tell members, presenting units and who else is invited, by mail, once each; note whom, of what.

    Refused: AgendaEmpty, InviteeUnknown, Cancelled, AlreadyHeld, strangers.
    """
    session, _, agenda = await _to_change(tx, actor, session_id)
    if not agenda:
        raise no.AgendaEmpty
    council = await council_of(tx, session.issuer_unit)
    invited = await _invited(tx, council, agenda, command)
    told = {
        "note": command.note,
        "members": dict(council.members),
        "invited": invited,
        "titles": [item.title for item in agenda],
        "place": session.place,
        "starts_at": session.starts_at.isoformat(),
    }
    return await _noted_and_told(tx, actor, session, "noticed", told, invited)


async def _invited(tx: Connection, council: Council, agenda: Sequence[Item], command: SendNotice) -> list[str]:
    """Everybody to be told, once: members, the people of the units that present, and those named by the clerk."""
    presenting = [
        person.id
        for unit in dict.fromkeys(item.drafting_unit for item in agenda)
        for person in await directory.persons_of(tx, unit, Role.DRAFTER)
    ]
    people = {Colleague(one.person_id, one.person_name, one.unit_name) for one in await directory.offices(tx)}
    others = [_the_one(line, people) for line in command.invited]
    return list(dict.fromkeys([*council.members, *presenting, *others]))


def _the_one(line: str, people: Collection[Colleague]) -> str:
    found = meant(line, people)
    if len(found) != 1:
        raise no.InviteeUnknown(line, several=bool(found))
    return found.pop()


async def _told_before(tx: Connection, session_id: UUID) -> list[str]:
    """Who was told of the meeting last, and must hear when it changes."""
    notice = _last(await sessions.events(tx, session_id), "noticed")
    return list(notice.detail.get("invited", [])) if notice else []


async def note_attendance(tx: Connection, actor: Actor, session_id: UUID, command: NoteAttendance) -> SessionOut:
    """Take attendance; the newest counts, and each item is judged by it. Refused: Cancelled, strangers."""
    session, _ = await _locked(tx, actor, session_id)
    if session.cancelled_at is not None:
        raise no.Cancelled
    return await _noted(tx, actor, session, "attendance", command.model_dump(mode="json"))


async def save_draft(tx: Connection, actor: Actor, session_id: UUID, item_id: UUID, command: SaveDraft) -> DraftOut:
    """Keep what was written so far. Refused: DraftMoved, UnknownItem, AlreadyHeld once it is decided, strangers."""
    session, _ = await _locked(tx, actor, session_id)
    item = await sessions.item(tx, session.id, item_id)
    if item.outcome is not None:
        raise no.AlreadyHeld(field="item_id")
    newest = await sessions.draft(tx, item.id)
    revision = newest.revision + 1
    if newest.revision != command.revision or not await sessions.save(tx, item.id, revision, command.fields, actor):
        raise no.DraftMoved(field="revision")
    return DraftOut(session_id=session.id, item_id=item.id, revision=revision)


async def record_item(
    tx: Connection,
    actor: Actor,
    session_id: UUID,
    item_id: UUID,
    command: RecordItem,
    *,
    book: RuleBook,
    blobs: Blobs,
) -> Decided:
    """Record an item and what was decided of it; once. Refused: AttendanceMissing, and all that `record_meeting` refuses."""
    session, _ = await _locked(tx, actor, session_id)
    item = await sessions.item(tx, session.id, item_id)
    done = await sessions.events(tx, session.id)
    attendance = _last(done, "attendance")
    if attendance is None:
        raise no.AttendanceMissing
    council = await council_of(tx, session.issuer_unit)
    chief = next(iter(council.chiefs), "")
    whole = rules.the_record(command, session, rules.attendance_of(attendance.detail), chief, sent_of(done))
    decided = await record_meeting(tx, actor, item.round_id, whole, book=book, blobs=blobs, session_id=session.id)
    await _noted(tx, actor, session, "recorded", {"title": item.title, "outcome": decided.outcome})
    return decided


def sent_of(done: list[Event]) -> Sent:
    """When the newest notice and the newest papers went out."""
    notice, pack = _last(done, "noticed"), _last(done, "pack")
    return Sent(notice.at if notice else None, pack.at if pack else None)


def attendance_taken(done: list[Event]) -> NoteAttendance | None:
    """The newest attendance."""
    taken = _last(done, "attendance")
    return rules.attendance_of(taken.detail) if taken else None


def _last(done: list[Event], kind: str) -> Event | None:
    return next((event for event in reversed(done) if event.kind == kind), None)


async def the_clerk(conn: Connection, actor: Actor, issuer_unit: str) -> None:
    """Refuse unless the actor is clerk of that authority's meetings. Raises Forbidden, OtherAuthority."""
    await of_authority(conn, actor, issuer_unit, Role.MEETING_CLERK)


async def of_authority(conn: Connection, actor: Actor, issuer_unit: str, role: Role) -> None:
    """Refuse unless the actor holds `role` in the authority or in its own office, or stands in for who does.

    Raises Forbidden, OtherAuthority.
    """
    stands_in(actor, role=role)
    offices = {unit.id: unit.parent_id for unit in await directory.units(conn) if unit.kind == OFFICE}
    if issuer_unit not in (actor.unit_id, offices.get(actor.unit_id)):
        raise no.OtherAuthority(field="issuer_unit")


async def authorities_of(conn: Connection, actor: Actor, role: Role) -> list[Unit]:
    """The authorities with a head for which the actor holds `role`; empty for everybody else."""
    headed = {office.unit_id for office in await directory.offices(conn) if office.role == Role.CHIEF}
    return [
        unit for unit in await directory.units(conn) if unit.id in headed and await _holds(conn, actor, unit.id, role)
    ]


async def _holds(conn: Connection, actor: Actor, issuer_unit: str, role: Role) -> bool:
    try:
        await of_authority(conn, actor, issuer_unit, role)
    except Refused:
        return False
    return True


async def _for_clerk(tx: Connection, actor: Actor, issuer_unit: str) -> Council:
    await the_clerk(tx, actor, issuer_unit)
    return await council_of(tx, issuer_unit)


async def _locked(tx: Connection, actor: Actor, session_id: UUID) -> tuple[Session, datetime]:
    session, now = await sessions.lock(tx, session_id)
    await the_clerk(tx, actor, session.issuer_unit)
    return session, now


async def _to_change(tx: Connection, actor: Actor, session_id: UUID) -> tuple[Session, datetime, list[Item]]:
    session, now = await _locked(tx, actor, session_id)
    insist(rules.change_refused(session))
    return session, now, [item for item in await sessions.items(tx, session.id) if item.off_at is None]


async def _noted(tx: Connection, actor: Actor, session: Session, kind: str, detail: Mapping[str, Any]) -> SessionOut:
    await _note(tx, session.id, kind, actor, detail)
    return SessionOut(session_id=session.id)


async def _note(tx: Connection, session_id: UUID, kind: str, actor: Actor, detail: Mapping[str, Any]) -> int:
    """One line of the session's record; a deputy's says in whose place it was done."""
    away = stands_in(actor, role=Role.MEETING_CLERK)
    behalf = {"on_behalf_of": {"person_id": away.person_id, "name": away.person_name}} if away else {}
    return await sessions.note(tx, session_id, kind, actor, {**detail, **behalf})


async def _noted_and_told(
    tx: Connection, actor: Actor, session: Session, kind: str, detail: Mapping[str, Any], to: Sequence[str]
) -> SessionOut:
    """Write it down, and one mail to each of these. One person's mails leave in order."""
    event_id = await _note(tx, session.id, kind, actor, detail)
    for person_id in to:
        letter = SessionLetter(session_id=session.id, event_id=event_id, person_id=person_id)
        await outbox.mail(tx, key=f"person/{person_id}", to=person_id, name=kind, message=letter)
    return SessionOut(session_id=session.id)


def _reasoned(reason: str) -> None:
    if not reason:
        raise no.ReasonNeeded(field="reason")

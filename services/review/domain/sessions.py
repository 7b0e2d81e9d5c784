"""Sessions: what stands against planning a meeting, moving it, putting an item on it, and writing an item down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kernel.contracts.refusals import Refused, Words
from services.kernel.procedure.deadlines import OFFICE_ZONE
from services.review.domain import meeting_refusals
from services.review.domain import session_refusals as no
from services.review.domain.commands import Attendee, RecordMeeting
from services.review.domain.meetings import Council
from services.review.domain.session_commands import NoteAttendance, PlanSession, RecordItem


@dataclass(frozen=True)
class Session:
    """A meeting as it is planned; `held` once an item of it has been decided."""

    id: UUID
    issuer_unit: str
    form: str
    name: str
    place: str
    starts_at: datetime
    planned_at: datetime
    cancelled_at: datetime | None
    items: int
    decided: int

    @property
    def held(self) -> bool:
        """Whether something was decided at it."""
        return self.decided > 0


@dataclass(frozen=True)
class Item:
    """A matter on an agenda, or one that left it."""

    id: UUID
    session_id: UUID
    round_id: UUID
    position: int
    document_id: UUID
    title: str
    drafting_unit: str
    text_version: int
    text_hash: str
    materials_hash: str
    earliest: datetime
    outcome: str | None
    closed: bool
    off_at: datetime | None
    off_reason: str | None


@dataclass(frozen=True)
class Event:
    """One thing that somebody did with a session."""

    kind: str
    detail: Mapping[str, Any]
    person_name: str
    at: datetime


def plan_refused(command: PlanSession, council: Council, *, now: datetime) -> Refused | None:
    """Why this meeting cannot be planned."""
    if command.form not in council.forms:
        return meeting_refusals.NotAMeeting(field="form")
    return no.InThePast(field="starts_at") if command.starts_at <= now else None


def change_refused(session: Session) -> Refused | None:
    """Why nothing of the plan can change any more."""
    if session.cancelled_at is not None:
        return no.Cancelled()
    return no.AlreadyHeld() if session.held else None


def time_refused(items: Sequence[Item], starts_at: datetime, *, now: datetime) -> Refused | None:
    """Why the meeting cannot be at that time: none of its items may come too early."""
    if starts_at <= now:
        return no.InThePast(field="starts_at")
    early = [item for item in items if starts_at < minute(item.earliest)]
    return too_early(early[0].title, early[0].earliest) if early else None


def too_early(title: str, earliest: datetime) -> Refused:
    """The refusal that names the item, and from when it may be discussed."""
    words = f"{minute(earliest).astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
    return no.ItemTooEarly(
        Words(f"《{title}》最早可以在{words}上会。", f"{title}: not before {words}."), field="starts_at"
    )


def minute(instant: datetime) -> datetime:
    """Forms give minutes, rows microseconds: the minute decides."""
    return instant.replace(second=0, microsecond=0)


def order_refused(order: Sequence[UUID], items: Collection[UUID]) -> Refused | None:
    """Why this is no order of the agenda."""
    return None if len(order) == len(items) and set(order) == set(items) else no.OrderIncomplete(field="items")


@dataclass(frozen=True)
class Sent:
    """When the notice and the papers went to the members, as far as they did."""

    notice_at: datetime | None = None
    materials_at: datetime | None = None


def the_record(
    command: RecordItem, session: Session, attendance: NoteAttendance, chief_id: str, sent: Sent
) -> RecordMeeting:
    """The record of one item: what was said of it, at this meeting, by those who were there."""
    started = attendance.started_at
    said = {name: getattr(command, name) for name in RecordItem.model_fields}
    return RecordMeeting(
        **said,
        form=session.form,
        name=session.name,
        place=session.place,
        started_at=started,
        chair_id=attendance.chair_id,
        chief_id=chief_id,
        attendees=attendance.attendees,
        notice_at=sent.notice_at if sent.notice_at and sent.notice_at <= started else None,
        materials_at=sent.materials_at if sent.materials_at and sent.materials_at <= started else None,
    )


def attendance_of(detail: Mapping[str, Any]) -> NoteAttendance:
    """Attendance as it was taken."""
    return NoteAttendance.model_validate(detail)


def expected(council: Council) -> tuple[Attendee, ...]:
    """Everybody who belongs to the meeting, as present: the chief executive last."""
    members = sorted(council.members, key=lambda person: (person in council.chiefs, person))
    return tuple(Attendee(person_id=person) for person in members)


@dataclass(frozen=True)
class Colleague:
    """Somebody of the directory in one unit."""

    person_id: str
    name: str
    unit: str


def meant(line: str, people: Collection[Colleague]) -> set[str]:
    """Whom a line may mean, by id: an id, a name, or "unit: name"; empty when nobody."""
    unit, _, name = line.replace(":", "：").rpartition("：")
    return {
        one.person_id
        for one in people
        if line == one.person_id or (name.strip() == one.name and unit.strip() in ("", one.unit))
    }

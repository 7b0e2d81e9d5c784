"""What the clerk of meetings sends about a session: a meeting that is planned, held, and written down item by item."""

from __future__ import annotations

from uuid import UUID

from pydantic import AwareDatetime

from services.review.domain.commands import Amendment, Attendee, Command, Line, Prose, Recusal, Seen, Statement


class PlanSession(Command):
    """A meeting of an authority: `form` is executive (常务会议), plenary (全体会议), or office (部门办公会议)."""

    issuer_unit: Line
    form: Line = "executive"
    name: Line
    place: Line
    starts_at: AwareDatetime


class MoveSession(Command):
    """Another time or place, and why."""

    place: Line
    starts_at: AwareDatetime
    reason: Prose


class CancelSession(Command):
    """The meeting does not take place; its items wait for another."""

    reason: Prose


class PutItem(Command):
    """A round that waits for deliberation comes on the agenda, as its last item."""

    round_id: UUID


class TakeOff(Command):
    """An item leaves the agenda, and why."""

    reason: Prose


class OrderItems(Command):
    """The items of the agenda in the order in which they are called."""

    items: tuple[UUID, ...]


class SendNotice(Command):
    """Tell members and presenting units; `note` is what they should know besides.

    `invited` are others who attend: ids, names, or "unit: name" where several have that name.
    """

    note: Prose = ""
    invited: tuple[Line, ...] = ()


class NoteAttendance(Command):
    """Who is there, who presides, and when it began."""

    chair_id: Line
    started_at: AwareDatetime
    attendees: tuple[Attendee, ...]


class SaveDraft(Command):
    """What the clerk has written of an item so far. `revision` is the one that this was written over; 0 for none."""

    revision: int = 0
    fields: dict[str, Prose]


class RecordItem(Seen):
    """What was said of one item and decided; meeting, place, time and attendance are the session's."""

    statements: tuple[Statement, ...]
    recusals: tuple[Recusal, ...] = ()
    outcome: Line
    reasons: Prose = ""
    amendments: tuple[Amendment, ...] = ()

"""Meetings: quorum, order of speaking, majority and dissent, as 713号第三十条 asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from services.kernel.contracts.refusals import Refused, Words
from services.review.domain import meeting_refusals as no
from services.review.domain.commands import Amendment, RecordMeeting, Statement
from services.review.domain.opinions import outcome_refused

OF_GOVERNMENTS = ("executive", "plenary")
OF_DEPARTMENTS = ("office",)
GOVERNMENTS = frozenset({"government", "township"})
FORM_WORDS: dict[str, Words] = {
    "executive": Words("常务会议", "Executive meeting"),
    "plenary": Words("全体会议", "Plenary meeting"),
    "office": Words("办公会议", "Office meeting"),
}
# Which stances a decision agrees with: the others dissent, and their words are kept as spoken.
AGREES: dict[str, frozenset[str]] = {
    "passed": frozenset({"for"}),
    "passed_as_amended": frozenset({"for", "amend"}),
    "rediscuss": frozenset({"amend", "against"}),
    "deferred": frozenset({"amend", "against"}),
    "rejected": frozenset({"against"}),
}


@dataclass(frozen=True)
class Council:
    """Who the directory says belongs to the meeting: names by person id. Empty where it knows none.

    `forms` are the meetings by which this authority decides.
    """

    members: Mapping[str, str]
    chiefs: Collection[str]
    persons: Mapping[str, str]
    forms: Sequence[str] = OF_GOVERNMENTS


@dataclass(frozen=True)
class Count:
    """Attendance and stances of one item."""

    due: int
    present: int
    stances: Mapping[str, int]
    against_majority: bool


def forms_of(unit_kind: str) -> Sequence[str]:
    """The meetings by which an authority decides: a government's (地方组织法 art. 78), or a department's own."""
    return OF_GOVERNMENTS if unit_kind in GOVERNMENTS else OF_DEPARTMENTS


def dissents(outcome: str, stance: str | None) -> bool:
    """Whether a stance is against what was decided."""
    return stance not in AGREES.get(outcome, frozenset())


def count(command: RecordMeeting) -> Count:
    """Count a record. The decision departs from the majority when more than half of the speakers are against it.

    Who withdrew from the item counts neither among those due nor among those present.
    """
    away = {recusal.person_id for recusal in command.recusals}
    members = [one for one in command.attendees if one.capacity == "member" and one.person_id not in away]
    stances = [statement.stance for statement in command.statements]
    against = sum(dissents(command.outcome, stance) for stance in stances)
    return Count(
        due=len(members),
        present=sum(member.present for member in members),
        stances={name: stances.count(name) for name in ("for", "amend", "against")},
        against_majority=against * 2 > len(stances),
    )


def meeting_refused(
    command: RecordMeeting,
    *,
    council: Council,
    allowed: Sequence[str],
    quorum_ratio: Decimal,
    earliest: datetime,
    now: datetime,
) -> Refused | None:
    """Why this record cannot stand. `earliest` is the first instant at which the item may be discussed."""
    return (
        _refused_by_form(command, council.forms, earliest=earliest, now=now)
        or outcome_refused(command.outcome, allowed)
        or _refused_by_list(command, council)
        or _refused_by_recusal(command)
        or _refused_by_presence(command, council, quorum_ratio)
        or _refused_by_speech(command)
        or _refused_by_decision(command)
    )


def _refused_by_form(
    command: RecordMeeting, forms: Sequence[str], *, earliest: datetime, now: datetime
) -> Refused | None:
    if command.form not in forms:
        return no.NotAMeeting(field="form")
    if command.started_at > now:
        return no.NotHeldYet(field="started_at")
    # Forms give minutes, rows microseconds: the minute decides.
    if command.started_at < earliest.replace(second=0, microsecond=0):
        return no.TooEarly(field="started_at")
    if any(at is not None and at > command.started_at for at in (command.notice_at, command.materials_at)):
        return no.NoticeAfterMeeting(field="notice_at")
    return None


def _refused_by_list(command: RecordMeeting, council: Council) -> Refused | None:
    listed = {attendee.person_id for attendee in command.attendees if attendee.capacity == "member"}
    if missing := [name for person, name in council.members.items() if person not in listed]:
        return no.MemberMissing(
            Words(f"名单缺少：{'、'.join(missing)}。", f"Not on the list: {', '.join(missing)}."), field="attendees"
        )
    if any(person not in council.persons for person in listed):
        return no.UnknownMember(field="attendees")
    if any(not attendee.present and not attendee.absent_reason for attendee in command.attendees):
        return no.AbsenceUnexplained(field="attendees")
    return None


def _refused_by_recusal(command: RecordMeeting) -> Refused | None:
    here = {one.person_id for one in command.attendees if one.capacity == "member" and one.present}
    if any(recusal.person_id not in here or not recusal.reason for recusal in command.recusals):
        return no.RecusalUnfounded(field="recusals")
    away = {recusal.person_id for recusal in command.recusals}
    if away & {statement.person_id for statement in command.statements}:
        return no.RecusedSpoke(field="statements")
    return None


def _refused_by_presence(command: RecordMeeting, council: Council, quorum_ratio: Decimal) -> Refused | None:
    counted, there = count(command), _taking_part(command)
    if not counted.due or counted.present < counted.due * quorum_ratio:
        return no.NoQuorum(
            Words(
                f"应到{counted.due}人，实到{counted.present}人。",
                f"{counted.present} of {counted.due} members were present.",
            ),
            field="attendees",
        )
    if command.chair_id not in there:
        return no.ChairAbsent(field="chair_id")
    if command.chief_id not in there or (council.chiefs and command.chief_id not in council.chiefs):
        return no.ChiefAbsent(field="chief_id")
    return None


def _refused_by_speech(command: RecordMeeting) -> Refused | None:
    there = _taking_part(command)
    speakers = [statement.person_id for statement in command.statements]
    if any(speaker not in there for speaker in speakers) or len(set(speakers)) < len(speakers):
        return no.SpeakerAbsent(field="statements")
    if set(speakers) != there or any(_silent(statement) for statement in command.statements):
        return no.StatementMissing(field="statements")
    if speakers[-1] != command.chief_id:
        return no.ChiefNotLast(field="statements")
    return None


def _refused_by_decision(command: RecordMeeting) -> Refused | None:
    if count(command).against_majority and not command.reasons:
        return no.DepartureUnexplained(field="reasons")
    if command.outcome == "passed_as_amended" and not worded(command.amendments):
        return no.AmendmentsMissing(field="amendments")
    return None


def worded(amendments: Sequence[Amendment]) -> list[Amendment]:
    """The amendments that change the text; the others are remarks."""
    return [amendment for amendment in amendments if amendment.old or amendment.new]


def _taking_part(command: RecordMeeting) -> set[str]:
    away = {recusal.person_id for recusal in command.recusals}
    members = (one for one in command.attendees if one.capacity == "member" and one.present)
    return {one.person_id for one in members if one.person_id and one.person_id not in away}


def _silent(statement: Statement) -> bool:
    return statement.stance is None or not statement.opinion

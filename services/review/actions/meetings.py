"""Collective decision: the clerk records the meeting; the chief executive decided, after the discussion."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import directory
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.review.actions.deciding import Decided, Decision, Matter, insist, settle, stage_of, take
from services.review.domain.amending import amended_text
from services.review.domain.commands import RecordMeeting, Seen
from services.review.domain.meetings import Council, count, dissents, forms_of, meeting_refused, worded
from services.review.domain.session_refusals import OnAnAgenda
from services.review.store import meetings, sessions
from services.review.store.meetings import Meeting, MeetingRecord, Recused, Ruling, Seat, Spoken

QUORUM = "quorum_ratio"
AMENDED = "passed_as_amended"


async def record_meeting(
    tx: Connection,
    actor: Actor,
    round_id: UUID,
    command: RecordMeeting,
    *,
    book: RuleBook,
    blobs: Blobs,
    session_id: UUID | None = None,
) -> Decided:
    """Record the discussion and the decision. Rejected, deferred and "discuss again" are outcomes like the others.

    What was amended is written into the text here: its hash is in the record and goes to the lifecycle. `session_id`
    is the planned meeting on whose agenda the item stands.
    Refused: OnAnAgenda, every class of `meeting_refusals`, those of `amending`, UnknownOutcome, and what `take` refuses.
    """
    matter = await take(tx, actor, round_id, seen=command, forms=("meeting",))
    if await sessions.agenda_of(tx, round_id) != session_id:
        raise OnAnAgenda(field="round_id")
    council = await council_of(tx, matter.round_.issuer_unit)
    ratio = Decimal(str(book.parameter(QUORUM)))
    insist(
        meeting_refused(
            command,
            council=council,
            allowed=stage_of(book, matter.round_).outcomes,
            quorum_ratio=ratio,
            earliest=matter.round_.earliest or matter.round_.opened_at,
            now=matter.now,
        )
    )
    amended_hash = await _amended(command, blobs)
    record = _record(command, actor, matter, council, ratio, amended_hash)
    record = replace(record, meeting=replace(record.meeting, session_id=session_id))
    await meetings.add_meeting(tx, record)
    decision = Decision(command.outcome, command.reasons, _details(command, record), amended_hash=amended_hash)
    return await settle(tx, actor, matter, decision)


async def _amended(command: RecordMeeting, blobs: Blobs) -> str | None:
    """The hash of the text as amended, kept in the content store; None where the meeting passed no amendment."""
    if command.outcome != AMENDED:
        return None
    text = amended_text(await blobs.text(command.text_hash), worded(command.amendments))
    return await blobs.put(text.encode())


async def council_of(conn: Connection, issuer_unit: str) -> Council:
    """Who belongs to the meeting of the issuing authority, as the directory knows it."""
    offices = await directory.offices(conn)
    kinds = {unit.id: unit.kind for unit in await directory.units(conn)}
    own = [office for office in offices if office.unit_id == issuer_unit]
    return Council(
        members={office.person_id: office.person_name for office in own if office.role in (Role.MEMBER, Role.CHIEF)},
        chiefs={office.person_id for office in own if office.role == Role.CHIEF},
        persons={office.person_id: office.person_name for office in offices},
        forms=forms_of(kinds.get(issuer_unit, "government")),
    )


def _record(
    command: RecordMeeting,
    actor: Actor,
    matter: Matter,
    council: Council,
    ratio: Decimal,
    amended_hash: str | None,
) -> MeetingRecord:
    counted = count(command)
    return MeetingRecord(
        Meeting(
            round_id=matter.round_.id,
            issuer_unit=matter.round_.issuer_unit,
            form=command.form,
            name=command.name,
            place=command.place,
            started_at=command.started_at,
            chair_id=command.chair_id,
            chair_name=council.persons[command.chair_id],
            chief_id=command.chief_id,
            recorder_id=actor.person_id,
            recorder_name=actor.person_name,
            due_count=counted.due,
            present_count=counted.present,
            quorum_ratio=ratio,
            notice_at=command.notice_at,
            materials_at=command.materials_at,
            minutes_number=command.minutes_number or None,
            recorded_at=matter.now,
        ),
        [
            Seat(
                person_id=seat.person_id,
                name=council.persons.get(seat.person_id or "", seat.name or seat.unit_name),
                unit_name=seat.unit_name,
                capacity=seat.capacity,
                absent_reason=seat.absent_reason,
                present=seat.present,
            )
            for seat in command.attendees
            if seat.person_id or seat.name or seat.unit_name
        ],
        [
            Spoken(
                speaking_order=order,
                person_id=said.person_id,
                name=council.persons[said.person_id],
                stance=str(said.stance),
                opinion=said.opinion,
                dissents=dissents(command.outcome, said.stance),
            )
            for order, said in enumerate(command.statements, start=1)
        ],
        Ruling(
            outcome=command.outcome,
            chief_id=command.chief_id,
            against_majority=counted.against_majority,
            reasons=command.reasons,
            amendments=[change.model_dump(mode="json") for change in command.amendments if change.text or change.old],
            amended_hash=amended_hash,
        ),
        [Recused(one.person_id, council.persons[one.person_id], one.reason) for one in command.recusals],
    )


def _details(command: RecordMeeting, record: MeetingRecord) -> dict[str, Any]:
    return {
        "meeting": command.model_dump(mode="json", exclude={*Seen.model_fields, "reasons", "outcome"}),
        "names": {spoken.person_id: spoken.name for spoken in record.statements},
        "chair_name": record.meeting.chair_name,
        "due": record.meeting.due_count,
        "present": record.meeting.present_count,
        "against_majority": record.ruling.against_majority,
        "amended_hash": record.ruling.amended_hash,
        "dissents": [spoken.person_id for spoken in record.statements if spoken.dissents],
    }

"""What people do for a hearing: announce, select, send the materials, keep the record."""

from __future__ import annotations

import secrets
from uuid import UUID

from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import insist
from services.review.actions.public_hearings import What, tell
from services.review.domain.hearings import (
    LABELS,
    STAGE,
    Applicant,
    HearingNotice,
    HearingRecord,
    HearingUnannounced,
    SelectParticipants,
    SendMaterials,
    materials_refused,
    notice_refused,
    record_refused,
    selected,
    selection_refused,
)
from services.review.domain.hearings import (
    NOTICE as NOTICE_RULE,
)
from services.review.domain.public_hearings import announced_as
from services.review.sheets.collecting import Act, Collected, held, held_by_drafter, report
from services.review.sheets.hearing.sheet import LIST, NOTICE, RECORD, SENT, days_ahead
from services.review.store import public_hearings, reports
from services.review.store.reports import Report


async def announce(tx: Connection, actor: Actor, round_id: UUID, command: HearingNotice, book: RuleBook) -> Collected:
    """Publish the notice, or another one for another day. Refused: NoticeTooShort, ApplyByWrong, what `held` refuses."""
    round_, now = await held_by_drafter(tx, actor, round_id, STAGE)
    insist(notice_refused(command, least=book.rule(NOTICE_RULE).value or 0, today=office_day(now)))
    concerned = await public_hearings.applications(tx, round_id)
    await tell(tx, round_id, dict.fromkeys((one.id for one in concerned), "changed"), at=now)
    return await report(tx, actor, round_, NOTICE, command)


async def select(
    tx: Connection, actor: Actor, round_id: UUID, command: SelectParticipants, _book: RuleBook
) -> Collected:
    """Select the participants by the published rule and publish the list; names of the public as they allowed.

    Refused: HearingUnannounced, StillApplying, NobodyApplied, LeftOutUnexplained, as `held`.
    """
    _, now = await held_by_drafter(tx, actor, round_id, STAGE)
    notice = HearingNotice.model_validate((await _part(tx, round_id, NOTICE)).body)
    public = await _of_the_public(tx, actor, round_id)
    applicants = [*public.values(), *command.applicants]
    insist(selection_refused(notice, len(applicants), command.left_out, today=office_day(now)))
    seed = secrets.token_hex(16)
    chosen = selected(notice.selection, seed, applicants, notice.participants_wanted)
    said = {
        "applicants": [one.model_dump(mode="json") for one in applicants],
        "left_out": command.left_out,
        "rule": notice.selection,
        "seed": seed,
        "participants": [one.model_dump(mode="json") for one in chosen],
    }
    told: dict[UUID, What] = {of: "selected" if one in chosen else "left_out" for of, one in public.items()}
    await tell(tx, round_id, told, at=now)
    return Collected(id=await reports.add(tx, round_id, LIST, said, actor))


async def send(tx: Connection, actor: Actor, round_id: UUID, command: SendMaterials, book: RuleBook) -> Collected:
    """Record when the materials were sent. Refused: MaterialsLate, NotHeard, HearingUnannounced, as `held`."""
    round_, now = await held_by_drafter(tx, actor, round_id, STAGE)
    notice = HearingNotice.model_validate((await _part(tx, round_id, NOTICE)).body)
    await _part(tx, round_id, LIST)
    insist(materials_refused(notice, command.sent_on, least=days_ahead(book), today=office_day(now)))
    return await report(tx, actor, round_, SENT, command)


async def keep_record(
    tx: Connection, actor: Actor, round_id: UUID, command: HearingRecord, _book: RuleBook
) -> Collected:
    """Keep the signed record and the report. Refused: NotHeard, RecordUnsigned, ReportIncomplete, as `send`."""
    round_, now = await held(tx, actor, round_id, STAGE)
    notice = HearingNotice.model_validate((await _part(tx, round_id, NOTICE)).body)
    names = [one["name"] for one in (await _part(tx, round_id, LIST)).body["participants"]]
    insist(record_refused(notice, names, command, today=office_day(now)))
    return await report(tx, actor, round_, RECORD, command)


async def _of_the_public(tx: Connection, actor: Actor, round_id: UUID) -> dict[UUID, Applicant]:
    """Who applied in public, by application, each by the name under which the list has them."""
    found = await public_hearings.applications(tx, round_id)
    if not found:
        return {}
    persons = await public_hearings.persons(tx, round_id, "selection", actor)
    return {one.id: announced_as(one, persons[one.id]) for one in found}


async def _part(tx: Connection, round_id: UUID, part: str) -> Report:
    found = (await reports.newest(tx, round_id)).get(part)
    if found is None:
        raise HearingUnannounced
    return found


ACTS = (
    Act("hearing-notice", HearingNotice, announce, LABELS),
    Act("hearing-participants", SelectParticipants, select, LABELS),
    Act("hearing-materials", SendMaterials, send, LABELS),
    Act("hearing-record", HearingRecord, keep_record, LABELS),
)

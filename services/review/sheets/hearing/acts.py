"""What people do for a hearing: announce, select, send the materials, keep the record."""

from __future__ import annotations

import secrets
from uuid import UUID

from services.kernel.procedure.deadlines import days_between, office_day
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import insist
from services.review.domain.hearings import (
    LABELS,
    STAGE,
    HearingNotice,
    HearingRecord,
    HearingUnannounced,
    NoticeTooShort,
    SelectParticipants,
    SendMaterials,
    materials_refused,
    record_refused,
    selected,
)
from services.review.domain.hearings import (
    NOTICE as NOTICE_RULE,
)
from services.review.sheets.collecting import Act, Collected, held, held_by_drafter, report
from services.review.sheets.hearing.sheet import LIST, NOTICE, RECORD, SENT, days_ahead
from services.review.store import reports
from services.review.store.reports import Report


async def announce(tx: Connection, actor: Actor, round_id: UUID, command: HearingNotice, book: RuleBook) -> Collected:
    """Publish the notice, or another one for another day. Refused: NoticeTooShort, what `held` refuses."""
    round_, now = await held_by_drafter(tx, actor, round_id, STAGE)
    ahead = days_between(office_day(now), command.held_on)
    if ahead < (book.rule(NOTICE_RULE).value or 0) and not command.short_reason:
        raise NoticeTooShort(field="held_on")
    return await report(tx, actor, round_, NOTICE, command)


async def select(
    tx: Connection, actor: Actor, round_id: UUID, command: SelectParticipants, _book: RuleBook
) -> Collected:
    """Select the participants by the published rule and publish the list. Refused: HearingUnannounced, as `held`."""
    await held_by_drafter(tx, actor, round_id, STAGE)
    notice = HearingNotice.model_validate((await _part(tx, round_id, NOTICE)).body)
    seed = secrets.token_hex(16)
    chosen = selected(notice.selection, seed, command.applicants, notice.participants_wanted)
    said = {
        **command.model_dump(mode="json"),
        "rule": notice.selection,
        "seed": seed,
        "participants": [one.model_dump(mode="json") for one in chosen],
    }
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

"""What people do on the sheet of a report upward: record the report, then the reply."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import insist
from services.review.domain.rounds import Round, closed
from services.review.sheets.collecting import Act, Collected, OtherSheet, report
from services.review.sheets.reporting.domain import (
    KINDS,
    REPLY_LABELS,
    SENT_LABELS,
    ReplyReceived,
    ReportSent,
    reply_refused,
    sent_refused,
)
from services.review.sheets.reporting.sheet import REPLY, SENT
from services.review.store import reports, rounds


async def record_report(
    tx: Connection, actor: Actor, round_id: UUID, command: ReportSent, _book: RuleBook
) -> Collected:
    """Record what was reported, to whom and when; the newest counts. Refused: ReportMissing, strangers, RoundClosed."""
    round_, today = await _held(tx, actor, round_id)
    insist(sent_refused(command, today=today))
    return await report(tx, actor, round_, SENT, command)


async def record_reply(
    tx: Connection, actor: Actor, round_id: UUID, command: ReplyReceived, _book: RuleBook
) -> Collected:
    """Record the reply; the newest counts. Refused: ReportMissing, ReplyUnclear, strangers, RoundClosed,
    and what four eyes say."""
    round_, today = await _held(tx, actor, round_id)
    sent = (await reports.newest(tx, round_.id)).get(SENT)
    insist(reply_refused(command, ReportSent.model_validate(sent.body) if sent else None, today=today))
    return await report(tx, actor, round_, REPLY, command)


async def _held(tx: Connection, actor: Actor, round_id: UUID) -> tuple[Round, date]:
    """The locked round, for whoever decides it: the drafting unit does not speak for the committee."""
    round_, now = await rounds.lock_round(tx, round_id)
    if round_.stage not in KINDS:
        raise OtherSheet(field="round_id")
    require(actor, role=round_.role, unit_id=round_.unit_id)
    insist(closed(round_))
    return round_, office_day(now)


ACTS = (
    Act("report-sent", ReportSent, record_report, SENT_LABELS),
    Act("report-reply", ReplyReceived, record_reply, REPLY_LABELS),
)

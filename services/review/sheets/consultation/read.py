"""Reading a consultation: who was asked and replied, and which answers, memo and ruling still stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.kernel.contracts.messages import Deadline
from services.kernel.procedure.deadlines import due, due_on
from services.kernel.procedure.reminding import deadline_of
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.db import Connection
from services.review.actions.desk import Desk, here
from services.review.domain.consultation_commands import Memo, Rule, Take
from services.review.domain.consultation_refusals import AGREEMENT, TERM
from services.review.domain.consultations import Asked, Consulted
from services.review.domain.rounds import Round
from services.review.store import consultations, reports
from services.review.store.reports import Report

MEMO, RULING, TAKING, MEETING = "dispute", "ruling", "taking/", "coordination/"


@dataclass(frozen=True)
class Read(Consulted):
    """What stands in a round, with who wrote it; `memos` counts how often a dispute was set out."""

    memos: int
    memo_by: Report | None
    ruling_by: Report | None
    meetings: Sequence[Report]


async def read(conn: Connection, round_id: UUID) -> Read:
    """A round's consultation as it stands."""
    asked = [_dated(one) for one in await consultations.asks_of(conn, round_id)]
    parts = await reports.newest(conn, round_id)
    takings = _takings(asked, parts)
    last = Consulted(asked=asked, takings=takings, memo=None, ruling=None)
    objected = max((one.reply.replied_at for one in last.disputes() if one.reply), default=None)
    memo = _after(parts.get(MEMO), objected)
    ruling = _after(parts.get(RULING), memo.filed_at) if memo else None
    return Read(
        asked=asked,
        takings=takings,
        memo=Memo.model_validate(memo.body) if memo else None,
        ruling=Rule.model_validate(ruling.body) if ruling else None,
        memos=parts[MEMO].position if MEMO in parts else 0,
        memo_by=memo,
        ruling_by=ruling,
        meetings=sorted((one for part, one in parts.items() if part.startswith(MEETING)), key=lambda one: one.filed_at),
    )


def taking_part(ordinal: int) -> str:
    """Where the answer to the unit of that number is kept."""
    return f"{TAKING}{ordinal}"


def meeting_part(number: int) -> str:
    """Where the meeting of that number is kept."""
    return f"{MEETING}{number}"


def needs_ruling(round_: Round, book: RuleBook) -> bool:
    """Whether a dispute keeps the document from being issued, or only has to be reported (713号第十三条)."""
    return AGREEMENT in book.kind(round_.kind).stage(round_.stage).rules


def term_of(asked_at: datetime, wanted: date | None, desk: Desk) -> Deadline:
    """By when a unit replies: the day that it was given, or that of the rule."""
    if wanted is not None:
        return deadline_of(due_on(wanted, TERM, desk.calendar), desk.book)
    return deadline_of(due(desk.book.rule(TERM), counted_from=asked_at, calendar=desk.calendar), desk.book)


def _dated(one: Asked) -> Asked:
    """A day that could not be fixed when the unit was asked, because the calendar was not known, as it can be now."""
    return replace(one, due=term_of(one.asked_at, one.due.last_day, here())) if one.due.provisional else one


def _takings(asked: Sequence[Asked], parts: Mapping[str, Report]) -> dict[int, Take]:
    """The answers to replies that count: a unit that replied anew is answered anew."""
    found = {}
    for one in asked:
        filed = _after(parts.get(taking_part(one.ordinal)), one.reply.replied_at if one.reply else None)
        if one.reply is not None and filed is not None:
            found[one.ordinal] = Take.model_validate(filed.body)
    return found


def _after(filed: Report | None, moment: datetime | None) -> Report | None:
    return filed if filed is not None and (moment is None or filed.filed_at >= moment) else None

"""What people do on the sheet of a consultation: ask, take back, reply, answer for what was said, meet, dispute, rule."""

from __future__ import annotations

from uuid import UUID, uuid4

from services.kernel.contracts.lifecycle import ASKS_CHANGED, Ask, AsksChanged
from services.kernel.contracts.refusals import Words
from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import directory
from services.kernel.runtime.auth import Actor, require, stands_in
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Office, Role
from services.review.actions.deciding import insist, say
from services.review.actions.desk import here
from services.review.domain import consultation_refusals as no
from services.review.domain import consultations as domain
from services.review.domain.consultation_commands import (
    LABELS,
    AskUnits,
    Coordinate,
    Memo,
    Reply,
    Rule,
    Take,
    WithdrawAsk,
)
from services.review.domain.consultations import STAGE, Asked
from services.review.domain.rounds import Round, closed
from services.review.sheets.collecting import Act, Collected, OtherSheet, held_by_drafter, report
from services.review.sheets.consultation.read import (
    MEMO,
    RULING,
    meeting_part,
    needs_ruling,
    read,
    taking_part,
    term_of,
)
from services.review.store import consultations, rounds

# Who answers for a unit: the first of these offices that anybody holds there, or else any.
DESKS = (Role.LEAD_UNIT_OFFICER, Role.DRAFTER)


async def ask_units(tx: Connection, actor: Actor, round_id: UUID, command: AskUnits, _book: RuleBook) -> Collected:
    """Ask units; each gets an inbox item and the rule's time, or longer. Refused: NobodyAsked, UnitUnfit, TermTooShort."""
    round_, now = await held_by_drafter(tx, actor, round_id, STAGE)
    if not command.unit_ids:
        raise no.NobodyAsked(field="unit_ids")
    term = term_of(now, None, here())
    if command.due_on is not None and command.due_on != term.last_day:
        if term.last_day is not None and command.due_on < term.last_day:
            raise no.TermTooShort(field="due_on")
        term = term_of(now, command.due_on, here())
    offices = await directory.offices(tx)
    asked = {one.unit_id for one in (await read(tx, round_id)).live}
    last = round_id
    for unit_id in dict.fromkeys(command.unit_ids):
        unit = _desk(round_, unit_id, offices, asked)
        last = await consultations.ask(tx, round_id, unit, question=command.question, due=term, by=actor)
    await _tell(tx, round_)
    return Collected(id=last)


async def withdraw_ask(
    tx: Connection, actor: Actor, round_id: UUID, command: WithdrawAsk, _book: RuleBook
) -> Collected:
    """撤回 a request before the unit has replied. Refused: AskUnknown, AskGone, what `held` refuses."""
    round_, _ = await held_by_drafter(tx, actor, round_id, STAGE)
    asked = await _asked(tx, round_id, command.unit_id)
    await consultations.withdraw(tx, asked.id, actor)
    await _tell(tx, round_)
    return Collected(id=asked.id)


async def reply(tx: Connection, actor: Actor, round_id: UUID, command: Reply, _book: RuleBook) -> Collected:
    """Reply for one's own unit, or reply anew after negotiating.

    Refused: AskUnknown, Forbidden, NotDeputy, ReplyEmpty, AuthorMayNotSign, RoundClosed.
    """
    round_, _ = await rounds.lock_round(tx, round_id)
    if round_.stage != STAGE:
        raise OtherSheet(field="round_id")
    insist(closed(round_))
    asked = await _asked(tx, round_id, actor.unit_id)
    away = stands_in(actor, role=asked.role, unit_id=asked.unit_id, on_behalf_of=command.on_behalf_of)
    insist(domain.reply_refused(command))
    added = await consultations.reply(tx, asked.id, command, actor, away)
    await _tell(tx, round_)
    return Collected(id=added)


async def take_up(tx: Connection, actor: Actor, round_id: UUID, command: Take, _book: RuleBook) -> Collected:
    """Say what became of a unit's opinion; the newest answer counts. Refused: AskUnknown, NotTaken, what `held` refuses."""
    round_, _ = await held_by_drafter(tx, actor, round_id, STAGE)
    asked = await _asked(tx, round_id, command.unit_id)
    insist(domain.taking_refused(command) if asked.reply else no.AskUnknown(field="unit_id"))
    return await report(tx, actor, round_, taking_part(asked.ordinal), command)


async def coordinate(tx: Connection, actor: Actor, round_id: UUID, command: Coordinate, _book: RuleBook) -> Collected:
    """Record a meeting that brought the units together. Refused: NotCoordinated, what `held` refuses."""
    round_, now = await held_by_drafter(tx, actor, round_id, STAGE)
    if command.held_on > office_day(now):
        raise no.NotCoordinated(field="held_on")
    number = len((await read(tx, round_id)).meetings) + 1
    return await report(tx, actor, round_, meeting_part(number), command)


async def write_memo(tx: Connection, actor: Actor, round_id: UUID, command: Memo, book: RuleBook) -> Collected:
    """Set out what stays in dispute; it goes to the head of the issuing authority.

    Refused: MemoIncomplete, NoDispute, what `held` refuses.
    """
    round_, _ = await held_by_drafter(tx, actor, round_id, STAGE)
    insist(domain.memo_refused(command))
    if not (await read(tx, round_id)).disputes():
        raise no.NoDispute(field="issue")
    written = await report(tx, actor, round_, MEMO, command)
    if needs_ruling(round_, book):
        await _ask_to_rule(tx, round_, "open")
    return written


async def rule(tx: Connection, actor: Actor, round_id: UUID, command: Rule, book: RuleBook) -> Collected:
    """Rule on the dispute, as head of the issuing authority.

    Refused: Forbidden, MemoMissing, OwnDispute, RulingUnexplained, RoundClosed.
    """
    round_, _ = await rounds.lock_round(tx, round_id)
    if round_.stage != STAGE or not needs_ruling(round_, book):
        raise OtherSheet(field="round_id")
    require(actor, role=Role.CHIEF, unit_id=round_.issuer_unit)
    insist(closed(round_))
    if (await read(tx, round_id)).memo is None:
        raise no.MemoMissing(field="ruling")
    if len(command.reason) < domain.SHORTEST:
        raise no.RulingUnexplained(field="reason")
    given = await report(tx, actor, round_, RULING, command)
    await _ask_to_rule(tx, round_, "done")
    return given


def _desk(round_: Round, unit_id: str, offices: list[Office], asked: set[str]) -> tuple[str, str, str]:
    """The unit with its name and the office that answers for it. Raises UnitUnfit."""
    there = [office for office in offices if office.unit_id == unit_id]
    if unit_id == round_.drafting_unit:
        raise _unfit("起草单位不征求自己的意见。", "The drafting unit does not ask itself.")
    if unit_id in asked:
        raise _unfit("已经征求过这个单位的意见。", "This unit was asked already.")
    if not there:
        raise _unfit("名录里这个单位没有人办理。", "Nobody in the directory acts for it.")
    roles = {office.role for office in there}
    role = next((role for role in DESKS if role in roles), there[0].role)
    return unit_id, there[0].unit_name, role


def _unfit(zh: str, en: str) -> no.UnitUnfit:
    return no.UnitUnfit(Words(zh, en), field="unit_ids")


async def _asked(tx: Connection, round_id: UUID, unit_id: str) -> Asked:
    for one in (await read(tx, round_id)).live:
        if one.unit_id == unit_id:
            return one
    raise no.AskUnknown(field="unit_id")


async def _tell(tx: Connection, round_: Round) -> None:
    asked = (await read(tx, round_.id)).asked
    changes = len(asked) + sum(one.reply is not None or not one.is_live for one in asked)
    asks = tuple(one.as_ask() for one in asked)
    fact = AsksChanged(event_id=uuid4(), round_id=round_.id, what="consultation_reply", revision=changes, asks=asks)
    await say(tx, round_, ASKS_CHANGED, fact)


async def _ask_to_rule(tx: Connection, round_: Round, state: str) -> None:
    memos = (await read(tx, round_.id)).memos
    place = {"ordinal": memos, "role": Role.CHIEF, "unit_id": round_.issuer_unit, "rule_id": no.AGREEMENT}
    asked = (Ask.model_validate({**place, "state": state}),)
    revision = memos * 2 + (state == "done")
    fact = AsksChanged(event_id=uuid4(), round_id=round_.id, what="dispute_ruling", revision=revision, asks=asked)
    await say(tx, round_, ASKS_CHANGED, fact)


ACTS = (
    Act("consultation-asks", AskUnits, ask_units, LABELS),
    Act("consultation-withdrawals", WithdrawAsk, withdraw_ask, LABELS),
    Act("consultation-replies", Reply, reply, LABELS),
    Act("consultation-takings", Take, take_up, LABELS),
    Act("consultation-meetings", Coordinate, coordinate, LABELS),
    Act("consultation-disputes", Memo, write_memo, LABELS),
    Act("consultation-rulings", Rule, rule, LABELS),
)

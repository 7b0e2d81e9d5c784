"""Before the review: papers are checked, the drafting office answers its list, and the matter is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from services.kernel.contracts.lifecycle import CLOCK_RESUMED, ClockResumed
from services.kernel.procedure.checklist import checklist_of
from services.kernel.procedure.deadlines import FROM_ACCEPTANCE
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import insist, say, stage_of, take
from services.review.actions.papers import DRAFTER
from services.review.domain.commands import (
    AcceptMatter,
    AnswerChecklist,
    CheckedMaterial,
    CheckMaterials,
    DeclareUrgency,
)
from services.review.domain.legality_refusals import AlreadyAccepted
from services.review.domain.receiving import (
    acceptance_refused,
    answers_refused,
    check_refused,
    urgency_refused,
)
from services.review.domain.refusals import OtherForm
from services.review.domain.rounds import Round, closed
from services.review.store import receiving, rounds


def listed_materials(book: RuleBook, round_: Round) -> tuple[str, ...]:
    """The papers that the stage asks for, by their Chinese names."""
    return tuple(paper.zh for paper in stage_of(book, round_).papers) or round_.papers


async def check_materials(
    tx: Connection, actor: Actor, round_id: UUID, command: CheckMaterials, *, book: RuleBook
) -> None:
    """Keep what the reviewer found of papers. Refused: MaterialUnknown, MaterialUnexplained, and what `take` refuses."""
    matter = await take(tx, actor, round_id, seen=command, forms=("legality",))
    await _check(tx, actor, matter.round_, command.materials, book)


async def accept(tx: Connection, actor: Actor, round_id: UUID, command: AcceptMatter, *, book: RuleBook) -> datetime:
    """受理: from here an opinion may be given, and where the local rule says so the time counts.

    Refused: ChecklistOpen, MaterialsOpen, MaterialUnknown, MaterialUnexplained, AlreadyAccepted, and what `take` refuses.
    """
    matter = await take(tx, actor, round_id, seen=command, forms=("legality",))
    round_ = matter.round_
    if await receiving.find_acceptance(tx, round_id) is not None:
        raise AlreadyAccepted
    await _check(tx, actor, round_, command.materials, book)
    insist(
        acceptance_refused(
            await receiving.checks_of(tx, round_id),
            listed=listed_materials(book, round_),
            asked=[item.id for item in checklist_of(round_.kind)],
            answered=await receiving.checklist_of(tx, round_.document_id),
        )
    )
    await receiving.accept(tx, round_id, actor, matter.now)
    if book.parameter(FROM_ACCEPTANCE):
        counted = ClockResumed(event_id=uuid4(), round_id=round_id, at=matter.now, since=round_.opened_at)
        await say(tx, round_, CLOCK_RESUMED, counted)
    return matter.now


async def answer_checklist(tx: Connection, actor: Actor, round_id: UUID, command: AnswerChecklist) -> None:
    """The drafting office answers for forbidden content, about the text of this round.

    Refused: Forbidden, RoundClosed, OtherForm, ChecklistItemUnknown, ChecklistUnfounded.
    """
    round_, _ = await _for_drafter(tx, actor, round_id)
    insist(answers_refused(command.answers, asked=[item.id for item in checklist_of(round_.kind)]))
    await receiving.answer_checklist(tx, round_, command.answers, actor)


async def declare_urgency(tx: Connection, actor: Actor, round_id: UUID, command: DeclareUrgency) -> None:
    """Ask the reviewer for less than the reserved time; the review itself is never left out (713号第二十六条).

    Refused: Forbidden, RoundClosed, OtherForm, UrgencyUnfounded, UrgencyDeclared.
    """
    _, now = await _for_drafter(tx, actor, round_id)
    insist(urgency_refused(command, now))
    await receiving.declare_urgency(tx, round_id, command, actor, now)


async def _for_drafter(tx: Connection, actor: Actor, round_id: UUID) -> tuple[Round, datetime]:
    round_, now = await rounds.lock_round(tx, round_id)
    require(actor, role=DRAFTER, unit_id=round_.drafting_unit)
    insist(closed(round_))
    if round_.form != "legality":
        raise OtherForm(field="round_id")
    return round_, now


async def _check(tx: Connection, actor: Actor, round_: Round, found: Sequence[CheckedMaterial], book: RuleBook) -> None:
    insist(check_refused(found, listed=listed_materials(book, round_)))
    await receiving.check_materials(tx, round_.id, found, actor)

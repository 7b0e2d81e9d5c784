"""What people do about experts: enter, draw or choose, declare, file an opinion, answer it."""

from __future__ import annotations

import secrets
from uuid import UUID

from services.kernel.contracts.refusals import Invalid
from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.review.domain.experts import (
    LABELS,
    STAGE,
    AnswerExpert,
    AnswerUnexplained,
    ChangeUnexplained,
    ChoiceUnexplained,
    ChooseExpert,
    DeclareInterest,
    DrawExperts,
    EnterExpert,
    Expert,
    FileExpertOpinion,
    OfDraftingUnit,
    PoolTooSmall,
    UnknownExpert,
    drawn,
    may_be_drawn,
)
from services.review.sheets.collecting import Act, Collected, held_by_drafter
from services.review.store import experts


async def enter_expert(tx: Connection, actor: Actor, command: EnterExpert) -> Collected:
    """Enter an expert in the pool, or change an entry: the registrar keeps it.

    Refused: Forbidden, UnknownExpert, ChangeUnexplained.
    """
    require(actor, role=Role.REGISTRAR)
    if command.id is not None:
        await _in_pool(tx, command.id)
        if not command.reason:
            raise ChangeUnexplained(field="reason")
    return Collected(id=await experts.enter(tx, command, actor))


async def draw(tx: Connection, actor: Actor, round_id: UUID, command: DrawExperts, _book: RuleBook) -> Collected:
    """Draw experts of a field at random; the seed is kept. Refused: PoolTooSmall, what `held` refuses."""
    round_, _ = await held_by_drafter(tx, actor, round_id, STAGE)
    seated = [seat.expert.id for seat in await experts.seats(tx, round_id)]
    pot = {
        one.id: one
        for one in await experts.pool(tx)
        if may_be_drawn(one, command.field, drafting_unit=round_.drafting_unit, seated=seated)
    }
    if len(pot) < command.wanted:
        raise PoolTooSmall(field="wanted")
    seed = secrets.token_hex(16)
    taken = [pot[one] for one in drawn(seed, pot, command.wanted)]
    draw_id = await experts.seat(
        tx, round_id, actor, way="draw", field=command.field, candidates=sorted(pot), taken=taken, seed=seed
    )
    return Collected(id=draw_id)


async def choose(tx: Connection, actor: Actor, round_id: UUID, command: ChooseExpert, _book: RuleBook) -> Collected:
    """Choose an expert without a draw. Refused: ChoiceUnexplained, OfDraftingUnit, UnknownExpert, what `held` refuses."""
    round_, _ = await held_by_drafter(tx, actor, round_id, STAGE)
    chosen = await _in_pool(tx, command.expert_id)
    if not command.choice_reason:
        raise ChoiceUnexplained(field="choice_reason")
    if chosen.unit_id == round_.drafting_unit:
        raise OfDraftingUnit(field="expert_id")
    if not chosen.active or any(seat.expert.id == chosen.id for seat in await experts.seats(tx, round_id)):
        raise UnknownExpert(field="expert_id")
    field, reason = "、".join(chosen.fields), command.choice_reason
    draw_id = await experts.seat(
        tx, round_id, actor, way="choice", field=field, candidates=[chosen.id], taken=[chosen], reason=reason
    )
    return Collected(id=draw_id)


async def declare(tx: Connection, actor: Actor, round_id: UUID, command: DeclareInterest, _book: RuleBook) -> Collected:
    """Record what an expert declares about a direct interest. Refused: UnknownExpert, what `held` refuses."""
    await _seated(tx, actor, round_id, command.expert_id)
    return Collected(
        id=await experts.declare(
            tx, round_id, command.expert_id, interested=command.interested, words=command.words, by=actor
        )
    )


async def file_opinion(
    tx: Connection, actor: Actor, round_id: UUID, command: FileExpertOpinion, _book: RuleBook
) -> Collected:
    """File an expert's signed opinion.

    Refused: ExpertInterested, InterestUndeclared, OfDraftingUnit, OpinionUnsigned, OpinionTwice, UnknownExpert, Invalid
    for a day that has not come, what `held` refuses.
    """
    _, now = await held_by_drafter(tx, actor, round_id, STAGE)
    await _seated(tx, actor, round_id, command.expert_id)
    if command.signed_on > office_day(now):
        raise Invalid(field="signed_on")
    said = (command.stance, command.expert_opinion, command.paper_hash, command.signed_on)
    return Collected(id=await experts.add_opinion(tx, round_id, command.expert_id, said, actor))


async def answer(tx: Connection, actor: Actor, round_id: UUID, command: AnswerExpert, _book: RuleBook) -> Collected:
    """Say what became of an opinion, and why. Refused: AnswerUnexplained, UnknownExpert, what `held` refuses."""
    await _seated(tx, actor, round_id, command.expert_id)
    if not command.adoption_reason:
        raise AnswerUnexplained(field="adoption_reason")
    reason = command.adoption_reason
    return Collected(id=await experts.answer(tx, round_id, command.expert_id, command.adoption, reason, actor))


async def _in_pool(tx: Connection, expert_id: UUID) -> Expert:
    for expert in await experts.pool(tx):
        if expert.id == expert_id:
            return expert
    raise UnknownExpert(field="expert_id")


async def _seated(tx: Connection, actor: Actor, round_id: UUID, expert_id: UUID) -> None:
    await held_by_drafter(tx, actor, round_id, STAGE)
    if all(seat.expert.id != expert_id for seat in await experts.seats(tx, round_id)):
        raise UnknownExpert(field="expert_id")


ACTS = (
    Act("expert-draw", DrawExperts, draw, LABELS),
    Act("expert-choice", ChooseExpert, choose, LABELS),
    Act("expert-declaration", DeclareInterest, declare, LABELS),
    Act("expert-opinion", FileExpertOpinion, file_opinion, LABELS),
    Act("expert-answer", AnswerExpert, answer, LABELS),
)

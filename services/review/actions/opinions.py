"""Legality review: the written opinion, and the papers that it waits for."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from services.kernel.contracts.lifecycle import CLOCK_PAUSED, CLOCK_RESUMED, ClockPaused, ClockResumed
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import (
    Decided,
    Decision,
    Matter,
    insist,
    open_supplement,
    say,
    settle,
    stage_of,
    take,
)
from services.review.actions.letters import make_findable, write_letter
from services.review.actions.papers import DRAFTER
from services.review.domain.commands import AnswerSupplement, GiveOpinion, RequestSupplement, WithdrawSupplement
from services.review.domain.opinions import Before, opinion_refused
from services.review.domain.refusals import NothingMissing, SupplementNone, SupplementOpen
from services.review.domain.returns import return_refused, targets
from services.review.domain.rounds import closed
from services.review.store import letters, papers, receiving, rounds, sign_offs


async def give_opinion(
    tx: Connection, actor: Actor, round_id: UUID, command: GiveOpinion, *, book: RuleBook
) -> Decided:
    """Sign a legality opinion with its points.

    The letter is written with it, so that its hash stands in what is signed.

    Refused: UnknownOutcome, OpinionMissing, PointsMissing, BasisMissing, ReformNotDeclared, RiskMissing, CounselMissing,
    SupplementOpen, NotAccepted, and what `take` refuses.
    """
    matter = await take(tx, actor, round_id, seen=command, forms=("legality",))
    raised = await sign_offs.points_of(tx, matter.round_.document_id)
    lying = Before(
        kind=matter.round_.kind,
        awaiting_papers=matter.supplement is not None,
        accepted=await receiving.find_acceptance(tx, round_id) is not None,
        grounds=matter.round_.grounds,
        ground=book.outcomes[command.outcome].ground if command.outcome in book.outcomes else "",
    )
    insist(
        opinion_refused(
            command,
            allowed=stage_of(book, matter.round_).outcomes,
            before=lying,
            earlier={point.id for point in raised if point.handling is None},
        )
    )
    before = targets(book.kind(matter.round_.kind), matter.round_.stage)
    insist(return_refused(command.outcome, command.return_to, before))
    await sign_offs.add_points(tx, round_id=round_id, document_id=matter.round_.document_id, points=command.points)
    await sign_offs.handle_points(tx, round_id, command.handled)
    await letters.add_counsel(tx, round_id, command.counsel)
    details = await _details(tx, matter, command)
    details["letter"] = await write_letter(tx, actor, matter, command, book=book)
    await make_findable(tx, round_id, command, after=sum(point.round_id == round_id for point in raised))
    decision = Decision(command.outcome, command.opinion, details, return_to=command.return_to or None)
    return await settle(tx, actor, matter, decision)


async def _details(tx: Connection, matter: Matter, command: GiveOpinion) -> dict[str, Any]:
    asked = await papers.supplements_of(tx, matter.round_.id)
    earliest = matter.round_.earliest
    accepted = await receiving.find_acceptance(tx, matter.round_.id)
    urgency = await receiving.find_urgency(tx, matter.round_.id)
    checks = await receiving.checks_of(tx, matter.round_.id)
    answers = await receiving.checklist_of(tx, matter.round_.document_id)
    return {
        "counsel": [adviser.model_dump(mode="json") for adviser in command.counsel],
        "risk": command.risk,
        "accepted_at": accepted.accepted_at.isoformat() if accepted else None,
        "urgency": {"basis": urgency.basis, "reason": urgency.reason} if urgency else None,
        "materials": {one.material: one.state for one in checks.values()},
        "checklist": {one.item: [one.answer, one.basis] for one in answers.values()},
        "points": [point.model_dump(mode="json") for point in command.points],
        "handled": [answer.model_dump(mode="json") for answer in command.handled],
        "pauses": [
            {
                "from": request.asked_at.isoformat(),
                "to": request.ended_at.isoformat() if request.ended_at else None,
                "missing": list(request.missing),
            }
            for request in asked
        ],
        # The least time protects the reviewer, who alone may do with less (713号第二十六条).
        "finished_early": earliest is not None and matter.now < earliest,
    }


async def request_supplement(tx: Connection, actor: Actor, round_id: UUID, command: RequestSupplement) -> UUID:
    """Name the papers that are missing; the clock stands still from now. Refused: NothingMissing, SupplementOpen."""
    matter = await take(tx, actor, round_id, seen=command, forms=("legality",))
    missing = tuple(name for name in command.missing if name)
    if not missing:
        raise NothingMissing(field="missing")
    if matter.supplement is not None:
        raise SupplementOpen
    asked = papers.Asked(missing, command.note, actor.person_id, actor.person_name, matter.now)
    paused = ClockPaused(event_id=uuid4(), round_id=round_id, at=matter.now, missing=len(missing))
    await say(tx, matter.round_, CLOCK_PAUSED, paused)
    return await papers.ask(tx, round_id, asked)


async def withdraw_supplement(tx: Connection, actor: Actor, round_id: UUID, command: WithdrawSupplement) -> UUID:
    """The reviewer no longer asks for the papers: the clock goes on. Refused: SupplementNone, and what `take` refuses."""
    matter = await take(tx, actor, round_id, seen=command, forms=("legality",))
    if matter.supplement is None:
        raise SupplementNone
    await papers.withdraw(tx, round_id, by=actor.person_id, why=command.reason, at=matter.now)
    resumed = ClockResumed(event_id=uuid4(), round_id=round_id, at=matter.now, why="withdrawn")
    await say(tx, matter.round_, CLOCK_RESUMED, resumed)
    return matter.supplement.id


async def answer_supplement(tx: Connection, actor: Actor, round_id: UUID, command: AnswerSupplement) -> UUID:
    """The drafting unit has handed in what was asked: the clock goes on. Refused: Forbidden, SupplementNone."""
    round_, now = await rounds.lock_round(tx, round_id)
    require(actor, role=DRAFTER, unit_id=round_.drafting_unit)
    insist(closed(round_))
    request = await open_supplement(tx, round_id)
    if request is None:
        raise SupplementNone
    await papers.answer(tx, round_id, by=actor.person_id, words=command.answer, at=now)
    await say(tx, round_, CLOCK_RESUMED, ClockResumed(event_id=uuid4(), round_id=round_id, at=now))
    return request.id

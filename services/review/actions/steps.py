"""Recorded steps: the unit in charge files the paper and its conclusion, or a named person says why it does not apply."""

from __future__ import annotations

from uuid import UUID

from services.kernel.contracts.review import SYSTEM
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.stages import NOT_APPLICABLE
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Decided, Decision, insist, settle, stage_of, take
from services.review.actions.papers import attach
from services.review.domain.commands import DeclareNotApplicable, FileStep
from services.review.domain.opinions import not_applicable_refused, outcome_refused, step_outcome, step_refused
from services.review.domain.seat_refusals import SeatsDecide
from services.review.sheets import SHEETS
from services.review.sheets.sheet import Closing
from services.review.store import sign_offs
from services.review.store.papers import NewPaper


async def file_step(
    tx: Connection,
    actor: Actor,
    round_id: UUID,
    command: FileStep,
    *,
    book: RuleBook,
    files: tuple[NewPaper, ...] = (),
) -> Decided:
    """Put the step on record with its conclusion, its papers (those attached before, and `files`), and its sheet.

    Refused: UnknownOutcome, StepEmpty, ExemptionUnfounded, what the sheet of the stage still lacks, what `take` refuses.
    """
    matter = await take(tx, actor, round_id, seen=command, forms=("recorded_step",))
    allowed = stage_of(book, matter.round_).outcomes
    command = command.model_copy(update={"outcome": step_outcome(command.outcome, allowed)})
    insist(outcome_refused(command.outcome, allowed))
    if files:
        await attach(tx, actor, round_id, files)
        matter = await take(tx, actor, round_id, seen=command, forms=("recorded_step",))
    sheet = SHEETS.get(matter.round_.stage)
    closing = await sheet.closing(tx, matter, command, book) if sheet else Closing()
    filed = sum(paper.filed_by != SYSTEM for paper in matter.papers)
    # Whoever judges another's work says something of their own; one's own sheet is enough for one's own step.
    collected = bool(closing.details) and matter.round_.own_work
    insist(step_refused(command, papers=filed, collected=collected))
    details = {"exemption": command.exemption.model_dump(mode="json")} if command.exemption else {}
    decision = Decision(command.outcome, command.conclusion, {**details, **closing.details}, facts=closing.facts)
    return await settle(tx, actor, matter, decision)


async def declare_not_applicable(
    tx: Connection, actor: Actor, round_id: UUID, command: DeclareNotApplicable, *, book: RuleBook
) -> Decided:
    """Declare the step not applicable. Refused: MustBeDone, ReasonTooShort, and what `take` refuses."""
    matter = await take(tx, actor, round_id, seen=command, forms=("recorded_step", "legality"))
    lawful = matter.round_.may_be_not_applicable and stage_of(book, matter.round_).may_be_declared_not_applicable
    insist(SeatsDecide() if matter.joint else not_applicable_refused(command, allowed=lawful))
    await sign_offs.declare_not_applicable(
        tx,
        round_id=round_id,
        person=(actor.person_id, actor.person_name, actor.unit_id),
        reason=command.reason,
        at=matter.now,
    )
    return await settle(tx, actor, matter, Decision(NOT_APPLICABLE, command.reason))

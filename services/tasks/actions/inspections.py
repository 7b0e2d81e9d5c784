"""What is done in an inspection: each act locks it, asks whether this person may, and adds a row."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.kernel.contracts.refusals import Refused
from services.kernel.procedure.deadlines import due, office_day
from services.kernel.runtime import auth, db, directory
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.tasks.actions import agenda
from services.tasks.desk import Desk
from services.tasks.domain import inspection_commands as commands
from services.tasks.domain import inspections as domain
from services.tasks.domain.inspections import Inspection, Step
from services.tasks.store import inspections as store


class Inspected(BaseModel):
    """The receipt: which inspection, and where it stands."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    state: str


async def propose(tx: Connection, actor: Actor, command: commands.Propose) -> Inspected:
    """Propose a matter with its plan. Refused: Forbidden, PlanIncomplete."""
    auth.require(actor, role=Role.SUPERVISOR)
    _insist(domain.plan_refused(command, units=frozenset(unit.id for unit in await directory.units(tx))))
    return await _receipt(tx, await store.add(tx, command, actor), actor)


async def approve(
    tx: Connection, actor: Actor, inspection_id: UUID, command: commands.Approve, _desk: Desk
) -> Inspected:
    """Approve matter and plan, or not. Refused: Forbidden, NotTheHead, OwnProposal, Decided, WordsNeeded."""
    held = await store.hold(tx, inspection_id)
    await _head_of(tx, actor, held)
    _wanted(command.words)
    await store.approve(tx, inspection_id, approved=command.approved, words=command.words, by=actor)
    return await _receipt(tx, inspection_id, actor)


async def add_member(
    tx: Connection, actor: Actor, inspection_id: UUID, command: commands.AddMember, _desk: Desk
) -> Inspected:
    """Send somebody. Refused: Forbidden, Unapproved, OwnUnit, NotAMember (nobody of that id), Concluded."""
    held = await _supervised(tx, actor, inspection_id)
    if not held.approved:
        raise domain.Unapproved(field="inspection_id")
    who = await store.person(tx, command.person_id)
    if who is None:
        raise domain.NotAMember(field="person_id")
    await store.add_member(tx, inspection_id, who, actor)
    return await _receipt(tx, inspection_id, actor)


async def recuse(tx: Connection, actor: Actor, inspection_id: UUID, command: commands.Recuse, _desk: Desk) -> Inspected:
    """A member steps back, or the supervisor has them step back. Refused: Forbidden, NotAMember, WordsNeeded, Concluded."""
    held = await store.hold(tx, inspection_id)
    if actor.person_id != command.person_id:
        auth.require(actor, role=Role.SUPERVISOR, unit_id=held.unit_id)
    if all(one.person_id != command.person_id for one in held.members):
        raise domain.NotAMember(field="person_id")
    _wanted(command.reason, "reason")
    await store.recuse(tx, inspection_id, command.person_id, command.reason, actor)
    return await _receipt(tx, inspection_id, actor)


async def find(tx: Connection, actor: Actor, inspection_id: UUID, command: commands.Find, _desk: Desk) -> Inspected:
    """Record a finding within the plan. Refused: Unapproved, NotAMember, OwnUnit, Widened, WordsNeeded."""
    held = await store.hold(tx, inspection_id)
    refusal = domain.finding_refused(held, person_id=actor.person_id, unit_id=command.unit_id, item=command.item)
    _insist(refusal)
    _wanted(command.finding, "finding")
    await store.find(tx, inspection_id, command.unit_id, command.item, command.finding, actor)
    return await _receipt(tx, inspection_id, actor)


async def conclude(
    tx: Connection, actor: Actor, inspection_id: UUID, command: commands.Conclude, _desk: Desk
) -> Inspected:
    """Record the conclusion on an object. Refused: Unapproved, NotAMember, OwnUnit, Widened, WordsNeeded, Concluded."""
    held = await store.hold(tx, inspection_id)
    _insist(domain.finding_refused(held, person_id=actor.person_id, unit_id=command.unit_id, item=None))
    _wanted(command.words)
    await store.conclude(tx, inspection_id, command.unit_id, command.words, command.rectify_by, actor)
    return await _receipt(tx, inspection_id, actor)


async def receive(
    tx: Connection, actor: Actor, inspection_id: UUID, command: commands.Receive, desk: Desk
) -> Inspected:
    """The object has the conclusion: the days of an objection count from now. Refused: NotTheObject, Concluded."""
    held = await store.hold(tx, inspection_id)
    conclusion = _of_object(held, actor, command.unit_id)
    today = await _today(tx)
    new = Step("received", None, "", today, _last_day(desk, domain.OBJECTION, today), actor.person_name)
    await store.step(tx, conclusion.id, new, actor)
    return await _receipt(tx, inspection_id, actor)


async def object_to(
    tx: Connection, actor: Actor, inspection_id: UUID, command: commands.ObjectTo, desk: Desk
) -> Inspected:
    """Apply for a review in time. Refused: NotTheObject, NotReceived, ObjectionLate, WordsNeeded, Concluded."""
    held = await store.hold(tx, inspection_id)
    conclusion = _of_object(held, actor, command.unit_id)
    today = await _today(tx)
    _insist(domain.objection_refused(conclusion, day=today))
    _wanted(command.words)
    new = Step("objected", None, command.words, today, _last_day(desk, domain.REVIEW, today), actor.person_name)
    await store.step(tx, conclusion.id, new, actor)
    return await _receipt(tx, inspection_id, actor)


async def review(
    tx: Connection, actor: Actor, inspection_id: UUID, command: commands.ReviewObjection, _desk: Desk
) -> Inspected:
    """Decide on an objection, by others than those who inspected. Refused: Forbidden, NoObjection, SamePerson, OwnUnit,
    WordsNeeded, Concluded."""
    held = await store.hold(tx, inspection_id)
    if Role.CHIEF not in actor.roles:
        auth.require(actor, role=Role.SUPERVISOR)
    conclusion = held.conclusion(command.unit_id)
    _insist(domain.review_refused(held, conclusion, person_id=actor.person_id, unit_id=actor.unit_id))
    _wanted(command.words)
    new = Step("reviewed", command.outcome, command.words, await _today(tx), None, actor.person_name)
    await store.step(tx, conclusion.id, new, actor)
    return await _receipt(tx, inspection_id, actor)


async def check(tx: Connection, actor: Actor, inspection_id: UUID, command: commands.Check, _desk: Desk) -> Inspected:
    """Check what was to be put right. Refused: Forbidden, NothingToCheck, OwnUnit, WordsNeeded, Concluded."""
    held = await _supervised(tx, actor, inspection_id)
    conclusion = held.conclusion(command.unit_id)
    if conclusion.rectify_by is None:
        raise domain.NothingToCheck(field="unit_id")
    _wanted(command.words)
    new = Step("checked", command.outcome, command.words, await _today(tx), None, actor.person_name)
    await store.step(tx, conclusion.id, new, actor)
    return await _receipt(tx, inspection_id, actor)


async def propose_measure(
    tx: Connection, actor: Actor, inspection_id: UUID, command: commands.ProposeMeasure, _desk: Desk
) -> Inspected:
    """Propose 通报 or accountability after the conclusion. Refused: Forbidden, NoConclusion, WordsNeeded."""
    held = await _supervised(tx, actor, inspection_id)
    held.conclusion(command.unit_id)
    _wanted(command.words)
    await store.propose_measure(tx, inspection_id, command.unit_id, command.kind, command.words, actor)
    return await _receipt(tx, inspection_id, actor)


async def decide_measure(
    tx: Connection, actor: Actor, inspection_id: UUID, command: commands.DecideMeasure, _desk: Desk
) -> Inspected:
    """Approve a measure, or not. Refused: Forbidden, NotTheHead, OwnMeasure, MeasureDecided, MeasureUnknown, WordsNeeded."""
    held = await store.hold(tx, inspection_id)
    await _head_of(tx, actor, held)
    _measure(held, command.measure_id)
    _wanted(command.words)
    act = "approved" if command.approved else "refused"
    await store.act_on_measure(tx, command.measure_id, act, command.words, actor)
    return await _receipt(tx, inspection_id, actor)


async def issue_measure(
    tx: Connection, actor: Actor, inspection_id: UUID, command: commands.IssueMeasure, _desk: Desk
) -> Inspected:
    """Issue what was approved. Refused: Forbidden, MeasureUnapproved, MeasureDecided, MeasureUnknown."""
    held = await _supervised(tx, actor, inspection_id)
    _insist(domain.issuing_refused(_measure(held, command.measure_id)))
    await store.act_on_measure(tx, command.measure_id, "issued", "", actor)
    return await _receipt(tx, inspection_id, actor)


def _measure(held: Inspection, measure_id: UUID) -> domain.MeasureProposed:
    found = next((one for one in held.measures if one.id == measure_id), None)
    if found is None:
        raise domain.MeasureUnknown(field="measure_id")
    return found


async def _supervised(tx: Connection, actor: Actor, inspection_id: UUID) -> Inspection:
    held = await store.hold(tx, inspection_id)
    auth.require(actor, role=Role.SUPERVISOR, unit_id=held.unit_id)
    return held


async def _head_of(tx: Connection, actor: Actor, held: Inspection) -> None:
    """The head of the government to which the inspecting unit belongs. Raises Forbidden, NotTheHead."""
    auth.require(actor, role=Role.CHIEF)
    above = {unit.id: unit.parent_id for unit in await directory.units(tx)}
    unit: str | None = held.unit_id
    while unit is not None and unit != actor.unit_id:
        unit = above.get(unit)
    if unit is None:
        raise domain.NotTheHead


def _of_object(held: Inspection, actor: Actor, unit_id: str) -> domain.Conclusion:
    conclusion = held.conclusion(unit_id)
    if actor.unit_id != unit_id:
        raise domain.NotTheObject(field="unit_id")
    return conclusion


def _last_day(desk: Desk, rule_id: str, today: date) -> date:
    """The last day of the rule's period from today on. An unknown year moves nothing: days of the calendar are counted."""
    rule = desk.book.rule(rule_id)
    found = due(rule, counted_from=today, calendar=desk.calendar).legal_last_day
    if found is None:
        raise ValueError(f"{rule_id} counts calendar days")
    return found


async def _today(tx: Connection) -> date:
    return office_day(await db.now(tx))


def _wanted(words: str, field: str = "words") -> None:
    if not words:
        raise domain.WordsNeeded(field=field)


def _insist(refusal: Refused | None) -> None:
    if refusal is not None:
        raise refusal


async def _receipt(tx: Connection, inspection_id: UUID, actor: Actor) -> Inspected:
    held = await store.inspection(tx, inspection_id)
    await agenda.follow(tx, held, actor)
    return Inspected(id=inspection_id, state=held.state)

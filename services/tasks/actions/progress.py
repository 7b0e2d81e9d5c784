"""Reporting on a task, proposing it as done, accepting it (销号), and asking for more time."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from pydantic import Field

from services.kernel.contracts.lifecycle import TASKS_COMPLETED, TasksCompleted
from services.kernel.contracts.messages import Message
from services.kernel.procedure.deadlines import end_of, office_day
from services.kernel.runtime import auth, db, outbox
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.tasks.domain import acts
from services.tasks.domain.plans import Pace, PlanTask, TaskState
from services.tasks.store import plans
from services.tasks.store import progress as store
from services.tasks.store.progress import Evidence


class Report(Message):
    """How a task is going: a share in per cent or a pace, in words, with the files that show it.

    `milestone` is the position of the stage target that is now reached.
    """

    percent: int | None = Field(default=None, ge=0, le=100)
    pace: Pace | None = None
    words: str
    milestone: int | None = Field(default=None, ge=1)


async def report_progress(
    tx: Connection, actor: Actor, task_id: UUID, report: Report, evidence: tuple[Evidence, ...] = ()
) -> PlanTask:
    """Add a progress report. Raises TaskUnknown, TaskNotYours, TaskClosed, WordsMissing, HowFarMissing,
    MilestoneUnknown."""
    task = await plans.lock_task(tx, task_id)
    acts.refuse_stranger(task, actor, acts.acting_units(task))
    acts.refuse_closed(task)
    if not report.words.strip():
        raise acts.WordsMissing(field="words")
    if report.percent is None and report.pace is None:
        raise acts.HowFarMissing(field="percent")
    reached = acts.milestone_at(task, report.milestone) if report.milestone else None
    await store.add_report(
        tx,
        task_id,
        unit_id=actor.unit_id,
        person_id=actor.person_id,
        percent=report.percent,
        pace=report.pace,
        words=report.words.strip(),
        milestone_id=reached.id if reached else None,
        evidence=evidence,
    )
    if reached:
        await store.reach(tx, reached.id, office_day(await db.now(tx)))
    return await plans.get_task(tx, task_id)


async def propose_done(tx: Connection, actor: Actor, task_id: UUID, words: str) -> PlanTask:
    """Say that a task is done. Raises TaskUnknown, TaskNotYours, TaskClosed, AlreadyProposed, WordsMissing."""
    task = await plans.lock_task(tx, task_id)
    acts.refuse_stranger(task, actor, acts.leading_units(task))
    acts.refuse_closed(task)
    if task.state is TaskState.PROPOSED:
        raise acts.AlreadyProposed
    if not words.strip():
        raise acts.WordsMissing(field="words", rule=acts.CLOSE_OUT)
    await store.propose(tx, task_id, words=words.strip(), person_id=actor.person_id, unit_id=actor.unit_id)
    return await plans.get_task(tx, task_id)


async def accept(tx: Connection, actor: Actor, task_id: UUID, words: str = "") -> PlanTask:
    """Close a task that was proposed as done; the last one of a plan tells the plan's workflow.

    Raises Forbidden, TaskUnknown, TaskClosed, NotProposed, OwnProposal.
    """
    auth.require(actor, role=Role.SUPERVISOR)
    plan = await plans.lock_plan(tx, (await plans.get_task(tx, task_id)).document_id)
    task, completion = await _proposed(tx, actor, task_id)
    done_on = office_day(completion.proposed_at)
    await store.accept(tx, task, completion.id, by=actor, words=words.strip(), done_on=done_on)
    if await plans.tasks_left(tx, plan.document_id) == 0:
        await plans.complete(tx, plan.document_id)
        today = office_day(await db.now(tx))
        await outbox.signal(
            tx,
            key=str(plan.document_id),
            workflow_id=plan.reply_to,
            name=TASKS_COMPLETED,
            message=TasksCompleted(event_id=uuid4(), document_id=plan.document_id, completed_on=today),
            trace=plan.trace,
        )
    return await plans.get_task(tx, task_id)


async def send_back(tx: Connection, actor: Actor, task_id: UUID, words: str) -> PlanTask:
    """Say why a task is not done yet. Raises Forbidden, TaskUnknown, TaskClosed, NotProposed, OwnProposal,
    ReasonMissing."""
    auth.require(actor, role=Role.SUPERVISOR)
    task, completion = await _proposed(tx, actor, task_id)
    if not words.strip():
        raise acts.ReasonMissing(field="words", rule=acts.CLOSE_OUT)
    await store.send_back(tx, task, completion.id, by=actor, words=words.strip())
    return await plans.get_task(tx, task_id)


async def _proposed(tx: Connection, actor: Actor, task_id: UUID) -> tuple[PlanTask, store.OpenCompletion]:
    task = await plans.lock_task(tx, task_id)
    acts.refuse_closed(task)
    completion = await store.find_open_completion(tx, task_id, actor)
    if completion is None:
        raise acts.NotProposed
    if completion.own:
        raise acts.OwnProposal
    return task, completion


async def ask_extension(tx: Connection, actor: Actor, task_id: UUID, *, to_on: date, reason: str) -> PlanTask:
    """Ask for a later day, before the present one has passed. Raises TaskUnknown, TaskNotYours, TaskClosed,
    AlreadyProposed, ExtensionPending, NoDayToExtend, TooLate, NotLater, ReasonMissing."""
    task = await plans.lock_task(tx, task_id)
    acts.refuse_stranger(task, actor, acts.leading_units(task))
    now = await db.now(tx)
    milestone = acts.refuse_extension(task, to_on, reason, now)
    if await store.find_open_extension(tx, task_id, actor) is not None:
        raise acts.ExtensionPending
    await store.ask_extension(
        tx,
        task_id,
        milestone_id=milestone.id,
        from_on=milestone.due_on,
        due_ends_at=end_of(milestone.due_on),
        to_on=to_on,
        reason=reason.strip(),
        person_id=actor.person_id,
        unit_id=actor.unit_id,
        asked_at=now,
    )
    return await plans.get_task(tx, task_id)


async def approve_extension(tx: Connection, actor: Actor, task_id: UUID, words: str = "") -> PlanTask:
    """Grant the later day; the first one is kept beside it. Raises Forbidden, TaskUnknown, NoExtension, OwnExtension."""
    extension = await _asked(tx, actor, task_id)
    await store.decide_extension(tx, extension.id, "approved", by=actor, words=words.strip())
    await store.move(tx, task_id, extension.milestone_id, extension.to_on)
    return await plans.get_task(tx, task_id)


async def refuse_extension(tx: Connection, actor: Actor, task_id: UUID, words: str) -> PlanTask:
    """Keep the day, and say why. Raises Forbidden, TaskUnknown, NoExtension, OwnExtension, ReasonMissing."""
    extension = await _asked(tx, actor, task_id)
    if not words.strip():
        raise acts.ReasonMissing(field="words", rule=acts.EXTENSION)
    await store.decide_extension(tx, extension.id, "refused", by=actor, words=words.strip())
    return await plans.get_task(tx, task_id)


async def _asked(tx: Connection, actor: Actor, task_id: UUID) -> store.OpenExtension:
    auth.require(actor, role=Role.SUPERVISOR)
    await plans.lock_task(tx, task_id)
    extension = await store.find_open_extension(tx, task_id, actor)
    if extension is None:
        raise acts.NoExtension
    if extension.own:
        raise acts.OwnExtension
    return extension

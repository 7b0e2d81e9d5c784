"""Plans and their tasks as they are read: lights, lead units, bars, and what the reader may do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.directory import Role
from services.tasks.desk import Desk
from services.tasks.domain import acts
from services.tasks.domain.due import due_by
from services.tasks.domain.items import roles_of
from services.tasks.domain.plans import Health, PlanTask, TaskState, health, time_gone
from services.tasks.shown.words import DueShown, RuleShown, Shown, due_shown, rule_shown
from services.tasks.store.plans import Plan
from services.tasks.store.progress import Entry


class UnitShown(Shown):
    """A unit as printed; `unit_id` is null where the directory does not hold it."""

    printed: str
    unit_id: str | None


class MilestoneShown(Shown):
    """A stage target."""

    position: int
    printed: str
    due_from: str
    due: DueShown
    original_due_on: date
    reached_on: date | None


class TaskShown(Shown):
    """A task of a plan, in words. `due` is the day that counts now, `due_on` the last one."""

    id: UUID
    document_id: UUID
    plan_title: str
    doc_number: str
    item_no: str
    title: str
    quote: str
    span: tuple[int, int]
    text_hash: str
    lead_mode: str
    leads: list[UnitShown]
    responsible: list[UnitShown]
    due_from: str
    due: DueShown
    due_on: date | None
    original_due_on: date | None
    extended: bool
    milestones: list[MilestoneShown]
    deliverable: str
    deliverable_default: bool
    state: TaskState
    health: Health
    percent: int
    time_gone: int
    pace: str
    reported_at: datetime | None
    done_on: date | None


May = Literal["report", "propose", "accept", "extend", "decide_extension"]


class FileShown(Shown):
    """A file of a report."""

    name: str
    size: int
    hash: str


class EntryShown(Shown):
    """One thing that happened to a task: progress, completion or extension, with its decision."""

    what: Literal["progress", "completion", "extension"]
    at: datetime
    words: str
    percent: int | None
    pace: str | None
    from_on: date | None
    to_on: date | None
    decision: str | None
    decided_at: datetime | None
    decision_words: str | None
    person_name: str | None
    unit_name: str | None
    decider_name: str | None
    files: list[FileShown]


class TaskPage(Shown):
    """One task with all that was said about it, its rules, and what the reader may do."""

    task: TaskShown
    history: list[EntryShown]
    may: list[May]
    close_out: RuleShown | None
    extension: RuleShown | None


class PlanShown(Shown):
    """A plan with the lights of its tasks."""

    document_id: UUID
    title: str
    doc_number: str
    published_on: date
    completed: bool
    unmatched: int
    total: int
    lights: dict[Health, int]


class GroupShown(Shown):
    """The tasks that one unit leads; `unit` is null for those that all do by their function."""

    unit: str | None
    unit_id: str | None
    total: int
    lights: dict[Health, int]
    worst: Health
    reported_at: datetime | None


class PlanPage(Shown):
    """A plan with its tasks, and the same by lead unit."""

    plan: PlanShown
    tasks: list[TaskShown]
    groups: list[GroupShown]


# From what must be seen first to what needs nothing more.
WORST_FIRST = (
    Health.OVERDUE, Health.NEAR, Health.SLOW, Health.PAUSED, Health.PROPOSED, Health.ON_TRACK, Health.DONE,
)  # fmt: skip


def task_shown(desk: Desk, task: PlanTask) -> TaskShown:
    """A task as it stands at the desk's clock."""
    now = desk.now()
    return TaskShown(
        id=task.id,
        document_id=task.document_id,
        plan_title=task.plan_title,
        doc_number=task.doc_number,
        item_no=task.item_no,
        title=task.title,
        quote=task.quote,
        span=(task.span_start, task.span_end),
        text_hash=task.text_hash,
        lead_mode=task.lead_mode,
        leads=[UnitShown(printed=unit.printed, unit_id=unit.unit_id) for unit in task.units_of("lead")],
        responsible=[UnitShown(printed=unit.printed, unit_id=unit.unit_id) for unit in task.units_of("responsible")],
        due_from=task.due_from,
        due=due_shown(desk, task.due),
        due_on=task.due_on,
        original_due_on=task.original_due_on,
        extended=task.was_extended,
        milestones=_milestones(desk, task),
        deliverable=task.deliverable,
        deliverable_default=task.deliverable_default,
        state=task.state,
        health=health(task, now, desk.calendar),
        percent=task.percent,
        time_gone=time_gone(task, office_day(now)),
        pace=task.pace,
        reported_at=task.reported_at,
        done_on=task.done_on,
    )


def _milestones(desk: Desk, task: PlanTask) -> list[MilestoneShown]:
    return [
        MilestoneShown(
            position=each.position,
            printed=each.printed,
            due_from=each.due_from,
            due=due_shown(desk, due_by(each.due_on)),
            original_due_on=each.original_due_on,
            reached_on=each.reached_on,
        )
        for each in task.milestones
    ]


def task_page(desk: Desk, actor: Actor, task: PlanTask, history: Sequence[Entry]) -> TaskPage:
    """A task with its history and what `actor` may do with it."""
    return TaskPage(
        task=task_shown(desk, task),
        history=[_entry(entry) for entry in history],
        may=_may(actor, task, history, desk.now()),
        close_out=rule_shown(desk.book, acts.CLOSE_OUT),
        extension=rule_shown(desk.book, acts.EXTENSION),
    )


def _entry(entry: Entry) -> EntryShown:
    files = [FileShown(name=file.name, size=file.size, hash=file.hash) for file in entry.files]
    told = {name: value for name, value in vars(entry).items() if name not in ("id", "files")}
    return EntryShown(**told, files=files)


def _may(actor: Actor, task: PlanTask, history: Sequence[Entry], now: datetime) -> list[May]:
    if task.state is TaskState.DONE:
        return []
    leads = acts.may_act(task, actor, acts.leading_units(task))
    supervises = Role.SUPERVISOR in roles_of(actor)
    asked = any(entry.what == "extension" and entry.decision is None for entry in history)
    ends_at = task.due.ends_at
    may: list[tuple[May, bool]] = [
        ("report", acts.may_act(task, actor, acts.acting_units(task))),
        ("propose", leads and task.state is TaskState.OPEN),
        ("accept", supervises and task.state is TaskState.PROPOSED),
        ("extend", leads and task.state is TaskState.OPEN and not asked and ends_at is not None and now < ends_at),
        ("decide_extension", supervises and asked),
    ]
    return [what for what, allowed in may if allowed]


def plan_shown(plan: Plan, tasks: Sequence[TaskShown]) -> PlanShown:
    """A plan with how many of its tasks stand under each light."""
    return PlanShown(
        document_id=plan.document_id,
        title=plan.title,
        doc_number=plan.doc_number,
        published_on=plan.published_on,
        completed=plan.completed_at is not None,
        unmatched=plan.unmatched,
        total=len(tasks),
        lights=lights(tasks),
    )


def lights(tasks: Sequence[TaskShown]) -> dict[Health, int]:
    """How many tasks stand under each light, every light named."""
    counted = Counter(task.health for task in tasks)
    return {light: counted[light] for light in WORST_FIRST}


def groups(tasks: Sequence[TaskShown]) -> list[GroupShown]:
    """Tasks by the lead named first, so that the parts add up to the whole; joint tasks last."""
    by_unit: dict[str | None, list[TaskShown]] = {}
    for task in tasks:
        by_unit.setdefault(task.leads[0].printed if task.leads else None, []).append(task)
    return [_group(unit, own) for unit, own in sorted(by_unit.items(), key=_most_first)]


def _most_first(pair: tuple[str | None, list[TaskShown]]) -> tuple[bool, int, str]:
    unit, own = pair
    return (unit is None, -len(own), unit or "")


def _group(unit: str | None, tasks: list[TaskShown]) -> GroupShown:
    return GroupShown(
        unit=unit,
        unit_id=tasks[0].leads[0].unit_id if unit else None,
        total=len(tasks),
        lights=lights(tasks),
        worst=min((task.health for task in tasks), key=WORST_FIRST.index),
        reported_at=max((task.reported_at for task in tasks if task.reported_at), default=None),
    )

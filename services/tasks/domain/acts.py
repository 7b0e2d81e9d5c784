"""What units and the supervisor may do with a task, and each refusal with its rule and remedy."""

from __future__ import annotations

from datetime import date, datetime

from services.kernel.contracts.refusals import Conflict, Forbidden, Invalid, NotFound, Refused, Words
from services.kernel.procedure.deadlines import end_of
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.directory import Role
from services.tasks.domain.items import roles_of
from services.tasks.domain.plans import Milestone, PlanTask, TaskState

CLOSE_OUT, EXTENSION, BREAKDOWN, PROGRESS = "plan.close_out", "plan.extension", "plan.breakdown", "plan.progress"
OFFICERS = frozenset({Role.LEAD_UNIT_OFFICER.value, Role.DRAFTER.value})


class PlanUnknown(NotFound):
    """No tasks were made of such a document."""

    code = "plan.not_found"
    title = Words("没有这份计划的任务", "There are no tasks of such a plan")


class TaskIncomplete(Refused):
    """H30: a task has a lead or is done jointly by function, a day or is long-term, and a result. `field` is missing."""

    code = "task.incomplete"
    rule = BREAKDOWN
    title = Words("任务缺少牵头单位、时限或者成果形式", "The task lacks its lead, its day or its result")
    remedy = Words(
        "请在方案中写明牵头单位（或者按职责分工负责）、完成时限（或者长期）和成果形式。",
        "Let the plan name a lead (or the units by function), a day (or long-term) and a result.",
    )


class TaskUnknown(NotFound):
    """No such task."""

    code = "task.not_found"
    title = Words("没有这项任务", "No such task")


class TaskNotYours(Forbidden):
    """The task belongs to other units."""

    code = "task.not_yours"
    title = Words("这项任务不由您的单位办理", "This task belongs to other units")
    rule = BREAKDOWN
    remedy = Words("请由任务写明的单位办理。", "An officer of the units named in the task must do it.")


class TaskClosed(Conflict):
    """The task was accepted as done."""

    code = "task.closed"
    rule = CLOSE_OUT
    title = Words("这项任务已经办结销号", "This task is closed")
    remedy = Words(
        "不需要再办；有新情况的，请告诉督办单位。", "Nothing is left to do; tell the supervisor of anything new."
    )


class AlreadyProposed(Conflict):
    """Completion was proposed and waits for the supervisor."""

    code = "completion.pending"
    rule = CLOSE_OUT
    title = Words("已经申请销号，正在等督办单位核验", "Completion is already proposed and waits for the supervisor")
    remedy = Words(
        "请等核验结果；退回后可以再次申请。", "Wait for the answer; if it is sent back you can propose again."
    )


class NotProposed(Conflict):
    """There is nothing to accept."""

    code = "completion.none"
    rule = CLOSE_OUT
    title = Words("没有待核验的销号申请", "No completion waits to be accepted")
    remedy = Words("请由牵头单位先申请销号。", "The lead unit must propose completion first.")


class OwnProposal(Forbidden):
    """Nobody accepts what he proposed or reported on himself, nor his deputy, nor his unit where another supervises."""

    code = "completion.own"
    rule = CLOSE_OUT
    title = Words(
        "不能核验本人报过进展的任务，或者本人、本单位提出的销号申请",
        "You cannot accept what you reported on, or what you or your unit proposed",
    )
    remedy = Words("请由另一位督查人员核验。", "Another supervisor must decide.")


class NoDayToExtend(Conflict):
    """The task has no day that could be moved."""

    code = "extension.no_day"
    rule = EXTENSION
    title = Words("这项任务没有可以延期的时限", "This task has no date to extend")


class TooLate(Conflict):
    """The due time has passed; it is too late to ask."""

    code = "extension.too_late"
    rule = EXTENSION
    title = Words("时限已过，不能再申请延期", "The due time has passed; an extension can no longer be asked for")
    remedy = Words("请尽快办结，并在进展里说明原因。", "Finish the task and state the reason in a progress report.")


class ExtensionPending(Conflict):
    """One request at a time."""

    code = "extension.pending"
    rule = EXTENSION
    title = Words("已经有一份延期申请在等批准", "A request for extension is already waiting")


class NoExtension(Conflict):
    """There is nothing to decide."""

    code = "extension.none"
    rule = EXTENSION
    title = Words("没有待批准的延期申请", "No request for extension is waiting")


class OwnExtension(Forbidden):
    """Nobody approves his own request, nor his deputy, nor his unit where another supervises."""

    code = "extension.own"
    rule = EXTENSION
    title = Words("不能批准本人或者本单位提出的延期申请", "You cannot approve a request of yours or of your unit")
    remedy = Words("请由另一位督查人员决定。", "Another supervisor must decide.")


class NotLater(Invalid):
    """An extension goes forward."""

    code = "extension.not_later"
    rule = EXTENSION
    title = Words("新的时限要晚于现在的时限", "The new date must be later than the present one")


class ReasonMissing(Invalid):
    """Words are needed where the law or the record asks why."""

    code = "reason.missing"
    title = Words("请写明理由", "State the reason")
    remedy = Words("理由会记入任务的记录。", "The reason goes into the record of the task.")


class WordsMissing(Invalid):
    """A report without words says nothing."""

    code = "progress.words_missing"
    rule = PROGRESS
    title = Words("请写明进展情况", "Say how the task is going")


class HowFarMissing(Invalid):
    """A report says how far the task is, in per cent or as a pace."""

    code = "progress.how_far_missing"
    rule = PROGRESS
    title = Words("请填写完成比例，或者选择进展状态", "Give the percentage or choose the pace")


class MilestoneUnknown(Invalid):
    """The task has no such stage target."""

    code = "milestone.unknown"
    title = Words("这项任务没有这个阶段目标", "The task has no such stage target")


def acting_units(task: PlanTask) -> frozenset[str]:
    """Who may report: every matched unit of the task; the plan's drafting unit where none was matched."""
    matched = frozenset(unit.unit_id for unit in task.units if unit.unit_id)
    return matched or frozenset({task.drafting_unit})


def leading_units(task: PlanTask) -> frozenset[str]:
    """Who may propose completion and ask for more time: the matched lead units, else all who act."""
    leads = frozenset(unit.unit_id for unit in task.units_of("lead") if unit.unit_id)
    return leads or acting_units(task)


def may_act(task: PlanTask, actor: Actor, units: frozenset[str]) -> bool:
    """Whether the actor is an officer of one of `units`."""
    return actor.unit_id in units and bool(OFFICERS & set(roles_of(actor)))


def refuse_stranger(task: PlanTask, actor: Actor, units: frozenset[str]) -> None:
    """Raises TaskNotYours, naming the units of the task as printed."""
    if may_act(task, actor, units):
        return
    names = [unit.printed for unit in task.units_of("lead") or task.units]
    raise TaskNotYours(
        Words(
            f"这项任务由{'、'.join(names) or '起草单位'}办理，{actor.unit_name}的{actor.person_name}不能办理。",
            f"This task belongs to {', '.join(names) or 'the drafting unit'}, not to {actor.unit_name}.",
        )
    )


def refuse_closed(task: PlanTask) -> None:
    """Raises TaskClosed."""
    if task.state is TaskState.DONE:
        raise TaskClosed


def milestone_at(task: PlanTask, position: int) -> Milestone:
    """The stage target at that position, from 1. Raises MilestoneUnknown."""
    for milestone in task.milestones:
        if milestone.position == position:
            return milestone
    raise MilestoneUnknown(field="milestone")


def refuse_extension(task: PlanTask, to_on: date, reason: str, now: datetime) -> Milestone:
    """The stage target whose day would move. Raises TaskClosed, AlreadyProposed, NoDayToExtend, TooLate, NotLater,
    ReasonMissing. A request counts as in time until 24:00 of the day that counts."""
    refuse_closed(task)
    if task.state is TaskState.PROPOSED:
        raise AlreadyProposed
    milestone = task.next_milestone
    if milestone is None:
        raise NoDayToExtend
    if end_of(milestone.due_on) <= now:
        raise TooLate
    if to_on <= milestone.due_on:
        raise NotLater(
            Words(
                f"现在的时限是{milestone.due_on.isoformat()}，请改到这一天以后。",
                f"The present date is {milestone.due_on.isoformat()}; choose a later day.",
            ),
            field="to_on",
        )
    if not reason.strip():
        raise ReasonMissing(field="reason", rule=EXTENSION)
    return milestone

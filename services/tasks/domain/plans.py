"""A plan's tasks: who leads, by when, with what result; and how each of them stands on a given day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.deadlines import end_of, office_day
from services.tasks.domain.due import NEAR_WORKING_DAYS, DueDate, Light, due_by, standing

Part = Literal["lead", "responsible"]
Pace = Literal["on_track", "slow", "paused"]
LeadMode = Literal["LEAD", "JOINT_BY_FUNCTION"]
DueFrom = Literal["text", "plan", "long_term"]

# A task is slow when its progress lags this many points behind the time gone: a light, not a rule.
SLOW_POINTS = 20
WHOLE = 100


class TaskState(StrEnum):
    """Under way, proposed as done, or accepted as done."""

    OPEN = "open"
    PROPOSED = "proposed"
    DONE = "done"


class Health(StrEnum):
    """How a task stands: the lights of the board."""

    DONE = "done"
    PROPOSED = "proposed"
    PAUSED = "paused"
    OVERDUE = "overdue"
    NEAR = "near"
    SLOW = "slow"
    ON_TRACK = "on_track"


@dataclass(frozen=True)
class TaskUnit:
    """A unit as printed in the plan; `unit_id` where the directory holds it."""

    part: Part
    printed: str
    unit_id: str | None


@dataclass(frozen=True)
class Milestone:
    """One stage target: a day by which the task, or a part of it, is to be done."""

    id: UUID
    position: int
    printed: str
    due_from: str
    due_on: date
    original_due_on: date
    reached_on: date | None


@dataclass(frozen=True)
class PlanTask:
    """One task of a plan with its units and milestones, as it stands in the record."""

    id: UUID
    document_id: UUID
    plan_title: str
    doc_number: str
    published_on: date
    drafting_unit: str
    position: int
    item_no: str
    title: str
    quote: str
    span_start: int
    span_end: int
    text_hash: str
    lead_mode: LeadMode
    convenor: str | None
    due_from: DueFrom
    due_on: date | None
    original_due_on: date | None
    deliverable: str
    deliverable_default: bool
    state: TaskState
    percent: int
    pace: Pace
    reported_at: datetime | None
    done_on: date | None
    done_by: str | None
    proposed_at: datetime | None
    units: tuple[TaskUnit, ...]
    milestones: tuple[Milestone, ...]

    @property
    def next_milestone(self) -> Milestone | None:
        """The first stage target that is not reached yet."""
        ahead = [each for each in self.milestones if each.reached_on is None]
        return min(ahead, key=lambda each: (each.due_on, each.position), default=None)

    @property
    def due(self) -> DueDate:
        """The day that counts now: that of the next stage target, else the last day of the task."""
        following = self.next_milestone
        return due_by(following.due_on if following else self.due_on)

    @property
    def was_extended(self) -> bool:
        """Whether a later day than the first was approved."""
        return self.due_on != self.original_due_on

    def units_of(self, part: Part) -> list[TaskUnit]:
        """The lead units or the responsible ones, in the order printed."""
        return [unit for unit in self.units if unit.part == part]


def health(task: PlanTask, now: datetime, calendar: WorkCalendar) -> Health:
    """The light of a task at `now`. What was proposed in time does not turn late while it waits to be accepted."""
    if task.state is TaskState.DONE:
        return Health.DONE
    if is_late(task, now):
        return Health.OVERDUE
    if task.state is TaskState.PROPOSED:
        return Health.PROPOSED
    if task.pace == "paused":
        return Health.PAUSED
    stands = standing(task.due, now, calendar)
    if stands.light is Light.TODAY or (stands.days is not None and stands.days <= NEAR_WORKING_DAYS):
        return Health.NEAR
    lags = task.percent + SLOW_POINTS < time_gone(task, office_day(now))
    return Health.SLOW if task.pace == "slow" or lags else Health.ON_TRACK


def is_late(task: PlanTask, now: datetime) -> bool:
    """Whether the day that counts has passed, at `now` or when completion was proposed."""
    ends_at = task.due.ends_at
    return task.state is not TaskState.DONE and ends_at is not None and ends_at <= (task.proposed_at or now)


def time_gone(task: PlanTask, today: date) -> int:
    """How many per cent of the time from publication to the last day have passed; 0 without a day."""
    if task.due_on is None:
        return 0
    whole = (task.due_on - task.published_on).days
    return WHOLE if whole <= 0 else max(0, min(WHOLE, round((today - task.published_on).days * WHOLE / whole)))


@dataclass(frozen=True)
class Tally:
    """Which tasks a year's report counts, and how. `done` + `overdue` + `open` is `total`."""

    total: tuple[UUID, ...]
    done: tuple[UUID, ...]
    overdue: tuple[UUID, ...]
    open: tuple[UUID, ...]
    on_time: tuple[UUID, ...]
    due: tuple[UUID, ...]
    long_term: tuple[UUID, ...]
    extended: tuple[UUID, ...]


@dataclass(frozen=True)
class Period:
    """A year as far as it has run: its days, and the exclusive instant up to which it is counted."""

    first_day: date
    last_day: date
    as_of: datetime

    @classmethod
    def of(cls, year: int, now: datetime) -> Period:
        """The whole year in the office's time zone, or what has passed of it at `now`."""
        last_day = date(year, 12, 31)
        return cls(date(year, 1, 1), min(last_day, office_day(now)), min(end_of(last_day), now))


def tally(tasks: Sequence[PlanTask], period: Period) -> Tally:
    """Count the tasks alive in the period, by their last day as approved. A task done before it, or published after
    it, is not counted."""
    alive = [task for task in tasks if _alive(task, period)]
    left = [task for task in alive if not _done(task, period)]
    due = [task for task in alive if task.due_on and task.due_on >= period.first_day and _passed(task, period)]
    overdue = [task for task in left if _passed(task, period)]
    return Tally(
        total=_ids(alive),
        done=_ids([task for task in alive if _done(task, period)]),
        overdue=_ids(overdue),
        open=_ids([task for task in left if task not in overdue]),
        on_time=_ids([task for task in due if task.done_on and task.due_on and task.done_on <= task.due_on]),
        due=_ids(due),
        long_term=_ids([task for task in alive if task.due_from == "long_term"]),
        extended=_ids([task for task in alive if task.was_extended]),
    )


def _ids(tasks: Sequence[PlanTask]) -> tuple[UUID, ...]:
    return tuple(task.id for task in tasks)


def _alive(task: PlanTask, period: Period) -> bool:
    done_before = task.done_on is not None and task.done_on < period.first_day
    return task.published_on <= period.last_day and not done_before


def _done(task: PlanTask, period: Period) -> bool:
    return task.done_on is not None and task.done_on <= period.last_day


def _passed(task: PlanTask, period: Period) -> bool:
    return task.due_on is not None and end_of(task.due_on) <= period.as_of

"""From the structure of a plan's text to its tasks: days and results strictly as printed, the rest marked as such."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.kernel.text.normal import simplified
from services.kernel.text.structure import Span, Structure, Task
from services.tasks.domain.plans import DueFrom, LeadMode, Part

DEFAULT_DELIVERABLE = "进展报告"
_RESULT = re.compile(r"成果(?:形式)?[:：]\s*([^。；;\n]{2,60})")
_SENTENCE_END = "。；;\n"
_FOR_THE_REST = re.compile(r"(?:其他|其它|其余|各项|所有|全部|上述|未明确时限的?)(?:工作|重点)*(?:任务|措施|事项|工作)")


@dataclass(frozen=True)
class NewMilestone:
    """A stage target as printed."""

    printed: str
    due_on: date
    due_from: str


@dataclass(frozen=True)
class NewTask:
    """A task about to be made."""

    key: str
    position: int
    item_no: str
    title: str
    quote: str
    span: Span
    lead_mode: LeadMode
    units: tuple[tuple[Part, str], ...]
    due_from: DueFrom
    milestones: tuple[NewMilestone, ...]
    deliverable: str
    deliverable_default: bool

    @property
    def convenor(self) -> str | None:
        """The lead named first."""
        return next((printed for part, printed in self.units if part == "lead"), None)

    @property
    def due_on(self) -> date | None:
        """The last of its days; None for a long-term task."""
        return max((milestone.due_on for milestone in self.milestones), default=None)


def break_down(structure: Structure, text: str, plan: str) -> list[NewTask]:
    """The tasks of a plan, keyed under `plan`. `text` is the normalised text that the structure's spans refer to."""
    default = plan_default(structure, text)
    keys = _keys(structure, plan)
    return [_task(structure, text, index, key, default) for index, key in enumerate(keys)]


def _keys(structure: Structure, plan: str) -> Iterator[str]:
    seen: dict[str, int] = {}
    for task in structure.tasks:
        seen[task.item_no] = seen.get(task.item_no, 0) + 1
        again = f"/{seen[task.item_no]}" if seen[task.item_no] > 1 else ""
        yield f"{plan}/{task.item_no}{again}"


def _task(structure: Structure, text: str, index: int, key: str, default: NewMilestone | None) -> NewTask:
    task, span = structure.tasks[index], structure.spans[f"tasks.{index}"]
    quote = text[span.start : span.end].strip()
    own = _own_milestones(task)
    milestones = own or ((default,) if default else ())
    due_from: DueFrom = "text" if own else "plan" if default else "long_term"
    result = _RESULT.search(quote)
    return NewTask(
        key=key,
        position=index + 1,
        item_no=task.item_no,
        title=task.title or task.first_chars,
        quote=quote or task.first_chars,
        span=span,
        # Without a lead the units act by their function: 按职责分工负责.
        lead_mode="LEAD" if task.lead_units else "JOINT_BY_FUNCTION",
        units=_units(task),
        due_from=due_from,
        milestones=milestones,
        deliverable=result.group(1).strip() if result else DEFAULT_DELIVERABLE,
        deliverable_default=result is None,
    )


def _own_milestones(task: Task) -> tuple[NewMilestone, ...]:
    days: dict[date, str] = {}
    for deadline in sorted(task.deadlines, key=lambda each: each.date):
        days.setdefault(deadline.date, deadline.text)
    return tuple(NewMilestone(printed, day, "text") for day, printed in days.items())


def _units(task: Task) -> tuple[tuple[Part, str], ...]:
    named: list[tuple[Part, str]] = [("lead", name) for name in task.lead_units]
    named += [("responsible", name) for name in task.responsible_units]
    return tuple(dict.fromkeys((part, name.strip()) for part, name in named if name.strip()))


def plan_default(structure: Structure, text: str) -> NewMilestone | None:
    """The day that the plan sets for tasks without one of their own; only where its sentence says so."""
    for index, deadline in enumerate(structure.doc_deadlines):
        span = structure.spans[f"doc_deadlines.{index}"]
        if _FOR_THE_REST.search(simplified(_sentence(text, span))):
            return NewMilestone(deadline.text, deadline.date, "plan")
    return None


def _sentence(text: str, span: Span) -> str:
    start = max(text.rfind(sign, 0, span.start) for sign in _SENTENCE_END) + 1
    ends = [found for sign in _SENTENCE_END if (found := text.find(sign, span.end)) >= 0]
    return text[start : min(ends, default=len(text))]

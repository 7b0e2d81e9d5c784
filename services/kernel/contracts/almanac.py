"""What workflows ask of the rule book and the calendar, as local activities: the answers become history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from services.kernel.contracts.messages import Call, Deadline, Message, Queue


class Limit(Message):
    """A time rule with the value that it had when the document's procedure was fixed."""

    rule_id: str
    value: int | None = None
    unit: str | None = None


class StagePlan(Message):
    """One stage of a document's procedure, resolved for its answers.

    `applies` is False where the answer to its predicate was no. `from_acceptance`: its time counts from 受理, not receipt.
    """

    stage: str
    form: str
    role: str
    applies: bool
    may_be_not_applicable: bool = False
    deadline: Limit | None = None
    minimum: Limit | None = None
    papers: tuple[str, ...] = ()
    rule_id: str | None = None
    same_text: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    from_acceptance: bool = False


class AskPlan(Message):
    """The procedure of `kind` under the book of these overlays, for these answers."""

    kind: str
    predicates: dict[str, bool]
    overlays: tuple[str, ...] = ()


class Plan(Message):
    """The stages in the order of the statute."""

    stages: tuple[StagePlan, ...]

    def stage(self, stage: str) -> StagePlan | None:
        """The plan of that stage; None where this kind has no such stage."""
        return next((plan for plan in self.stages if plan.stage == stage), None)

    def from_on(self, target: str, stage: str) -> tuple[str, ...]:
        """`target`, and of what comes before `stage` all that rests on it, in the order of the statute."""
        needs = {plan.stage: plan.needs for plan in self.stages}
        return tuple(name for name in before(needs, stage) if name == target or target in before(needs, name))


def before(needs: Mapping[str, Sequence[str]], stage: str) -> tuple[str, ...]:
    """All that must be closed before `stage`, directly or not, in the order of `needs`, which is the statute's."""
    needed: list[str] = []
    rest = [stage]
    while rest:
        new = [need for need in needs.get(rest.pop(), ()) if need not in needed]
        needed += new
        rest += new
    return tuple(name for name in needs if name in needed)


class Pause(Message):
    """A stretch of time that is not counted."""

    since: datetime
    until: datetime


class AskDue(Message):
    """When a limit that counts from this instant ends, with the pauses left out."""

    limit: Limit
    counted_from: datetime
    pauses: tuple[Pause, ...] = ()
    overlays: tuple[str, ...] = ()


class AskWindow(Message):
    """When a window that opens at this instant may close at the earliest, or when it was asked to close.

    Without a limit (a window that no rule demands) `asked_closes_at` must be there.
    """

    limit: Limit | None = None
    opens_at: datetime
    asked_closes_at: datetime | None = None
    shortened: bool = False
    overlays: tuple[str, ...] = ()


class WindowPlan(Message):
    """The instant at which the window closes; None while the calendar of that year is not loaded."""

    closes_at: datetime | None = None
    rule_id: str


class AskYear(Message):
    """On which day and in which year does this instant lie, by the office's calendar, and when does the year end?"""

    at: datetime


class YearAnswer(Message):
    """The day, its year, and the instant at which the next year begins."""

    day: date
    year: int
    ends_at: datetime


PLAN = Call("almanac.plan", Queue.WORKFLOWS, AskPlan, Plan)
DUE = Call("almanac.due", Queue.WORKFLOWS, AskDue, Deadline)
WINDOW = Call("almanac.window", Queue.WORKFLOWS, AskWindow, WindowPlan)
YEAR = Call("almanac.year", Queue.WORKFLOWS, AskYear, YearAnswer)

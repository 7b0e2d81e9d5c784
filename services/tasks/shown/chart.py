"""The bars of a plan: when each open task begins and ends, how far it is, and where today stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime.display import date_words
from services.tasks.desk import Desk
from services.tasks.domain.plans import WHOLE, Health
from services.tasks.shown.plans import WORST_FIRST, TaskShown
from services.tasks.shown.words import Shown

# Fewer are read faster in a table, more no longer fit a screen.
FEWEST, MOST = 3, 12
QUARTERS = (1, 4, 7, 10)


class Bar(Shown):
    """A task as a bar: where it begins and ends on the axis, in per cent, and how much of it is done."""

    item_no: str
    title: str
    health: Health
    start: float
    end: float
    percent: int


class Tick(Shown):
    """A mark on the axis. `month` is null where the axis counts years."""

    at: float
    year: int
    month: int | None


class Chart(Shown):
    """The whole picture."""

    bars: list[Bar]
    ticks: list[Tick]
    today: float
    from_words: str
    to_words: str


def chart(desk: Desk, tasks: Sequence[TaskShown], published: date) -> Chart | None:
    """The bars of the open dated tasks, worst first; None where a table says it better."""
    dated = [task for task in tasks if task.due_on is not None and task.health is not Health.DONE]
    if len(dated) < FEWEST:
        return None
    today = office_day(desk.now())
    first = date(min(published.year, today.year), 1, 1)
    last = date(max(today.year, *(task.due_on.year for task in dated if task.due_on)), 12, 31)
    length = (last - first).days

    def place(day: date) -> float:
        return round(max(0, min(length, (day - first).days)) * WHOLE / length, 2)

    worst = sorted(dated, key=lambda task: (WORST_FIRST.index(task.health), task.due_on))[:MOST]
    bars = [
        Bar(
            item_no=task.item_no,
            title=task.title,
            health=task.health,
            start=place(published),
            end=place(task.due_on or last),
            percent=task.percent,
        )
        for task in worst
    ]
    ticks = _ticks(first, last)
    return Chart(
        bars=bars,
        ticks=[Tick(at=place(day), year=day.year, month=month) for day, month in ticks],
        today=place(today),
        from_words=date_words(first),
        to_words=date_words(last),
    )


def _ticks(first: date, last: date) -> list[tuple[date, int | None]]:
    if first.year == last.year:
        return [(date(first.year, month, 1), month) for month in QUARTERS]
    return [(date(year, 1, 1), None) for year in range(first.year, last.year + 1)]

"""Which days are worked: the State Council's yearly notice, with what an operator has loaded.

A year that nobody published is unknown and says so. Weekends are never guessed from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Protocol, Self

import chinese_calendar

from services.kernel.contracts.refusals import Unavailable, Words
from services.kernel.procedure.overlays import BadRuleBook, read_yaml

ONE_DAY = timedelta(days=1)
FRIDAY = 4


class CalendarYearUnknown(Unavailable):
    """The working days of this year have not been loaded; worth another try once they are."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.words = Words(
            f"{year}年的工作日安排尚未公布或者尚未载入，日期暂不能确定",
            f"The working days of {year} are not loaded yet: the date cannot be fixed",
        )
        super().__init__(f"the working calendar of {year}")


class Calendar(Protocol):
    """What deadlines ask of a calendar."""

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day. Raises CalendarYearUnknown."""
        ...


@dataclass(frozen=True)
class YearNotice:
    """One year's arrangement, with the notice that set it."""

    year: int
    source: str
    days_off: frozenset[date]
    days_worked: frozenset[date]


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """Working days of the years that are known: loaded notices first, then chinesecalendar. Equal to itself only.

    `local_days_off` are holidays that an autonomous area adds to the national ones.
    """

    notices: Mapping[int, YearNotice] = field(default_factory=dict)
    local_days_off: frozenset[date] = frozenset()

    @classmethod
    def load(cls, directory: Path | None = None, *, jurisdiction: str = "national") -> Self:
        """Reads the packaged `calendars/*.yaml`, then those in `directory`, which win.

        A file with `jurisdiction` other than "national" only adds days off, and only for it.
        Raises BadRuleBook for a file that cannot be read.
        """
        notices: dict[int, YearNotice] = {}
        local: set[date] = set()
        for source in _sources(directory):
            content = read_yaml(source)
            notice = _read_notice(source.name, content)
            belongs_to = str(content.get("jurisdiction", "national"))
            if belongs_to == "national":
                notices[notice.year] = notice
            elif belongs_to == jurisdiction:
                local |= notice.days_off
        return cls(notices, frozenset(local))

    def knows(self, year: int) -> bool:
        """Whether the working days of that year are known."""
        try:
            self.is_working(date(year, 1, 1))
        except CalendarYearUnknown:
            return False
        return True

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day. Raises CalendarYearUnknown."""
        notice = self.notices.get(day.year)
        if notice is None:
            return _published(day) and day not in self.local_days_off
        if day in notice.days_worked:
            return True
        off = day.weekday() > FRIDAY or day in notice.days_off or day in self.local_days_off
        return not off


def _published(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise CalendarYearUnknown(day.year) from None


def _sources(directory: Path | None) -> Iterable[Traversable | Path]:
    own = files("services.kernel.procedure").joinpath("calendars")
    yield from sorted((f for f in own.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    if directory is not None:
        yield from sorted(directory.glob("*.yaml"))


def _read_notice(name: str, content: Mapping[str, Any]) -> YearNotice:
    try:
        year, source = int(content["year"]), str(content["source"])
        off = frozenset(_days(content.get("days_off") or []))
        worked = frozenset(_days(content.get("days_worked") or []))
    except (KeyError, TypeError, ValueError) as error:
        raise _bad(name, f"{type(error).__name__}: {error}") from error
    stray = sorted(day for day in off | worked if day.year != year)
    if stray or off & worked:
        raise _bad(name, f"days outside {year}, or both off and worked: {stray}{off & worked}")
    return YearNotice(year, source, off, worked)


def _days(entries: Iterable[Any]) -> Iterable[date]:
    """Single days, and "first..last" for a run of days."""
    for entry in entries:
        first, _, last = str(entry).partition("..")
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
        while day <= end:
            yield day
            day += ONE_DAY


def _bad(name: str, what: str) -> BadRuleBook:
    return BadRuleBook(Words(f"日历文件有误（{name}）：{what}", f"{name}: {what}"), field=name)

"""Due dates in working days, around holidays and into years that nobody has published."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.kernel.contracts.messages import Deadline
from services.kernel.procedure.calendar import WorkCalendar
from services.tasks.domain.due import DueDate, Light, Standing, due_by, due_from, last_soon_day, standing

CALENDAR = WorkCalendar.load()
HERE = ZoneInfo("Asia/Shanghai")
NOON = (12, 0)


def at(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=HERE)


@pytest.mark.parametrize(
    ("due", "now", "expected"),
    [
        (date(2026, 11, 20), at(2026, 11, 23), Standing(Light.OVERDUE, 1)),
        (date(2026, 11, 20), at(2026, 11, 21), Standing(Light.OVERDUE, 1)),
        (date(2026, 11, 23), at(2026, 11, 23), Standing(Light.TODAY, 0)),
        (date(2026, 11, 25), at(2026, 11, 23), Standing(Light.SOON, 2)),
        (date(2026, 11, 26), at(2026, 11, 23), Standing(Light.SOON, 3)),
        (date(2026, 11, 27), at(2026, 11, 23), Standing(Light.AHEAD, 4)),
        # 1 to 7 October are off, Saturday the 10th is worked.
        (date(2026, 10, 12), at(2026, 9, 30), Standing(Light.AHEAD, 4)),
        (date(2026, 10, 10), at(2026, 9, 30), Standing(Light.SOON, 3)),
        (date(2026, 10, 8), at(2026, 10, 1), Standing(Light.SOON, 1)),
        (date(2026, 9, 30), at(2026, 10, 1), Standing(Light.OVERDUE, 1)),
        (date(2026, 9, 30), at(2026, 10, 9), Standing(Light.OVERDUE, 2)),
    ],
)
def test_a_due_day_is_counted_in_working_days(due: date, now: datetime, expected: Standing) -> None:
    assert standing(due_by(due), now, CALENDAR) == expected


def test_the_last_day_runs_until_midnight() -> None:
    assert standing(due_by(date(2026, 11, 23)), at(2026, 11, 23, 23, 59), CALENDAR).light is Light.TODAY
    assert standing(due_by(date(2026, 11, 23)), at(2026, 11, 24, 0, 0), CALENDAR).light is Light.OVERDUE


def test_an_instant_that_has_passed_today_is_late_without_a_count() -> None:
    due = DueDate(date(2026, 11, 23), None, at(2026, 11, 23, 10))
    assert standing(due, at(2026, 11, 23), CALENDAR) == Standing(Light.OVERDUE, None)


def test_a_provisional_day_cannot_be_fixed() -> None:
    due = due_from(Deadline(rule_id="legality.term", last_day=date(2029, 1, 10), provisional=True))
    assert standing(due, at(2026, 11, 23), CALENDAR) == Standing(Light.UNKNOWN)


def test_days_into_a_year_without_a_calendar_are_not_counted() -> None:
    assert standing(due_by(date(2031, 1, 10)), at(2026, 11, 23), CALENDAR) == Standing(Light.AHEAD, None)


def test_no_deadline_is_no_light() -> None:
    assert standing(due_from(None), at(2026, 11, 23), CALENDAR) == Standing(Light.NONE)


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 11, 23), date(2026, 11, 26)),
        (date(2026, 11, 20), date(2026, 11, 25)),
        # The third working day is Saturday 10 October; Sunday the 11th adds none.
        (date(2026, 9, 30), date(2026, 10, 11)),
    ],
)
def test_soon_ends_with_the_third_working_day(today: date, last: date) -> None:
    assert last_soon_day(today, CALENDAR) == last

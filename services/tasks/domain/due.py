"""Due dates as people see them: late, today, in how many working days, or not to be fixed yet."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from services.kernel.contracts.messages import Deadline
from services.kernel.procedure.calendar import ONE_DAY, Calendar, CalendarYearUnknown, WorkCalendar
from services.kernel.procedure.deadlines import days_left, end_of, office_day

# How early a page turns its light; no instrument sets these, they only change what is seen first.
SOON_WORKING_DAYS = 3
NEAR_WORKING_DAYS = 10
LONGEST_LOOK = 60


class Light(StrEnum):
    """The state of a due date."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    AHEAD = "ahead"
    UNKNOWN = "unknown"
    NONE = "none"


class DueDate(NamedTuple):
    """A due date as it is kept. `ends_at` is the exclusive instant; `provisional` while a year's calendar is unknown."""

    on: date | None = None
    target_on: date | None = None
    ends_at: datetime | None = None
    provisional: bool = False


class Standing(NamedTuple):
    """How a due date stands now. `days` counts working days, left or late; None where they cannot be counted."""

    light: Light
    days: int | None = None


def due_from(deadline: Deadline | None) -> DueDate:
    """A rule's deadline as it is kept; the end of its day where the message names no instant."""
    if deadline is None:
        return DueDate()
    ends_at = deadline.ends_at or (end_of(deadline.last_day) if deadline.last_day else None)
    day = deadline.last_day or (office_day(ends_at) if ends_at else None)
    return DueDate(day, deadline.target_day, ends_at, deadline.provisional)


def due_by(day: date | None) -> DueDate:
    """A day that a text states: until 24:00."""
    return DueDate(day, None, end_of(day) if day else None)


def standing(due: DueDate, now: datetime, calendar: WorkCalendar) -> Standing:
    """How `due` stands at the instant `now`, counted in the office's working days."""
    if due.provisional:
        return Standing(Light.UNKNOWN)
    if due.on is None or due.ends_at is None:
        return Standing(Light.NONE)
    today = office_day(now)
    left = _days_left(due.on, today, calendar)
    if due.ends_at <= now:
        return Standing(Light.OVERDUE, -left if left else None)
    if due.on == today:
        return Standing(Light.TODAY, 0)
    if left is None:
        return Standing(Light.AHEAD)
    return Standing(Light.SOON if left <= SOON_WORKING_DAYS else Light.AHEAD, left)


# Many lines of a list are due on the same few days.
@lru_cache(maxsize=4096)
def _days_left(day: date, today: date, calendar: WorkCalendar) -> int | None:
    try:
        return days_left(day, today, calendar)
    except CalendarYearUnknown:
        return None


def last_soon_day(today: date, calendar: Calendar, days: int = SOON_WORKING_DAYS) -> date:
    """The last day that is still at most `days` working days away; as far as the calendar is known."""
    day, left = today, days
    for _ in range(LONGEST_LOOK):
        try:
            left -= calendar.is_working(day + ONE_DAY)
        except CalendarYearUnknown:
            return day
        if left < 0:
            return day
        day += ONE_DAY
    return day

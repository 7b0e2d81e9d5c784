"""Counting time: when a period ends, and how many working days are left.

Days are days in China. A day ends at 24:00, which is the exclusive instant 00:00 of the next one.
The first day is never counted (民法典 201); months end on the corresponding day, or the month's
last (202); a period that would end on a day off ends on the next working day (203).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.kernel.procedure.calendar import ONE_DAY, Calendar, CalendarYearUnknown
from services.kernel.procedure.law import Rule, Unit

# The parameter that says from when a legality review counts: its acceptance (受理), or its receipt.
FROM_ACCEPTANCE = "legality_counts_from_acceptance"
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Due:
    """When a period ends.

    `legal_last_day` is the last day that counts, `internal_target` the last working day on or
    before it, `ends_at` the exclusive instant of its end. Days that a calendar not yet loaded must
    settle are None, or stand unrolled, with `provisional` true: compute again once it is loaded.
    """

    legal_last_day: date | None
    internal_target: date | None
    ends_at: datetime | None
    provisional: bool
    rule_id: str


def end_of(day: date) -> datetime:
    """24:00 of the day, as the aware instant 00:00 of the next."""
    return datetime.combine(day + ONE_DAY, time.min, OFFICE_ZONE)


def office_day(moment: date | datetime) -> date:
    """The day in China of an aware instant; a plain day is itself. Naive instants are ValueError."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(OFFICE_ZONE).date()


def due(rule: Rule, *, counted_from: date | datetime, calendar: Calendar) -> Due:
    """When the rule's period ends, counted from the event on or at `counted_from`.

    For a rule with a fixed day, the first such day that has not passed on `counted_from`. Raises
    ValueError for a rule without a period, or seconds counted from a day instead of an instant.
    """
    start = office_day(counted_from)
    if rule.unit is Unit.DATE:
        return _next_fixed_date(rule, start, calendar)
    if rule.unit is Unit.SECOND:
        return _seconds(rule, counted_from)
    if rule.unit is None or rule.value is None:
        raise ValueError(f"{rule.id} sets no period")
    try:
        last = _add(start, rule.value, rule.unit, calendar)
    except CalendarYearUnknown:
        return Due(None, None, None, True, rule.id)
    if rule.value == 0:
        return _ending_on(last, rule, calendar)
    try:
        last, provisional = _first_working_from(last, calendar), False
    except CalendarYearUnknown:
        provisional = True
    return _ending_on(last, rule, calendar, provisional=provisional)


def after_pauses(day: date, pauses: Sequence[tuple[date | datetime, date | datetime]], calendar: Calendar) -> date:
    """A last day moved by the working days on which the clock stood still.

    A pause counts from the day after it began to the day on which it ended; a day that lies in two counts once.
    Raises CalendarYearUnknown.
    """
    still, counted_to = 0, date.min
    for begun, ended in sorted((office_day(a), office_day(b)) for a, b in pauses):
        if ended > counted_to:
            still += working_days_between(max(begun, counted_to), ended, calendar)
            counted_to = ended
    return _add_working_days(day, still, calendar)


def due_after_pauses(
    rule: Rule, *, counted_from: date | datetime, pauses: Sequence[tuple[datetime, datetime]], calendar: Calendar
) -> Due:
    """As `due`, with the working days on which the clock stood still left out."""
    found = due(rule, counted_from=counted_from, calendar=calendar)
    if found.legal_last_day is None or not pauses:
        return found
    try:
        return _due(after_pauses(found.legal_last_day, pauses, calendar), rule.id, calendar, provisional=False)
    except CalendarYearUnknown:
        return Due(None, None, None, True, rule.id)


def earliest_close(rule: Rule, opened: datetime, calendar: Calendar) -> Due:
    """When a window opened at that instant may close at the earliest: its `ends_at`."""
    return due(rule, counted_from=opened, calendar=calendar)


def fixed_date(rule: Rule, year: int, calendar: Calendar, *, inclusive: bool | None = None) -> Due:
    """The rule's day in that year. "Before 1 March" excludes the day unless `inclusive`.

    `inclusive` defaults to what the rule says. A fixed day never moves; only the internal target
    looks for a working day.
    """
    if rule.month_day is None:
        raise ValueError(f"{rule.id} has no fixed day")
    named = date(year, rule.month_day.month, rule.month_day.day)
    counts = rule.inclusive if inclusive is None else inclusive
    return _ending_on(named if counts else named - ONE_DAY, rule, calendar)


def term_end(rule: Rule, since: date) -> date:
    """The last day of a term of months or years: validity is no act, so it is not moved to a working day.

    Raises ValueError for a rule with another unit.
    """
    if rule.value is None or rule.unit not in (Unit.MONTH, Unit.YEAR):
        raise ValueError(f"{rule.id} sets no term of months or years")
    return _add_months(since, rule.value * (12 if rule.unit is Unit.YEAR else 1))


def due_on(day: date, rule_id: str, calendar: Calendar) -> Due:
    """A stated day, such as a task's own date: inclusive, until 24:00."""
    return _due(day, rule_id, calendar, provisional=False)


def days_between(a: date, b: date) -> int:
    """Calendar days from `a` to `b`, the first not counted (民法典第二百零一条); negative when `b` is before `a`."""
    return (b - a).days


def working_days_between(a: date, b: date, calendar: Calendar) -> int:
    """Working days after `a` up to and with `b`; negative when `b` lies before `a`.

    Raises CalendarYearUnknown.
    """
    if b < a:
        return -working_days_between(b, a, calendar)
    return sum(calendar.is_working(a + timedelta(n)) for n in range(1, (b - a).days + 1))


def days_left(due_day: date, today: date, calendar: Calendar) -> int:
    """Working days left: 0 on the day itself, negative once it has passed.

    The day after a due day is overdue by one also when it is a day off. Raises CalendarYearUnknown.
    """
    left = working_days_between(today, due_day, calendar)
    return min(left, -1) if due_day < today else left


def _add(start: date, value: int, unit: Unit, calendar: Calendar) -> date:
    match unit:
        case Unit.CD:
            return start + timedelta(days=value)
        case Unit.WD:
            return _add_working_days(start, value, calendar)
        case Unit.MONTH:
            return _add_months(start, value)
        case Unit.YEAR:
            return _add_months(start, 12 * value)
        case _:
            raise ValueError(f"{unit} is no period of days")


def _add_working_days(start: date, value: int, calendar: Calendar) -> date:
    day, left = start, value
    while left > 0:
        day += ONE_DAY
        left -= calendar.is_working(day)
    return day


def working_days_after(day: date, count: int, calendar: Calendar) -> date:
    """The working day that is `count` of them after `day`, which is not counted. Raises CalendarYearUnknown."""
    return _add_working_days(day, count, calendar)


def _add_months(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _first_working_from(day: date, calendar: Calendar) -> date:
    while not calendar.is_working(day):
        day += ONE_DAY
    return day


def _last_working_until(day: date, calendar: Calendar) -> date | None:
    try:
        while not calendar.is_working(day):
            day -= ONE_DAY
    except CalendarYearUnknown:
        return None
    return day


def _seconds(rule: Rule, counted_from: date | datetime) -> Due:
    if not isinstance(counted_from, datetime) or counted_from.tzinfo is None:
        raise ValueError(f"{rule.id} counts seconds: it needs an aware instant")
    ends_at = counted_from.astimezone(OFFICE_ZONE) + timedelta(seconds=rule.value or 0)
    return Due(ends_at.date(), None, ends_at, False, rule.id)


def _next_fixed_date(rule: Rule, start: date, calendar: Calendar) -> Due:
    this_year = fixed_date(rule, start.year, calendar)
    if this_year.legal_last_day is not None and this_year.legal_last_day >= start:
        return this_year
    return fixed_date(rule, start.year + 1, calendar)


def _ending_on(day: date, rule: Rule, calendar: Calendar, *, provisional: bool = False) -> Due:
    return _due(day, rule.id, calendar, provisional=provisional)


def _due(day: date, rule_id: str, calendar: Calendar, *, provisional: bool) -> Due:
    target = None if provisional else _last_working_until(day, calendar)
    return Due(day, target, end_of(day), provisional or target is None, rule_id)

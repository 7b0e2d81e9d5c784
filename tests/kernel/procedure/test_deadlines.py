"""Counting time: the vectors computed from the published calendars, and what must always hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.procedure.calendar import CalendarYearUnknown, WorkCalendar
from services.kernel.procedure.deadlines import (
    OFFICE_ZONE,
    days_left,
    due,
    due_after_pauses,
    due_on,
    earliest_close,
    end_of,
    fixed_date,
    working_days_between,
)
from services.kernel.procedure.rules import Counting, RuleBook, Unit
from tests.kernel.procedure.builders import a_period

CALENDAR = WorkCalendar.load()
VECTORS = [
    ("2022-04-13", 7, Unit.WD, "2022-04-22"),
    ("2022-04-28", 7, Unit.WD, "2022-05-11"),
    ("2026-02-10", 5, Unit.WD, "2026-02-24"),
    ("2026-02-10", 15, Unit.WD, "2026-03-09"),
    ("2026-09-18", 7, Unit.WD, "2026-09-29"),
    ("2026-09-18", 20, Unit.WD, "2026-10-22"),
    ("2026-09-29", 5, Unit.WD, "2026-10-12"),
    ("2025-09-26", 7, Unit.WD, "2025-10-13"),
    ("2022-06-14", 20, Unit.WD, "2022-07-12"),
    ("2022-04-13", 30, Unit.CD, "2022-05-13"),
    ("2026-09-03", 30, Unit.CD, "2026-10-08"),
    ("2026-01-21", 30, Unit.CD, "2026-02-24"),
    ("2026-09-15", 15, Unit.CD, "2026-09-30"),
]
known_days = st.dates(date(2024, 1, 2), date(2026, 9, 30))
counts = st.integers(0, 40)


@pytest.mark.parametrize(("start", "value", "unit", "last"), VECTORS)
def test_the_published_calendars_give_these_last_days(start: str, value: int, unit: Unit, last: str) -> None:
    found = due(a_period(value, unit), counted_from=date.fromisoformat(start), calendar=CALENDAR)
    assert found.legal_last_day == date.fromisoformat(last)
    assert found.provisional is False


def test_the_two_day_window_of_lintong_is_below_every_floor() -> None:
    opened, closed = date(2022, 4, 13), date(2022, 4, 15)
    assert working_days_between(opened, closed, CALENDAR) == 2
    floor = due(a_period(7, Unit.WD), counted_from=opened, calendar=CALENDAR).legal_last_day
    assert floor is not None
    assert closed < floor


def test_the_responsibility_lists_of_2022_were_given_seven_working_days() -> None:
    assert working_days_between(date(2022, 6, 14), date(2022, 6, 23), CALENDAR) == 7


@pytest.mark.parametrize(
    ("start", "value", "unit", "corresponding"),
    [
        (date(2024, 2, 29), 1, Unit.YEAR, date(2025, 2, 28)),
        (date(2026, 1, 31), 1, Unit.MONTH, date(2026, 2, 28)),
        (date(2026, 3, 31), 6, Unit.MONTH, date(2026, 9, 30)),
        (date(2025, 11, 30), 3, Unit.MONTH, date(2026, 2, 28)),
    ],
)
def test_months_and_years_end_on_the_corresponding_day_or_the_last(
    start: date, value: int, unit: Unit, corresponding: date
) -> None:
    last = due(a_period(value, unit), counted_from=start, calendar=CALENDAR).legal_last_day
    assert last is not None
    assert last >= corresponding
    assert not any(CALENDAR.is_working(corresponding + timedelta(n)) for n in range((last - corresponding).days))


def test_a_day_ends_at_midnight_in_china() -> None:
    found = due(a_period(30, Unit.CD), counted_from=date(2022, 4, 13), calendar=CALENDAR)
    assert found.ends_at == datetime(2022, 5, 13, 16, 0, tzinfo=UTC)
    assert found.ends_at is not None
    assert found.ends_at.utcoffset() == timedelta(hours=8)


def test_an_instant_counts_as_its_day_in_china() -> None:
    late = datetime(2022, 4, 12, 17, 30, tzinfo=UTC)
    assert due(a_period(7, Unit.WD), counted_from=late, calendar=CALENDAR).legal_last_day == date(2022, 4, 22)


def test_an_instant_without_a_zone_is_an_error(book: RuleBook) -> None:
    with pytest.raises(ValueError, match="time zone"):
        due(book.rule("comment.window"), counted_from=datetime(2022, 4, 13, 9), calendar=CALENDAR)  # noqa: DTZ001


def test_seconds_end_at_an_instant_and_not_at_midnight() -> None:
    opened = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
    found = earliest_close(a_period(6, Unit.SECOND, Counting.MIN_WINDOW), opened, CALENDAR)
    assert found.ends_at == opened + timedelta(seconds=6)
    assert (found.legal_last_day, found.provisional) == (date(2027, 3, 1), False)


def test_seconds_cannot_be_counted_from_a_day() -> None:
    with pytest.raises(ValueError, match="instant"):
        due(a_period(6, Unit.SECOND), counted_from=date(2026, 3, 2), calendar=CALENDAR)


def test_a_rule_without_a_period_has_no_due_date(book: RuleBook) -> None:
    with pytest.raises(ValueError, match="no period"):
        due(book.rule("normative.chain"), counted_from=date(2026, 3, 2), calendar=CALENDAR)


def test_working_days_into_an_unknown_year_are_provisional_and_have_no_date() -> None:
    found = due(a_period(15, Unit.WD), counted_from=date(2026, 12, 25), calendar=CALENDAR)
    assert (found.legal_last_day, found.internal_target, found.ends_at) == (None, None, None)
    assert found.provisional is True


def test_calendar_days_into_an_unknown_year_stand_unrolled_and_provisional() -> None:
    found = due(a_period(30, Unit.CD), counted_from=date(2026, 12, 25), calendar=CALENDAR)
    assert (found.legal_last_day, found.internal_target) == (date(2027, 1, 24), None)
    assert found.ends_at == end_of(date(2027, 1, 24))
    assert found.provisional is True


def test_no_time_at_all_ends_on_the_day_it_began() -> None:
    sunday = date(2026, 3, 1)
    assert due(a_period(0, Unit.WD), counted_from=sunday, calendar=CALENDAR).legal_last_day == sunday


class TestFixedDays:
    """「X月X日之前」 excludes the day unless a rule or a parameter includes it."""

    def test_before_the_first_of_march_ends_with_february(self, book: RuleBook) -> None:
        found = fixed_date(book.rule("report.upward"), 2026, CALENDAR)
        assert found.legal_last_day == date(2026, 2, 28)
        assert found.internal_target == date(2026, 2, 28)

    def test_the_internal_target_is_the_working_day_before(self, book: RuleBook) -> None:
        found = fixed_date(book.rule("report.upward"), 2025, CALENDAR)
        assert (found.legal_last_day, found.internal_target) == (date(2025, 2, 28), date(2025, 2, 28))
        assert fixed_date(book.rule("report.public"), 2024, CALENDAR).internal_target == date(2024, 3, 29)

    def test_a_parameter_may_include_the_day(self, book: RuleBook) -> None:
        found = fixed_date(book.rule("report.upward"), 2026, CALENDAR, inclusive=True)
        assert (found.legal_last_day, found.internal_target) == (date(2026, 3, 1), date(2026, 2, 28))

    def test_the_end_of_the_year_includes_its_last_day(self, book: RuleBook) -> None:
        assert fixed_date(book.rule("report.statistics"), 2025, CALENDAR).ends_at == datetime(
            2026, 1, 1, tzinfo=OFFICE_ZONE
        )

    def test_after_the_day_has_passed_the_next_year_counts(self, book: RuleBook) -> None:
        rule = book.rule("report.upward")
        assert due(rule, counted_from=date(2025, 2, 28), calendar=CALENDAR).legal_last_day == date(2025, 2, 28)
        assert due(rule, counted_from=date(2025, 3, 1), calendar=CALENDAR).legal_last_day == date(2026, 2, 28)

    def test_in_an_unknown_year_the_day_stands_and_the_target_is_open(self, book: RuleBook) -> None:
        found = fixed_date(book.rule("report.public"), 2027, CALENDAR)
        assert (found.legal_last_day, found.internal_target) == (date(2027, 3, 31), None)
        assert found.provisional is True

    def test_a_stated_day_is_inclusive_and_does_not_move(self) -> None:
        found = due_on(date(2022, 12, 31), "plan.breakdown", CALENDAR)
        assert (found.legal_last_day, found.internal_target) == (date(2022, 12, 31), date(2022, 12, 30))

    def test_a_rule_with_a_period_is_no_fixed_day(self, book: RuleBook) -> None:
        with pytest.raises(ValueError, match="no fixed day"):
            fixed_date(book.rule("comment.window"), 2026, CALENDAR)


class TestDaysLeft:
    """The inbox counts in working days."""

    @pytest.mark.parametrize(
        ("due_day", "today", "left"),
        [
            (date(2026, 9, 29), date(2026, 9, 29), 0),
            (date(2026, 9, 30), date(2026, 9, 24), 3),
            (date(2026, 9, 18), date(2026, 9, 20), -1),
            (date(2026, 9, 18), date(2026, 9, 19), -1),
            (date(2026, 9, 30), date(2026, 10, 8), -1),
            (date(2026, 9, 30), date(2026, 10, 9), -2),
            (date(2026, 3, 1), date(2026, 2, 28), 0),
        ],
    )
    def test_they_are_working_days_and_negative_once_passed(self, due_day: date, today: date, left: int) -> None:
        assert days_left(due_day, today, CALENDAR) == left

    def test_an_unknown_year_is_not_guessed(self) -> None:
        with pytest.raises(CalendarYearUnknown):
            days_left(date(2027, 1, 15), date(2026, 12, 30), CALENDAR)


@given(known_days, counts)
def test_working_days_equal_a_naive_count(start: date, value: int) -> None:
    last = due(a_period(value, Unit.WD), counted_from=start, calendar=CALENDAR).legal_last_day
    assert last is not None
    days = [start + timedelta(n) for n in range(1, (last - start).days + 1)]
    assert sum(CALENDAR.is_working(day) for day in days) == value == working_days_between(start, last, CALENDAR)


@given(known_days, st.integers(1, 40), st.sampled_from([Unit.WD, Unit.CD]), st.sampled_from(Counting))
def test_a_period_ends_on_a_working_day_and_never_early(
    start: date, value: int, unit: Unit, counting: Counting
) -> None:
    counting = Counting.MIN_WINDOW if counting is Counting.FIXED_DATE else counting
    found = due(a_period(value, unit, counting), counted_from=start, calendar=CALENDAR)
    assert found.legal_last_day is not None
    assert CALENDAR.is_working(found.legal_last_day)
    assert found.legal_last_day >= start + timedelta(value)
    assert found.internal_target == found.legal_last_day
    assert found.ends_at == end_of(found.legal_last_day)


@given(known_days, counts, st.sampled_from([Unit.WD, Unit.CD, Unit.MONTH]))
def test_a_longer_period_or_a_later_start_never_ends_earlier(start: date, value: int, unit: Unit) -> None:
    value = value % 2 if unit is Unit.MONTH else value
    last = due(a_period(value, unit), counted_from=start, calendar=CALENDAR).legal_last_day
    longer = due(a_period(value + 1, unit), counted_from=start, calendar=CALENDAR).legal_last_day
    later = due(a_period(value, unit), counted_from=start + timedelta(1), calendar=CALENDAR).legal_last_day
    assert last is not None
    assert longer is not None
    assert later is not None
    assert last <= longer
    assert last <= later


@given(known_days, st.integers(0, 5))
def test_months_land_in_the_month_they_name_before_rolling(start: date, months: int) -> None:
    last = due(a_period(months, Unit.MONTH), counted_from=start, calendar=_EveryDay()).legal_last_day
    assert last is not None
    assert (last.year * 12 + last.month) - (start.year * 12 + start.month) == months
    assert last.day == start.day or (last + timedelta(1)).day == 1


class _EveryDay:
    """A calendar without days off."""

    def is_working(self, day: date) -> bool:
        return day.year > 0


def test_working_days_on_which_the_clock_stood_still_are_not_counted() -> None:
    rule = RuleBook.load().rule("legality.term").model_copy(update={"value": 5})
    calendar = WorkCalendar.load()
    start = date(2026, 9, 18)
    pause = (datetime(2026, 9, 21, 9, tzinfo=OFFICE_ZONE), datetime(2026, 9, 23, 17, tzinfo=OFFICE_ZONE))

    plain = due(rule, counted_from=start, calendar=calendar)
    held = due_after_pauses(rule, counted_from=start, pauses=[pause], calendar=calendar)

    assert plain.legal_last_day == date(2026, 9, 24)
    assert held.legal_last_day == date(2026, 9, 29)

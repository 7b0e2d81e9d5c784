"""The working calendar: published years, what an operator loads, and the refusal to guess."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

from services.kernel.procedure.calendar import CalendarYearUnknown, WorkCalendar
from services.kernel.procedure.rules import BadRuleBook

YEAR_2027 = """
year: 2027
source: 国务院办公厅关于2027年部分节假日安排的通知
days_off: [2027-01-01..2027-01-03]
days_worked: [2027-01-09]
"""


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


@pytest.mark.parametrize("year", [2022, 2025, 2026])
def test_each_packaged_year_agrees_with_chinesecalendar(calendar: WorkCalendar, year: int) -> None:
    assert year in calendar.notices
    wrong = [day for day in days_of(year) if calendar.is_working(day) != chinese_calendar.is_workday(day)]
    assert wrong == []


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025, 2026])
def test_each_year_agrees_with_the_holidays_library(calendar: WorkCalendar, year: int) -> None:
    china = holidays.country_holidays("CN", years=year)
    wrong = [day for day in days_of(year) if calendar.is_working(day) != china.is_working_day(day)]
    assert wrong == []


@pytest.mark.parametrize("day", [date(2022, 5, 7), date(2026, 2, 14), date(2026, 9, 20), date(2026, 10, 10)])
def test_a_weekend_worked_by_notice_is_a_working_day(calendar: WorkCalendar, day: date) -> None:
    assert day.weekday() > 4
    assert calendar.is_working(day)


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 5, 4), date(2026, 6, 19), date(2026, 10, 7)])
def test_rest_days_and_days_off_by_notice_are_not_working_days(calendar: WorkCalendar, day: date) -> None:
    assert not calendar.is_working(day)


def test_half_days_for_some_citizens_are_worked(calendar: WorkCalendar) -> None:
    assert calendar.is_working(date(2024, 3, 8))


def test_an_unpublished_year_is_unknown_and_never_guessed(calendar: WorkCalendar) -> None:
    with pytest.raises(CalendarYearUnknown) as unknown:
        calendar.is_working(date(2031, 3, 5))
    assert unknown.value.year == 2031
    assert "2031" in unknown.value.words.zh
    assert (calendar.knows(2031), calendar.knows(2026)) == (False, True)


def test_an_operator_loads_a_new_notice(tmp_path: Path) -> None:
    (tmp_path / "2027.yaml").write_text(YEAR_2027, "utf-8")
    loaded = WorkCalendar.load(tmp_path)
    assert [loaded.is_working(date(2027, 1, day)) for day in (1, 4, 9, 10)] == [False, True, True, False]
    assert loaded.notices[2027].source.startswith("国务院办公厅")


def test_local_holidays_count_only_in_their_jurisdiction(tmp_path: Path) -> None:
    (tmp_path / "xinjiang.yaml").write_text(
        "jurisdiction: xinjiang\nyear: 2026\nsource: 自治区人民政府通知\ndays_off: [2026-03-20]\n", "utf-8"
    )
    norouz = date(2026, 3, 20)
    assert WorkCalendar.load(tmp_path).is_working(norouz)
    assert not WorkCalendar.load(tmp_path, jurisdiction="xinjiang").is_working(norouz)


@pytest.mark.parametrize(
    "content",
    [
        "year: 2027\ndays_off: []\n",
        "year: 2027\nsource: 通知\ndays_off: [2026-01-01]\n",
        "year: 2027\nsource: 通知\ndays_off: [2027-13-01]\n",
        "year: 2027\nsource: 通知\ndays_off: [2027-01-01]\ndays_worked: [2027-01-01]\n",
        "- 2027-01-01\n",
        "year: [\n",
    ],
)
def test_a_calendar_file_that_cannot_be_meant_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "2027.yaml").write_text(content, "utf-8")
    with pytest.raises(BadRuleBook):
        WorkCalendar.load(tmp_path)

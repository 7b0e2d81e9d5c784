"""Dates as printed: 2022年6月14日, 二〇〇四年三月二日, 2022-06-14, 4月15日18点, 3月."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, time
from typing import NamedTuple

from services.kernel.text.numerals import read_number

_N = "〇零一二三四五六七八九十"
YEAR = r"(?:(?:19|20)\d{2}|[一二][〇零九][〇零一二三四五六七八九]{2})"
_DAY = re.compile(
    rf"(?:(?P<year>{YEAR})\s*年\s*)?(?P<month>\d{{1,2}}|[{_N}]{{1,3}})\s*月\s*"
    rf"(?P<day>\d{{1,2}}|[{_N}]{{1,4}})\s*[日号]"
    rf"|(?P<iso_year>(?:19|20)\d{{2}})\s?[-./]\s?(?P<iso_month>\d{{1,2}})\s?[-./]\s?(?P<iso_day>\d{{1,2}})(?!\d)"
)
_HOUR = re.compile(
    r"\s*(?:\([^()]{1,8}\))?\s*(?P<half>上午|下午|晚上?|中午|凌晨|早上?)?\s*(?P<hour>\d{1,2})\s*"
    r"(?:[时点](?:(?P<minute>\d{1,2})分|(?P<thirty>半)|整)?|:\s?(?P<colon>\d{2})(?::\d{2})?)"
)


class Day(NamedTuple):
    """A day as printed: its parts, and where it stands. `year` is None where none is printed."""

    start: int
    end: int
    year: int | None
    month: int
    day: int

    def in_year(self, year: int | None) -> date | None:
        """The day itself, in the printed year or else in the one given; None if it cannot be."""
        return real_date(self.year or year, self.month, self.day)


def real_date(year: int | None, month: int, day: int) -> date | None:
    """A day of the calendar, or None."""
    if year is None or not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def days_in(plain: str, start: int = 0, end: int | None = None) -> list[Day]:
    """Every day printed between two offsets of a shadow text."""
    found = []
    for match in _DAY.finditer(plain, start, len(plain) if end is None else end):
        day = _day(match)
        if day:
            found.append(day)
    return found


def day_alone(plain: str) -> Day | None:
    """The day that a line consists of, as a signature prints it."""
    match = _DAY.fullmatch(plain.strip(" ()"))
    return _day(match) if match else None


def _day(match: re.Match[str]) -> Day | None:
    parts = [match["year"] or match["iso_year"], match["month"] or match["iso_month"]]
    year, month = (read_number(part) if part else None for part in parts)
    number = read_number(match["day"] or match["iso_day"])
    if month is None or number is None or not 1 <= month <= 12 or not 1 <= number <= 31:
        return None
    return Day(match.start(), match.end(), year, month, number)


def hour_after(plain: str, position: int) -> tuple[time, int] | None:
    """The hour that follows a day, and the offset behind it: 18点, 下午5时30分, 17:30."""
    match = _HOUR.match(plain, position)
    if not match:
        return None
    hour = int(match["hour"])
    minute = int(match["minute"] or match["colon"] or (30 if match["thirty"] else 0))
    if match["half"] in ("下午", "晚", "晚上") and hour < 12:
        hour += 12
    # 24时 is the end of the day: the last minute that still belongs to it.
    if hour == 24 and minute == 0:
        hour, minute = 23, 59
    return (time(hour, minute), match.end()) if hour < 24 and minute < 60 else None

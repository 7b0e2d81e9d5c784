"""Deadlines: dates by which something is to be done. Lengths of time and yearly duties are none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from services.kernel.text.dates import YEAR, last_day, real_date
from services.kernel.text.numerals import read_number
from services.kernel.text.reading import Quote, Reading

_M = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_D = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_Q = r"(?:第?[一二三四1-4]季度|上半年|下半年)"
_BEFORE = r"(?:之前|以前|前|止)"
_WHEN = re.compile(
    rf"(?P<to>到|至|截至|截止到?|自|从|于)?\s?"
    rf"(?:(?P<year>{YEAR})\s?年(?:度)?|(?P<this>今年|本年度?|当年))?\s?"
    rf"(?:(?P<month>{_M})\s?月份?\s?(?:(?P<day>{_D})\s?[日号]|(?P<month_end>底|末|[中下]旬))?"
    rf"|(?P<quarter>{_Q})(?P<quarter_end>底|末|内)?|(?P<year_end>年?[底末]|年?内|年终))?"
    rf"\s?(?P<before>{_BEFORE})?"
)
_START = re.compile(
    rf"(?:到|至|截至|截止到?|自|从|于)?\s?(?:(?:{YEAR})\s?年|今年|本年|当年|年[底末内终]|{_M}\s?月|{_Q})"
)
_VERB = re.compile(
    r"\s?,?(?:全面|基本|力争|全部|初步|率先|确保|要)?(?:实现|完成|建成|达到|形成|建立|取得|打造|成为|创建成)"
)
_YEARLY = re.compile(r"(?:每年|每年度|每季度?|每月|次年|翌年|下一?年度?|上一?年度?|历年|逐年|各年度?)[^。;,]{0,8}$")
_NOT_BEFORE = re.compile(
    r"(?:有效期[^。;]{0,6}|施行|执行|实施|期限[^。;]{0,4}|周期|聘期|任期|试点期|规划期)(?:自[^。;]{0,20})?$"
)
_SINCE = re.compile(r"^\s?(?:起|以来|之日|开始|以后|之后|后)")
_SPAN = re.compile(r"^\s?[-至到]\s?\d")
_PERIOD_BEFORE = re.compile(r"\d\s?年?\s?[-至到]\s?$")
_WHOSE = re.compile(
    r"^(?:已经?|以来)?(?:(?:制[发定]|出台|印发|[发公颁]布|签订|批准|登记|注册|受理|发生)[^。,;]{0,12}的"
    r"(?:[^。,;]{0,6}(?:文件|规章|法规|政策|制度|合同|项目|案件|企业|目录)|$)|的|已)"
)
_NOUN = re.compile(r"^(?:度|工作|立法|版|级|计划|行政|第|会议|全国|全省|全市|全区|国务院|《|人|中|的)")


class Deadline(NamedTuple):
    """A deadline as printed and the day that it names."""

    quote: Quote
    day: date


def deadlines(reading: Reading, start: int, end: int, *, year: int | None) -> tuple[Deadline, ...]:
    """The deadlines printed between two offsets; `year` is the plan's, for dates that name none."""
    return tuple(_read(reading, start, end, year, loose=False))


def stated_deadlines(reading: Reading, start: int, end: int, *, year: int | None) -> tuple[Deadline, ...]:
    """Deadlines where the place itself says so (完成时限:…): a bare date or month counts."""
    return tuple(_read(reading, start, end, year, loose=True))


def _read(reading: Reading, start: int, end: int, year: int | None, *, loose: bool) -> Iterable[Deadline]:
    position, known = start, None
    plain = reading.plain
    while match := _START.search(plain, position, end):
        when = _WHEN.match(plain, match.start(), end)
        if when is None or when.end() <= match.start():
            position = match.end()
            continue
        position = max(when.end(), match.start() + 1)
        if when["year"]:
            known = read_number(when["year"])
        if plain[match.start() - 1 : match.start()].isdigit():
            continue
        if not _is_deadline(plain, when, start, loose=loose):
            continue
        day = _day(when, known if not when["this"] else year, year)
        if day:
            yield Deadline(_quote(reading, when), day)


def _quote(reading: Reading, when: re.Match[str]) -> Quote:
    begin = when.start()
    if when["to"] and when["to"] not in ("到", "至"):
        begin = when.end("to")
    return reading.quote(begin, when.end())


def _is_deadline(plain: str, when: re.Match[str], start: int, *, loose: bool) -> bool:
    before = plain[max(start, when.start() - 24) : when.start()]
    after = plain[when.end() : when.end() + 16]
    if _YEARLY.search(before) or _NOT_BEFORE.search(before) or when["to"] in ("自", "从", "截至"):
        return False
    if (_SINCE.match(after) and not when["before"]) or (_PERIOD_BEFORE.search(before) and not loose):
        return False
    if _WHOSE.match(after) or _SPAN.match(after):
        return False
    if when["to"] in ("截止", "截止到"):
        return True
    if when["before"] and (when["year"] or when["month"] or when["quarter"] or when["year_end"] or when["this"]):
        return when["before"] != "止" or loose
    if loose:
        return True
    return _says_by(when, after)


def _says_by(when: re.Match[str], after: str) -> bool:
    """Without 前: an end of a period, 到2025年, or a year with a verb of finishing."""
    if when["month_end"] in ("底", "末") or when["quarter_end"] in ("底", "末"):
        return True
    if when["year_end"]:
        return bool(when["year"] or when["this"] or when["to"] == "到") or bool(_VERB.match(after))
    if when["to"] == "到" and when["year"]:
        return not _NOUN.match(after) or bool(when["month"])
    return bool(when["year"] or when["quarter"]) and bool(_VERB.match(after))


def _day(when: re.Match[str], known: int | None, plan_year: int | None) -> date | None:
    year = read_number(when["year"]) if when["year"] else (known or plan_year)
    if year is None or not 1900 <= year <= 2100:
        return None
    if when["month"]:
        month = read_number(when["month"]) or 0
        if when["day"]:
            return real_date(year, month, read_number(when["day"]) or 0)
        return last_day(year, month) if 1 <= month <= 12 else None
    if when["quarter"]:
        return last_day(year, _quarter_end(when["quarter"]))
    return date(year, 12, 31)


def _quarter_end(written: str) -> int:
    if "半年" in written:
        return 6 if written.startswith("上") else 12
    return {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}[written.lstrip("第")[0]]

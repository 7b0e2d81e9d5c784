"""How days, instants, hashes, titles and changes are written on a page, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import rjieba
from markupsafe import Markup, escape

from services.kernel.runtime import language

HAN = re.compile(r"[\u4e00-\u9fff]")
WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Run(Protocol):
    """A stretch of text that stayed ("equal"), came ("insert") or went ("delete")."""

    @property
    def op(self) -> str: ...
    @property
    def text(self) -> str: ...


class Clock:
    """Writes days and instants as the office's clock shows them."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def when(self, moment: date | datetime) -> Markup:
        """2026年11月30日（周一）, and the hour where `moment` is an instant."""
        if not isinstance(moment, datetime):
            return _time(moment.isoformat(), day_words(moment))
        here = self._here(moment)
        return _time(here.isoformat(timespec="minutes"), f"{date_words(here)}{_gap()}{here:%H:%M}")

    def day(self, moment: date | datetime) -> Markup:
        """2026年11月30日, without weekday or hour: for large print and narrow columns."""
        day = self._here(moment).date() if isinstance(moment, datetime) else moment
        return _time(day.isoformat(), date_words(day))

    def when_exact(self, instant: datetime) -> Markup:
        """With seconds: for receipts and refusals, where they decide."""
        here = self._here(instant)
        return _time(here.isoformat(timespec="seconds"), f"{date_words(here)}{_gap()}{here:%H:%M:%S}")

    def when_short(self, moment: date | datetime) -> Markup:
        """11月30日: where the year is plain from the place."""
        day = self._here(moment).date() if isinstance(moment, datetime) else moment
        words = f"{day.day} {MONTHS_EN[day.month - 1]}" if language.current() == "en" else f"{day.month}月{day.day}日"
        return _time(day.isoformat(), words)

    def local(self, instant: datetime) -> str:
        """As a field of a form wants it: the office's clock to the minute, without a zone."""
        return f"{self._here(instant):%Y-%m-%dT%H:%M}"

    def until(self, end: datetime) -> Markup:
        """An instant at which something ends. Midnight is the end of the day before, named with its weekday: 24:00."""
        here = self._here(end)
        if here.time() != time.min:
            return self.when(end)
        last_day = here.date() - timedelta(days=1)
        return _time(here.isoformat(timespec="minutes"), f"{day_words(last_day)}{_gap()}24:00")

    def _here(self, instant: datetime) -> datetime:
        if instant.tzinfo is None:
            raise ValueError("an instant on a page must know its zone")
        return instant.astimezone(self.zone)


def date_words(day: date) -> str:
    """2026年11月30日, or 30 November 2026."""
    if language.current() == "en":
        return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def day_words(day: date) -> str:
    """A date with its weekday."""
    if language.current() == "en":
        return f"{WEEKDAYS_EN[day.weekday()]} {date_words(day)}"
    return f"{date_words(day)}（周{WEEKDAYS_ZH[day.weekday()]}）"


def _gap() -> str:
    return ", " if language.current() == "en" else " "


def _time(iso: str, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(iso, words)


def short_hash(value: str | bytes) -> str:
    """The first 12 digits in groups of 4."""
    digits = value.hex() if isinstance(value, bytes) else value.rpartition(":")[2]
    return " ".join(digits[start : start + 4] for start in range(0, 12, 4)).strip()


def diff(runs: Iterable[Run]) -> Markup:
    """Changes as `ins` and `del`, each with hidden words for listeners."""
    return Markup().join(_run(run) for run in runs)


MARKED = {
    "insert": (Markup('<ins><span class="vh">{}</span>{}<span class="vh">{}</span></ins>'), "［新增：", "[added: "),
    "delete": (Markup('<del><span class="vh">{}</span>{}<span class="vh">{}</span></del>'), "［删去：", "[deleted: "),
}


def _run(run: Run) -> Markup:
    if run.op == "equal":
        return escape(run.text)
    form, zh, en = MARKED[run.op]
    before, after = (en, "]") if language.current() == "en" else (zh, "］")
    return form.format(before, run.text, after)


def lang_of(words: object) -> Markup:
    """The attribute by which an English page declares Chinese words to be Chinese; nothing where it need not."""
    chinese = language.current() == "en" and HAN.search(str(words))
    return Markup(' lang="zh-CN"') if chinese else Markup()


def title_breaks(title: str) -> Markup:
    """A title that may break only between words; `h1.doc-title` keeps the words whole."""
    if not HAN.search(title):
        return escape(title)
    words: list[str] = []
    for word in rjieba.cut(title):
        joins = words and (re.fullmatch(r"[、，。）》〕”：；]+|的|和", word) or words[-1][-1] in "（《〔“")
        if joins:
            words[-1] += word
        else:
            words.append(word)
    return Markup("<wbr>").join(words)

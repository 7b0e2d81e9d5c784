"""The comment window: when it opens and closes, how to answer, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from services.kernel.text.channels import Way, ways
from services.kernel.text.dates import Day, day_alone, days_in, hour_after
from services.kernel.text.numerals import read_number
from services.kernel.text.reading import Quote, Reading

_INVITES = re.compile(
    r"(?:现|拟|特|予以|将|面向|公开|广泛|再次)[^。\n]{0,60}?(?:征求|征集|听取)[^。\n]{0,24}?(?:意见|建议)"
    r"|欢迎[^。\n]{0,60}?(?:意见|建议)"
    r"|(?:意见|建议)[^。\n]{0,40}?(?:反馈|发送|寄送?|提交|提出|发)[至到]"
    r"|(?:反馈|提出)[^。\n]{0,12}?(?:修改)?(?:意见|建议)"
)
# A plan or a report speaks of consulting too; only a notice invites its reader, now.
_INVITES_NOW = re.compile(r"^(?:现|特|拟|欢迎)|[至到]$")
_CONSULTS = re.compile(
    r"(?:公开|社会|公众)[^。\n]{0,8}(?:征求|征集)[^。\n]{0,20}意见|征求意见稿|征求[^。\n]{0,40}意见的(?:公告|通知|启事|函)|意见征集"
)
_TIME_WORD = re.compile(r"意见|建议|反馈|截止|征集|征求|公示期|期限|起止|公示时间")
_RANGE = re.compile(r"\s*(?:\d{1,2}(?::\d{2}|[时点])\s*)?(?:起|开始)?\s*(?:至|到|-+|,至)\s*")
_BEFORE = re.compile(r"\s*(?:之前|以前|前|止|截止|为止)")
_CLOSING_WORD = re.compile(r"(?:截止(?:时间|日期|期限)?|截至|反馈(?:时间|期限)|(?:至|到))\s*(?:为|是|:|至|到|于)*\s*$")
_NONE_CAME = re.compile(
    r"(?:未|没有|尚未)(?:收到|接到|征集到|征求到|收集到)[^。;\n]{0,24}?(?:意见|建议|反馈)"
    r"|无(?:任何)?(?:反馈|修改)?(?:意见|建议)|(?:收到|征集到)[^。;\n]{0,20}?(?:意见|建议)(?:和建议|建议)?\s?0\s?[条件份]"
)
_N = r"(?P<n>\d{1,6}|[一二两三四五六七八九十百]{1,6})\s?(?:余|多)?\s?(?:条|件|份|项|个|封|人次|例)"
_CAME = re.compile(
    rf"(?:收到|接到|征集到?|征求到?|收集到?|反馈|提出)[^。;\n]{{0,40}}?(?:意见|建议|反馈)[^。;\n\d]{{0,8}}?{_N}"
    rf"|(?:收到|接到|征集到?|征求到?|收集到?|反馈)[^。;\n]{{0,30}}?{_N.replace('<n>', '<m>')}[^。;\n]{{0,16}}?(?:意见|建议|反馈)"
)
_CHINA = timezone(timedelta(hours=8))


class Instant(NamedTuple):
    """A day, with the hour where the text gives one, and where it is printed."""

    quote: Quote | None
    iso: str


class Window(NamedTuple):
    """The window as stated; `sentences` are the stretches that speak of it."""

    opens: Instant | None
    closes: Instant | None
    ways: tuple[Way, ...]
    sentences: tuple[tuple[int, int], ...]


class Outcome(NamedTuple):
    """How many opinions came, and the words that say so."""

    received: int
    quote: Quote


def comment_window(reading: Reading, *, title: Quote | None, signed: date | None) -> Window | None:
    """The window of a notice that invites comments; None where nobody is invited."""
    plain_title = reading.plain[title.start : title.end] if title else ""
    invitation = _invitation(reading, plain_title)
    if invitation is None:
        return None
    end = _notice_end(reading, invitation)
    span = _span_of_time(reading, invitation, end, signed)
    answers = ways(reading, max(0, invitation - 400), end)
    if span is None and not answers:
        return None
    opens, closes, sentence = span or (None, None, (invitation, invitation))
    if opens is None and signed:
        opens = Instant(None, signed.isoformat())
    return Window(opens, closes, answers, (sentence,))


def _invitation(reading: Reading, plain_title: str) -> int | None:
    if not _CONSULTS.search(reading.plain):
        return None
    named = re.search(r"征求|征集", plain_title)
    for match in _INVITES.finditer(reading.plain):
        nearby = reading.plain[max(0, match.start() - 250) : match.end() + 700]
        if named or (_INVITES_NOW.search(match.group()) and _dated_or_addressed(nearby)):
            return match.start()
    return None


def _dated_or_addressed(nearby: str) -> bool:
    consults = re.search(r"征求意见稿|(?:公开|社会|公众)[^。\n]{0,8}(?:征求|征集)[^。\n]{0,20}意见", nearby)
    return bool(
        consults and days_in(nearby) and re.search(r"@|邮箱|传真|电话|邮寄|信函|网站|未收到|收到|截[止至]", nearby)
    )


def _notice_end(reading: Reading, invitation: int) -> int:
    """The notice ends with its signature; the text held out follows it."""
    lines = reading.lines
    for index in range(reading.line_at(invitation), len(lines)):
        if day_alone(lines[index].plain) and len(lines[index].plain) < 30:
            return _with_contacts_below(reading, index)
    return len(reading.plain)


def _with_contacts_below(reading: Reading, index: int) -> int:
    end = reading.lines[index].end
    for line in reading.lines[index + 1 : index + 8]:
        if not re.match(r"\(?(?:联系|电话|传真|邮箱|电子邮|地址|邮编|通[讯信]|附件)", line.plain):
            break
        end = line.end
    return end


def _span_of_time(
    reading: Reading, invitation: int, end: int, signed: date | None
) -> tuple[Instant | None, Instant | None, tuple[int, int]] | None:
    best = None
    for start, stop in _sentences(reading, max(0, invitation - 300), end):
        sentence = reading.plain[start:stop]
        if not _TIME_WORD.search(sentence):
            continue
        days = days_in(reading.plain, start, stop)
        for index, day in enumerate(days):
            following = days[index + 1] if index + 1 < len(days) else None
            ranged = _ranged(reading, day, following, signed)
            if ranged:
                return (*ranged, (start, stop))
            closing = _closing(reading, start, day, signed)
            if closing and best is None:
                best = (None, closing, (start, stop))
    return best


def _sentences(reading: Reading, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^。;\n]+", reading.plain[start:end]):
        yield start + match.start(), start + match.end()


def _ranged(
    reading: Reading, day: Day, following: Day | None, signed: date | None
) -> tuple[Instant | None, Instant | None] | None:
    if following is None:
        return None
    gap = _RANGE.match(reading.plain, day.end)
    if not gap or gap.end() != following.start:
        return None
    year = day.year or (signed.year if signed else None)
    opens = _instant(reading, day._replace(year=year), None)
    closes = _instant(reading, following, year)
    return (opens, closes) if closes else None


def _closing(reading: Reading, start: int, day: Day, signed: date | None) -> Instant | None:
    hour = hour_after(reading.plain, day.end)
    after = hour[1] if hour else day.end
    before = reading.plain[max(start, day.start - 16) : day.start]
    if not _BEFORE.match(reading.plain, after) and not _CLOSING_WORD.search(before):
        return None
    return _instant(reading, day, signed.year if signed else None)


def _instant(reading: Reading, day: Day, year: int | None) -> Instant | None:
    known = day.in_year(year)
    if known is None:
        return None
    hour = hour_after(reading.plain, day.end)
    if hour is None:
        return Instant(reading.quote(day.start, day.end), known.isoformat())
    at = datetime.combine(known, hour[0], _CHINA)
    return Instant(reading.quote(day.start, hour[1]), at.isoformat())


def comment_outcome(reading: Reading) -> Outcome | None:
    """How many opinions a consultation brought; zero is a result."""
    for start, end in _paragraphs(reading):
        paragraph = reading.plain[start:end]
        consults = re.search(r"征求|征集|公示|公开(?:听取|反馈)", paragraph)
        if not consults or not re.search("意见|建议", paragraph):
            continue
        none = _NONE_CAME.search(paragraph)
        came = _CAME.search(paragraph)
        if none and (came is None or none.start() <= came.start()):
            return Outcome(0, reading.quote(start + none.start(), start + none.end()))
        if came:
            number = read_number(came["n"] or came["m"])
            if number is not None:
                return Outcome(number, reading.quote(start + came.start(), start + came.end()))
    return None


def _paragraphs(reading: Reading) -> Iterator[tuple[int, int]]:
    """Each line with the one before it: the count often stands a line below the invitation."""
    lines = reading.lines
    for index, line in enumerate(lines):
        start = lines[index - 1].start if index and lines[index - 1].end - lines[index - 1].start < 600 else line.start
        yield start, line.end

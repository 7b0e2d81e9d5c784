"""Reported numbers: each figure of a report with its unit and the sentence that says it."""

from __future__ import annotations

import re
from typing import NamedTuple

from services.kernel.text.reading import Quote, Reading

_UNIT = (
    r"(?:万人次|万余?人|万件|万元|亿元|千元|亿|人次|场次|件次|户次|家次|批次|个百分点|公里|平方公里|平方米|万亩|亩|吨|"
    r"件|起|次|场|份|条|项|个|部|名|人|家|户|元|%|篇|期|类|处|所|支|组|套|宗|例|册|本|张|批|辆|台|位|幅|块|"
    r"对|座|只|枚|株|份次|卷|段|轮|倍|天内|万)"
)
_FIGURE = re.compile(
    rf"(?P<near>近|约|超过?|逾)?\s?(?P<value>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)\s?"
    rf"(?P<more>余|多)?\s?(?P<unit>{_UNIT})(?P<after>余|以上|左右)?(?!工作日)"
)
_SENTENCE = re.compile(r"[^。;\n!?]+")
_QUOTED = re.compile(r"《[^《》\n]{1,120}》|“[^“”\n]{1,60}”|[(〔\[]\d{4}[)〕\]]\s?\d+\s?号")
_LEAD_IN = re.compile(
    r"^(?:(?:截至|截止)?(?:目前|年底)|(?:20\d{2}年(?:以来|度|全年)?|全年|今年以来|本年度|年内|共计?|总计|累计|其中|分别|已|全市|全区|全县|全省|一是|二是|三是|四是|五是|六是))+"
)
_TRAILING = re.compile(r"(?:共计?|总计|累计|达到?|(?<!行)为|约|近|超过?|逾|[:,、(])+$")
_LONGEST_INDICATOR = 60
_CLAUSE = re.compile(r"[,:、()]")


class Figure(NamedTuple):
    """One reported number."""

    indicator: str
    value: float
    number: Quote
    unit: str
    sentence: Quote


def statistics(reading: Reading) -> tuple[Figure, ...]:
    """Every number with a unit, in order; numbers in names and quotations are not reported ones."""
    hidden = [match.span() for match in _QUOTED.finditer(reading.plain)]
    found = []
    for sentence in _SENTENCE.finditer(reading.plain):
        for match in _FIGURE.finditer(reading.plain, sentence.start(), sentence.end()):
            if _is_reported(reading.plain, match, hidden):
                found.append(_figure(reading, sentence, match))
    return tuple(found)


def _is_reported(plain: str, match: re.Match[str], hidden: list[tuple[int, int]]) -> bool:
    if any(start <= match.start() < end for start, end in hidden):
        return False
    if re.search(r"(?:第|[\d.\-]|号)$", plain[max(0, match.start("value") - 1) : match.start("value")]):
        return False
    # 一村(社区)1名 reads as a rule; 5个工作日 and 3个月 are lengths of time.
    return not (match["unit"] == "个" and re.match(r"工作日|月|小时|自然日", plain[match.end() :][:3]))


def _figure(reading: Reading, sentence: re.Match[str], match: re.Match[str]) -> Figure:
    value = float(match["value"].replace(",", ""))
    begin = reading.quote(sentence.start(), sentence.end()).start
    return Figure(
        indicator=_indicator(reading, sentence, match),
        value=int(value) if value.is_integer() else value,
        number=reading.quote(match.start("value"), match.end("value")),
        unit=reading.text[match.start("unit") : match.end("unit")],
        sentence=reading.quote(begin, min(begin + 15, sentence.end())),
    )


def _indicator(reading: Reading, sentence: re.Match[str], match: re.Match[str]) -> str:
    """What is counted: the words before the number in its clause, else those behind it."""
    plain = reading.plain
    near = max(sentence.start(), match.start() - _LONGEST_INDICATOR)
    ends = [mark.end() for mark in _CLAUSE.finditer(plain, near, match.start())]
    start = ends[-1] if ends else near
    before = plain[start : match.start()].strip()
    trimmed = _TRAILING.sub("", _LEAD_IN.sub("", before)).strip()
    if len(trimmed) >= 2:
        at = start + plain[start : match.start()].rfind(trimmed)
        return reading.text[at : at + len(trimmed)]
    stop = _CLAUSE.search(plain, match.end(), min(sentence.end(), match.end() + 40))
    end = stop.start() if stop else sentence.end()
    return reading.text[match.end() : min(end, match.end() + 20)].strip()

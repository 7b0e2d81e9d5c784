"""Rules: what an instrument asks, how strongly, for how long, and where it says so.

A rule is data. Nothing here knows a number; the numbers stand in `rules/*.yaml`.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.kernel.contracts.refusals import NotFound, Words

Verified = Literal["V", "P", "M", "I"]

VERIFIED_WORDS: dict[Verified, Words] = {
    "V": Words("已核对原文", "checked against the text"),
    "P": Words("部分核对", "partly checked"),
    "M": Words("待核", "to be confirmed"),
    "I": Words("按条文理解", "a reading of the text"),
}


class Frozen(BaseModel):
    """Read from YAML: unknown keys are errors, nothing changes after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Modality(StrEnum):
    """How strongly a rule binds: 应当, 不得, 一般 (departed from with a recorded reason), 可以."""

    MUST = "MUST"
    MUST_NOT = "MUST_NOT"
    NORMALLY = "NORMALLY"
    MAY = "MAY"


class Unit(StrEnum):
    """What a period is counted in: working days, calendar days, months, years, a day of the year.

    SECOND exists for the demonstration overlay only.
    """

    WD = "WD"
    CD = "CD"
    MONTH = "MONTH"
    YEAR = "YEAR"
    DATE = "DATE"
    SECOND = "SECOND"


class Counting(StrEnum):
    """What a period is for: a window that may not be shorter, a limit, or a fixed day."""

    MIN_WINDOW = "MIN_WINDOW"
    MAX_DEADLINE = "MAX_DEADLINE"
    FIXED_DATE = "FIXED_DATE"


class MonthDay(NamedTuple):
    """A day that comes back every year."""

    month: int
    day: int


class Citation(Frozen):
    """Where a rule stands. `article` is "15", "15.2" (paragraph 2) or the instrument's own words.

    `titled` is false for what is no instrument, such as practice: it takes no 《》.
    """

    instrument: Words
    number: str = ""
    article: str = ""
    titled: bool = True

    def words(self, language: str) -> str:
        """The citation as one phrase, in "zh" or "en"."""
        return _cited(self, language)


class UnknownRule(NotFound):
    """A rule id that the pinned rule book does not hold."""

    code = "rule.unknown"
    title = Words("规则库中没有这条规则", "The rule book holds no such rule")


class Rule(Frozen):
    """One requirement in force from one day to another.

    `value` counts `unit`s; for `Unit.DATE` the day is `month_day`, and `inclusive` says whether
    "before that day" includes it. `exceptions` name grounds on which the rule may be departed from.
    """

    id: str
    jurisdiction: str = "national"
    kind: str = "ALL"
    stage: str = ""
    modality: Modality
    value: int | None = Field(default=None, ge=0)
    unit: Unit | None = None
    month_day: MonthDay | None = None
    inclusive: bool = False
    counting: Counting | None = None
    start_event: str = ""
    exceptions: tuple[str, ...] = ()
    reason_required: bool = False
    reason_public: bool = False
    words: Words
    citation: Citation
    verified: Verified
    in_force_from: date | None = None
    in_force_to: date | None = None
    overrides: str | None = None
    note: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.counting is Counting.FIXED_DATE:
            whole = self.unit is Unit.DATE and self.month_day is not None
        elif self.counting is None:
            whole = self.unit is not Unit.DATE and (self.value is None) == (self.unit is None)
        else:
            whole = self.unit not in (None, Unit.DATE) and self.value is not None
        if not whole:
            raise ValueError(f"{self.id}: value, unit and counting do not fit together")
        return self

    @property
    def standing(self) -> Words:
        """How far the rule was verified, in words."""
        return VERIFIED_WORDS[self.verified]

    @property
    def article(self) -> Words:
        """The citation in both languages."""
        return Words(self.citation.words("zh"), self.citation.words("en"))


# The same few are cited in every line of every list.
@lru_cache(maxsize=2048)
def _cited(citation: Citation, language: str) -> str:
    return _in_english(citation) if language == "en" else _in_chinese(citation)


def _in_chinese(citation: Citation) -> str:
    number = f"（{citation.number}）" if citation.number else ""
    name = citation.instrument.zh
    title = f"《{name}》" if citation.titled else name
    return f"{title}{number}{_article_zh(citation.article)}"


def _in_english(citation: Citation) -> str:
    order = re.fullmatch(r"国务院令第(\d+)号", citation.number)
    amended = re.fullmatch(r"(\d{4})年修.", citation.number)
    number = f"State Council Order {order[1]}" if order else citation.number
    number = f"as amended in {amended[1]}" if amended else number
    named = f"{citation.instrument.en} ({number})" if number else citation.instrument.en
    return f"{named}, {_article_en(citation.article)}" if citation.article else named


def _article_en(article: str) -> str:
    if item := re.fullmatch(r"第(\d+)项", article):
        return f"item {item[1]}"
    if not re.fullmatch(r"\d+(\.\d+)?(, *\d+(\.\d+)?)*", article):
        return article
    return f"{'arts' if ',' in article else 'art'}. {article}"


def _article_zh(article: str) -> str:
    return "、".join(_one_article_zh(part.strip()) for part in article.split(",")) if article else ""


def _one_article_zh(article: str) -> str:
    head, _, paragraph = article.partition(".")
    if not head.isdigit() or (paragraph and not paragraph.isdigit()):
        return article
    named = f"第{chinese_numeral(int(head))}条"
    return f"{named}第{chinese_numeral(int(paragraph))}款" if paragraph else named


def chinese_numeral(number: int) -> str:
    """A number below 10,000 as statutes write it: 15 is 十五, 109 is 一百零九, 1259 一千二百五十九."""
    digits = str(number)
    units = ("", "十", "百", "千")[: len(digits)][::-1]
    pairs = zip(digits, units, strict=True)
    spelt = "".join("零" if d == "0" else "零一二三四五六七八九"[int(d)] + u for d, u in pairs)
    while "零零" in spelt:
        spelt = spelt.replace("零零", "零")
    spelt = spelt.rstrip("零") or "零"
    return spelt.removeprefix("一") if spelt.startswith("一十") else spelt

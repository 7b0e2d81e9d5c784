"""Hints of sensitive data in a comment, for the office to look at: of a child, of health, papers, money.

Law: personal information protection law, articles 28 to 31. The machine only points; a person decides what is covered.
"""

from __future__ import annotations

import re
from enum import StrEnum

from services.kernel.contracts.refusals import Words


class Hint(StrEnum):
    """What the office should look at with care."""

    MINOR = "minor"
    HEALTH = "health"
    IDENTITY_PAPER = "identity_paper"
    FINANCE = "finance"


HINT_WORDS: dict[Hint, Words] = {
    Hint.MINOR: Words("可能涉及不满十四周岁的未成年人", "Perhaps a child under fourteen"),
    Hint.HEALTH: Words("可能涉及医疗健康", "Perhaps health"),
    Hint.IDENTITY_PAPER: Words("可能附有证件", "Perhaps identity papers"),
    Hint.FINANCE: Words("可能涉及金融账户", "Perhaps money accounts"),
}
YEARS = r"(?:1[0-3]|[1-9]|十[一二三]?|[一二三四五六七八九两])"
PATTERNS: dict[Hint, re.Pattern[str]] = {
    Hint.MINOR: re.compile(
        rf"(?<![\d十]){YEARS}\s?周?岁|我(?:是|在|上|读|今年上)[^，。\n]{{0,8}}(?:小学|幼儿园|[一二三四五六]年级)|(?:小学生|幼儿园)"
    ),
    Hint.HEALTH: re.compile(r"病历|病案|诊断(?:证明|书)|检查报告|化验单|艾滋|HIV|精神(?:病|分裂)|抑郁症|残疾证|怀孕|流产|癌"),
    Hint.IDENTITY_PAPER: re.compile(
        r"(?:身份证|户口(?:本|簿)|护照|驾驶证|社保卡)[^，。\n]{0,4}(?:照片|复印件|扫描件|正反?面|图片|\.(?:jpe?g|png|pdf))"
    ),
    Hint.FINANCE: re.compile(r"银行流水|征信(?:报告|记录)|账户余额|开户行"),
}  # fmt: skip


def hints_in(text: str) -> tuple[Hint, ...]:
    """What the text hints at, in a fixed order. Give it the names of attached files too."""
    return tuple(hint for hint in Hint if PATTERNS[hint].search(text))

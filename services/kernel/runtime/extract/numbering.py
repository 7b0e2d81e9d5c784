"""Automatic numbering in DOCX: 第一条 or 一、 set by a list stands only in numbering.xml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_CHINESE = frozenset(
    [
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "koreanCounting",
        "ideographTraditional",
        "chineseLegalSimplified",
    ]
)
_PLACES = ((1000, "千"), (100, "百"), (10, "十"))


@dataclass(slots=True)
class _Level:
    format: str
    text: str
    start: int
    suffix: str


class Numbering:
    """Counts the lists of one document, paragraph by paragraph, in reading order."""

    def __init__(self, document: Any) -> None:
        self._lists: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = {}
        self._styles: dict[str, Any] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        for style in document.styles.element.iterchildren(f"{_W}style"):
            self._styles[style.get(f"{_W}styleId", "")] = style
        root = _numbering_root(document)
        if root is not None:
            self._load(root)

    def label(self, paragraph: Any) -> str:
        """The number that is drawn before a paragraph; empty where there is none."""
        place = self._place(paragraph)
        if place is None or place[0] not in self._lists:
            return ""
        number, depth = place
        abstract, levels, overrides = self._lists[number]
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(abstract, {})
        if depth in overrides and (number, depth) not in self._begun:
            counts.pop(depth, None)
            self._begun.add((number, depth))
        counts[depth] = counts.get(depth, overrides.get(depth, level.start) - 1) + 1
        for deeper in [at for at in counts if at > depth]:
            del counts[deeper]
        return _drawn(level, levels, counts)

    def _load(self, root: Any) -> None:
        abstracts = {item.get(f"{_W}abstractNumId"): _levels(item) for item in root.iterchildren(f"{_W}abstractNum")}
        for item in root.iterchildren(f"{_W}num"):
            link = item.find(f"{_W}abstractNumId")
            abstract = link.get(f"{_W}val") if link is not None else None
            levels = dict(abstracts.get(abstract, {}))
            overrides: dict[int, int] = {}
            for override in item.iterchildren(f"{_W}lvlOverride"):
                depth = _integer(override.get(f"{_W}ilvl"), 0)
                levels.update(_levels(override))
                start = override.find(f"{_W}startOverride")
                if start is not None:
                    overrides[depth] = _integer(start.get(f"{_W}val"), 1)
            self._lists[item.get(f"{_W}numId")] = (str(abstract), levels, overrides)

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """The list and the depth of a paragraph, its own or its style's."""
        properties = paragraph.find(f"{_W}pPr")
        if properties is None:
            properties_of_style = self._styles.get(self._default_style())
            return _number_of(properties_of_style) if properties_of_style is not None else None
        own = properties.find(f"{_W}numPr")
        named = properties.find(f"{_W}pStyle")
        inherited = self._inherited(named.get(f"{_W}val", "") if named is not None else "")
        if own is None:
            return inherited
        number, depth = own.find(f"{_W}numId"), own.find(f"{_W}ilvl")
        written = number.get(f"{_W}val") if number is not None else None
        # numId 0 takes a paragraph out of the list that its style puts it in.
        if written == "0":
            return None
        if written is None:
            written = inherited[0] if inherited else None
        if written is None:
            return None
        fallback = inherited[1] if inherited and number is None else 0
        return written, _integer(depth.get(f"{_W}val"), 0) if depth is not None else fallback

    def _default_style(self) -> str:
        return next(
            (
                name
                for name, style in self._styles.items()
                if style.get(f"{_W}default") == "1" and style.get(f"{_W}type") == "paragraph"
            ),
            "",
        )

    def _inherited(self, name: str) -> tuple[str, int] | None:
        for _ in range(12):
            style = self._styles.get(name)
            if style is None:
                return None
            found = _number_of(style)
            if found:
                return found
            based = style.find(f"{_W}basedOn")
            name = based.get(f"{_W}val", "") if based is not None else ""
        return None


def _number_of(style: Any) -> tuple[str, int] | None:
    held = style.find(f"{_W}pPr/{_W}numPr")
    number = held.find(f"{_W}numId") if held is not None else None
    if number is None or number.get(f"{_W}val") in (None, "0"):
        return None
    depth = held.find(f"{_W}ilvl")
    return number.get(f"{_W}val"), _integer(depth.get(f"{_W}val"), 0) if depth is not None else 0


def _numbering_root(document: Any) -> Any:
    try:
        return document.part.numbering_part.element
    except (KeyError, NotImplementedError, AttributeError):
        return None


def _levels(parent: Any) -> dict[int, _Level]:
    found = {}
    for level in parent.iterchildren(f"{_W}lvl"):
        found[_integer(level.get(f"{_W}ilvl"), 0)] = _Level(
            _value(level, "numFmt", "decimal"),
            _value(level, "lvlText", ""),
            _integer(_value(level, "start", "1"), 1),
            _value(level, "suff", "tab"),
        )
    return found


def _value(level: Any, name: str, default: str) -> str:
    element = level.find(f"{_W}{name}")
    return str(element.get(f"{_W}val", default)) if element is not None else default


def _integer(written: str | None, default: int) -> int:
    try:
        return int(written) if written is not None else default
    except ValueError:
        return default


def _drawn(level: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> str:
    if level.format in ("bullet", "none") or "%" not in level.text:
        return "" if level.format in ("bullet", "none") else level.text

    def number(match: re.Match[str]) -> str:
        depth = int(match[1]) - 1
        at = levels.get(depth)
        if at is None:
            return ""
        return _written(counts.get(depth, at.start), at.format)

    drawn = re.sub("%([1-9])", number, level.text)
    if level.suffix == "nothing" or drawn[-1:] in "、)）.．":
        return drawn
    return drawn + " "


def _written(count: int, style: str) -> str:
    if style in _CHINESE:
        return _chinese(count)
    if style == "ideographDigital":
        return "".join(_DIGITS[int(digit)] for digit in str(count))
    if style in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if style == "upperLetter" else letter.lower()
    if style in ("upperRoman", "lowerRoman"):
        roman = _roman(count)
        return roman if style == "upperRoman" else roman.lower()
    if style == "decimalZero":
        return f"{count:02d}"
    if style.startswith("decimalEnclosedCircle") and 1 <= count <= 20:
        return chr(0x2460 + count - 1)
    return str(count)


def _chinese(count: int) -> str:
    if not 0 < count < 10_000:
        return str(count)
    written, rest, gap = "", count, False
    for place, name in _PLACES:
        digit, rest = divmod(rest, place)
        if digit:
            written += ("〇" if gap else "") + _DIGITS[digit] + name
            gap = False
        elif written and rest:
            gap = True
    if rest:
        written += ("零" if gap else "") + _DIGITS[rest]
    written = written.replace("〇", "零")
    return written.removeprefix("一") if written.startswith("一十") else written


def _roman(count: int) -> str:
    values = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
              (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
    written = ""
    for value, sign in values:
        while count >= value and len(written) < 20:
            written, count = written + sign, count - value
    return written

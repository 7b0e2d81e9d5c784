"""A text as the readers see it: the printed characters, and a shadow of equal length for patterns.

Patterns are written once, for simplified characters of half width; what they find is quoted from
the printed text at the same offsets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from services.kernel.text.normal import shadow

_LINE = re.compile(r"[^\n]+")


class Quote(NamedTuple):
    """A piece of the normalised text and where it stands."""

    start: int
    end: int
    text: str


class Line(NamedTuple):
    """One line that is not blank, without the blanks around it; `plain` is its shadow."""

    start: int
    end: int
    plain: str


@dataclass(frozen=True)
class Reading:
    """The text, its shadow, and its lines."""

    text: str

    @cached_property
    def plain(self) -> str:
        """The shadow: simplified, half width, same length."""
        return shadow(self.text)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are not blank, in order."""
        found = []
        for match in _LINE.finditer(self.plain):
            inner = match.group().strip()
            if inner:
                start = match.start() + match.group().index(inner[0])
                found.append(Line(start, start + len(inner), inner))
        return tuple(found)

    def quote(self, start: int, end: int) -> Quote:
        """The printed text between two offsets, without the blanks around it."""
        piece = self.text[start:end]
        inner = piece.strip()
        start += len(piece) - len(piece.lstrip())
        return Quote(start, start + len(inner), inner)

    def joined(self, start: int, end: int) -> Quote:
        """Like `quote`, for a value printed over several lines: the line ends are left out."""
        quoted = self.quote(start, end)
        return quoted._replace(text="".join(line.strip() for line in quoted.text.split("\n")))

    def skip(self, position: int, characters: str) -> int:
        """The first offset from `position` that holds none of `characters` and no blank."""
        while position < len(self.plain) and (self.plain[position] in characters or self.plain[position].isspace()):
            position += 1
        return position

    def line_at(self, position: int) -> int:
        """The index of the line that holds an offset, or of the next one."""
        low, high = 0, len(self.lines)
        while low < high:
            middle = (low + high) // 2
            if self.lines[middle].end < position:
                low = middle + 1
            else:
                high = middle
        return low

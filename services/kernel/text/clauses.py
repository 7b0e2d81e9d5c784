"""Clauses: the pieces that a text is discussed by, under anchors that stay as it is edited."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

from services.kernel.text.normal import key
from services.kernel.text.numerals import CHARACTERS, read_number
from services.kernel.text.outline import Mark, outline
from services.kernel.text.reading import Reading

_SHORT = {"条": "art", "章": "ch", "节": "sec", "编": "part", "部分": "part"}
_LEVELS = {"一": "h1", "(一)": "h2", "1": "h3", "(1)": "h4"}


class Clause(BaseModel):
    """An article, a numbered item, or a paragraph without a number.

    `anchor` names it within its text, `number` is printed in front of it, `body` is everything
    behind the number, the heading included; `start` and `end` hold the whole of it.
    """

    model_config = ConfigDict(frozen=True)

    anchor: str
    number: str | None
    heading: str | None
    body: str
    start: int
    end: int


_NAMED = re.compile(rf"(?:《(?P<title>[^《》]+)》[^。；\n第]{{0,4}})?第\s*(?P<number>[{CHARACTERS}0-9]+)\s*条")
_OPENING = re.compile(r"(?:您?你?们?好[，,！!。：:\s]*)?[^。；！？\n]{0,30}")


def clause_meant(found: tuple[Clause, ...], title: str, subject: str, body: str) -> Clause | None:
    """The article that somebody names in a subject, or else at the start of what they write, such as 第八条第二款.

    None where they name none or several, or an article of another instrument than `title`.
    """
    for words in (subject, _opening(body)):
        numbers = {_number(match) for match in _NAMED.finditer(words) if _is_of(match["title"], title)}
        if len(numbers) == 1:
            anchor = f"{_SHORT['条']}-{numbers.pop()}"
            return next((clause for clause in found if clause.anchor == anchor), None)
        if numbers:
            return None
    return None


def _opening(body: str) -> str:
    start = _OPENING.match(body.strip())
    return start[0] if start else ""


def _number(match: re.Match[str]) -> int | None:
    return read_number(match["number"])


def _is_of(named: str | None, title: str) -> bool:
    return named is None or key(named) in key(title) or key(title) in key(named)


def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a normalised text, in order; together they hold all that is not blank."""
    reading = Reading(text)
    marks = outline(reading)
    first = marks[0].label.start if marks else len(text)
    found = list(_paragraphs(reading, 0, first))
    names = _Names()
    for index, mark in enumerate(marks):
        following = marks[index + 1].label.start if index + 1 < len(marks) else len(text)
        end = _own_end(reading, mark, following, last=index + 1 == len(marks))
        found.append(_clause(reading, mark, end, names.name(mark)))
        found += _paragraphs(reading, end, following)
    return _distinct(found)


def _own_end(reading: Reading, mark: Mark, following: int, *, last: bool) -> int:
    """An item ends before the next one; the last one before what is signed below it."""
    if not last:
        return following
    line = reading.text.find("\n", mark.content)
    return following if line < 0 else line


def _clause(reading: Reading, mark: Mark, end: int, anchor: str) -> Clause:
    quote = reading.quote(mark.label.start, end)
    return Clause(
        anchor=anchor,
        number=mark.label.text,
        heading=mark.heading.text if mark.heading else None,
        body=reading.quote(mark.content, end).text if mark.content < end else "",
        start=quote.start,
        end=quote.end,
    )


def _paragraphs(reading: Reading, start: int, end: int) -> list[Clause]:
    """The lines between two offsets, each a clause without a number, known by how it begins."""
    found = []
    for line in reading.lines:
        if line.start >= end:
            break
        if line.start >= start:
            quote = reading.quote(line.start, min(line.end, end))
            anchor = "p-" + (key(quote.text)[:12] or "0")
            found.append(
                Clause(
                    anchor=anchor,
                    number=None,
                    heading=None,
                    body=quote.text,
                    start=quote.start,
                    end=quote.end,
                )
            )
    return found


class _Names:
    """Anchors from signs and numbers: art-12, h1-3, h1-3.h2-1; articles are counted through."""

    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []

    def name(self, mark: Mark) -> str:
        if mark.sign in _SHORT:
            own = f"{_SHORT[mark.sign]}-{mark.number}"
            self._path = [] if mark.sign != "条" else [(1, own)]
            return own
        own = f"{_LEVELS[mark.sign]}-{mark.number}"
        self._path = [(level, name) for level, name in self._path if level < mark.level]
        self._path.append((mark.level, own))
        return ".".join(name for _, name in self._path)


def _distinct(found: list[Clause]) -> tuple[Clause, ...]:
    """A page may hold several texts: what comes again under the same name is numbered."""
    seen: dict[str, int] = {}
    named = []
    for clause in found:
        seen[clause.anchor] = seen.get(clause.anchor, 0) + 1
        again = seen[clause.anchor]
        named.append(clause if again == 1 else clause.model_copy(update={"anchor": f"{clause.anchor}~{again}"}))
    return tuple(named)

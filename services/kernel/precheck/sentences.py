"""The sentences of a text, each with the clause that it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.kernel.text.clauses import Clause, clauses
from services.kernel.text.reading import Reading

_SENTENCE = re.compile(r"[^。;!?\n]+[。;!?]*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as printed; `plain` is its shadow, of the same length."""

    clause: Clause
    start: int
    end: int
    plain: str
    printed: str


def sentences(reading: Reading) -> Iterator[Sentence]:
    """Every sentence in order; the number in front of a clause is not part of its first sentence."""
    for clause in clauses(reading.text):
        begin = clause.start + len(clause.number or "")
        for found in _SENTENCE.finditer(reading.plain, begin, clause.end):
            inner = found[0].strip()
            if inner:
                start = found.start() + found[0].index(inner[0])
                end = start + len(inner)
                yield Sentence(clause, start, end, inner, reading.text[start:end])

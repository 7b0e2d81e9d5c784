"""A draft read against the rules: everything that is noticed, in the order of the text.

found = examine(text, kind="NORMATIVE", register=Register(entries))
"""

from __future__ import annotations

from collections.abc import Iterator

from services.kernel.contracts.refusals import Words
from services.kernel.precheck.findings import Finding, Weight
from services.kernel.precheck.forms import gaps, terms, title, writing
from services.kernel.precheck.notes import notes
from services.kernel.precheck.numbers import numbering, references
from services.kernel.precheck.patterns import forbidden
from services.kernel.precheck.register import Register, citations
from services.kernel.precheck.sentences import sentences
from services.kernel.text.clauses import clauses
from services.kernel.text.reading import Reading
from services.kernel.text.titles import find_title

# What binds citizens and firms must say from when and until when, and may not take the name of a law.
BINDING = "NORMATIVE"


def examine(text: str, *, kind: str, register: Register | None = None) -> tuple[Finding, ...]:
    """Everything noticed in a normalised text of that kind, grave things first within a clause.

    Without a register nothing is said about cited texts.
    """
    found = {finding.key: finding for finding in _all(Reading(text), kind, register)}
    return tuple(sorted(found.values(), key=lambda one: (one.start, one.weight is not Weight.GRAVE, one.code)))


def _all(reading: Reading, kind: str, register: Register | None) -> Iterator[Finding]:
    every, name = tuple(sentences(reading)), find_title(reading)
    if kind == BINDING:
        yield from title(name)
        yield from terms(reading)
    for sentence in every:
        yield from forbidden(sentence)
    yield from references(every, reading)
    yield from numbering(reading, clauses(reading.text))
    yield from writing(every, reading)
    yield from gaps(every, reading)
    if register is not None:
        yield from citations(every, reading, register)
        if name is not None and (other := register.alike(name.text)) is not None:
            yield notes()["duplicate"].on_the_whole(Words(f"《{other.name}》", f"《{other.name}》"))

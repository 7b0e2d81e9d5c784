"""Numbers between clauses: references that lead nowhere, numbers that skip or repeat."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.kernel.contracts.refusals import Words
from services.kernel.precheck.findings import Finding
from services.kernel.precheck.notes import notes
from services.kernel.precheck.sentences import Sentence
from services.kernel.text.clauses import Clause
from services.kernel.text.numerals import CHARACTERS, read_number
from services.kernel.text.outline import outline
from services.kernel.text.reading import Reading

_OWN = re.compile(
    rf"(?<![》法例定法则见案定])(?:本(?:办法|规定|细则|意见|方案|通知|决定|制度|规则|条例))?第(?P<no>[{CHARACTERS}\d]{{1,7}})条"
)
_ANOTHERS = re.compile(r"(?:》(?:\([^)]{0,30}\))?|(?:中华人民共和国)?[\u4e00-\u9fff]{2,20}(?:法|条例))[^,。;]{0,12}$")
_ITSELF = re.compile(r"本[\u4e00-\u9fff]{1,4}$")
_LISTED = re.compile(rf"[、和至及或,]\s?$|第[{CHARACTERS}\d]{{1,7}}条$")


def references(found: Sequence[Sentence], reading: Reading) -> Iterator[Finding]:
    """Articles that the text refers to as its own and does not hold."""
    held = {mark.number for mark in outline(reading) if mark.sign == "条"}
    if not held:
        return
    for sentence in found:
        for match in _OWN.finditer(sentence.plain):
            number = read_number(match["no"])
            if number is None or number in held or _is_anothers(sentence.plain, match.start()):
                continue
            start = sentence.start + match.start()
            detail = Words(match[0], f"article {number}")
            yield notes()["reference"].at(sentence, start, sentence.start + match.end(), detail=detail)


def _is_anothers(plain: str, at: int) -> bool:
    """Whether the number belongs to a text that was named before it, also in a list: 《…》第三条、第五条."""
    before = plain[:at]
    while (listed := _LISTED.search(before)) is not None and before:
        before = before[: listed.start()]
    if _ITSELF.search(before):
        return False
    return bool(_ANOTHERS.search(before)) or "》" in before[-24:]


def numbering(reading: Reading, clauses: Sequence[Clause]) -> Iterator[Finding]:
    """Articles must count 1, 2, 3 through the whole text."""
    by_start = {clause.start: clause for clause in clauses}
    expected = 1
    for mark in outline(reading):
        if mark.sign != "条":
            continue
        if mark.number != expected:
            clause = by_start.get(mark.label.start)
            if clause is not None:
                label = mark.label
                sentence = Sentence(clause, label.start, label.end, label.text, label.text)
                detail = Words(f"这里应当是第{expected}条", f"article {expected} was expected here")
                yield notes()["numbering"].at(sentence, label.start, label.end, detail=detail)
        expected = mark.number + 1

"""Form: the name, validity and commencement, numbers and dates, gaps and marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.kernel.contracts.refusals import Words
from services.kernel.precheck.findings import Finding
from services.kernel.precheck.notes import notes
from services.kernel.precheck.sentences import Sentence
from services.kernel.text.checks import placeholders
from services.kernel.text.reading import Quote, Reading

_LEGISLATORS = re.compile(r"(?<!办)法(?:\([^)]*\))?》?$|条例(?:\([^)]*\))?》?$")
_VALID = re.compile(r"有效期|有效至|试行(?:期|至)|暂行期|施行至|实施至|执行至|期限(?:为|至)[^。]{0,12}[年月]")
_BEGINS = re.compile(
    r"自[^。;]{0,24}(?:起(?:施行|实施|执行|生效)|之日起)|(?:施行|实施)(?:日期|时间)|现(?:予)?(?:印发|公布)"
)
_NUMBER = re.compile(
    r"(?P<open>[\[(〔])\s?(?P<year>(?:19|20)\d{2})\s?(?P<close>[\])〕])\s?(?P<nth>第?)\s?(?P<no>\d{1,5})\s?号"
)
_ZERO_DATE = re.compile(r"(?:19|20)\d{2}年(?:0\d月\d{1,2}日|\d{1,2}月0\d日)|(?<!\d)\d{2}年\d{1,2}月\d{1,2}日")
_DOUBLED = re.compile(r"[,。;:、]{2,}|([》)〕])\1{2,}")
_PAIRS = (("《", "》"), ("(", ")"), ("〔", "〕"), ("“", "”"))


def title(name: Quote | None) -> Iterator[Finding]:
    """A normative document is not called 法 or 条例."""
    if name is not None and _LEGISLATORS.search(name.text.strip()):
        yield notes()["title"].on_the_whole(Words(name.text, name.text))


def terms(reading: Reading) -> Iterator[Finding]:
    """A text that binds says from when, and until when."""
    if not _VALID.search(reading.plain):
        yield notes()["validity"].on_the_whole()
    if not _BEGINS.search(reading.plain):
        yield notes()["commencement"].on_the_whole()


def writing(found: Sequence[Sentence], reading: Reading) -> Iterator[Finding]:
    """How numbers, dates and marks are written, sentence by sentence."""
    for sentence in found:
        printed = reading.text[sentence.start : sentence.end]
        for match in _NUMBER.finditer(sentence.plain):
            if _is_wrong(match, printed):
                yield _at("doc_number", sentence, match)
        for match in _ZERO_DATE.finditer(sentence.plain):
            yield _at("date", sentence, match)
        if (doubled := _DOUBLED.search(sentence.plain)) is not None:
            yield _at("marks", sentence, doubled)
    for clause in {sentence.clause.anchor: sentence for sentence in found}.values():
        body = reading.plain[clause.clause.start : clause.clause.end]
        if any(body.count(left) != body.count(right) for left, right in _PAIRS[:1] + _PAIRS[2:]):
            yield notes()["marks"].at(clause, clause.start, clause.end)


def gaps(found: Sequence[Sentence], reading: Reading) -> Iterator[Finding]:
    """What somebody still has to fill in."""
    for spot in placeholders(reading.text):
        sentence = next((one for one in found if one.start <= spot.start < one.end), None)
        if sentence is not None:
            yield notes()["placeholder"].at(sentence, spot.start, spot.end, detail=Words(spot.text, spot.text))


def _is_wrong(match: re.Match[str], printed: str) -> bool:
    """Read on the printed words: the shadow has made [2026] and 【2026】 into 〔2026〕."""
    start, end = match.span("open")[0], match.span("close")[0]
    return bool(match["nth"]) or match["no"].startswith("0") or printed[start] != "〔" or printed[end] != "〕"


def _at(name: str, sentence: Sentence, match: re.Match[str]) -> Finding:
    detail = Words(match[0], match[0])
    return notes()[name].at(sentence, sentence.start + match.start(), sentence.start + match.end(), detail=detail)

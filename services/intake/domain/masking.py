"""Masking: personal data found inside what people write. Pure; the words themselves never change.

Kinds that numbers give away (telephones, identity and card numbers, mail addresses) are covered in every display at
once. Names, addresses and the like are proposed: they stay covered until somebody of the office rejects the proposal,
and only the page on which that is decided shows them. Offsets count characters of the comment as it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.intake.domain.mask_patterns import PATTERNS, Kind
from services.kernel.contracts.refusals import Words

COVER = "＊"
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

KIND_WORDS: dict[Kind, Words] = {
    Kind.PHONE: Words("电话号码", "Telephone number"),
    Kind.IDENTITY: Words("身份证号码", "Identity number"),
    Kind.CARD: Words("银行卡号", "Bank card number"),
    Kind.MAIL: Words("电子邮箱", "Mail address"),
    Kind.PLATE: Words("车牌号", "Licence plate"),
    Kind.ACCOUNT: Words("微信或者QQ号", "WeChat or QQ account"),
    Kind.ADDRESS: Words("住址", "Home address"),
    Kind.NAME: Words("姓名", "Name"),
}


@dataclass(frozen=True, order=True)
class Span:
    """One place in a comment: from `start` up to `end`, and what kind of data it holds."""

    start: int
    end: int
    kind: Kind
    certain: bool = False


@dataclass(frozen=True)
class Decided:
    """A place on which a person has decided; it goes before what the machine found at the same place."""

    start: int
    end: int
    covered: bool


def decided(rows: Sequence[Sequence[int]] | None) -> tuple[Decided, ...]:
    """Decisions as the record hands them out: [[start, end, covered], ...], or None for none."""
    return tuple(Decided(start, end, bool(covered)) for start, end, covered in rows or ())


def found(body: str) -> tuple[Span, ...]:
    """What the machine finds in a comment, in its order; of two that overlap the certain, then the longer one."""
    plain = body.translate(FULL_WIDTH)
    spans = [
        Span(match.start(pattern.group), match.end(pattern.group), pattern.kind, pattern.certain)
        for pattern in PATTERNS
        for match in pattern.regex.finditer(plain)
        if pattern.holds(match[pattern.group])
    ]
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (not one.certain, one.start - one.end, one.start)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(sorted(kept))


def shown(body: str, decisions: Iterable[Decided] = ()) -> str:
    """The comment as it is displayed and exported: what was found is covered, but where a person decided otherwise."""
    return _covered(body, found(body), tuple(decisions))


def shown_to_decide(body: str, decisions: Iterable[Decided] = ()) -> str:
    """The comment as those see it who decide on proposals: without numbers, and without what was confirmed."""
    return _covered(body, [span for span in found(body) if span.certain], tuple(decisions))


def _covered(body: str, spans: Sequence[Span], decisions: tuple[Decided, ...]) -> str:
    left_open = {(one.start, one.end) for one in decisions if not one.covered}
    places = [(span.start, span.end) for span in spans if (span.start, span.end) not in left_open]
    places += [(one.start, one.end) for one in decisions if one.covered]
    if not places:
        return body
    letters = list(body)
    for start, end in places:
        for place in range(start, min(end, len(letters))):
            letters[place] = letters[place] if letters[place] == "\n" else COVER
    return "".join(letters)


def places_of(body: str, words: str) -> tuple[tuple[int, int], ...]:
    """Every place at which these words stand."""
    places, start = [], body.find(words) if words else -1
    while start >= 0:
        places.append((start, start + len(words)))
        start = body.find(words, start + len(words))
    return tuple(places)

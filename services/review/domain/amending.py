"""Amendments: the amended text is the deliberated text with each recorded wording put in its place, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.kernel.contracts.refusals import Conflict, Invalid, Words
from services.kernel.text.checks import secrecy_mark
from services.kernel.text.clauses import clauses
from services.kernel.text.normal import normalise
from services.review.domain.commands import Amendment


class WordingMissing(Invalid):
    """An amendment names the wording that it replaces."""

    code = "amendment.wording"
    rule = "text.identity"
    title = Words("没有写明原文", "The old wording is missing")
    remedy = Words(
        "请逐处照抄原文，再写改后的文字；增加内容的，照抄前一句再接着写；删去的，改后留空。",
        "For each change quote the old wording, then give the new: repeat the sentence before an addition, leave the "
        "new wording empty for a deletion.",
    )


class WordingUnknown(Conflict):
    """The old wording does not stand in the deliberated text exactly once."""

    code = "amendment.place"
    rule = "text.identity"
    title = Words("原文在审议文本里找不到，或者不止一处", "The old wording is not in the text, or more than once")
    remedy = Words(
        "请从审议文本照抄，并写明第几条；同一条里有几处的，多抄几个字。",
        "Copy it from the deliberated text and name the clause; quote more words where it comes more than once.",
    )


class WordingTwice(Conflict):
    """Two amendments change the same words, or one changes nothing."""

    code = "amendment.overlap"
    rule = "text.identity"
    title = Words("两处修改改了同样的文字，或者改后和原文一样", "Two amendments overlap, or one changes nothing")
    remedy = Words("请把相连的修改合成一处。", "Make one amendment of those that touch.")


class WordingSecret(Invalid):
    """No amendment brings a classified text into this system, or leaves none at all."""

    code = "amendment.text"
    rule = "record.secrecy"
    title = Words("改后的文本带有密级，或者没有文字", "The amended text is classified, or empty")
    remedy = Words(
        "请核对改后的文字；涉密内容请走涉密渠道。", "Check the new wording; send what is classified by its channel."
    )


@dataclass(frozen=True)
class Place:
    """Where an amendment works: offsets into the deliberated text, and what stands there afterwards."""

    start: int
    end: int
    new: str


def amended_text(text: str, amendments: Sequence[Amendment]) -> str:
    """The text as the meeting amended it. Raises WordingMissing, WordingUnknown, WordingTwice, WordingSecret."""
    places = sorted((_place(text, amendment) for amendment in amendments), key=lambda place: place.start)
    if any(before.end > after.start for before, after in pairwise(places)):
        raise WordingTwice(field="amendments")
    pieces, at = [], 0
    for place in places:
        pieces += [text[at : place.start], place.new]
        at = place.end
    amended = normalise("".join([*pieces, text[at:]]))
    if not amended.strip() or secrecy_mark(amended) is not None:
        raise WordingSecret(field="amendments")
    return amended


def _place(text: str, amendment: Amendment) -> Place:
    old, new = normalise(amendment.old), normalise(amendment.new)
    if not old:
        raise WordingMissing(field="amendments")
    if old == new:
        raise WordingTwice(field="amendments")
    found = [
        start
        for low, high in _reach(text, amendment.clause)
        for start in range(low, high - len(old) + 1)
        if text.startswith(old, start)
    ]
    if len(found) != 1:
        raise WordingUnknown(Words(f"“{old[:40]}”", f'"{old[:40]}"'), field="amendments")
    return Place(found[0], found[0] + len(old), new)


def _reach(text: str, clause: str) -> list[tuple[int, int]]:
    """Where the wording is looked for: the clauses of that number, or the whole text."""
    if not clause:
        return [(0, len(text))]
    return [(one.start, one.end) for one in clauses(text) if one.number is not None and one.number == clause]

"""The clauses of a text under comment. A text never changes under its hash, so its clauses are read once."""

from __future__ import annotations

from collections import OrderedDict

from services.intake.domain.comments import BadClause
from services.kernel.contracts.refusals import Words
from services.kernel.runtime.blobs import Blobs
from services.kernel.text.clauses import Clause, clauses

KEPT = 64
_known: OrderedDict[str, tuple[Clause, ...]] = OrderedDict()


async def clauses_of(blobs: Blobs, text_hash: str) -> tuple[Clause, ...]:
    """The clauses of the text under that hash, in order."""
    if text_hash not in _known:
        _known[text_hash] = clauses(await blobs.text(text_hash))
        while len(_known) > KEPT:
            _known.popitem(last=False)
    _known.move_to_end(text_hash)
    return _known[text_hash]


async def anchor_of(blobs: Blobs, text_hash: str, clause: str) -> str:
    """The anchor that somebody means by a clause's anchor or its printed number; "" is the whole text.

    Raises BadClause.
    """
    wish = clause.strip()
    if not wish:
        return ""
    for found in await clauses_of(blobs, text_hash):
        if wish in (found.anchor, found.number):
            return found.anchor
    raise BadClause(Words(f"文本里没有“{wish[:40]}”。", f"The text has no {wish[:40]!r}."), field="clause")


def label_of(found: tuple[Clause, ...], anchor: str | None) -> Words:
    """How a clause is called on a page."""
    if not anchor:
        return Words("整个文件", "The whole text")
    for clause in found:
        if clause.anchor == anchor:
            return Words(called(clause), called(clause))
    return Words(anchor, anchor)


def called(clause: Clause) -> str:
    """A clause by its number and heading, or by how it begins."""
    return " ".join(part for part in (clause.number, clause.heading) if part) or clause.body[:16]

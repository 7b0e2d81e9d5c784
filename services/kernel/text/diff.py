"""What changed between two versions of a text, clause by clause and word by word."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

import rjieba
from pydantic import BaseModel, ConfigDict
from rapidfuzz import fuzz, process

from services.kernel.text.clauses import Clause, clauses
from services.kernel.text.normal import key, normalise

_SAME_NUMBER = 45.0
_LIKE = 62.0
_LONGEST_FOR_WORDS = 12_000
_MOST_PAIRS = 400_000


class Op(StrEnum):
    """What happened to a run of words."""

    EQUAL = "equal"
    INSERT = "insert"
    DELETE = "delete"


class ChangeKind(StrEnum):
    """What happened to a clause."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Run(_Frozen):
    """A run of words that stayed, came or went."""

    op: Op
    text: str


class ClauseChange(_Frozen):
    """One clause, before and after. Equal and insert runs give the new text, equal and delete the old."""

    kind: ChangeKind
    old: Clause | None
    new: Clause | None
    runs: tuple[Run, ...]


class Comparison(_Frozen):
    """All clauses of the new version in order, with those removed at the place where they stood."""

    changes: tuple[ClauseChange, ...]

    @property
    def changed(self) -> bool:
        """Whether anything differs."""
        return any(change.kind is not ChangeKind.SAME for change in self.changes)

    @property
    def counts(self) -> dict[ChangeKind, int]:
        """How many clauses of each kind."""
        return {kind: sum(c.kind is kind for c in self.changes) for kind in ChangeKind}


def compare(old: str, new: str) -> Comparison:
    """Compare two versions of a text."""
    old_text, new_text = normalise(old), normalise(new)
    before, after = clauses(old_text), clauses(new_text)
    pairs = _align(before, after)
    order = _in_order(pairs)
    changes = []
    removed = [i for i in range(len(before)) if i not in pairs.values()]
    for index, clause in enumerate(after):
        partner = pairs.get(index)
        while removed and partner is not None and index in order and removed[0] < partner:
            changes.append(_removed(before[removed.pop(0)], old_text))
        changes.append(_change(before, old_text, clause, new_text, partner, kept=index in order))
    changes += [_removed(before[index], old_text) for index in removed]
    return Comparison(changes=tuple(changes))


def _change(
    before: tuple[Clause, ...], old_text: str, new: Clause, new_text: str, partner: int | None, *, kept: bool
) -> ClauseChange:
    written = new_text[new.start : new.end]
    if partner is None:
        added = Run(op=Op.INSERT, text=written)
        return ClauseChange(kind=ChangeKind.ADDED, old=None, new=new, runs=(added,))
    old = before[partner]
    stood = old_text[old.start : old.end]
    runs = word_runs(stood, written)
    kind = ChangeKind.MOVED if not kept else ChangeKind.SAME if stood == written else ChangeKind.CHANGED
    return ClauseChange(kind=kind, old=old, new=new, runs=runs)


def _removed(old: Clause, old_text: str) -> ClauseChange:
    gone = Run(op=Op.DELETE, text=old_text[old.start : old.end])
    return ClauseChange(kind=ChangeKind.REMOVED, old=old, new=None, runs=(gone,))


def word_runs(old: str, new: str) -> tuple[Run, ...]:
    """The change from one wording to another in words, so that no word is cut in two."""
    if old == new:
        return (Run(op=Op.EQUAL, text=new),) if new else ()
    if len(old) + len(new) > _LONGEST_FOR_WORDS:
        return tuple(_long_runs(old, new))
    return _merged(_runs(_words(old), _words(new)))


def _long_runs(old: str, new: str) -> Iterator[Run]:
    """Too long for word by word at once: sentence by sentence first."""
    yield from _merged(_runs(_sentences(old), _sentences(new)))


def _words(text: str) -> list[str]:
    words: list[str] = rjieba.cut(text)
    # The tokens must add up to the text, or the redline would misquote it.
    return words if "".join(words) == text else list(text)


def _sentences(text: str) -> list[str]:
    return [piece for piece in text.replace("。", "。\x00").replace("\n", "\n\x00").split("\x00") if piece]


def _runs(old: list[str], new: list[str]) -> Iterator[Run]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Run(op=Op.EQUAL, text="".join(new[c:d]))
            continue
        if b > a:
            yield Run(op=Op.DELETE, text="".join(old[a:b]))
        if d > c:
            yield Run(op=Op.INSERT, text="".join(new[c:d]))


def _merged(runs: Iterator[Run]) -> tuple[Run, ...]:
    merged: list[Run] = []
    for run in runs:
        if merged and merged[-1].op is run.op:
            merged[-1] = Run(op=run.op, text=merged[-1].text + run.text)
        else:
            merged.append(run)
    return tuple(merged)


def _align(before: tuple[Clause, ...], after: tuple[Clause, ...]) -> dict[int, int]:
    """Index of each new clause to that of its old one: the same words, the same number, alike."""
    pairs: dict[int, int] = {}
    free_old, free_new = set(range(len(before))), set(range(len(after)))

    def take(new: int, old: int) -> None:
        pairs[new] = old
        free_new.discard(new)
        free_old.discard(old)

    for new, old in _same_words(before, after):
        take(new, old)
    by_anchor = {before[index].anchor: index for index in sorted(free_old)}
    likely = [(n, by_anchor[after[n].anchor]) for n in sorted(free_new) if after[n].anchor in by_anchor]
    alike = _alike(before, after, sorted(free_old), sorted(free_new))
    better = {new: (score, old) for score, new, old in reversed(alike)}
    for new, old in likely:
        score = fuzz.ratio(_bare(before[old].body), _bare(after[new].body))
        best = better.get(new, (0.0, old))
        # A clause that was only renumbered is followed by its words, not by its number.
        if score >= _SAME_NUMBER and best[0] < score + 25 and old in free_old:
            take(new, old)
    for _, new, old in alike:
        if new in free_new and old in free_old:
            take(new, old)
    for new, old in likely:
        # What is left under the same number was written anew: a reader wants old and new in one place.
        if new in free_new and old in free_old and after[new].number is not None:
            take(new, old)
    return pairs


def _same_words(before: tuple[Clause, ...], after: tuple[Clause, ...]) -> list[tuple[int, int]]:
    """Clauses whose words are the same, their numbers aside, in the order they come."""
    waiting: dict[str, list[int]] = {}
    for index, clause in enumerate(before):
        waiting.setdefault(_bare(clause.body), []).append(index)
    found = []
    for index, clause in enumerate(after):
        held = waiting.get(_bare(clause.body))
        if held:
            exact = next((i for i in held if before[i].anchor == clause.anchor), held[0])
            held.remove(exact)
            found.append((index, exact))
    return found


def _alike(
    before: tuple[Clause, ...], after: tuple[Clause, ...], old: list[int], new: list[int]
) -> list[tuple[float, int, int]]:
    """Pairs of like clauses, the likest first."""
    if not old or not new or len(old) * len(new) > _MOST_PAIRS:
        return []
    texts = {index: _bare(before[index].body) for index in old}
    scored = []
    for index in new:
        matches = process.extract(_bare(after[index].body), texts, scorer=fuzz.ratio, score_cutoff=_LIKE, limit=4)
        scored += [(score, index, at) for _, score, at in matches]
    return sorted(scored, key=lambda item: (-item[0], abs(item[1] - item[2]), item[1]))


@lru_cache(maxsize=4096)
def _bare(body: str) -> str:
    return key(body)


def _in_order(pairs: dict[int, int]) -> set[int]:
    """The new clauses that kept their order among themselves: the longest such row; others moved."""
    news = sorted(pairs)
    tails: list[int] = []
    back: dict[int, int | None] = {}
    for new in news:
        low, high = 0, len(tails)
        while low < high:
            middle = (low + high) // 2
            if pairs[tails[middle]] < pairs[new]:
                low = middle + 1
            else:
                high = middle
        back[new] = tails[low - 1] if low else None
        tails[low : low + 1] = [new]
    kept: set[int] = set()
    at: int | None = tails[-1] if tails else None
    while at is not None:
        kept.add(at)
        at = back[at]
    return kept

"""Grouping a whole window: equal texts first, then candidates band by band, then groups round one opinion each.

The order in which opinions came plays no part: texts are taken in the order of their digests. Every member of a group
is alike to the one in its middle, so that stock phrases do not chain strangers together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.intake.grouping.sketches import BANDS, Flags, Ints, Sketches, Sketching
from services.intake.grouping.texts import ALIKE

# How often the rest of a bucket is compared with another one of it, and how often a chain is parted: both bound the
# work where stock phrases fill a bucket with strangers.
LEADERS = 8
PARTINGS = 200


@dataclass(frozen=True)
class Grouping:
    """The number of each opinion's group, in the order given; of each group the opinion in its middle, and its size."""

    group: Ints
    middle: Ints
    size: Ints
    distinct: int

    @property
    def groups(self) -> int:
        """How many groups there are, those of one opinion included."""
        return len(self.middle)


def nothing() -> None:
    """Nobody waits for a sign of life."""


class Grouper:
    """Opinions are added in batches and let go of; then all are grouped at once."""

    def __init__(self, threshold: float = ALIKE) -> None:
        self._sketching, self._threshold = Sketching(), threshold
        self._count = 0

    def add(self, bodies: Sequence[str]) -> None:
        """Take these opinions after those before."""
        self._sketching.add(bodies)
        self._count += len(bodies)

    def grouped(self, beat: Callable[[], None] = nothing) -> Grouping:
        """The groups of all opinions, numbered by their first; `beat` is called between steps of bounded work."""
        if self._count == 0:
            none = np.zeros(0, np.int64)
            return Grouping(none, none, none, 0)
        sketches = self._sketching.done()
        texts = _Texts.of(sketches.digests)
        beat()
        chains, friends = _chained(sketches, texts.first, self._threshold, beat)
        middles = _parted(sketches, texts, chains, friends, self._threshold, beat)
        return _numbered(texts, middles)


@dataclass(frozen=True)
class _Texts:
    """The distinct texts in the order of their digests: which each opinion has, its first opinion, how many."""

    of_opinion: Ints
    first: Ints
    copies: Ints

    @classmethod
    def of(cls, digests: NDArray[np.uint64]) -> _Texts:
        order = np.lexsort((digests[:, 1], digests[:, 0]))
        other = np.ones(len(order), np.bool_)
        other[1:] = (digests[order[1:]] != digests[order[:-1]]).any(1)
        of_opinion = np.empty(len(order), np.int64)
        of_opinion[order] = np.cumsum(other) - 1
        # The sort is stable: the first of equal digests is the first that came.
        return cls(of_opinion, order[other], np.bincount(of_opinion))


def _chained(sketches: Sketches, rows: Ints, threshold: float, beat: Callable[[], None]) -> tuple[Ints, Ints]:
    """For each text the smallest of its chain (alike to one that is alike ...), and how many it was found alike to."""
    root = np.arange(len(rows))
    friends = np.zeros(len(rows), np.int64)
    for band in range(BANDS):
        keys = sketches.bands[rows, band]
        order = np.argsort(keys, kind="stable")
        active, bucket = order, keys[order]
        for _ in range(LEADERS):
            active, bucket = _crowded(active, bucket)
            if not len(active):
                break
            active, bucket = _led(sketches, rows, active, bucket, root, friends, threshold)
            beat()
    return root, friends


def _crowded(active: Ints, bucket: NDArray[np.uint32]) -> tuple[Ints, NDArray[np.uint32]]:
    """Only buckets of two and more."""
    same = bucket[1:] == bucket[:-1]
    kept = np.zeros(len(active), np.bool_)
    kept[1:] |= same
    kept[:-1] |= same
    return active[kept], bucket[kept]


def _led(
    sketches: Sketches,
    rows: Ints,
    active: Ints,
    bucket: NDArray[np.uint32],
    root: Ints,
    friends: Ints,
    threshold: float,
) -> tuple[Ints, NDArray[np.uint32]]:
    """Compare each bucket with its first text and join what is alike; what is left has another first."""
    leads = np.ones(len(active), np.bool_)
    leads[1:] = bucket[1:] != bucket[:-1]
    leader = active[leads][np.cumsum(leads) - 1]
    known = root[leader] == root[active]
    asked = np.flatnonzero(~known)
    alike = sketches.alike(rows[leader[asked]], rows[active[asked]], threshold)
    joined = asked[alike]
    _join(root, leader[joined], active[joined])
    np.add.at(friends, leader[joined], 1)
    np.add.at(friends, active[joined], 1)
    known[joined] = True
    return active[~known], bucket[~known]


def _join(root: Ints, ones: Ints, others: Ints) -> None:
    """Union-find on whole arrays: every text points at the smallest of its chain afterwards."""
    while len(ones):
        low, high = np.minimum(root[ones], root[others]), np.maximum(root[ones], root[others])
        apart = low != high
        ones, others = ones[apart], others[apart]
        np.minimum.at(root, high[apart], low[apart])
        while (further := root[root]).tobytes() != root.tobytes():
            root[:] = further


def _parted(
    sketches: Sketches, texts: _Texts, chains: Ints, friends: Ints, threshold: float, beat: Callable[[], None]
) -> Ints:
    """For each text the one in the middle of its group: of each chain the most frequent text, then of the rest."""
    middles = np.arange(len(chains))
    # Of one chain the most frequent text first, then the one with the most friends, then the smallest digest.
    order = np.lexsort((middles, -friends, -texts.copies, chains))
    left, chain = _crowded_chains(order, chains[order])
    for _ in range(PARTINGS):
        if not len(left):
            break
        leads = np.ones(len(left), np.bool_)
        leads[1:] = chain[1:] != chain[:-1]
        middle = left[leads][np.cumsum(leads) - 1]
        near: Flags = leads.copy()
        asked = np.flatnonzero(~leads)
        near[asked] = sketches.alike(texts.first[middle[asked]], texts.first[left[asked]], threshold)
        middles[left[near]] = middle[near]
        left, chain = _crowded_chains(left[~near], chain[~near])
        beat()
    return middles


def _crowded_chains(left: Ints, chain: Ints) -> tuple[Ints, Ints]:
    same = chain[1:] == chain[:-1]
    kept = np.zeros(len(left), np.bool_)
    kept[1:] |= same
    kept[:-1] |= same
    return left[kept], chain[kept]


def _numbered(texts: _Texts, middles: Ints) -> Grouping:
    """Groups by the number of their first opinion."""
    of_opinion = middles[texts.of_opinion]
    _, first, inverse = np.unique(of_opinion, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    group = rank[inverse]
    middle = np.empty(len(first), np.int64)
    middle[rank] = texts.first[of_opinion[first]]
    return Grouping(group, middle, np.bincount(group), len(texts.first))

"""What is kept of each opinion while a window is grouped: numbers of a bounded size, never its words.

Of each text: a digest of its words, the hashes of its character pairs (at most MOST_PAIRS, the smallest), 64 MinHash
values cut to a byte each, and their bands. A million comments of 77 characters take about half a gigabyte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.intake.grouping.texts import NEAR_LENGTH, SHORT, negations, plain, words_of

BANDS, ROWS = 16, 4
HASHES = BANDS * ROWS
# Of longer texts the smallest hashes stand for all: their share in common is that of the texts, within 0.02 or so.
MOST_PAIRS = 512
# Pairs compared at once: what this takes is freed before the next lot.
AT_ONCE = 250_000
DIGEST, PAIR = 16, 4
# A pair whose MinHash values agree less than this is not looked at closer; at ALIKE it happens to one pair in 100.
HOPELESS = 0.36

U32 = NDArray[np.uint32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def _constants(name: str, count: int) -> U32:
    """Fixed numbers that look random, the same on every machine."""
    drawn = b"".join(hashlib.sha256(f"{name}/{index}".encode()).digest()[:4] for index in range(count))
    return np.frombuffer(drawn, np.uint32)


FACTORS = _constants("factor", HASHES) | np.uint32(1)
ADDENDS = _constants("addend", HASHES)


def mixed(numbers: U32) -> U32:
    """Numbers scattered over 32 bits (the finaliser of MurmurHash3)."""
    out = numbers ^ (numbers >> np.uint32(16))
    out *= np.uint32(0x85EBCA6B)
    out ^= out >> np.uint32(13)
    out *= np.uint32(0xC2B2AE35)
    out ^= out >> np.uint32(16)
    return out


@dataclass(frozen=True)
class Sketches:
    """The sketches of all texts, one row each; `pairs` lie one text after the other."""

    digests: NDArray[np.uint64]
    bands: U32
    bytes: NDArray[np.uint8]
    pairs: U32
    ends: Ints
    lengths: NDArray[np.uint16]
    negations: NDArray[np.uint8]

    def alike(self, ones: Ints, others: Ints, threshold: float) -> Flags:
        """For each pair of rows, whether they may stand in one group by their words."""
        hopeful = np.flatnonzero(~self._opposed(ones, others))
        out = np.zeros(len(ones), np.bool_)
        step = AT_ONCE // HASHES
        for start in range(0, len(hopeful), step):
            part = hopeful[start : start + step]
            agree = (self.bytes[ones[part]] == self.bytes[others[part]]).sum(1, dtype=np.uint8)
            part = part[agree >= HOPELESS * HASHES]
            out[part] = self._shares(ones[part], others[part]) >= threshold
        return out

    def _opposed(self, ones: Ints, others: Ints) -> Flags:
        apart = self.negations[ones] != self.negations[others]
        ours, theirs = self.lengths[ones].astype(np.int32), self.lengths[others].astype(np.int32)
        out: Flags = apart & ((np.abs(ours - theirs) <= NEAR_LENGTH) | (np.maximum(ours, theirs) <= SHORT))
        return out

    def _shares(self, ones: Ints, others: Ints) -> NDArray[np.float64]:
        """The share of character pairs in common, some pairs of texts at a time."""
        out = np.empty(len(ones), np.float64)
        sizes = np.cumsum(self._sizes(ones) + self._sizes(others))
        start = 0
        while start < len(ones):
            done = sizes[start - 1] if start else 0
            stop = max(int(np.searchsorted(sizes, done + AT_ONCE, "right")), start + 1)
            out[start:stop] = self._shares_at_once(ones[start:stop], others[start:stop])
            start = stop
        return out

    def _shares_at_once(self, ones: Ints, others: Ints) -> NDArray[np.float64]:
        count = len(ones)
        keys = np.concatenate([self._keys(ones), self._keys(others)])
        keys.sort()
        twice = np.zeros(len(keys), np.bool_)
        twice[1:] = keys[1:] == keys[:-1]
        long = (self._sizes(ones) == MOST_PAIRS) | (self._sizes(others) == MOST_PAIRS)
        if long.any():
            keys, twice = _smallest(keys, twice, long)
        which = (keys >> np.uint64(32)).astype(np.int64)
        both = np.bincount(which[twice], minlength=count)
        return both / (np.bincount(which, minlength=count) - both)

    def _sizes(self, rows: Ints) -> Ints:
        return self.ends[rows + 1] - self.ends[rows]

    def _keys(self, rows: Ints) -> NDArray[np.uint64]:
        """The hashes of these rows, each under the number of its place in `rows`."""
        sizes = self._sizes(rows)
        ends = np.cumsum(sizes)
        at = np.arange(ends[-1]) + np.repeat(self.ends[rows] - (ends - sizes), sizes)
        place = np.repeat(np.arange(len(rows), dtype=np.uint64), sizes)
        out: NDArray[np.uint64] = (place << np.uint64(32)) | self.pairs[at]
        return out


def _smallest(keys: NDArray[np.uint64], twice: Flags, long: Flags) -> tuple[NDArray[np.uint64], Flags]:
    """Of the pairs of long texts only the MOST_PAIRS smallest distinct hashes, as the sketch of their union."""
    which = (keys >> np.uint64(32)).astype(np.int64)
    rank = np.cumsum(~twice)
    first = np.searchsorted(which, np.arange(len(long)))
    kept = ~long[which] | (rank - rank[first][which] < MOST_PAIRS)
    return keys[kept], twice[kept]


class Sketching:
    """Sketches made batch by batch; the texts are let go of at once."""

    def __init__(self) -> None:
        self._parts: dict[str, bytearray] = {
            name: bytearray() for name in ("digests", "bands", "bytes", "pairs", "sizes", "lengths", "negations")
        }

    def add(self, bodies: Sequence[str]) -> None:
        """Sketch these texts; their rows follow those before."""
        if not bodies:
            return
        plains = [plain(body) for body in bodies]
        words = [words_of(text) for text in plains]
        pairs, sizes = _pairs(words)
        values = _minhash(pairs, sizes)
        self._keep("digests", np.frombuffer(b"".join(_digest(text) for text in words), np.uint64))
        self._keep("bands", _banded(values))
        self._keep("bytes", (values >> np.uint32(24)).astype(np.uint8))
        self._keep("pairs", pairs)
        self._keep("sizes", sizes.astype(np.uint16))
        self._keep("lengths", np.array([min(len(text), 0xFFFF) for text in words], np.uint16))
        self._keep("negations", np.array([min(negations(text), 0xFF) for text in plains], np.uint8))

    def done(self) -> Sketches:
        """All sketches; nothing may be added after."""
        sizes = np.frombuffer(self._parts["sizes"], np.uint16)
        return Sketches(
            digests=np.frombuffer(self._parts["digests"], np.uint64).reshape(-1, DIGEST // 8),
            bands=np.frombuffer(self._parts["bands"], np.uint32).reshape(-1, BANDS),
            bytes=np.frombuffer(self._parts["bytes"], np.uint8).reshape(-1, HASHES),
            pairs=np.frombuffer(self._parts["pairs"], np.uint32),
            ends=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)]),
            lengths=np.frombuffer(self._parts["lengths"], np.uint16),
            negations=np.frombuffer(self._parts["negations"], np.uint8),
        )

    def _keep(self, name: str, numbers: NDArray[Any]) -> None:
        self._parts[name] += np.ascontiguousarray(numbers).data.cast("B")


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST).digest()


def _pairs(words: list[str]) -> tuple[U32, Ints]:
    """The hashes of the character pairs of each text, sorted and each once; and how many there are of each text."""
    coded = [text.encode("utf-16-le", "surrogatepass").ljust(PAIR, b"\0") for text in words]
    units = np.frombuffer(b"".join(coded), np.uint16).astype(np.uint32)
    lengths = np.array([len(code) // 2 for code in coded], np.int64)
    owner = np.repeat(np.arange(len(words), dtype=np.uint64), lengths)
    inside = np.flatnonzero(owner[1:] == owner[:-1])
    hashes = mixed((units[inside] << np.uint32(16)) | units[inside + 1])
    keys = _each_once((owner[inside] << np.uint64(32)) | hashes)
    which = (keys >> np.uint64(32)).astype(np.int64)
    sizes = np.bincount(which, minlength=len(words))
    if sizes.max() > MOST_PAIRS:
        starts = np.cumsum(sizes) - sizes
        keys = keys[np.arange(len(keys)) - starts[which] < MOST_PAIRS]
        sizes = np.minimum(sizes, MOST_PAIRS)
    return keys.astype(np.uint32), sizes


def _each_once(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sorted, each once: nearly in order already, keys are sorted in a fifth of the time of finding the distinct ones."""
    keys.sort()
    first = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    return keys[first]


def _minhash(pairs: U32, sizes: Ints) -> U32:
    """The 64 values of each text: under each of 64 scatterings the smallest hash."""
    starts = np.cumsum(sizes) - sizes
    out = np.empty((len(sizes), HASHES), np.uint32)
    for index in range(HASHES):
        out[:, index] = np.minimum.reduceat(mixed(pairs * FACTORS[index] + ADDENDS[index]), starts)
    # The smallest of many lies near zero in its first bits: scattered again, each byte of it tells values apart.
    return mixed(out)


def _banded(values: U32) -> U32:
    """Four values make one key: texts that share a key in a band are candidates."""
    out = np.zeros((len(values), BANDS), np.uint32)
    for row in range(ROWS):
        out = mixed(out ^ values[:, row::ROWS]) + np.uint32(row)
    return out

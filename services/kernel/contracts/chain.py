"""The chain of a dossier: each entry names the hash of the one before it, so that no entry can be changed unseen.

Pure, and needed on both sides: intake writes by it, whoever holds an exported dossier verifies by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import rfc8785

GENESIS = "0" * 64
POSITION, PREVIOUS, HASH = "position", "prev_hash", "entry_hash"


class Broken(NamedTuple):
    """Where a chain breaks: the position, and what is wrong there ("position", "link" or "content")."""

    position: int
    what: str


class Verdict(NamedTuple):
    """What verifying found: how many entries hold from the beginning on, the last good hash, the first break."""

    entries: int
    head: str
    broken: Broken | None

    @property
    def whole(self) -> bool:
        """Whether every entry holds."""
        return self.broken is None


def entry_hash(entry: Mapping[str, Any]) -> str:
    """SHA-256 in hex over the RFC 8785 canonical JSON of `entry` without its own hash. `prev_hash` is part of it.

    Values are JSON values; whole numbers stay below 2**53. Raises ValueError for what JSON cannot say.
    """
    sealed = {name: value for name, value in entry.items() if name != HASH}
    try:
        return hashlib.sha256(rfc8785.dumps(sealed)).hexdigest()
    except rfc8785.CanonicalizationError as error:
        raise ValueError(f"not canonical JSON: {error}") from error


def link(entry: Mapping[str, Any], *, position: int, previous: str = GENESIS) -> dict[str, Any]:
    """`entry` at its place in the chain, sealed."""
    placed = {**entry, POSITION: position, PREVIOUS: previous}
    return {**placed, HASH: entry_hash(placed)}


def verify(entries: Iterable[Mapping[str, Any]]) -> Verdict:
    """Walk the chain from its beginning and stop at the first entry that does not hold."""
    head, count = GENESIS, 0
    for entry in entries:
        if what := _fault(entry, count + 1, head):
            return Verdict(count, head, Broken(count + 1, what))
        head, count = str(entry[HASH]), count + 1
    return Verdict(count, head, None)


def _fault(entry: Mapping[str, Any], position: int, previous: str) -> str | None:
    if entry.get(POSITION) != position:
        return "position"
    if entry.get(PREVIOUS) != previous:
        return "link"
    try:
        return None if entry_hash(entry) == entry.get(HASH) else "content"
    except ValueError:
        return "content"

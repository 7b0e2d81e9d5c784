"""Seals: what is sealed of a comment, and the tiles in which a tree is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kernel.contracts import merkle
from services.kernel.contracts.refusals import NotFound, Words
from services.kernel.contracts.seals import receipt_hash


class SealUnknown(NotFound):
    """Not sealed yet, or not under that number."""

    code = "seal.not_found"
    title = Words("还没有封存", "Not sealed yet")
    remedy = Words("截止以后，结果记录时封存。", "Comments are sealed with the result, after the close.")


@dataclass(frozen=True)
class Tile:
    """Up to 4,096 leaves next to each other: the first comment of them, where the hashes are kept, and their top."""

    first: str
    kept: str
    top: str


@dataclass(frozen=True)
class Tree:
    """A tree as it is kept."""

    tiles: tuple[Tile, ...]

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Tree:
        """The tree out of its JSON."""
        return cls(tuple(Tile(**tile) for tile in kept["tiles"]))

    def written(self) -> dict[str, Any]:
        """The tree as JSON."""
        return {"tile": merkle.TILE, "tiles": [vars(tile) for tile in self.tiles]}

    @property
    def tops(self) -> bytes:
        """The level over all tiles."""
        return b"".join(bytes.fromhex(tile.top) for tile in self.tiles)

    @property
    def root(self) -> str:
        """The root, in hex."""
        return merkle.root(self.tops).hex()

    def tile_of(self, comment_id: UUID) -> int | None:
        """The number of the tile in which a comment stands if it is sealed here."""
        wanted, found = str(comment_id), None
        low, high = 0, len(self.tiles)
        while low < high:
            middle = (low + high) // 2
            if self.tiles[middle].first <= wanted:
                found, low = middle, middle + 1
            else:
                high = middle
        return found


def record_of(
    *,
    window_id: UUID,
    comment_id: UUID,
    receipt: str,
    body_hash: str,
    clause: str,
    text_version: int,
    channel: str,
    received_at: str,
    attachments: tuple[str, ...],
) -> dict[str, Any]:
    """What a leaf says of a comment, as JSON: the code only by its fingerprint, the words only by theirs."""
    return {
        "attachments": list(attachments),
        "body_hash": body_hash,
        "channel": channel,
        "clause": clause,
        "comment_id": str(comment_id),
        "receipt_hash": receipt_hash(receipt),
        "received_at": received_at,
        "text_version": text_version,
        "window_id": str(window_id),
    }

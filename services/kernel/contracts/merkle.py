"""A Merkle tree over ordered leaves, as RFC 6962 (2.1) builds it: one root binds every leaf to its place.

Leaves and nodes are hashed under different prefixes, and an odd last node goes up as it is: no leaf is ever doubled.
A level is one run of bytes, 32 for each node. A tree is kept in tiles of 4,096 leaves and the row of their tops, so
that a proof reads two small pieces however many leaves there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

LEAF, NODE = b"\x00", b"\x01"
DIGEST = 32
EMPTY = hashlib.sha256().digest()
TILE = 1 << 12


def leaf_hash(data: bytes) -> bytes:
    """The hash of what stands in a leaf."""
    return hashlib.sha256(LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two nodes."""
    return hashlib.sha256(NODE + left + right).digest()


def count(level: bytes) -> int:
    """How many nodes a level holds. Raises ValueError where the last one is cut off."""
    nodes, rest = divmod(len(level), DIGEST)
    if rest:
        raise ValueError(f"{rest} bytes too many for whole hashes")
    return nodes


def at(level: bytes, index: int) -> bytes:
    """The node at that place, counted from 0."""
    return level[index * DIGEST : (index + 1) * DIGEST]


def above(level: bytes) -> bytes:
    """The next level: pairs are hashed together, an odd last node goes up as it is."""
    pair = 2 * DIGEST
    even = len(level) - len(level) % pair
    sha256 = hashlib.sha256
    nodes = [sha256(NODE + level[start : start + pair]).digest() for start in range(0, even, pair)]
    return b"".join(nodes) + level[even:]


def root(level: bytes) -> bytes:
    """The root over a level; the defined hash of nothing where there is no leaf. Raises ValueError."""
    if count(level) == 0:
        return EMPTY
    while len(level) > DIGEST:
        level = above(level)
    return level


def path(level: bytes, index: int) -> list[bytes]:
    """The nodes beside the way from a leaf up to the root, the lowest first. Raises IndexError."""
    if not 0 <= index < count(level):
        raise IndexError(index)
    found = []
    while len(level) > DIGEST:
        if beside := at(level, index ^ 1):
            found.append(beside)
        level, index = above(level), index >> 1
    return found


def root_from(leaf: bytes, index: int, size: int, beside: Sequence[bytes]) -> bytes:
    """The root to which a leaf leads by its path in a tree of `size` leaves.

    Raises ValueError for a place outside of the tree, or a path that is too short, too long or of other than hashes.
    """
    if not 0 <= index < size:
        raise ValueError(f"no place {index} among {size} leaves")
    if any(len(node) != DIGEST for node in (leaf, *beside)):
        raise ValueError("not a hash")
    left = iter(beside)
    node, last = leaf, size - 1
    while last:
        if index & 1:
            node = node_hash(_next(left), node)
        elif index < last:
            node = node_hash(node, _next(left))
        index, last = index >> 1, last >> 1
    if next(left, None) is not None:
        raise ValueError("the path is too long")
    return node


def tile_path(tile: bytes, tops: bytes, index: int) -> list[bytes]:
    """The path of a leaf out of its tile and the row of all tiles' tops."""
    return path(tile, index % TILE) + path(tops, index // TILE)


def _next(nodes: Iterator[bytes]) -> bytes:
    try:
        return next(nodes)
    except StopIteration:
        raise ValueError("the path is too short") from None

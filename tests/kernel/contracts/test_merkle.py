"""The tree: every leaf leads to the root from its own place, and from no other; the vectors of Certificate Transparency."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.contracts import merkle

# RFC 6962's reference implementation: the inputs, and the root after each of them.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = [
    (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
]  # fmt: skip


def leaves_of(size: int, salt: str = "") -> bytes:
    """So many different leaves."""
    return b"".join(merkle.leaf_hash(f"{salt}{number}".encode()) for number in range(size))


def by_definition(leaves: list[bytes]) -> bytes:
    """The tree hash as RFC 6962 defines it, by the largest power of two below the size."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return merkle.node_hash(by_definition(leaves[:half]), by_definition(leaves[half:]))


def test_the_roots_are_those_of_the_reference_implementation() -> None:
    level = b""
    for data, root in zip(INPUTS, ROOTS, strict=True):
        level += merkle.leaf_hash(bytes.fromhex(data))
        assert merkle.root(level).hex() == root


@pytest.mark.parametrize(("index", "size", "beside"), PATHS)
def test_the_paths_are_those_of_the_reference_implementation(index: int, size: int, beside: list[str]) -> None:
    level = b"".join(merkle.leaf_hash(bytes.fromhex(data)) for data in INPUTS[:size])
    assert [node.hex() for node in merkle.path(level, index)] == beside


def test_no_leaves_have_the_defined_root_of_nothing() -> None:
    assert merkle.root(b"").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_leaf_is_never_taken_for_a_node() -> None:
    left, right = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


@pytest.mark.parametrize("size", range(71))
def test_every_leaf_leads_to_the_root_and_no_other_leaf_does(size: int) -> None:
    level = leaves_of(size)
    hashes = [merkle.at(level, index) for index in range(size)]
    root = merkle.root(level)
    assert root == by_definition(hashes)
    for index in range(size):
        beside = merkle.path(level, index)
        proven = [other for other in range(size) if merkle.root_from(hashes[other], index, size, beside) == root]
        assert proven == [index]


@given(st.integers(1, 3_000), st.data())
@settings(max_examples=60, deadline=None)
def test_a_changed_bit_anywhere_leads_elsewhere(size: int, data: st.DataObject) -> None:
    level = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    leaf, beside, root = merkle.at(level, index), merkle.path(level, index), merkle.root(level)
    parts = [leaf, *beside]
    part, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    changed = bytearray(parts[part])
    changed[bit // 8] ^= 1 << bit % 8
    parts[part] = bytes(changed)
    assert merkle.root_from(leaf, index, size, beside) == root
    assert merkle.root_from(parts[0], index, size, parts[1:]) != root


@given(st.integers(1, 200), st.data())
@settings(max_examples=60, deadline=None)
def test_another_place_or_another_size_is_refused_or_leads_elsewhere(size: int, data: st.DataObject) -> None:
    level = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, 400).filter(lambda number: number != index))
    try:
        found = merkle.root_from(merkle.at(level, index), other, size, merkle.path(level, index))
    except ValueError:
        return
    assert found != merkle.root(level)


@given(st.integers(1, 200), st.data())
def test_a_path_that_is_too_short_or_too_long_is_refused(size: int, data: st.DataObject) -> None:
    level = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    beside = merkle.path(level, index)
    with pytest.raises(ValueError, match="long"):
        merkle.root_from(merkle.at(level, index), index, size, [*beside, merkle.EMPTY])
    if beside:
        with pytest.raises(ValueError, match="short"):
            merkle.root_from(merkle.at(level, index), index, size, beside[:-1])


@pytest.mark.parametrize("size", [1, 4_095, 4_096, 4_097, 8_192, 8_193, 12_345])
def test_a_path_out_of_tiles_is_the_path_out_of_the_whole(size: int) -> None:
    level = leaves_of(size)
    step = merkle.TILE * merkle.DIGEST
    tiles = [level[start : start + step] for start in range(0, len(level), step)]
    tops = b"".join(map(merkle.root, tiles))
    assert merkle.root(tops) == merkle.root(level)
    for index in {0, size // 2, size - 1}:
        assert merkle.tile_path(tiles[index // merkle.TILE], tops, index) == merkle.path(level, index)


def test_hashes_that_are_cut_off_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        merkle.root(b"x" * 33)

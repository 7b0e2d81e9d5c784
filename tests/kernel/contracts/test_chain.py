"""The chain of a dossier: whatever is added, changed, dropped or swapped is found at its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.contracts import chain

Entry = dict[str, Any]
values = st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.text(max_size=8))
contents = st.dictionaries(st.sampled_from(["type", "stage", "detail", "卷"]), values, max_size=4)
chains = st.lists(contents, min_size=1, max_size=6)


def linked(parts: list[Entry]) -> list[Entry]:
    entries: list[Entry] = []
    for number, part in enumerate(parts, start=1):
        previous = entries[-1][chain.HASH] if entries else chain.GENESIS
        entries.append(chain.link(part, position=number, previous=previous))
    return entries


@given(chains)
def test_what_was_linked_verifies(parts: list[Entry]) -> None:
    entries = linked(parts)

    assert chain.verify(entries) == (len(parts), entries[-1][chain.HASH], None)


@given(chains, st.data())
def test_a_changed_entry_is_found_where_it_stands(parts: list[Entry], data: st.DataObject) -> None:
    entries = linked(parts)
    place = data.draw(st.integers(0, len(entries) - 1))
    entries[place] = {**entries[place], "forged": "是"}

    assert chain.verify(entries).broken == (place + 1, "content")


@given(chains, st.data())
def test_an_entry_changed_with_its_hash_breaks_the_next_link(parts: list[Entry], data: st.DataObject) -> None:
    entries = linked([*parts, {}])
    place = data.draw(st.integers(0, len(parts) - 1))
    forged = {**entries[place], "forged": "是"}
    entries[place] = {**forged, chain.HASH: chain.entry_hash(forged)}

    assert chain.verify(entries).broken == (place + 2, "link")


@given(chains, st.data())
def test_a_missing_entry_is_found(parts: list[Entry], data: st.DataObject) -> None:
    entries = linked([*parts, {}])
    place = data.draw(st.integers(0, len(parts) - 1))
    del entries[place]

    assert chain.verify(entries).broken == (place + 1, "position")


def test_an_empty_dossier_is_whole() -> None:
    assert chain.verify([]) == (0, chain.GENESIS, None)


def test_the_order_of_names_does_not_change_the_hash() -> None:
    assert chain.entry_hash({"a": 1, "b": 2}) == chain.entry_hash({"b": 2, "a": 1})


@pytest.mark.parametrize("value", [float("nan"), 2**60, object()])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not canonical JSON"):
        chain.entry_hash({"value": value})

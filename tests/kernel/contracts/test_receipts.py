"""A receipt file proves what it says, or the part that was changed is named."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.kernel.contracts import chain, merkle
from services.kernel.contracts.receipts import Published, findings, proven_from
from services.kernel.contracts.seals import (
    RECEIPT,
    Proof,
    ReceiptFile,
    Record,
    Statement,
    hash_of,
    leaf_of,
    place_in,
    receipt_hash,
)

WINDOW, DOCUMENT = str(UUID(int=1)), str(UUID(int=2))
BODY = "建议延长清洗的间隔。"
OTHER = "0" * 64


def a_record(number: int) -> Record:
    """The record of one comment of many."""
    return Record(
        window_id=WINDOW,
        comment_id=str(UUID(int=100 + number)),
        receipt_hash=receipt_hash(f"0000-0000-0000-0000-{number:04}"),
        body_hash=hashlib.sha256(BODY.encode()).hexdigest(),
        clause="art-3",
        text_version=1,
        channel="web",
        received_at="2026-03-02T02:00:00.123456+00:00",
    )


def the_leaves(size: int) -> bytes:
    """All leaves of a window."""
    return b"".join(leaf_of(a_record(number).model_dump()) for number in range(size))


def a_statement(leaves: bytes) -> Statement:
    """The seal over them."""
    return Statement(
        window_id=WINDOW,
        document_id=DOCUMENT,
        ordinal=1,
        opens_at="2026-03-01T00:00:00.000000+00:00",
        closes_at="2026-03-10T16:00:00.000000+00:00",
        closed_at="2026-03-10T16:00:00.000812+00:00",
        size=merkle.count(leaves),
        root=merkle.root(leaves).hex(),
    )


def a_file(index: int = 4, size: int = 11) -> ReceiptFile:
    """The receipt of one of many comments, sealed."""
    leaves = the_leaves(size)
    statement = a_statement(leaves)
    path = tuple(node.hex() for node in merkle.path(leaves, index))
    return ReceiptFile(
        format=RECEIPT,
        body=BODY,
        record=a_record(index),
        leaf=merkle.at(leaves, index).hex(),
        seal=statement,
        seal_hash=hash_of(statement),
        proof=Proof(index=index, path=path),
    )


def wrong_in(file: ReceiptFile, **known: Any) -> set[str]:
    """The parts that do not hold."""
    return {finding.part for finding in findings(file, **known) if not finding.holds}


@given(st.integers(1, 70), st.data())
@settings(max_examples=30, deadline=None)
def test_every_receipt_is_proven_by_the_published_root(size: int, data: st.DataObject) -> None:
    file = a_file(data.draw(st.integers(0, size - 1)), size)

    assert wrong_in(file, root=file.seal.root) == set()


def changed(file: ReceiptFile, path: str, value: Any) -> ReceiptFile:
    """The file with one value put elsewhere."""
    whole = json.loads(file.model_dump_json())
    place = whole
    *way, last = path.split(".")
    for name in way:
        place = place[name]
    place[last] = value
    return ReceiptFile.model_validate(whole)


TAMPERED = [
    ("body", "不同意。", "body"),
    ("record.received_at", "2026-03-02T02:00:00.123457+00:00", "record"),
    ("record.clause", "art-4", "record"),
    ("record.channel", "letter", "record"),
    ("record.text_version", 2, "record"),
    ("record.comment_id", str(UUID(int=9)), "record"),
    ("record.receipt_hash", OTHER, "record"),
    ("record.attachments", [OTHER], "record"),
    ("leaf", OTHER, "leaf"),
    ("proof.index", 5, "proof"),
    ("proof.path", [], "proof"),
    ("proof.path", [OTHER] * 4, "proof"),
    ("seal.root", OTHER, "seal.root"),
    ("seal.closes_at", "2026-03-11T16:00:00.000000+00:00", "seal"),
    ("seal_hash", OTHER, "seal"),
]


@pytest.mark.parametrize(("path", "value", "part"), TAMPERED)
def test_the_changed_part_is_named(path: str, value: Any, part: str) -> None:
    file = a_file()

    assert part in wrong_in(changed(file, path, value), root=file.seal.root)


def test_a_changed_fingerprint_shows_in_the_words_and_in_the_record() -> None:
    file = a_file()

    assert wrong_in(changed(file, "record.body_hash", OTHER), root=file.seal.root) == {"body", "record"}


def test_the_root_of_another_tree_proves_nothing() -> None:
    assert wrong_in(a_file(), root=OTHER) == {"seal.root"}


def test_a_time_outside_of_the_window_is_told_even_where_the_tree_holds_it() -> None:
    file = a_file()
    late = file.seal.model_copy(update={"closes_at": "2026-03-02T02:00:00.123456+00:00"})

    found = wrong_in(file.model_copy(update={"seal": late, "seal_hash": hash_of(late)}), root=late.root)

    assert found == {"record.received_at"}


def test_a_seal_that_differs_from_the_published_one_is_named_by_its_field() -> None:
    file = a_file()
    other = file.seal.model_copy(update={"closes_at": "2026-03-09T16:00:00.000000+00:00"})

    assert wrong_in(file, published=Published(other)) == {"seal.closes_at"}


def test_the_entry_of_the_dossier_has_to_be_of_this_seal() -> None:
    file, seal = a_file(), a_statement(the_leaves(11))
    entry = chain.link({"record_hash": hash_of(seal)}, position=1)

    assert wrong_in(file, published=Published(seal, entry)) == set()
    assert wrong_in(file, published=Published(seal, {**entry, "record_hash": OTHER})) == {"dossier"}
    assert wrong_in(file, published=Published(seal, chain.link({"record_hash": OTHER}, position=1))) == {"dossier"}


def test_a_file_saved_before_the_close_is_proven_from_the_list_of_leaves() -> None:
    file = a_file()
    early = file.model_copy(update={"seal": None, "seal_hash": None, "proof": None})
    leaves = the_leaves(11)

    assert proven_from(early, leaves, a_statement(leaves)) == file
    assert proven_from(early, the_leaves(3), a_statement(leaves)) is None


def test_a_record_with_more_in_it_is_refused() -> None:
    with pytest.raises(ValidationError):
        changed(a_file(), "record.author", "何叙")


def test_a_leaf_is_only_found_where_a_hash_begins() -> None:
    leaf = bytes(range(32))

    assert place_in(b"\xff" * 31 + leaf + b"\xff", leaf) is None
    assert place_in(b"\xff" * 16 + leaf + b"\xff" * 16 + leaf, leaf) == 2


def test_the_fingerprint_of_a_code_is_not_its_plain_hash() -> None:
    assert receipt_hash("4K7P") != hashlib.sha256(b"4K7P").hexdigest()

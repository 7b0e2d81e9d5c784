"""`fawen verify` and `fawen verify-receipt` without any service: what they say by their exit status."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fawen.cli import app
from services.kernel.contracts import chain, merkle
from services.kernel.contracts.seals import (
    RECEIPT,
    Proof,
    ReceiptFile,
    Record,
    Statement,
    hash_of,
    leaf_of,
    receipt_hash,
)

WINDOW = "00000000-0000-0000-0000-000000000001"
PROVEN, NOT_PROVEN, UNDECIDED = 0, 1, 2


def leaves_of(size: int) -> bytes:
    """So many leaves beside the receipt's own, which is the last."""
    return b"".join(merkle.leaf_hash(str(number).encode()) for number in range(size)) + leaf_of(a_record().model_dump())


def a_record() -> Record:
    """The record of one comment."""
    return Record(
        window_id=WINDOW,
        comment_id=WINDOW,
        receipt_hash=receipt_hash("0000-0000-0000-0000-0000"),
        body_hash=hashlib.sha256("同意。".encode()).hexdigest(),
        clause="",
        text_version=1,
        channel="web",
        received_at="2026-03-02T02:00:00.000000+00:00",
    )


def a_file(leaves: bytes) -> ReceiptFile:
    """Its receipt, sealed."""
    seal = Statement(
        window_id=WINDOW,
        document_id=WINDOW,
        ordinal=1,
        opens_at="2026-03-01T00:00:00+00:00",
        closes_at="2026-03-10T16:00:00+00:00",
        closed_at="2026-03-10T16:00:01+00:00",
        size=merkle.count(leaves),
        root=merkle.root(leaves).hex(),
    )
    last = merkle.count(leaves) - 1
    path = tuple(node.hex() for node in merkle.path(leaves, last))
    return ReceiptFile(
        format=RECEIPT,
        body="同意。",
        record=a_record(),
        leaf=merkle.at(leaves, last).hex(),
        seal=seal,
        seal_hash=hash_of(seal),
        proof=Proof(index=last, path=path),
    )


def status(*argv: str) -> int:
    """The exit status of the command."""
    return CliRunner().invoke(app, list(argv)).exit_code


def kept(folder: Path, **changes: Any) -> str:
    """The receipt file, with changes."""
    file = folder / "receipt.json"
    file.write_text(json.dumps(json.loads(a_file(leaves_of(6)).model_dump_json()) | changes), "utf-8")
    return str(file)


def test_a_receipt_is_proven_by_the_published_root_alone(tmp_path: Path) -> None:
    assert status("verify-receipt", kept(tmp_path), "--root", merkle.root(leaves_of(6)).hex()) == PROVEN


def test_a_receipt_that_is_compared_with_nothing_proves_nothing(tmp_path: Path) -> None:
    assert status("verify-receipt", kept(tmp_path)) == UNDECIDED


@pytest.mark.parametrize("changes", [{"body": "不同意。"}, {"leaf": "0" * 64}, {"leaf": "no hash"}, {"record": {}}])
def test_a_changed_receipt_is_not_proven(tmp_path: Path, changes: dict[str, Any]) -> None:
    root = merkle.root(leaves_of(6)).hex()

    assert status("verify-receipt", kept(tmp_path, **changes), "--root", root) == NOT_PROVEN


def test_another_root_does_not_prove_it(tmp_path: Path) -> None:
    assert status("verify-receipt", kept(tmp_path), "--root", "0" * 64) == NOT_PROVEN


def test_a_receipt_before_the_close_waits_for_its_seal(tmp_path: Path) -> None:
    early = kept(tmp_path, seal=None, seal_hash=None, proof=None)

    assert status("verify-receipt", early, "--root", "0" * 64) == UNDECIDED


@pytest.mark.parametrize("content", ["{}", "not json", '{"format": "other"}', "[]"])
def test_what_is_no_receipt_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "other.json"
    file.write_text(content, "utf-8")

    assert status("verify-receipt", str(file)) == UNDECIDED


def test_nobody_there_to_ask_decides_nothing(tmp_path: Path) -> None:
    assert status("verify-receipt", kept(tmp_path), "--url", "http://127.0.0.1:1") == UNDECIDED


@pytest.mark.parametrize(("lines", "expected"), [(7, PROVEN), (6, NOT_PROVEN), (None, PROVEN)])
def test_the_seal_of_a_dossier_is_held_against_its_leaves_where_they_are(
    tmp_path: Path, lines: int | None, expected: int
) -> None:
    leaves = leaves_of(6)
    detail = {"window_id": WINDOW, "ordinal": 1, "size": 7, "root": merkle.root(leaves).hex()}
    entries = [chain.link({"type": "sealed", "detail": detail}, position=1)]
    (tmp_path / "dossier.json").write_text(json.dumps({"entries": entries}), "utf-8")
    if lines is not None:
        said = [merkle.at(leaves, place).hex() for place in range(lines)]
        (tmp_path / f"seal-{WINDOW}-1.txt").write_text("\n".join(said), "utf-8")

    assert status("verify", str(tmp_path / "dossier.json")) == expected

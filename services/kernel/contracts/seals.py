"""Seals: what is sealed of a comment when its window closes, and how whoever holds a receipt proves it by himself.

Pure, and needed on both sides: intake seals by it, `fawen verify-receipt` verifies by it. A leaf holds the hash of the
secret receipt code: the public list of leaves lets anybody compute the root again, and nobody guess at words or times.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.kernel.contracts import merkle

ALGORITHM: Final = "RFC6962-SHA256"
RECEIPT: Final = "fawen.receipt/1"
SEAL: Final = "fawen.seal/1"
LONGEST_PATH = 64
# Equal to RFC 8785 for what a record holds: names in ASCII, strings, and whole numbers below 2**53.
_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode

Hex = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Id = Annotated[str, Field(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Whole = Annotated[int, Field(strict=True, ge=0, lt=1 << 53)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Record(_Frozen):
    """What a leaf says of a comment: never its words, never its author."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    window_id: Id
    comment_id: Id
    receipt_hash: Hex
    body_hash: Hex
    clause: str
    text_version: Whole
    channel: str
    received_at: str
    attachments: tuple[Hex, ...] = ()


class Statement(_Frozen):
    """The seal of a window's comments. Its hash stands in the dossier, its root on the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["fawen.seal/1"] = SEAL
    algorithm: Literal["RFC6962-SHA256"] = ALGORITHM
    window_id: Id
    document_id: Id
    ordinal: Whole
    opens_at: str
    closes_at: str
    closed_at: str
    size: Whole
    root: Hex


class Proof(_Frozen):
    """The place of a leaf, counted from 0, and the nodes beside its way to the root, the lowest first."""

    index: Whole
    path: tuple[Hex, ...] = Field(default=(), max_length=LONGEST_PATH)


class ReceiptFile(_Frozen):
    """What a commenter keeps. Without seal and proof until the window is sealed."""

    format: Literal["fawen.receipt/1"]
    title: str = ""
    body: str
    record: Record
    leaf: Hex
    withdrawn_at: str | None = None
    seal: Statement | None = None
    seal_hash: Hex | None = None
    proof: Proof | None = None


def receipt_hash(code: str) -> str:
    """The fingerprint of a receipt code (SHA-256 in hex): 100 random bits cannot be guessed from it."""
    return hashlib.sha256(f"{RECEIPT}\n{code}".encode()).hexdigest()


def canonical(record: dict[str, Any]) -> bytes:
    """The record as it is hashed: RFC 8785 canonical JSON. Raises ValueError for a broken character."""
    return _write(record).encode()


def leaf_of(record: dict[str, Any]) -> bytes:
    """The leaf of a record (32 bytes)."""
    return merkle.leaf_hash(canonical(record))


def hash_of(statement: Statement) -> str:
    """The hash under which the dossier names a seal."""
    return hashlib.sha256(canonical(statement.model_dump())).hexdigest()


def place_in(leaves: bytes, leaf: bytes) -> int | None:
    """Where a leaf stands in packed hashes, counted from 0; None where it does not."""
    start = leaves.find(leaf)
    while start >= 0 and start % merkle.DIGEST:
        start = leaves.find(leaf, start + 1)
    return None if start < 0 else start // merkle.DIGEST


def instant(written: str) -> datetime:
    """An instant as a record writes it. Raises ValueError where it is none, or has no zone."""
    found = datetime.fromisoformat(written)
    if found.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return found

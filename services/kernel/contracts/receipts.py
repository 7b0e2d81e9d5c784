"""What a receipt file proves, finding by finding, and which part of it was changed where it proves nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from services.kernel.contracts import chain, merkle
from services.kernel.contracts.refusals import Words
from services.kernel.contracts.seals import Proof, ReceiptFile, Statement, hash_of, instant, leaf_of, place_in


class Finding(NamedTuple):
    """One thing that was looked at: the part of the file it concerns, whether it holds, and what that means."""

    part: str
    holds: bool
    words: Words


@dataclass(frozen=True)
class Published:
    """A seal as the service publishes it, with its entry in the dossier."""

    statement: Statement
    entry: dict[str, Any] | None = None


def findings(file: ReceiptFile, *, root: str | None = None, published: Published | None = None) -> list[Finding]:
    """Everything that can be said of a file; `root` (hex) and `published` come from elsewhere than the file."""
    found = [_words(file)]
    if file.seal is None or file.proof is None:
        return [*found, _leaf(file)]
    return [
        *found,
        *_tree(file, file.seal, file.proof, root or (published.statement.root if published else None)),
        *_in_time(file, file.seal),
        _seal_hash(file, file.seal),
        *_published(file.seal, published),
    ]


def proven_from(file: ReceiptFile, leaves: bytes, statement: Statement) -> ReceiptFile | None:
    """The file with the proof taken from a list of leaves (packed hashes); None where its leaf is not among them."""
    place = place_in(leaves, leaf_of(file.record.model_dump()))
    if place is None:
        return None
    beside = tuple(node.hex() for node in merkle.path(leaves, place))
    proof = Proof(index=place, path=beside)
    return file.model_copy(update={"seal": statement, "seal_hash": hash_of(statement), "proof": proof})


def _words(file: ReceiptFile) -> Finding:
    holds = _sha256(file.body) == file.record.body_hash
    if holds:
        return Finding("body", True, Words("意见文字与内容指纹相符。", "The words match their fingerprint."))
    return Finding("body", False, Words("意见文字（body）改动过。", "The words (body) were changed."))


def _sha256(text: str) -> str | None:
    try:
        return hashlib.sha256(text.encode()).hexdigest()
    except UnicodeEncodeError:
        return None


def _leaf_computed(file: ReceiptFile) -> bytes | None:
    try:
        return leaf_of(file.record.model_dump())
    except ValueError:
        return None


def _leaf(file: ReceiptFile) -> Finding:
    computed = _leaf_computed(file)
    if computed is not None and computed.hex() == file.leaf:
        return Finding("record", True, Words("记录与其叶哈希相符。", "The record matches its leaf hash."))
    return _wrong("record")


CHANGED = {
    "record": Words(
        "记录（record：编号、条款、时刻、方式或者附件）改动过。",
        "The record (record: ids, clause, instant, channel or files) was changed.",
    ),
    "leaf": Words("叶哈希（leaf）改动过。", "The leaf hash (leaf) was changed."),
    "proof": Words("证明路径或者序号（proof）改动过。", "The path or the index (proof) was changed."),
    "seal.root": Words("树根（seal.root）与公布的不符。", "The root (seal.root) is not the published one."),
    "seal.size": Words("树的大小（seal.size）改动过。", "The size of the tree (seal.size) was changed."),
}


def _wrong(part: str) -> Finding:
    return Finding(part, False, CHANGED[part])


def _tree(file: ReceiptFile, seal: Statement, proof: Proof, known_root: str | None) -> Iterator[Finding]:
    """Whether the record is a leaf of the tree; where it is not, the part is named by which other way still leads up."""
    target = known_root or seal.root
    computed = _leaf_computed(file)
    leads = _leads(computed, proof, seal.size)
    if leads == target:
        number = Words(
            f"这条意见是封存的{seal.size}条意见中的第{proof.index + 1}条。",
            f"This comment is no. {proof.index + 1} of {seal.size} in the sealed tree.",
        )
        yield Finding("proof", True, number)
        if computed is None or computed.hex() != file.leaf:
            yield _wrong("leaf")
        if seal.root != target:
            yield _wrong("seal.root")
        elif known_root:
            yield Finding("seal.root", True, Words("树根与公布的一致。", "The root is the published one."))
        return
    if known_root and leads == seal.root:
        yield _wrong("seal.root")
    elif _leads(bytes.fromhex(file.leaf), proof, seal.size) == target:
        yield _wrong("record")
    elif computed is None or computed.hex() != file.leaf:
        # Neither the record nor the leaf leads up: both cannot be told from each other without the tree.
        yield from (_wrong("record"), _wrong("proof"))
    else:
        yield _wrong("proof")


def _leads(leaf: bytes | None, proof: Proof, size: int) -> str | None:
    if leaf is None:
        return None
    try:
        return merkle.root_from(leaf, proof.index, size, [bytes.fromhex(node) for node in proof.path]).hex()
    except ValueError:
        return None


def _in_time(file: ReceiptFile, seal: Statement) -> Iterator[Finding]:
    record = file.record
    if record.window_id != seal.window_id:
        yield Finding("seal.window_id", False, Words("封存的是另一次征求意见。", "The seal is of another window."))
    try:
        at, opens = instant(record.received_at), instant(seal.opens_at)
        # A window that was ended early took nothing up to the close that it had announced.
        closes = min(instant(seal.closes_at), instant(seal.closed_at))
    except ValueError:
        yield Finding("record.received_at", False, Words("时刻读不懂。", "An instant cannot be read."))
        return
    said = f"{_here(at)}", f"{_here(closes)}"
    if opens <= at < closes:
        words = Words(
            f"收到时刻{said[0]}，在截止时刻{said[1]}以前。", f"Received {said[0]}, before the close {said[1]}."
        )
    else:
        words = Words(f"收到时刻{said[0]}不在征求意见期间。", f"Received {said[0]}, outside the window.")
    yield Finding("record.received_at", opens <= at < closes, words)


def _here(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _seal_hash(file: ReceiptFile, seal: Statement) -> Finding:
    if hash_of(seal) == file.seal_hash:
        return Finding("seal", True, Words("封存记录与其哈希相符。", "The seal matches its hash."))
    return Finding("seal", False, Words("封存记录（seal）改动过。", "The seal (seal) was changed."))


def _published(seal: Statement, published: Published | None) -> Iterator[Finding]:
    if published is None:
        return
    for name in Statement.model_fields:
        if getattr(seal, name) != getattr(published.statement, name):
            words = Words(f"seal.{name}与公布的封存不符。", f"seal.{name} is not as published.")
            yield Finding(f"seal.{name}", False, words)
    if (entry := published.entry) is not None:
        yield _entered(entry, published.statement)


def _entered(entry: dict[str, Any], statement: Statement) -> Finding:
    whole = chain.entry_hash(entry) == entry.get(chain.HASH)
    if whole and entry.get("record_hash") == hash_of(statement):
        position = entry.get(chain.POSITION)
        words = Words(f"卷宗第{position}项记有这次封存。", f"Entry {position} of the dossier holds this seal.")
        return Finding("dossier", True, words)
    return Finding("dossier", False, Words("卷宗所记与封存不符。", "The dossier's entry is not of this seal."))

"""The file that proves timely receipt, and seals as they are published."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from services.intake.actions.seal import key_of, sealed_record
from services.intake.domain.seals import Tree
from services.intake.store import dossier
from services.intake.store.attachments import Attachment
from services.intake.store.comments import Comment
from services.intake.store.dossier import written
from services.intake.store.seals import Seal, Sealable
from services.intake.store.windows import Window
from services.kernel.contracts import merkle
from services.kernel.contracts.seals import ALGORITHM, RECEIPT, Proof, ReceiptFile, Record, Statement, leaf_of, place_in
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection


async def receipt_file(
    comment: Comment, window: Window, files: list[Attachment], seal: Seal | None, blobs: Blobs
) -> ReceiptFile:
    """What a commenter keeps: the words, the record that is sealed of them and, once sealed, its proof."""
    record = record_of_comment(comment, files)
    leaf = leaf_of(record)
    proof = await _proof(comment, leaf, seal, blobs) if seal else None
    return ReceiptFile(
        format=RECEIPT,
        title=window.title,
        body=comment.body,
        record=Record.model_validate(record),
        leaf=leaf.hex(),
        withdrawn_at=written(comment.withdrawn_at) if comment.withdrawn_at else None,
        seal=await statement_of(seal, blobs) if seal and proof else None,
        seal_hash=seal.statement_hash if seal and proof else None,
        proof=proof,
    )


def record_of_comment(comment: Comment, files: list[Attachment]) -> dict[str, Any]:
    """What is sealed of a comment."""
    one = Sealable(
        id=comment.id,
        receipt=comment.receipt,
        body_hash=comment.body_hash,
        clause=comment.clause,
        text_version=comment.text_version,
        channel=comment.channel,
        received_at=comment.received_at,
        attachments=tuple(file.content_hash for file in files),
    )
    return sealed_record(comment.window_id, one)


async def statement_of(seal: Seal, blobs: Blobs) -> Statement:
    """The statement of a seal as it was hashed."""
    return Statement.model_validate_json(await blobs.get(seal.statement_hash))


async def _proof(comment: Comment, leaf: bytes, seal: Seal, blobs: Blobs) -> Proof | None:
    """The place of a leaf, out of two small pieces of the tree; None for a comment that came after the seal."""
    tree = await _tree(seal, blobs)
    number = tree.tile_of(comment.id)
    if number is None:
        return None
    tile = await blobs.get(tree.tiles[number].kept)
    place = place_in(tile, leaf)
    if place is None:
        return None
    index = number * merkle.TILE + place
    beside = merkle.tile_path(tile, tree.tops, index)
    return Proof(index=index, path=tuple(node.hex() for node in beside))


async def _tree(seal: Seal, blobs: Blobs) -> Tree:
    return Tree.read(json.loads(await blobs.get(seal.tree_hash)))


async def seal_out(conn: Connection, window: Window, seal: Seal, blobs: Blobs) -> dict[str, Any]:
    """A seal for programs: its statement, its hash, and its entry in the dossier as it was chained."""
    entry = await dossier.find(conn, window.document_id, key_of(seal))
    return {
        "seal": (await statement_of(seal, blobs)).model_dump(),
        **{name: value for name, value in seal_brief(seal).items() if name in ("seal_hash", "sealed_at", "links")},
        "dossier_entry": entry.sealed() if entry else None,
    }


async def leaves_out(seal: Seal, blobs: Blobs) -> AsyncIterator[bytes]:
    """Every leaf hash in its order, one a line: whoever hashes them together arrives at the root."""
    for tile in (await _tree(seal, blobs)).tiles:
        hashes = await blobs.get(tile.kept)
        yield b"".join(merkle.at(hashes, place).hex().encode() + b"\n" for place in range(merkle.count(hashes)))


def seal_brief(seal: Seal) -> dict[str, Any]:
    """A seal in brief: what is compared with a receipt."""
    return {
        "algorithm": ALGORITHM,
        "ordinal": seal.ordinal,
        "size": seal.size,
        "root": seal.root,
        "seal_hash": seal.statement_hash,
        "sealed_at": seal.sealed_at.isoformat(),
        "links": {
            "self": f"/intake/windows/{seal.window_id}/seal?ordinal={seal.ordinal}",
            "leaves": f"/intake/windows/{seal.window_id}/seal/leaves?ordinal={seal.ordinal}",
        },
    }

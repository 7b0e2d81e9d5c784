"""Sealing: all comments of a closed window in one Merkle tree, taken with its summary, when nothing can be added."""

from __future__ import annotations

from uuid import UUID

import rfc8785

from services.intake.domain.dossier import Fact
from services.intake.domain.plans import PUBLIC_COMMENT
from services.intake.domain.seals import Tile, Tree, record_of
from services.intake.store import seals
from services.intake.store.dossier import written
from services.intake.store.seals import Seal, Sealable
from services.intake.store.windows import Window
from services.kernel.contracts import merkle
from services.kernel.contracts.seals import ALGORITHM, Statement, hash_of, leaf_of
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection

NOTICE = "comment.notice"


async def seal_comments(tx: Connection, window: Window, blobs: Blobs) -> Seal:
    """Seal every comment of a locked and closed window, also those withdrawn or hidden, in the order of their ids.

    Memory holds one tile of leaves at a time. A window that was reopened is sealed again under the next number.
    """
    tiles, size, last = [], 0, None
    async for batch in seals.in_order(tx, window.id, at_once=merkle.TILE):
        hashes = b"".join(leaf_of(sealed_record(window.id, one)) for one in batch)
        tiles.append(Tile(str(batch[0].id), await blobs.put(hashes), merkle.root(hashes).hex()))
        size, last = size + len(batch), batch[-1].id
    tree = Tree(tuple(tiles))
    statement = _statement(window, await seals.next_ordinal(tx, window.id), size, tree.root)
    statement_hash = await blobs.put(rfc8785.dumps(statement.model_dump()))
    assert statement_hash == hash_of(statement)
    return await seals.add(
        tx,
        window.id,
        statement.ordinal,
        root=statement.root,
        size=size,
        statement_hash=statement_hash,
        tree_hash=await blobs.put(rfc8785.dumps(tree.written())),
        last_comment=last,
    )


def sealed_record(window_id: UUID, one: Sealable) -> dict[str, object]:
    """What the leaf of a comment says."""
    return record_of(
        window_id=window_id,
        comment_id=one.id,
        receipt=one.receipt,
        body_hash=one.body_hash,
        clause=one.clause,
        text_version=one.text_version,
        channel=one.channel,
        received_at=written(one.received_at),
        attachments=one.attachments,
    )


def sealed_fact(window: Window, seal: Seal) -> Fact:
    """The seal as the dossier holds it."""
    return Fact(
        key=key_of(seal),
        type="sealed",
        stage=PUBLIC_COMMENT,
        ordinal=seal.ordinal,
        text_hash=window.text_hash,
        record_hash=seal.statement_hash,
        rule_id=NOTICE,
        detail={
            "window_id": str(window.id),
            "ordinal": seal.ordinal,
            "algorithm": ALGORITHM,
            "size": seal.size,
            "root": seal.root,
            "closes_at": window.closes_at.isoformat(),
        },
    )


def key_of(seal: Seal) -> str:
    """Under which key the dossier holds a seal."""
    return f"window/{seal.window_id}/sealed/{seal.ordinal}"


def _statement(window: Window, ordinal: int, size: int, root: str) -> Statement:
    assert window.closed_at is not None
    return Statement(
        window_id=str(window.id),
        document_id=str(window.document_id),
        ordinal=ordinal,
        opens_at=written(window.opens_at),
        closes_at=written(window.closes_at),
        closed_at=written(window.closed_at),
        size=size,
        root=root,
    )

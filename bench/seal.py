"""Sealing a window of a million comments, against bare SHA-256 over as many bytes; and one proof out of it.

`python -m bench seal --comments 1000000`. A PostgreSQL of its own holds the comments; the tree goes into a folder.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from bench.measure import ratio
from fawen.stack.folder import fresh
from fawen.stack.postgres import FLEETING, Postgres
from services.intake.actions.seal import seal_comments
from services.intake.domain.seals import Tree
from services.intake.store import windows
from services.kernel.contracts import merkle
from services.kernel.contracts.seals import place_in
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.migrate import migrate_all

DATABASE = "fawen_bench"
PROOFS = 200
LEAF_BYTES = 430
# Only the window and its comments: what they refer to is of no interest here.
ARRANGE = """
set search_path = intake;
set session_replication_role = replica;
insert into documents (id, receipt, kind, title, issuer_unit, drafting_unit, agency_code, submitter, rule_book)
values ('{document}', 'r', 'NORMATIVE', '云溪区街面餐饮油烟管理办法', 'yunxi', 'urban', '云政规', 'he-xu', repeat('0', 64));
insert into windows (id, document_id, version, text_hash, rule_id, opens_at, closes_at, closed_at, notice, reply_to)
values ('{window}', '{document}', 1, repeat('0', 64), 'comment.window', now() - interval '9 days', now(),
        now() + interval '1 second', '{{}}', 'document/{document}');
insert into comments (id, window_id, receipt, channel, clause, body, body_hash, likeness, received_at, text_version)
select uuidv7(), '{window}', lpad(n::text, 24, '0'), 'web', 'art-3', '建议延长清洗的间隔。',
       encode(sha256(n::text::bytea), 'hex'), repeat('0', 64), now() - interval '1 day' + n * interval '1 microsecond', 1
  from generate_series(1, {comments}) n;
analyze comments;
"""


async def run(argv: Sequence[str]) -> dict[str, Any]:
    """The figures: seconds to seal, peak memory that sealing added, milliseconds of a proof."""
    parser = argparse.ArgumentParser(prog="bench seal")
    parser.add_argument("--comments", type=int, default=1_000_000)
    comments = parser.parse_args(argv).comments
    home, folder = fresh(), Path(tempfile.mkdtemp(prefix="fawen-seal-"))
    server = Postgres.at(home, settings=FLEETING)
    try:
        await server.start()
        return await _measured(server, Blobs.at(str(folder)), comments)
    finally:
        await server.stop()
        server.remove()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


async def _measured(server: Postgres, blobs: Blobs, comments: int) -> dict[str, Any]:
    window_id = await _arranged(server, comments)
    db = await Database.connect(server.url(DATABASE, user="fawen_intake"), schema="intake")
    connection = await db.listen()
    before, started = _peak_mib(), time.perf_counter()
    doing = connection.transaction()
    await doing.start()
    seal = await seal_comments(connection, await windows.get_locked(connection, window_id), blobs)
    seconds, added = time.perf_counter() - started, _peak_mib() - before
    # The summary that belongs to a seal is not made here.
    await doing.rollback()
    await connection.close()
    await db.close()
    proof_ms = await _proof_ms(blobs, seal.tree_hash, seal.size)
    bare = _bare(comments)
    return {
        "bench": "seal",
        "comments": seal.size,
        "seconds": round(seconds, 2),
        "comments_per_s": round(comments / seconds),
        "bare_hashing_s": round(bare, 2),
        "ratio_to_bare_hashing": round(ratio(seconds, bare), 1),
        "peak_mib_added": round(added, 1),
        "proof_ms": round(proof_ms, 2),
    }


async def _arranged(server: Postgres, comments: int) -> UUID:
    await server.create_database(DATABASE)
    await migrate_all(server.url(DATABASE))
    window_id = uuid4()
    owner = await asyncpg.connect(server.url(DATABASE))
    try:
        await owner.execute(ARRANGE.format(document=uuid4(), window=window_id, comments=comments))
    finally:
        await owner.close()
    return window_id


async def _proof_ms(blobs: Blobs, tree_hash: str, size: int) -> float:
    """A proof as the receipt page makes it: from the stored tree, for comments all over it."""
    took = []
    for number in range(min(PROOFS, size)):
        index = number * size // PROOFS if size >= PROOFS else number
        started = time.perf_counter()
        tree = Tree.read(json.loads(await blobs.get(tree_hash)))
        tile = await blobs.get(tree.tiles[index // merkle.TILE].kept)
        leaf = merkle.at(tile, index % merkle.TILE)
        beside = merkle.tile_path(tile, tree.tops, index)
        took.append(1_000 * (time.perf_counter() - started))
        assert place_in(tile, leaf) == index % merkle.TILE
        assert merkle.root_from(leaf, index, size, beside).hex() == tree.root
    return median(took)


def _bare(comments: int) -> float:
    """SHA-256 over as many leaves and nodes, with nothing around it."""
    leaf, node = b"\x00" * LEAF_BYTES, b"\x01" * (1 + 2 * merkle.DIGEST)
    started = time.perf_counter()
    for data in (leaf, node):
        for _ in range(comments):
            hashlib.sha256(data).digest()
    return time.perf_counter() - started


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

"""Sealing a closed window: what the tree holds, what stays, and that a window which was reopened is sealed again."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from services.intake.actions.seal import sealed_record
from services.intake.store import dossier, seals
from services.intake.store.seals import Seal
from services.kernel.contracts import merkle
from services.kernel.contracts.intake import RecordSummary
from services.kernel.contracts.seals import Statement, canonical, hash_of, leaf_of
from tests.intake.builders import Desk

REOPENED = "update windows set summary_at = null, closed_at = null, closes_at = clock_timestamp() + interval '1 hour'"


async def sealed(desk: Desk, *bodies: str) -> Seal:
    """A window with these comments, closed and summarised."""
    window_id = await desk.opens_window(await desk.submits())
    for body in bodies:
        await desk.comments(window_id, body)
    return await sealed_now(desk, window_id)


async def sealed_now(desk: Desk, window_id: UUID) -> Seal:
    """Close a window and record its summary."""
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))
    async with desk.db.read() as conn:
        found = await seals.newest(conn, window_id)
    assert found is not None
    return found


async def leaves_of(desk: Desk, seal: Seal) -> bytes:
    """The leaves of a window as anybody with the record computes them."""
    async with desk.db.read() as conn:
        return b"".join(
            [
                leaf_of(sealed_record(seal.window_id, one))
                async for batch in seals.in_order(conn, seal.window_id, at_once=2)
                for one in batch
            ]
        )


async def test_the_root_is_that_of_all_comments_in_order(desk: Desk) -> None:
    seal = await sealed(desk, "一", "二", "三", "四", "五")

    leaves = await leaves_of(desk, seal)

    assert (seal.size, seal.root) == (5, merkle.root(leaves).hex())


async def test_that_nobody_wrote_is_sealed_as_the_empty_tree(desk: Desk) -> None:
    seal = await sealed(desk)

    assert (seal.size, seal.root) == (0, merkle.EMPTY.hex())


async def test_the_dossier_holds_the_seal_by_the_hash_of_its_statement(desk: Desk) -> None:
    seal = await sealed(desk, "一")

    statement = Statement.model_validate_json(await desk.blobs.get(seal.statement_hash))
    async with desk.db.read() as conn:
        entries = await dossier.all_of(conn, UUID(statement.document_id))
    (entry,) = [entry for entry in entries if entry.type == "sealed"]
    assert entry.record_hash == hash_of(statement) == seal.statement_hash
    assert (entry.detail["root"], entry.detail["size"]) == (seal.root, 1)


async def test_the_summary_names_the_seal(desk: Desk) -> None:
    seal = await sealed(desk, "一")

    again = await desk.activities.record_summary(RecordSummary(window_id=seal.window_id))

    summary = json.loads(await desk.blobs.get(again.summary_hash))
    assert (summary["seal"]["root"], summary["seal"]["size"]) == (seal.root, 1)


async def test_what_is_kept_of_the_tree_holds_no_words(desk: Desk) -> None:
    seal = await sealed(desk, "一句只有本人写得出来的话")

    kept = [await desk.blobs.get(path.rpartition("/")[2]) for path in desk.files()]

    assert seal.size == 1
    assert [data for data in kept if "只有本人" in data.decode(errors="replace")] == []


async def test_a_window_that_was_reopened_is_sealed_again_with_all_its_comments(desk: Desk) -> None:
    first = await sealed(desk, "一", "二")
    async with desk.db.transaction() as tx:
        await tx.execute(REOPENED)
    await desk.comments(first.window_id, "三")

    second = await sealed_now(desk, first.window_id)

    assert (second.ordinal, second.size) == (2, 3)
    assert second.root == merkle.root(await leaves_of(desk, second)).hex() != first.root


CHANGES = [
    "update comments set body_hash = repeat('0', 64)",
    "update comments set id = uuidv7()",
    "update comments set received_at = received_at - interval '1 day'",
    "delete from comments",
    "update comment_seals set size = 0",
    "delete from comment_seals",
    "insert into comment_attachments select id, 1, 'a', repeat('0', 64), 1, 'text/plain' from comments",
]


@pytest.mark.parametrize("change", CHANGES)
async def test_the_database_refuses_to_change_what_was_sealed(desk: Desk, change: str) -> None:
    await sealed(desk, "一")

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with desk.db.transaction() as tx:
            await tx.execute(change)


async def test_files_that_came_with_a_comment_are_sealed_with_it(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits())
    await desk.comments(window_id, "一")
    async with desk.db.transaction() as tx:
        await tx.execute(
            "insert into comment_attachments select id, 1, 'a', repeat('a', 64), 1, 'text/plain' from comments"
        )

    seal = await sealed_now(desk, window_id)

    async with desk.db.read() as conn:
        (batch,) = [batch async for batch in seals.in_order(conn, window_id, at_once=9)]
    assert batch[0].attachments == ("a" * 64,)
    assert seal.root == leaf_of(sealed_record(window_id, batch[0])).hex()


JSON = st.dictionaries(
    st.from_regex("[a-z_]{1,8}", fullmatch=True), st.text(st.characters(exclude_categories=["Cs"])) | st.integers(0, 99)
)


@given(JSON)
def test_a_record_is_written_as_canonical_json(record: dict[str, Any]) -> None:
    assert canonical(record) == rfc8785.dumps(record)

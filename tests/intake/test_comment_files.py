"""Files of comments that were never taken are collected; what a comment has is never touched."""

from __future__ import annotations

from services.intake.actions.files import collect_files, keep_file, read_file
from services.intake.domain.attachments import Attached
from services.intake.store import attachments, comments
from services.kernel.contracts.refusals import NotFound
from tests.intake.builders import Desk

PLAN = Attached("方案.txt", "text/plain", "每季度清洗一次的方案".encode())
OLD = "update comment_files set kept_at = kept_at - interval '25 hours'"


async def attached(desk: Desk) -> str:
    """A comment on a document of its own, with the file."""
    window_id = await desk.opens_window(await desk.submits())
    taken = await desk.comments(window_id)
    file = await keep_file(desk.db, desk.blobs, PLAN)
    async with desk.db.transaction() as tx:
        await attachments.add(tx, (await comments.by_receipt(tx, taken.receipt)).id, [file])
    return file.content_hash


async def grows_old(desk: Desk) -> None:
    async with desk.db.transaction() as tx:
        await tx.execute(OLD)


async def is_there(desk: Desk, digest: str) -> bool:
    try:
        return await read_file(desk.blobs, digest) == PLAN.content
    except NotFound:
        return False


async def test_a_file_whose_comment_was_refused_goes_after_a_day(desk: Desk) -> None:
    digest = (await keep_file(desk.db, desk.blobs, PLAN)).content_hash
    early = await collect_files(desk.db, desk.blobs)
    await grows_old(desk)

    assert (early, await is_there(desk, digest)) == (0, True)
    assert [await collect_files(desk.db, desk.blobs) for _ in range(2)] == [1, 0]
    assert not await is_there(desk, digest)


async def test_a_file_that_one_of_two_documents_still_has_stays(desk: Desk) -> None:
    digest = await attached(desk)
    refused = await keep_file(desk.db, desk.blobs, PLAN)
    await grows_old(desk)

    assert (refused.content_hash, await collect_files(desk.db, desk.blobs)) == (digest, 0)
    assert await is_there(desk, digest)


async def test_a_paper_of_the_office_with_the_same_bytes_is_not_a_comments_file(desk: Desk) -> None:
    paper = await desk.blobs.put(PLAN.content)
    await keep_file(desk.db, desk.blobs, PLAN)
    await grows_old(desk)

    assert await collect_files(desk.db, desk.blobs) == 1
    assert await desk.blobs.get(paper) == PLAN.content


async def test_a_file_that_is_kept_again_is_young_again(desk: Desk) -> None:
    await keep_file(desk.db, desk.blobs, PLAN)
    await grows_old(desk)
    digest = (await keep_file(desk.db, desk.blobs, PLAN)).content_hash

    assert (await collect_files(desk.db, desk.blobs), await is_there(desk, digest)) == (0, True)


async def test_a_file_from_before_comments_had_a_room_is_still_read(desk: Desk) -> None:
    assert await is_there(desk, await desk.blobs.put(PLAN.content))

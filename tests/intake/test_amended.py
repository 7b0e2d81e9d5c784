"""The version that a meeting made: exactly the text whose hash was signed, once, with the papers of the one before."""

from __future__ import annotations

from services.intake.actions.submit import Submitted
from services.intake.store import dossier, versions
from services.kernel.contracts.intake import AmendedTaken, TakeAmended
from services.kernel.text.normal import text_hash
from tests.intake.builders import Desk, a_text


async def taken(desk: Desk, handed_in: Submitted) -> tuple[AmendedTaken, str]:
    before = await desk.blobs.text(handed_in.version.text_hash)
    after = before + "\n本办法由区城市管理局解释。"
    digest = await desk.blobs.put(after.encode())
    message = TakeAmended(
        document_id=handed_in.document.id,
        deliberated_hash=handed_in.version.text_hash,
        amended_hash=digest,
        actor_id="wen-zhiyuan",
        record_hash="a" * 64,
    )
    first = await desk.activities.take_amended(message)
    assert await desk.activities.take_amended(message) == first
    return first, after


async def test_the_amended_text_is_the_next_version_once(desk: Desk) -> None:
    handed_in = await desk.submits()
    made, after = await taken(desk, handed_in)
    async with desk.db.read() as conn:
        every = await versions.all_of(conn, handed_in.document.id)
    assert (made.text.version, made.text.text_hash) == (2, text_hash(after))
    assert [one.version for one in every] == [2, 1]


async def test_it_keeps_papers_and_authors_of_the_one_before(desk: Desk) -> None:
    handed_in = await desk.submits()
    made, _ = await taken(desk, handed_in)
    async with desk.db.read() as conn:
        papers = await versions.attachments_of(conn, handed_in.document.id, 2)
        authors = await versions.authors_of(conn, handed_in.document.id)
    assert made.text.materials_hash == a_text(handed_in).materials_hash
    assert [paper.role for paper in papers] == ["drafting_note"]
    assert authors == (handed_in.version.submitted_by,)


async def test_the_dossier_says_that_the_meeting_made_it(desk: Desk) -> None:
    handed_in = await desk.submits()
    made, _ = await taken(desk, handed_in)
    async with desk.db.read() as conn:
        entry = (await dossier.all_of(conn, handed_in.document.id))[-1]
    assert (entry.type, entry.part, entry.text_hash) == ("amended", 10, made.text.text_hash)

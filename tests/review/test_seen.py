"""What was seen at signing: it opens as it was when text and rules have moved on; a new text says what is void."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest

from services.kernel.contracts.messages import Text
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.review.actions.desk import sit_at
from services.review.actions.opinions import give_opinion
from services.review.store import rounds
from tests.review.builders import (
    BOOK,
    DESK,
    HE_XU,
    LU_WENXI,
    SU_HE,
    a_document,
    a_round,
    an_opinion,
    opened,
)
from tests.review.conftest import Web
from tests.review.test_pages import FOURTH, THIRD, fields_for, get, hidden, send

OLD, NEW = ["note", "旧说明.txt", "1a" * 32], ["note", "新说明.txt", "2b" * 32]


async def signed_then_changed(db: Database, blobs: Blobs, *, only_materials: bool = False) -> tuple[str, str]:
    """陆闻溪 signed the third version; the fourth lies open. The ids of both rounds."""
    sit_at(replace(DESK, blobs=blobs))
    document, ids = a_document(), list[UUID]()
    fourth = THIRD if only_materials else FOURTH
    for ordinal, (text, materials) in enumerate(((THIRD, OLD), (fourth, NEW)), start=1):
        about = Text(
            version=ordinal + 2,
            text_hash=await blobs.put(text.encode()),
            materials_hash=await blobs.put(json.dumps([materials]).encode()),
        )
        ids.append(await opened(db, a_round(document=document, ordinal=ordinal, text=about)))
        if ordinal == 1:
            command = an_opinion(text_hash=about.text_hash, materials_hash=about.materials_hash)
            async with db.transaction() as tx:
                await give_opinion(tx, LU_WENXI, ids[0], command, book=BOOK)
    return str(ids[0]), str(ids[1])


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_was_signed_opens_when_there_is_a_newer_text(
    web: Web, db: Database, blobs: Blobs, language: str
) -> None:
    first, _ = await signed_then_changed(db, blobs)
    page = (await get(web, f"/review/round/{first}/seen", HE_XU, language)).text
    assert "应当在开业前申请核准" in page
    assert "旧说明.txt" in page
    assert ("签名有效" if language == "zh" else "the signature is good") in page
    assert ("此后有了新稿" if language == "zh" else "There is a newer text") in page


async def test_an_unsigned_round_has_nothing_to_show(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    assert (await get(web, f"/review/round/{round_id}/seen", HE_XU)).status_code == 404


async def test_a_new_text_says_who_had_signed_and_why_it_is_void(web: Web, db: Database, blobs: Blobs) -> None:
    _, second = await signed_then_changed(db, blobs)
    page = (await get(web, f"/review/round/{second}", LU_WENXI)).text
    assert "以前的签署对本稿无效" in page
    assert "陆闻溪于" in page
    assert "文本和材料都有改动" in page
    assert "您签过第3稿" in page


async def test_new_materials_alone_are_named(web: Web, db: Database, blobs: Blobs) -> None:
    _, second = await signed_then_changed(db, blobs, only_materials=True)
    page = (await get(web, f"/review/round/{second}", LU_WENXI)).text
    assert "文本没有改动，材料有变化" in page
    assert ">新说明.txt</ins>" in page
    assert ">旧说明.txt</del>" in page


async def test_who_signed_before_confirms_the_difference_only(web: Web, db: Database, blobs: Blobs) -> None:
    _, second = await signed_then_changed(db, blobs)
    shown = hidden((await get(web, f"/review/round/{second}", LU_WENXI)).text)
    fields = {**fields_for("legality"), **{name: shown[name] for name in ("text_hash", "materials_hash")}}
    confirming = await send(web, f"/review/round/{second}/confirm", LU_WENXI, {**fields, "has_read": "changes"})
    assert "我已阅读第3稿以来的全部改动" in confirming.text
    done = await send(web, f"/review/round/{second}/decide", LU_WENXI, {**hidden(confirming.text), "read": "yes"})
    seen = (await get(web, done.headers["location"].replace("result", "seen"), LU_WENXI)).text
    assert "只看第3稿以来的改动" in seen


async def void_and_changed_again(db: Database, blobs: Blobs) -> str:
    """As `signed_then_changed`, but the fourth version was void before anybody signed it, and the fifth lies open."""
    _, second = await signed_then_changed(db, blobs)
    async with db.transaction() as tx:
        passed = await rounds.get_round(tx, UUID(second))
        await rounds.end_round(tx, passed.id, "voided")
    fifth = f"{FOURTH}\n第三条　本办法自公布之日起施行。\n"
    about = Text(version=5, text_hash=await blobs.put(fifth.encode()), materials_hash=passed.materials_hash)
    document = a_document(document_id=passed.document_id)
    return str(await opened(db, a_round(document=document, ordinal=3, text=about)))


async def test_the_difference_is_to_the_text_that_the_reader_signed_whatever_was_void_meanwhile(
    web: Web, db: Database, blobs: Blobs
) -> None:
    third = await void_and_changed_again(db, blobs)
    signer = (await get(web, f"/review/round/{third}", LU_WENXI)).text
    other = (await get(web, f"/review/round/{third}", SU_HE)).text
    assert "第5稿与第3稿相比" in signer
    assert "第5稿与第4稿相比" in other
    # What was written into the void fourth version is new to whoever signed the third.
    assert [("申请核准" in page, "自公布之日起施行" in page) for page in (signer, other)] == [
        (True, True),
        (False, True),
    ]
    assert "为了防治油烟污染" not in signer


async def test_who_has_not_signed_before_reads_the_whole(web: Web, db: Database, blobs: Blobs) -> None:
    _, second = await signed_then_changed(db, blobs)
    page = (await get(web, f"/review/round/{second}", SU_HE)).text
    assert "您这次看了什么" not in page
    fields = {**fields_for("legality"), **{name: hidden(page)[name] for name in ("text_hash", "materials_hash")}}
    answer = await send(web, f"/review/round/{second}/confirm", SU_HE, {**fields, "has_read": "changes"})
    assert (answer.status_code, "您没有签过以前的文本" in answer.text) == (409, True)


async def test_ones_own_keys_are_shown_and_ended(web: Web, db: Database, blobs: Blobs) -> None:
    await signed_then_changed(db, blobs)
    page = await get(web, "/review/signing", LU_WENXI)
    assert "使用中" in page.text
    ended = await send(web, "/review/signing/key", LU_WENXI, {"why": "revoked", "reason": "电脑遗失。"})
    assert ended.status_code == 303
    assert "已吊销" in (await get(web, ended.headers["location"], LU_WENXI)).text
    wrong = await send(web, "/review/signing/key", LU_WENXI, {"why": "for fun"})
    assert wrong.status_code == 422


async def test_a_program_reads_the_signature_and_its_verification(web: Web, db: Database, blobs: Blobs) -> None:
    first, second = await signed_then_changed(db, blobs)
    answer = await web.client.get(f"/review/rounds/{first}/record", headers=web.as_program(HE_XU))
    holds = {one["what"]: one["holds"] for one in answer.json()["verification"]}
    assert holds == {"chain": True, "hash": True, "signature": True, "key": True, "passkey": None}
    unsigned = await web.client.get(f"/review/rounds/{second}/record", headers=web.as_program(HE_XU))
    assert (unsigned.json()["signature"], unsigned.json()["verification"]) == (None, [])


async def test_each_sign_off_of_a_round_opens_by_its_place(web: Web, db: Database, blobs: Blobs) -> None:
    first, _ = await signed_then_changed(db, blobs)
    assert (await get(web, f"/review/round/{first}/seen?position=1", HE_XU)).status_code == 200
    assert (await get(web, f"/review/round/{first}/seen?position=2", HE_XU)).status_code == 404

"""What the machine noticed: shown with its article, judged by a person, decided by nobody."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.kernel.contracts.messages import Text
from services.kernel.contracts.refusals import Forbidden
from services.kernel.contracts.review import EnterText
from services.kernel.precheck.examine import examine
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.settings import Settings
from services.review.actions.findings import judge
from services.review.actions.opinions import give_opinion
from services.review.activities import ReviewActivities
from services.review.domain.refusals import AuthorMayNotSign, RoundClosed, UnknownFinding
from services.review.precheck import register_of
from tests.review.builders import BOOK, CHENG_YIAN, HE_XU, LU_WENXI, SU_HE, a_document, a_round, an_opinion, opened
from tests.review.conftest import Web

TEXT = "云溪区养犬管理办法\n第一条　养犬人应当领取《养犬许可证》。\n第二条　本办法自2026年12月1日起施行，有效期五年。\n"
NOTICED = examine(TEXT, kind="NORMATIVE")
LICENCE = next(one for one in NOTICED if one.code == "precheck.licence")


DOCUMENT = a_document()


async def a_round_about(
    db: Database, blobs: Blobs, text: str = TEXT, ordinal: int = 1, authors: tuple[str, ...] = ("he-xu",)
) -> UUID:
    text_hash = await blobs.put(text.encode())
    about = Text(version=ordinal, text_hash=text_hash, materials_hash="b" * 64)
    reply_to = f"document/1/legality_review/{ordinal}"
    asked = a_round(document=DOCUMENT, text=about, ordinal=ordinal, author_ids=authors, reply_to=reply_to)
    return await opened(db, asked)


async def said(db: Database, actor: Actor, round_id: UUID, *, holds: bool = True, key: str = LICENCE.key) -> None:
    async with db.transaction() as tx:
        await judge(tx, actor, round_id, key, holds=holds, noticed=NOTICED)


async def page(web: Web, round_id: UUID, actor: Actor = LU_WENXI, language: str = "zh") -> httpx.Response:
    headers = {**web.as_program(actor), "Accept": "text/html", "Accept-Language": language}
    return await web.client.get(f"/review/round/{round_id}", headers=headers)


async def test_the_page_shows_the_sentence_with_its_words_marked_and_the_article(
    web: Web, db: Database, blobs: Blobs
) -> None:
    shown = (await page(web, await a_round_about(db, blobs))).text

    assert "养犬人<mark>应当领取《养犬许可证</mark>》。" in shown
    assert "《行政许可法》第十七条" in shown
    assert shown.count('name="holds" value="yes"') == len(NOTICED)


async def test_who_may_not_decide_reads_the_findings_and_judges_none(web: Web, db: Database, blobs: Blobs) -> None:
    shown = (await page(web, await a_round_about(db, blobs), HE_XU)).text

    assert "<mark>应当领取" in shown
    assert 'name="holds"' not in shown


async def test_a_verdict_by_form_comes_back_to_its_place_and_is_shown(web: Web, db: Database, blobs: Blobs) -> None:
    round_id = await a_round_about(db, blobs)
    fields = {"finding": LICENCE.key, "holds": "no", "place": "f1"}
    headers = {**web.as_program(LU_WENXI), "Accept": "text/html"}

    sent = await web.client.post(f"/review/round/{round_id}/finding", data=fields, headers=headers)

    assert (sent.status_code, sent.headers["location"]) == (303, f"/review/round/{round_id}?said=finding#f1")
    assert re.search(rf"不属实</span>\s*{LU_WENXI.person_name}", (await page(web, round_id)).text)


async def test_a_place_that_is_none_of_ours_is_not_followed(web: Web, db: Database, blobs: Blobs) -> None:
    round_id = await a_round_about(db, blobs)
    fields = {"finding": LICENCE.key, "holds": "yes", "place": "//elsewhere"}

    sent = await web.client.post(f"/review/round/{round_id}/finding", data=fields, headers=web.as_program(LU_WENXI))

    assert sent.headers["location"].endswith("#h-findings")


async def test_programs_read_findings_and_judge_them(web: Web, db: Database, blobs: Blobs) -> None:
    round_id = await a_round_about(db, blobs)
    path = f"/review/rounds/{round_id}/findings"

    judged = await web.client.post(f"{path}/{LICENCE.key}", json={"holds": True}, headers=web.as_program(LU_WENXI))
    found = (await web.client.get(path, headers=web.as_program(HE_XU))).json()

    assert judged.status_code == 201
    (licence,) = [one for one in found if one["code"] == "precheck.licence"]
    assert (licence["number"], licence["verdict"]["holds"]) == ("第一条", True)
    assert TEXT[licence["start"] : licence["end"]] == "应当领取《养犬许可证"


async def test_a_verdict_stands_for_the_same_sentence_in_the_next_version(web: Web, db: Database, blobs: Blobs) -> None:
    await said(db, LU_WENXI, await a_round_about(db, blobs), holds=False)
    later = await a_round_about(db, blobs, TEXT.replace("五年", "三年"), ordinal=2)

    found = (await web.client.get(f"/review/rounds/{later}/findings", headers=web.as_program(LU_WENXI))).json()

    assert [one["verdict"]["holds"] for one in found if one["code"] == "precheck.licence"] == [False]


async def test_the_newest_verdict_counts_and_the_earlier_stays(db: Database, blobs: Blobs) -> None:
    round_id = await a_round_about(db, blobs)
    await said(db, LU_WENXI, round_id, holds=False)
    await said(db, LU_WENXI, round_id, holds=True)

    async with db.read() as conn:
        kept = await conn.fetch("select holds from finding_verdicts order by id")
    assert [row["holds"] for row in kept] == [False, True]


async def test_verdicts_are_never_changed(db: Database, blobs: Blobs) -> None:
    await said(db, LU_WENXI, await a_round_about(db, blobs))
    async with db.read() as conn:
        with pytest.raises(asyncpg.RaiseError, match="append_only"):
            await conn.execute("update finding_verdicts set holds = not holds")


async def test_only_who_may_decide_the_round_judges_its_findings(db: Database, blobs: Blobs) -> None:
    round_id = await a_round_about(db, blobs)
    with pytest.raises(Forbidden):
        await said(db, CHENG_YIAN, round_id)


async def test_an_author_judges_no_finding_of_the_own_text(db: Database, blobs: Blobs) -> None:
    round_id = await a_round_about(db, blobs, authors=(LU_WENXI.person_id,))
    with pytest.raises(AuthorMayNotSign):
        await said(db, LU_WENXI, round_id)


async def test_what_was_not_noticed_cannot_be_judged(db: Database, blobs: Blobs) -> None:
    round_id = await a_round_about(db, blobs)
    with pytest.raises(UnknownFinding):
        await said(db, LU_WENXI, round_id, key="0" * 64)


async def test_a_closed_round_takes_no_verdicts(db: Database, blobs: Blobs) -> None:
    round_id = await a_round_about(db, blobs)
    text_hash = await blobs.put(TEXT.encode())
    async with db.transaction() as tx:
        opinion = an_opinion(text_hash=text_hash, materials_hash="b" * 64)
        await give_opinion(tx, LU_WENXI, round_id, opinion, book=BOOK)
    with pytest.raises(RoundClosed):
        await said(db, SU_HE, round_id)


async def test_neither_yes_nor_no_is_refused(web: Web, db: Database, blobs: Blobs) -> None:
    round_id = await a_round_about(db, blobs)
    fields = {"finding": LICENCE.key, "holds": "perhaps"}

    sent = await web.client.post(f"/review/round/{round_id}/finding", data=fields, headers=web.as_program(LU_WENXI))

    assert (sent.status_code, sent.json()["field"]) == (422, "holds")


def test_the_register_is_what_the_operator_loaded(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text("name,number,status,since,by\n云溪区犬只管理办法,,repealed,2024-05-01,\n", "utf-8")

    assert register_of(settings) is None
    register = register_of(settings.model_copy(update={"register_file": file}))
    assert register is not None
    assert register.find("《云溪区犬只管理办法》".strip("《》")) is not None


async def test_an_own_document_that_was_published_enters_the_register_by_itself(
    web: Web, db: Database, settings: Settings, activities: ReviewActivities
) -> None:
    published = EnterText(
        document=a_document(title="云溪区街面餐饮管理暂行办法"),
        doc_number="云政规〔2021〕3号",
        published_on=date(2021, 3, 1),
        valid_to=date(2023, 3, 31),
    )
    for _ in range(2):
        await activities.enter_text(published)
    text = "办法\n\n第一条　根据《云溪区街面餐饮管理暂行办法》和《中华人民共和国大气污染防治法》，制定本办法。\n"
    digest = await Blobs.at(settings.blobs).put(text.encode())
    asked = a_round()
    round_id = await opened(db, asked.model_copy(update={"text": asked.text.model_copy(update={"text_hash": digest})}))
    found = (await web.client.get(f"/review/rounds/{round_id}/findings", headers=web.as_program(LU_WENXI))).json()
    cited = [one["words"] for one in found if "云溪区街面餐饮管理暂行办法" in one["words"]]
    assert len(cited) == 1
    assert "已失效（2023-04-01）" in cited[0]
    # A register of own documents says nothing about laws that it does not hold.
    assert not [one for one in found if "大气污染防治法" in one["words"]]

"""Review for people: pages drawn by the server, in both languages, every act by plain forms."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kernel.contracts.messages import StoredFile, Text
from services.kernel.contracts.review import Form
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.review.actions.papers import file_opinions
from services.review.store import rounds
from tests.review.builders import (
    ACTORS,
    CHENG_YIAN,
    HE_XU,
    LU_WENXI,
    MEMBERS,
    REASON,
    SEEN,
    SU_HE,
    TITLE,
    WEN_ZHIYUAN,
    XU_QINGYUAN,
    ZONE,
    a_document,
    a_round,
    opened,
)
from tests.review.conftest import Web

FOUR_WORDS = ("为什么在这里", "依据", "期限", "不办会怎样")
FORMS: tuple[Form, ...] = ("recorded_step", "legality", "meeting", "signing", "verification")
THIRD = "云溪区街面餐饮油烟管理办法\n\n第一条　为了防治油烟污染，制定本办法。\n\n第二条　餐饮服务经营者应当在开业前申请核准。\n"
FOURTH = (
    "云溪区街面餐饮油烟管理办法\n\n第一条　为了防治油烟污染，制定本办法。\n\n第二条　餐饮服务经营者可以在开业后告知。\n"
)


async def get(web: Web, path: str, actor: Actor, language: str = "zh") -> httpx.Response:
    headers = {**web.as_program(actor), "Accept": "text/html", "Accept-Language": language}
    return await web.client.get(path, headers=headers)


async def send(web: Web, path: str, actor: Actor, fields: dict[str, Any]) -> httpx.Response:
    headers = {**web.as_program(actor), "Accept": "text/html"}
    return await web.client.post(path, data=fields, headers=headers)


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page, as a browser would send them."""
    return {
        name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    }


def fields_for(form: Form) -> dict[str, Any]:
    today = datetime.now(UTC).astimezone(ZONE)
    acts: dict[Form, dict[str, Any]] = {
        "recorded_step": {"act": "step", "outcome": "filed", "conclusion": "没有问题。"},
        "legality": {"act": "opinion", "outcome": "lawful", "opinion": "符合规定。"},
        "meeting": meeting_fields(today),
        "signing": {
            "act": "signature",
            "outcome": "signed",
            "opinion": "同意印发。",
            "name": "许清远",
            "date": today.date().isoformat(),
            "publication_day": "",
        },
        "verification": {"act": "verification", "outcome": "ok", "note": ""},
    }
    return {**SEEN, **acts[form]}


def meeting_fields(at: datetime, **changes: str) -> dict[str, str]:
    rows: dict[str, str] = {}
    for number, person in enumerate((*MEMBERS, "xu-qingyuan"), start=1):
        rows |= {
            f"member_{number}_person_id": person,
            f"member_{number}_present": "yes",
            f"member_{number}_order": str(number),
            f"member_{number}_stance": "for",
            f"member_{number}_opinion": "同意。",
        }
    head = {
        "act": "meeting",
        "form": "executive",
        "name": "区政府第41次常务会议",
        "place": "区政府302会议室",
        "started_at": at.strftime("%Y-%m-%dT%H:%M"),
        "notice_at": "",
        "chair_id": "xu-qingyuan",
        "chief_id": "xu-qingyuan",
        "outcome": "passed",
        "attending": "区司法局：苏禾",
    }
    return {**head, **rows, **changes}


async def two_versions(db: Database, blobs: Blobs) -> UUID:
    document = a_document()
    for ordinal, text in enumerate((THIRD, FOURTH), start=1):
        digest = await blobs.put(text.encode())
        asked = a_round(
            document=document, ordinal=ordinal, text=Text(version=ordinal + 2, text_hash=digest, materials_hash="m")
        )
        last = await opened(db, asked)
    return last


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_page_of_each_form_is_drawn(web: Web, db: Database, form: Form, language: str) -> None:
    round_id = await opened(db, a_round(form))
    page = await get(web, f"/review/round/{round_id}", ACTORS[form], language)
    assert page.status_code == 200
    assert 'name="text_hash"' in page.text


@pytest.mark.parametrize("words", FOUR_WORDS)
async def test_the_page_says_why_it_is_here(web: Web, db: Database, words: str) -> None:
    round_id = await opened(db, a_round())
    assert words in (await get(web, f"/review/round/{round_id}", LU_WENXI)).text


async def test_the_page_says_what_cannot_begin(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    assert "没有结论，不能开始：集体审议" in (await get(web, f"/review/round/{round_id}", LU_WENXI)).text


async def test_the_materials_lead_to_the_table_of_opinions(web: Web, db: Database) -> None:
    document = a_document()
    round_id = await opened(db, a_round(document=document))
    shown = (await get(web, f"/review/round/{round_id}", LU_WENXI)).text
    assert f'<a href="/intake/document/{document.document_id}/opinions">看意见采纳情况表</a>' in shown


async def test_english_pages_hold_no_untranslated_label(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    page = (await get(web, f"/review/round/{round_id}", LU_WENXI, "en")).text
    assert "Why it is here" in page
    assert "为什么在这里" not in page


async def test_only_what_changed_comes_first(web: Web, db: Database, blobs: Blobs) -> None:
    round_id = await two_versions(db, blobs)
    page = (await get(web, f"/review/round/{round_id}", LU_WENXI)).text
    assert "只看改动：第4稿与第3稿相比" in page
    assert "<del>" in page
    assert "为了防治油烟污染" not in page


async def test_the_full_text_is_one_click_away(web: Web, db: Database, blobs: Blobs) -> None:
    round_id = await two_versions(db, blobs)
    page = (await get(web, f"/review/round/{round_id}?view=full", LU_WENXI)).text
    assert "为了防治油烟污染" in page


async def test_a_text_that_is_not_at_hand_is_said(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    assert "文本暂时取不到" in (await get(web, f"/review/round/{round_id}", LU_WENXI)).text


@pytest.mark.parametrize("form", FORMS)
async def test_each_act_goes_by_confirmation_to_its_result(web: Web, db: Database, form: Form) -> None:
    round_id, actor = await opened(db, a_round(form)), ACTORS[form]
    confirming = await send(web, f"/review/round/{round_id}/confirm", actor, fields_for(form))
    assert confirming.status_code == 200, confirming.text
    assert "不能撤回或者删除" in confirming.text
    done = await send(web, f"/review/round/{round_id}/decide", actor, {**hidden(confirming.text), "read": "yes"})
    assert (done.status_code, done.headers["location"]) == (303, f"/review/round/{round_id}/result")
    result = await get(web, done.headers["location"], actor)
    assert "核对一致" in result.text
    assert (await get(web, f"/review/round/{round_id}", actor, "en")).status_code == 200


async def test_a_confirmation_decides_nothing(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    await send(web, f"/review/round/{round_id}/confirm", LU_WENXI, fields_for("legality"))
    async with db.read() as conn:
        assert await conn.fetchval("select count(*) from sign_offs") == 0
        assert await conn.fetchval("select closed_at is null from rounds")


async def test_signing_without_having_read_is_refused(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    confirming = await send(web, f"/review/round/{round_id}/confirm", LU_WENXI, fields_for("legality"))
    done = await send(web, f"/review/round/{round_id}/decide", LU_WENXI, hidden(confirming.text))
    assert (done.status_code, "没有确认已经阅读" in done.text) == (422, True)


async def test_confirming_twice_signs_once(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    confirming = await send(web, f"/review/round/{round_id}/confirm", LU_WENXI, fields_for("legality"))
    fields = {**hidden(confirming.text), "read": "yes"}
    first = await send(web, f"/review/round/{round_id}/decide", LU_WENXI, fields)
    again = await send(web, f"/review/round/{round_id}/decide", LU_WENXI, fields)
    assert (first.status_code, again.status_code) == (303, 303)


async def test_a_form_comes_back_with_what_was_written(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    fields = {**fields_for("legality"), "outcome": "amend", "opinion": "第八条应当修改。"}
    page = await send(web, f"/review/round/{round_id}/confirm", LU_WENXI, fields)
    assert page.status_code == 422
    assert "没有写逐项意见" in page.text
    assert "第八条应当修改。" in page.text


async def test_a_field_that_cannot_be_read_comes_back(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round("signing"))
    fields = {**fields_for("signing"), "date": "前天"}
    page = await send(web, f"/review/round/{round_id}/confirm", XU_QINGYUAN, fields)
    assert (page.status_code, "日期读不懂" in page.text) == (422, True)


async def test_another_row_for_points_is_added_without_script(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    fields = {**fields_for("legality"), "do": "add-item", "point_1_text": "甲", "point_2_text": "乙"}
    page = await send(web, f"/review/round/{round_id}/confirm", LU_WENXI, fields)
    assert 'name="point_4_text"' in page.text


async def test_points_are_signed_and_come_back_in_the_next_round(web: Web, db: Database, blobs: Blobs) -> None:
    document, digest = a_document(), await blobs.put(FOURTH.encode())
    text = Text(version=4, text_hash=digest, materials_hash="m")
    first = await opened(db, a_round(document=document, text=text))
    fields = {
        "act": "opinion",
        "text_hash": digest,
        "outcome": "amend",
        "opinion": "应当修改。",
        "point_1_clause": "第二条",
        "point_1_nature": "must",
        "point_1_text": "核准属于行政许可。",
        "point_1_basis": "《行政许可法》第十七条",
    }
    confirming = await send(web, f"/review/round/{first}/confirm", LU_WENXI, fields)
    await send(web, f"/review/round/{first}/decide", LU_WENXI, {**hidden(confirming.text), "read": "yes"})
    second = await opened(db, a_round(document=document, ordinal=2, text=text))
    page = (await get(web, f"/review/round/{second}", LU_WENXI)).text
    assert "核准属于行政许可。" in page
    assert "handled_" in page


async def test_a_meeting_against_the_majority_needs_reasons_on_its_form(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    fields = {**SEEN, **meeting_fields(datetime.now(UTC).astimezone(ZONE), outcome="rejected")}
    page = await send(web, f"/review/round/{round_id}/confirm", WEN_ZHIYUAN, fields)
    assert (page.status_code, "没有写理由" in page.text) == (422, True)


async def test_the_record_of_a_meeting_is_shown(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    changes = {"member_1_stance": "against", "member_1_opinion": "本办法没有给出路径。"}
    fields = {**SEEN, **meeting_fields(datetime.now(UTC).astimezone(ZONE), **changes)}
    confirming = await send(web, f"/review/round/{round_id}/confirm", WEN_ZHIYUAN, fields)
    await send(web, f"/review/round/{round_id}/decide", WEN_ZHIYUAN, {**hidden(confirming.text), "read": "yes"})
    for language in ("zh", "en"):
        page = await get(web, f"/review/round/{round_id}/meeting", HE_XU, language)
        assert page.status_code == 200
        assert "本办法没有给出路径。" in page.text


async def test_a_round_without_a_meeting_has_no_record_of_one(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    assert (await get(web, f"/review/round/{round_id}/meeting", HE_XU)).status_code == 404


async def test_an_author_is_told_on_the_page(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round(author_ids=("lu-wenxi",)))
    page = (await get(web, f"/review/round/{round_id}", LU_WENXI)).text
    assert "不能签署：您参加过本文件的起草" in page
    assert "签署审核意见" not in page


async def test_an_author_is_refused_on_the_form_too(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round(author_ids=("lu-wenxi",)))
    page = await send(web, f"/review/round/{round_id}/confirm", LU_WENXI, fields_for("legality"))
    assert page.status_code == 409


async def test_missing_papers_are_asked_for_and_answered(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    asked = await send(web, f"/review/round/{round_id}/supplement", LU_WENXI, {**SEEN, "missing": "公平竞争审查结论"})
    assert asked.status_code == 303
    page = (await get(web, f"/review/round/{round_id}", HE_XU)).text
    assert "计时已暂停" in page
    assert "报送补充材料" in page
    answer = await send(web, f"/review/round/{round_id}/supplement-answer", HE_XU, {"answer": "已补。"})
    assert answer.status_code == 303
    assert "报送补充材料" not in (await get(web, f"/review/round/{round_id}", HE_XU)).text


async def test_a_request_is_withdrawn_on_the_page(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    await send(web, f"/review/round/{round_id}/supplement", LU_WENXI, {**SEEN, "missing": "公平竞争审查结论"})
    path = f"/review/round/{round_id}/supplement-withdrawal"
    assert "撤回补充要求" in (await get(web, f"/review/round/{round_id}", LU_WENXI)).text
    assert "撤回补充要求" not in (await get(web, f"/review/round/{round_id}", HE_XU)).text
    assert (await send(web, path, LU_WENXI, {**SEEN, "reason": " "})).status_code == 422
    assert (await send(web, path, LU_WENXI, {**SEEN, "reason": "已在卷内。"})).status_code == 303
    page = (await get(web, f"/review/round/{round_id}", HE_XU)).text
    assert ("计时已暂停" in page, "已撤回" in page) == (False, True)


async def test_a_request_for_nothing_comes_back(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    page = await send(web, f"/review/round/{round_id}/supplement", LU_WENXI, {**SEEN, "missing_other": " "})
    assert (page.status_code, "没有写缺什么材料" in page.text) == (422, True)


@pytest.mark.parametrize("act", ["supplement", "supplement-answer"])
async def test_an_empty_form_comes_back_with_what_is_missing(web: Web, db: Database, act: str) -> None:
    round_id = await opened(db, a_round())
    page = await send(web, f"/review/round/{round_id}/{act}", LU_WENXI, {})
    assert page.status_code == 422


async def test_papers_are_attached_by_a_form(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    done = await web.client.post(
        f"/review/round/{round_id}/papers",
        files={"files": ("结论.txt", "没有问题。".encode(), "text/plain")},
        data={"role": "审查结论"},
        headers={**web.as_program(CHENG_YIAN), "Accept": "text/html"},
    )
    assert done.status_code == 303
    assert "结论.txt" in (await get(web, f"/review/round/{round_id}", CHENG_YIAN)).text


async def test_a_step_is_declared_not_applicable_by_a_form(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    fields = {**SEEN, "act": "not-applicable", "reason": REASON}
    confirming = await send(web, f"/review/round/{round_id}/confirm", CHENG_YIAN, fields)
    await send(web, f"/review/round/{round_id}/decide", CHENG_YIAN, {**hidden(confirming.text), "read": "yes"})
    assert "不适用" in (await get(web, f"/review/round/{round_id}/result", CHENG_YIAN)).text


async def test_what_people_write_is_escaped(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round(document=a_document(title="<script>alert(1)</script>")))
    fields = {**fields_for("legality"), "outcome": "amend", "opinion": "<img src=x>"}
    page = (await send(web, f"/review/round/{round_id}/confirm", LU_WENXI, fields)).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


async def test_an_unknown_act_is_refused(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    page = await send(web, f"/review/round/{round_id}/confirm", LU_WENXI, {**SEEN, "act": "abolish"})
    assert page.status_code == 422


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_board_shows_open_rounds_with_their_lights(web: Web, db: Database, language: str) -> None:
    await opened(db, a_round())
    await opened(db, a_round("signing", due=None))
    page = await get(web, "/review", SU_HE, language)
    assert page.status_code == 200
    assert page.text.count(f">{TITLE}</a>") == 2
    assert "light" in page.text


async def test_the_board_of_a_reviewer_can_show_only_own_rounds(web: Web, db: Database) -> None:
    await opened(db, a_round())
    await opened(db, a_round("signing"))
    assert (await get(web, "/review?mine=1", SU_HE)).text.count(f">{TITLE}</a>") == 1


async def test_an_empty_board_says_what_that_means(web: Web) -> None:
    assert "没有等人决定的事项" in (await get(web, "/review", HE_XU)).text


async def test_a_stranger_is_sent_to_sign_in(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    page = await web.client.get(f"/review/round/{round_id}", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"].startswith("/sign-in")) == (303, True)


async def test_going_back_from_the_confirmation_keeps_what_was_written(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    confirming = await send(web, f"/review/round/{round_id}/confirm", LU_WENXI, fields_for("legality"))
    editing = hidden(confirming.text.partition('<form id="edit"')[2])
    page = await send(web, f"/review/round/{round_id}/confirm", LU_WENXI, editing)
    assert (page.status_code, "符合规定。</textarea>" in page.text) == (200, True)


async def test_the_summary_names_the_field_and_leads_to_it(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round("signing"))
    fields = {**fields_for("signing"), "name": "许"}
    page = (await send(web, f"/review/round/{round_id}/confirm", XU_QINGYUAN, fields)).text
    assert '<a href="#name">名称：签署的姓名和登录的姓名不一致' in page
    assert 'aria-describedby="name-h name-e"' in page


async def test_a_session_decides_with_the_token_of_its_page(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    await web.client.post("/sign-in", data={"person_id": "lu-wenxi", "unit_id": "justice", "next": "/review"})
    page = await web.client.get(f"/review/round/{round_id}", headers={"Accept": "text/html"})
    fields = {**fields_for("legality"), "csrf_token": hidden(page.text)["csrf_token"]}
    confirming = await web.client.post(f"/review/round/{round_id}/confirm", data=fields)
    sent = {**hidden(confirming.text.partition('<form id="edit"')[0]), "read": "yes"}
    done = await web.client.post(f"/review/round/{round_id}/decide", data=sent)
    assert done.status_code == 303


async def test_a_session_without_the_token_decides_nothing(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    await web.client.post("/sign-in", data={"person_id": "lu-wenxi", "unit_id": "justice", "next": "/review"})
    answer = await web.client.post(f"/review/round/{round_id}/confirm", data=fields_for("legality"))
    assert answer.status_code == 403


async def test_a_table_of_opinions_that_was_filed_anew_shows_the_earlier_one_as_changed(web: Web, db: Database) -> None:
    document = a_document()
    for ordinal, digest in ((1, "7a" * 32), (2, "7b" * 32)):
        table = StoredFile(name="意见采纳情况表（第1次征求意见）.docx", file_hash=digest, size=4096)
        given = a_round("meeting", document=document, ordinal=ordinal, papers=("意见采纳情况表",), opinions=(table,))
        async with db.transaction() as tx:
            await rounds.add_authors(tx, document.document_id, given.author_ids)
            round_id = await rounds.open_round(tx, given)
            await file_opinions(tx, round_id, given)

    page = (await get(web, f"/review/round/{round_id}", WEN_ZHIYUAN)).text

    assert page.count("系统按已公布的答复附上") == 2
    assert page.count("其后有变动，以后附的一份为准") == 1
    assert page.index("7a" * 32) < page.index("其后有变动")

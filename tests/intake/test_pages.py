"""Every page of intake, in each of its states: drawn in both languages, with words for each state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from lxml import html

from services.kernel.contracts.facts import Facts, JointFacts, SealFacts, SealOn
from services.kernel.contracts.intake import PublishAnswers, RecordSummary
from services.kernel.contracts.messages import Deadline
from services.kernel.procedure.deadlines import office_day
from tests.intake.builders import CONTACT, DRAFT, NEXT_DRAFT, NOTE, Web, a_stage, answers

HTML = {"Accept": "text/html"}
SCRIPT = "<script>alert('云溪')</script>"


@pytest_asyncio.fixture
async def browser(web: Web) -> AsyncIterator[Web]:
    """Somebody who reads pages."""
    web.client.headers.update(HTML)
    yield web


async def page(web: Web, path: str, *, person: str | None = "he-xu", language: str = "zh") -> str:
    headers = {**(web.as_(person) if person else {}), "Accept-Language": language}
    answer = await web.client.get(path, headers=headers, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


async def form(web: Web, path: str, person: str | None = "he-xu", **fields: object) -> httpx.Response:
    headers = web.as_(person) if person else {}
    return await web.client.post(path, data={"idempotency_key": str(uuid4()), **fields}, headers=headers)


async def token_of(web: Web, window_id: object) -> str:
    """The token in the form of a consultation."""
    shown = await page(web, f"/intake/consultation/{window_id}", person=None)
    return shown.partition('name="form" value="')[2].partition('"')[0]


def a_form(**changes: object) -> dict[str, Any]:
    given: dict[str, Any] = {
        "kind": "NORMATIVE", "issuer_unit": "yunxi", "agency_code": "云政规", "text": DRAFT, "note": NOTE,
        "comment.channels": ["web", "letter"], **{f"comment.contact.{name}": value for name, value in CONTACT.items()},
    }  # fmt: skip
    for name in answers():
        given[f"predicates.{name}.answer"] = "false"
        given[f"predicates.{name}.reason"] = "经研究认定。"
    return given | changes


async def test_an_office_without_documents_is_told_what_to_do(browser: Web) -> None:
    assert "本单位还没有报送文件" in await page(browser, "/intake")


async def test_the_list_shows_state_and_what_is_due(browser: Web) -> None:
    handed_in = await browser.desk.submits()
    due = Deadline(rule_id="legality.term", last_day=office_day(datetime.now(UTC)), ends_at=datetime.now(UTC))
    stage = a_stage(handed_in, "legality_review", state="legality_review", due=due)
    await browser.desk.activities.record_stage(stage)

    shown = await page(browser, "/intake")

    assert "合法性审核" in shown
    assert "今日到期" in shown


async def test_the_submission_begins_with_the_kind(browser: Web) -> None:
    assert "?kind=MAJOR_DECISION" in await page(browser, "/intake/submit")


@pytest.mark.parametrize("kind", ["NORMATIVE", "MAJOR_DECISION", "WORK_PLAN"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_form_asks_the_questions_of_its_kind(browser: Web, kind: str, language: str) -> None:
    shown = await page(browser, f"/intake/submit?kind={kind}", language=language)

    assert all(f'name="predicates.{name}.answer"' in shown for name in answers(kind))


async def test_a_whole_form_is_handed_in(browser: Web) -> None:
    answer = await form(browser, "/intake/submit", **a_form())

    assert answer.status_code == 303, answer.text
    assert "云溪区" in await page(browser, answer.headers["Location"])


async def test_a_form_may_name_joint_issuers(browser: Web) -> None:
    refused = await form(browser, "/intake/submit", **a_form(), joint_units=["finance", "justice"])
    assert refused.status_code == 422
    assert "名录里区财政局没有负责人" in refused.text
    assert 'value="justice" checked' in refused.text
    answer = await form(browser, "/intake/submit", **a_form(), joint_units=["justice"])
    shown = await page(browser, answer.headers["Location"])
    assert "云溪区政府、区司法局" in shown
    assert "联合发文" in shown


async def test_a_form_comes_back_with_every_mistake_and_what_was_written(browser: Web) -> None:
    wrong = a_form(agency_code="YZG", note="", title=SCRIPT)
    wrong["predicates.touches_market_entities.answer"] = ""

    answer = await form(browser, "/intake/submit", **wrong)

    assert answer.status_code == 422
    assert "有3处需要改" in answer.text
    assert 'href="#predicates.touches_market_entities.answer"' in answer.text
    assert SCRIPT not in answer.text
    assert DRAFT[:30] in answer.text


async def test_who_may_not_draft_sees_no_form(browser: Web) -> None:
    answer = await browser.client.get("/intake/submit", headers=browser.as_("lu-wenxi"))

    assert answer.status_code == 403


async def test_the_document_says_who_is_waited_for_and_by_which_article(browser: Web) -> None:
    handed_in = await browser.desk.submits()
    await browser.desk.activities.record_stage(a_stage(handed_in, "legality_review", state="legality_review"))

    shown = await page(browser, f"/intake/document/{handed_in.document.id}")

    assert "陆闻溪（区司法局）" in shown
    assert "依据" in shown
    assert "程序钟" in shown


async def test_a_blocked_gate_is_said_in_words_with_its_remedy(browser: Web) -> None:
    handed_in = await browser.desk.submits()
    codes = ("gate.assessment_missing",)
    stage = a_stage(handed_in, "public_comment", event="blocked", state="public_comment", codes=codes)
    await browser.desk.activities.record_stage(stage)

    shown = await page(browser, f"/intake/document/{handed_in.document.id}")

    assert "请先办结“评估论证”" in shown


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("part", ["", "/text", "/dossier", "/difference?from=1&to=2", "/revise", "/withdraw"])
async def test_each_page_of_a_document_is_drawn(browser: Web, part: str, language: str) -> None:
    handed_in = await browser.desk.submits()
    path = f"/intake/document/{handed_in.document.id}"
    await form(browser, f"{path}/revise", text=NEXT_DRAFT, change_note="改为每月清洗")

    shown = await page(browser, path + part, language=language)

    assert "云溪区" in shown


async def test_a_new_text_by_form_shows_its_difference(browser: Web) -> None:
    handed_in = await browser.desk.submits()
    path = f"/intake/document/{handed_in.document.id}"

    answer = await form(browser, f"{path}/revise", text=NEXT_DRAFT)

    assert answer.status_code == 303
    assert "<ins>" in await page(browser, f"{path}/difference?from=1&to=2")


async def test_the_same_text_by_form_is_refused_in_words(browser: Web) -> None:
    handed_in = await browser.desk.submits()

    answer = await form(browser, f"/intake/document/{handed_in.document.id}/revise", text=DRAFT)

    assert answer.status_code == 409
    assert "文本没有变化" in answer.text


async def test_a_withdrawal_is_confirmed_first(browser: Web) -> None:
    handed_in = await browser.desk.submits()
    path = f"/intake/document/{handed_in.document.id}"

    assert "确认撤回" in await page(browser, f"{path}/withdraw")
    assert (await form(browser, f"{path}/withdraw", reason="")).status_code == 422
    assert (await form(browser, f"{path}/withdraw", reason="需要重新调研。")).status_code == 303
    assert "已撤回" in await page(browser, path)


async def test_the_dossier_names_everybody_who_signed_jointly(browser: Web) -> None:
    handed_in = await browser.desk.submits()
    joint = JointFacts(rule="all", seats=2, needed=2, agreed=2, signers=("xu-qingyuan", "zheng-an"))
    closed = a_stage(handed_in, "signing", event="closed", outcome="signed", facts=Facts(joint=joint))
    await browser.desk.activities.record_stage(closed)

    shown = await page(browser, f"/intake/document/{handed_in.document.id}/dossier")
    assert "会签：全部同意，2/2同意：许清远、郑安" in shown


@pytest.mark.parametrize(("language", "form"), [("zh", "电子印章"), ("en", "electronic seal")])
async def test_the_dossier_names_every_seal_that_was_put_on_the_text(browser: Web, language: str, form: str) -> None:
    handed_in = await browser.desk.submits()
    at = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    seals = tuple(
        SealOn(unit_id=unit, text_hash=handed_in.version.text_hash, at=at, form="electronic")
        for unit in ("urban", "justice")
    )
    facts = Facts(seal=SealFacts(issuers=2, seals=seals))
    await browser.desk.activities.record_stage(
        a_stage(handed_in, "sealing", event="closed", outcome="sealed", facts=facts)
    )

    shown = await page(browser, f"/intake/document/{handed_in.document.id}/dossier", language=language)
    (row,) = [row for row in html.fromstring(shown).xpath("//tr") if form in row.text_content()]
    said = row.text_content()
    assert (said.count(form), said.index("区城市管理局") < said.index("区司法局"), said.count("09:30") >= 2) == (
        2,
        True,
        True,
    )


async def test_a_broken_chain_is_said_on_the_dossiers_page(browser: Web, owner: object) -> None:
    handed_in = await browser.desk.submits()
    await owner.execute("alter table intake.dossier_entries disable trigger all")  # type: ignore[attr-defined]
    await owner.execute("update intake.dossier_entries set rule_id = 'text.identity'")  # type: ignore[attr-defined]

    assert "校验没有通过" in await page(browser, f"/intake/document/{handed_in.document.id}/dossier")


async def _window(web: Web, **more: Any) -> UUID:
    return await web.desk.opens_window(await web.desk.submits(), **more)


async def test_without_consultations_the_page_says_so(browser: Web) -> None:
    assert "现在没有正在征求意见的文件" in await page(browser, "/intake/consultations", person=None)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_an_open_consultation_shows_text_close_and_form(browser: Web, language: str) -> None:
    window_id = await _window(browser)

    shown = await page(browser, f"/intake/consultation/{window_id}?clause=art-3", person=None, language=language)

    assert "第三条" in shown
    assert 'name="body"' in shown
    assert "UTC+8" in shown


async def test_a_comment_by_form_leads_to_its_receipt(browser: Web) -> None:
    window_id = await _window(browser)

    answer = await form(
        browser,
        f"/intake/consultation/{window_id}",
        None,
        body=f"建议{SCRIPT}",
        clause="art-3",
        name="",
        contact="",
        form=await token_of(browser, window_id),
    )

    shown = await page(browser, answer.headers["Location"], person=None)
    assert "意见已收到" in shown
    assert SCRIPT not in shown
    assert "第三条" in shown


async def test_a_late_comment_by_form_is_told_why_and_loses_no_words(browser: Web) -> None:
    window_id = await _window(browser)
    await browser.desk.closes_now(window_id)

    answer = await form(browser, f"/intake/consultation/{window_id}", None, body="晚了一步")

    assert answer.status_code == 409
    assert "没有收下：已经截止" in answer.text


async def test_an_empty_comment_comes_back_with_the_form(browser: Web) -> None:
    window_id = await _window(browser)

    answer = await form(browser, f"/intake/consultation/{window_id}", None, body="", name="周女士")

    assert answer.status_code == 422
    assert "周女士" in answer.text


async def test_an_unknown_receipt_leads_back_to_the_field(browser: Web) -> None:
    answer = await browser.client.get("/intake/receipt?receipt=4K7P")

    assert answer.status_code == 404
    assert "没有找到这个回执号" in answer.text


async def test_the_drafting_note_is_public_with_the_draft(browser: Web) -> None:
    window_id = await _window(browser)

    answer = await browser.client.get(f"/intake/consultation/{window_id}/paper/1")

    assert answer.content.decode() == NOTE
    assert answer.headers["content-disposition"].startswith("attachment")


async def _closed(web: Web, *bodies: str) -> UUID:
    window_id = await _window(web)
    for body in bodies:
        await web.desk.comments(window_id, body)
    await web.desk.closes_now(window_id)
    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))
    return window_id


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_that_nobody_wrote_is_a_result(browser: Web, language: str) -> None:
    window_id = await _closed(browser)

    shown = await page(browser, f"/intake/consultation/{window_id}/feedback", person=None, language=language)

    assert ("未收到意见" if language == "zh" else "No comments were received") in shown


async def test_the_result_is_drawn_before_there_are_answers(browser: Web) -> None:
    window_id = await _closed(browser, "应当按月清洗。", "同意。")

    shown = await page(browser, f"/intake/consultation/{window_id}/feedback", person=None)

    assert "等待答复" in shown
    assert "<svg" in shown
    assert "<table" in shown


async def test_private_numbers_in_an_opinion_are_covered_in_public(browser: Web) -> None:
    window_id = await _closed(browser, "同意，请打13800001234找我。")
    async with browser.desk.db.read() as conn:
        comment_id = await conn.fetchval("select id from comments")
    await form(browser, f"/intake/consultation/{window_id}/answers", **{f"disposition.{comment_id}": "adopted"})
    await browser.desk.activities.publish_answers(PublishAnswers(window_id=window_id))

    assert "13800001234" not in await page(browser, f"/intake/consultation/{window_id}/feedback", person=None)


async def test_before_the_result_there_is_no_feedback_page(browser: Web) -> None:
    window_id = await _window(browser)

    assert (await browser.client.get(f"/intake/consultation/{window_id}/feedback")).status_code == 409


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_answers_by_form_are_published_with_sums(browser: Web, language: str) -> None:
    window_id = await _closed(browser, "应当按月清洗。", "同意。")
    path = f"/intake/consultation/{window_id}"
    async with browser.desk.db.read() as conn:
        ids = [row["id"] for row in await conn.fetch("select id from comments order by id")]
    await page(browser, f"{path}/answers", language=language)
    refused = await form(browser, f"{path}/answers", **{f"disposition.{ids[0]}": "not_adopted"})
    saved = await form(
        browser,
        f"{path}/answers",
        **{
            f"disposition.{ids[0]}": "not_adopted",
            f"reason.{ids[0]}": "实测两个月一次可以达标。",
            f"disposition.{ids[1]}": "adopted",
        },
    )

    await browser.desk.activities.publish_answers(PublishAnswers(window_id=window_id))

    assert (refused.status_code, saved.status_code) == (422, 303)
    shown = await page(browser, f"{path}/feedback", person=None, language=language)
    assert "1 + 0 + 1 = 2" in shown
    assert "实测两个月一次可以达标。" in shown
    assert await page(browser, f"{path}/answers?every=1", language=language)
    assert "/feedback" in await page(browser, "/intake/consultations", person=None, language=language)


async def test_equal_opinions_are_answered_at_once_by_form(browser: Web) -> None:
    window_id = await _closed(browser, "同意。", "同意！")
    async with browser.desk.db.read() as conn:
        row = await conn.fetchrow("select comment_id, group_id from opinion_members order by comment_id limit 1")

    await form(
        browser,
        f"/intake/consultation/{window_id}/answers",
        **{f"disposition.{row['comment_id']}": "adopted", f"group.{row['comment_id']}": str(row["group_id"])},
    )

    async with browser.desk.db.read() as conn:
        assert await conn.fetchval("select count(*) from answers") == 2


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_letter_is_entered_by_form(browser: Web, language: str) -> None:
    window_id = await _window(browser, starts_in=-7200.0, lasts=14400.0)
    path = f"/intake/consultation/{window_id}/enter"
    arrived = (datetime.now(UTC) + timedelta(hours=8) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")

    answer = await form(browser, path, channel="letter", received_at=arrived, body="来信建议", clause="art-3")

    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].partition("done=")[2] in await page(
        browser, answer.headers["Location"], language=language
    )


async def test_a_letter_without_its_hour_comes_back(browser: Web) -> None:
    window_id = await _window(browser)

    answer = await form(browser, f"/intake/consultation/{window_id}/enter", channel="letter", received_at="", body="信")

    assert answer.status_code == 422


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_an_extension_by_form_is_read_by_everybody(browser: Web, language: str) -> None:
    window_id = await _window(browser)
    path = f"/intake/consultation/{window_id}"
    to = (datetime.now(UTC) + timedelta(weeks=1)).date().isoformat()
    assert await page(browser, f"{path}/acts", language=language)

    refused = await form(browser, f"{path}/acts", act="extended", closes_at=to, reason="")
    answer = await form(browser, f"{path}/acts", act="extended", closes_at=to, reason="应群众要求延长。")

    assert (refused.status_code, answer.status_code) == (422, 303)
    assert "应群众要求延长。" in await page(browser, path, person=None, language=language)


async def test_another_office_does_not_see_these_forms(browser: Web) -> None:
    window_id = await _window(browser)

    for part in ("enter", "acts", "answers"):
        path = f"/intake/consultation/{window_id}/{part}"
        assert (await browser.client.get(path, headers=browser.as_("tang-shuyao"))).status_code == 403


async def test_the_clause_that_an_answer_changed_is_called_by_its_number(browser: Web) -> None:
    window_id = await _closed(browser, "建议延长清洗的间隔。")
    async with browser.desk.db.read() as conn:
        comment = await conn.fetchrow("select id, receipt, clause from comments")
    assert comment is not None
    given = {f"disposition.{comment['id']}": "adopted", f"clause.{comment['id']}": comment["clause"]}
    await form(browser, f"/intake/consultation/{window_id}/answers", **given)
    await browser.desk.activities.publish_answers(PublishAnswers(window_id=window_id))

    feedback = await page(browser, f"/intake/consultation/{window_id}/feedback", person=None)
    receipt = await page(browser, f"/intake/receipt?receipt={comment['receipt']}", person=None)

    assert comment["clause"] == "art-3"
    assert ">art-3" not in feedback
    assert "art-3" not in receipt


async def test_a_reviewer_comes_from_the_document_to_the_table_of_opinions(browser: Web) -> None:
    window_id = await _closed(browser, "建议延长清洗的间隔。")
    async with browser.desk.db.read() as conn:
        document_id = await conn.fetchval("select document_id from windows")

    sent = await browser.client.get(f"/intake/document/{document_id}/opinions", headers=browser.as_("he-xu"))

    assert (sent.status_code, sent.headers["location"]) == (303, f"/intake/consultation/{window_id}/table")


async def test_a_document_that_nobody_was_asked_about_has_no_table(browser: Web) -> None:
    handed_in = await browser.desk.submits()

    sent = await browser.client.get(f"/intake/document/{handed_in.document.id}/opinions", headers=browser.as_("he-xu"))

    assert sent.status_code == 404

"""Pages: each state in words, in both languages, usable without script, nothing of a document taken for markup."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx
import pytest

from services.kernel.runtime.db import Connection
from tests.notify.builders import LIFT, PARKING, PARKING_TEXT, Office, a_document, a_tell, a_window, feedback, soon
from tests.notify.visits import BROWSER, ENGLISH, hidden_fields, see, sign_in


async def test_an_empty_home_page_says_what_that_means(client: httpx.AsyncClient) -> None:
    page = await see(client, "/")
    for words in ("现在没有正在征求意见的文件", "还没有截止的征求意见", "还没有公布的文件"):
        assert words in page
    assert "Nothing is open for comment now" in await see(client, "/", ENGLISH)


async def test_the_home_page_shows_a_window_closing_soon(office: Office, client: httpx.AsyncClient) -> None:
    await office.activities.post_notice(a_window(a_document(), soon(-60), soon(3 * 3600)))
    page = await see(client, "/")
    assert LIFT in page
    assert '<span class="tag warn">即将截止</span>' in page
    assert "Closing soon" in await see(client, "/", ENGLISH)


async def test_the_home_page_shows_an_open_window(office: Office, client: httpx.AsyncClient) -> None:
    await office.activities.post_notice(a_window(a_document(), soon(-60), soon(14 * 86400)))
    page = await see(client, "/")
    assert '<span class="tag now">征求意见中</span>' in page
    assert "还有14天" in page


async def test_a_window_announced_is_not_open_yet(office: Office, client: httpx.AsyncClient) -> None:
    await office.activities.post_notice(a_window(a_document(), soon(3600), soon(14 * 86400)))
    assert '<span class="tag off">尚未开始</span>' in await see(client, "/")


async def test_at_the_closing_instant_the_home_page_turns(office: Office, client: httpx.AsyncClient) -> None:
    await office.activities.post_notice(a_window(a_document(), soon(-60), soon(3)))
    before = await see(client, "/")
    await asyncio.sleep(3.1)
    after = await see(client, "/")
    assert "即将截止" in before
    assert "已截止" not in before
    assert "即将截止" not in after
    assert '<span class="tag hold">已截止，正在汇总</span>' in after


@pytest.mark.parametrize(
    ("received", "zh", "en"),
    [
        (0, "结果已公布</span> 期间没有收到意见。", "No comments were received."),
        (214, "已截止，等待答复</span> 收到214条意见。", "214 comments were received."),
    ],
)
async def test_the_result_of_a_consultation_is_shown(
    office: Office, client: httpx.AsyncClient, received: int, zh: str, en: str
) -> None:
    document = a_document()
    await office.activities.post_notice(a_window(document, soon(-60), soon(-1)))
    await office.activities.post_notice(feedback(document, received))
    assert zh in await see(client, "/")
    assert en in await see(client, "/", ENGLISH)


async def test_published_answers_are_shown(office: Office, client: httpx.AsyncClient) -> None:
    document = a_document()
    await office.activities.post_notice(a_window(document, soon(-60), soon(-1)))
    await office.activities.post_notice(feedback(document, 3))
    answers = feedback(document, 3, key="k#answers", notice="answers", link="/intake/consultation/1/answers")
    await office.activities.post_notice(answers)
    page = await see(client, "/")
    assert '<span class="tag done">答复已公布</span>' in page
    assert 'href="/intake/consultation/1/answers"' in page


async def test_a_new_document_stands_on_the_home_page(office: Office, client: httpx.AsyncClient) -> None:
    gazette_id = await office.publish(a_document(title=PARKING), PARKING_TEXT)
    page = await see(client, "/")
    assert f'href="/notify/gazette/{gazette_id}"' in page
    assert '<span class="tag go">现行有效</span>' in page


async def test_the_gazette_marks_the_word_it_found(office: Office, client: httpx.AsyncClient) -> None:
    await office.publish(a_document(title=PARKING), PARKING_TEXT)
    page = await see(client, "/notify/gazette?q=停車場&year=&kind=&unit=&number=&on=")
    assert "<mark>停车场</mark>" in page


async def test_the_gazette_tells_validity_on_another_day(office: Office, client: httpx.AsyncClient) -> None:
    await office.publish(a_document())
    assert "当日尚未公布" in await see(client, "/notify/gazette?on=2020-05-03")
    assert "当日有效" in await see(client, "/notify/gazette?on=2030-05-03")
    assert "当日已失效" in await see(client, "/notify/gazette?on=2040-05-03")


async def test_a_day_that_is_none_is_refused_in_words(client: httpx.AsyncClient) -> None:
    answer = await client.get("/notify/gazette?on=2026-02-30", headers=BROWSER)
    assert answer.status_code == 422
    assert "请写成2026-05-03这样的日期" in answer.text


async def test_a_search_without_result_says_how_to_go_on(office: Office, client: httpx.AsyncClient) -> None:
    await office.publish(a_document())
    assert "没有找到符合条件的文件" in await see(client, "/notify/gazette?q=渔业捕捞")


async def test_a_document_page_tells_text_number_dates_and_hash(office: Office, client: httpx.AsyncClient) -> None:
    gazette_id = await office.publish(a_document())
    page = await see(client, f"/notify/gazette/{gazette_id}")
    for words in ("云政规〔2026〕1号", "<b>第一条</b>", "云溪区人民政府", "2031年12月20日", "依据", "SHA-256"):
        assert words in page
    english = await see(client, f"/notify/gazette/{gazette_id}", ENGLISH)
    assert "About the document" in english
    assert "The Chinese text prevails" in english


async def test_a_document_that_was_never_published_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/notify/gazette/{uuid4()}", headers=BROWSER)
    assert answer.status_code == 404
    assert "公报里没有这份文件" in answer.text


async def test_a_title_and_a_text_are_never_markup(office: Office, client: httpx.AsyncClient) -> None:
    evil = "<script>alert(1)</script>办法"
    document = a_document(title=evil)
    gazette_id = await office.publish(document, f"第一条　{evil}\n{evil}\n")
    await office.activities.post_notice(a_window(document, soon(-60), soon(3600)))
    for path in ("/", f"/notify/gazette?q={evil}", f"/notify/gazette/{gazette_id}"):
        assert "<script>alert" not in await see(client, path)


async def test_annual_reports_have_their_page(office: Office, client: httpx.AsyncClient) -> None:
    assert "还没有公布的年度报告" in await see(client, "/notify/reports")
    await office.publish(a_document(kind="ANNUAL_REPORT", title="云溪区2026年法治政府建设年度报告"), PARKING_TEXT)
    await office.publish(a_document())
    page = await see(client, "/notify/reports")
    assert "云溪区2026年法治政府建设年度报告" in page
    assert LIFT not in page


async def test_the_register_shows_void_numbers_with_their_reason(
    office: Office, client: httpx.AsyncClient, owner: Connection
) -> None:
    await office.number(a_document())
    await owner.execute(
        "update notify.numbers set state = 'void', void_reason = '<b>重复登记</b>', voided_by = 'gu-nianci',"
        " voided_at = now(), voided_on = current_date"
    )
    await sign_in(client)
    page = await see(client, "/notify/numbers?code=云政规&year=2026")
    assert '<span class="tag off">已作废</span>' in page
    assert "&lt;b&gt;重复登记&lt;/b&gt;" in page


async def test_a_number_is_voided_by_a_form(office: Office, client: httpx.AsyncClient) -> None:
    await office.number(a_document())
    await sign_in(client)
    register = await see(client, "/notify/numbers")
    path = register.split("/voiding")[0].rpartition('"')[2] + "/voiding"
    form = hidden_fields(await see(client, path))
    answer = await client.post(path, data={**form, "reason": "重复登记"}, headers=BROWSER)
    assert answer.status_code == 303
    page = await see(client, answer.headers["location"])
    assert "文号已经作废" in page
    assert "重复登记" in page


async def test_a_form_without_reason_comes_back(office: Office, client: httpx.AsyncClient) -> None:
    await office.number(a_document())
    await sign_in(client)
    register = await see(client, "/notify/numbers")
    path = register.split("/voiding")[0].rpartition('"')[2] + "/voiding"
    form = hidden_fields(await see(client, path))
    answer = await client.post(path, data={**form, "reason": " "}, headers=BROWSER)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "请写明原因" in answer.text


async def test_a_published_number_offers_no_voiding(office: Office, client: httpx.AsyncClient) -> None:
    await office.publish(a_document())
    await sign_in(client)
    assert "/voiding" not in await see(client, "/notify/numbers")


@pytest.mark.parametrize("path", ["/notify/numbers", "/notify/messages"])
async def test_staff_pages_send_visitors_to_sign_in(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=BROWSER)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_the_messages_are_for_the_operator(client: httpx.AsyncClient) -> None:
    await sign_in(client, "tang-shuyao", "housing")
    assert (await client.get("/notify/messages", headers=BROWSER)).status_code == 403


async def test_messages_show_what_was_sent_waits_and_cannot_leave(
    office: Office, client: httpx.AsyncClient, owner: Connection
) -> None:
    for role, unit in (("supervisor", "inspection"), ("chief", "yunxi"), ("party_clerk", "yunxi-party")):
        await office.activities.tell(a_tell(role=role, unit_id=unit))
    await office.activities.tell(a_tell(role="nobody_has_this_role"))
    await owner.execute("update notify.messages set sent_at = now() where person_id = 'cheng-lingyi'")
    await owner.execute(
        "update notify.outbox set state = 'parked', last_error = 'answer 550'"
        " where id = (select letter_id from notify.messages where person_id = 'xu-qingyuan')"
    )
    await sign_in(client)
    page = await see(client, "/notify/messages")
    for words in ("已发出", "还没有送达，系统会再试", "送不出去", "answer 550", "没有人可以告知的事"):
        assert words in page
    parked = await see(client, "/notify/messages?state=parked")
    assert "许清远" in parked
    assert "程令仪" not in parked
    assert "Undeliverable" in await see(client, "/notify/messages", ENGLISH)


async def test_a_parked_mail_is_put_back_by_a_form(
    office: Office, client: httpx.AsyncClient, owner: Connection
) -> None:
    await office.activities.tell(a_tell(role="supervisor", unit_id="inspection"))
    await owner.execute("update notify.outbox set state = 'parked', last_error = 'answer 550'")
    await sign_in(client)
    page = await see(client, "/notify/messages?state=parked")
    path = page.split('/retry"')[0].rpartition('"')[2] + "/retry"
    answer = await client.post(path, data=hidden_fields(page), headers=BROWSER)
    assert answer.status_code == 303
    assert await owner.fetchval("select state from notify.outbox") == "waiting"

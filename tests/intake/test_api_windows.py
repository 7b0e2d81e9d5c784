"""Windows, comments, receipts and answers over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.kernel.contracts.intake import PublishAnswers, RecordSummary
from tests.intake.builders import Web

LONG = "长" * 5001


async def a_window(web: Web, *, starts_in: float = -60.0, lasts: float = 3600.0) -> UUID:
    return await web.desk.opens_window(await web.desk.submits(), starts_in=starts_in, lasts=lasts)


async def _commented(web: Web, window_id: UUID, body: str = "建议延长清洗的间隔。") -> str:
    answer = await web.posts(f"/intake/windows/{window_id}/comments", {"body": body, "clause": "第三条"}, person=None)
    code: str = answer.json()["code"]
    return code


async def _summarised(web: Web, *bodies: str) -> UUID:
    window_id = await a_window(web)
    for body in bodies:
        await _commented(web, window_id, body)
    await web.desk.closes_now(window_id)
    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))
    return window_id


async def test_anybody_comments_and_gets_a_receipt(web: Web) -> None:
    window_id = await a_window(web)

    code = await _commented(web, window_id)

    receipt = (await web.gets(f"/intake/receipts/{code.lower()}", person=None)).json()
    assert (receipt["body"], receipt["clause"], receipt["answer"]) == ("建议延长清洗的间隔。", "art-3", None)


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"body": ""}, "comment.body", "body"),
        ({"body": LONG}, "comment.body", "body"),
        ({"body": "零\x00字"}, "comment.body", "body"),
        ({"body": "好", "clause": "第九十九条"}, "comment.clause", "clause"),
        ({"body": "好", "name": "长" * 101}, "comment.body", "name"),
    ],
    ids=["empty", "too long", "null", "no such clause", "long name"],
)
async def test_a_bad_comment_is_refused_with_its_field(web: Web, given: dict[str, str], code: str, field: str) -> None:
    window_id = await a_window(web)

    problem = (await web.posts(f"/intake/windows/{window_id}/comments", given, person=None)).json()

    assert (problem["code"], problem["field"]) == (code, field)


async def test_a_late_comment_is_refused_by_how_much_and_counted(web: Web) -> None:
    window_id = await a_window(web)
    await web.desk.closes_now(window_id)

    answer = await web.posts(f"/intake/windows/{window_id}/comments", {"body": "晚了"}, person=None)

    async with web.desk.db.read() as conn:
        late = await conn.fetchval("select count(*) from refused_attempts")
    assert (answer.status_code, answer.json()["code"], late) == (409, "comment.window_closed", 1)
    assert answer.json()["article"]


async def test_an_early_comment_is_refused(web: Web) -> None:
    window_id = await a_window(web, starts_in=60)

    answer = await web.posts(f"/intake/windows/{window_id}/comments", {"body": "早了"}, person=None)

    assert (answer.status_code, answer.json()["code"]) == (409, "comment.window_not_open")


async def test_the_same_comment_sent_twice_is_taken_once(web: Web) -> None:
    window_id, key = await a_window(web), str(uuid4())
    path, given = f"/intake/windows/{window_id}/comments", {"body": "只说一次"}
    first = await web.posts(path, given, person=None, key=key)

    again = await web.posts(path, given, person=None, key=key)

    assert again.json()["code"] == first.json()["code"]


async def test_the_window_is_public_with_text_notice_and_rule(web: Web) -> None:
    window_id = await a_window(web)

    window = (await web.gets(f"/intake/windows/{window_id}", person=None)).json()

    assert window["state"] == "open"
    assert "第三条" in window["text"]
    assert window["notice"]["contact"]["unit"]
    assert window["article"]


async def test_a_window_ahead_is_not_told_of(web: Web) -> None:
    window_id = await a_window(web, starts_in=60)

    assert (await web.gets(f"/intake/windows/{window_id}", person=None)).status_code == 404


async def test_windows_are_listed_by_state(web: Web) -> None:
    window_id = await a_window(web)

    found = (await web.gets("/intake/windows", person=None, state="open")).json()

    assert [window["window_id"] for window in found["items"]] == [str(window_id)]
    assert (await web.gets("/intake/windows", person=None, state="closed")).json()["items"] == []


async def test_staff_enter_a_letter(web: Web) -> None:
    window_id = await a_window(web)
    arrived = (datetime.now(UTC) - timedelta(seconds=20)).isoformat()
    given = {"channel": "letter", "received_at": arrived, "body": "来信建议"}

    answer = await web.posts(f"/intake/windows/{window_id}/staff-comments", given)

    assert answer.status_code == 201
    shown = (await web.gets(f"/intake/windows/{window_id}/comments")).json()["items"]
    assert [item["channel"] for item in shown] == ["letter"]


async def test_the_public_enters_no_letters(web: Web) -> None:
    window_id = await a_window(web)
    given = {"channel": "letter", "received_at": datetime.now(UTC).isoformat(), "body": "来信"}

    assert (await web.posts(f"/intake/windows/{window_id}/staff-comments", given, person=None)).status_code == 401


async def test_an_unknown_channel_is_refused(web: Web) -> None:
    window_id = await a_window(web)
    given = {"channel": "pigeon", "received_at": datetime.now(UTC).isoformat(), "body": "来信"}

    assert (await web.posts(f"/intake/windows/{window_id}/staff-comments", given)).json()["code"] == "comment.channel"


async def test_an_extension_is_public_with_its_reason(web: Web) -> None:
    window_id = await a_window(web)
    to = (datetime.now(UTC) + timedelta(hours=3)).isoformat()

    await web.posts(f"/intake/windows/{window_id}/extend", {"closes_at": to, "reason": "应群众要求延长。"})

    window = (await web.gets(f"/intake/windows/{window_id}", person=None)).json()
    assert [change["reason"] for change in window["changes"]] == ["应群众要求延长。"]


async def test_comments_are_not_listed_for_another_office(web: Web) -> None:
    window_id = await a_window(web)

    assert (await web.gets(f"/intake/windows/{window_id}/comments", person="tang-shuyao")).status_code == 404


async def test_not_adopting_needs_a_reason(web: Web) -> None:
    window_id = await _summarised(web, "应当按月清洗。")
    comment_id = (await web.gets(f"/intake/windows/{window_id}/comments")).json()["items"][0]["comment_id"]
    given = {"answers": [{"comment_id": comment_id, "disposition": "not_adopted"}]}

    problem = (await web.posts(f"/intake/windows/{window_id}/answers", given)).json()

    assert (problem["code"], problem["field"]) == ("answer.reason_missing", "answers.0.reason")


async def test_answers_show_on_the_receipt_only_once_published(web: Web) -> None:
    window_id = await a_window(web)
    code = await _commented(web, window_id)
    await web.desk.closes_now(window_id)
    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))
    comment_id = (await web.gets(f"/intake/windows/{window_id}/comments")).json()["items"][0]["comment_id"]
    given = {"answers": [{"comment_id": comment_id, "disposition": "adopted", "clause": "第三条"}]}
    await web.posts(f"/intake/windows/{window_id}/answers", given)
    before = (await web.gets(f"/intake/receipts/{code}", person=None)).json()["answer"]

    await web.desk.activities.publish_answers(PublishAnswers(window_id=window_id))

    after = (await web.gets(f"/intake/receipts/{code}", person=None)).json()["answer"]
    assert (before, after["disposition_words"]) == (None, "采纳")


async def test_equal_opinions_are_answered_at_once(web: Web) -> None:
    window_id = await _summarised(web, "应当按月清洗。", "应当按月清洗！", "不应当按月清洗。")
    group = (await web.gets(f"/intake/windows/{window_id}/comments")).json()["items"][0]["group"]
    given = {"answers": [{"group": group, "disposition": "not_adopted", "reason": "实测两个月一次可以达标。"}]}

    done = (await web.posts(f"/intake/windows/{window_id}/answers", given)).json()

    assert (done["answered_now"], done["left"]) == (2, 1)


async def test_nothing_is_answered_before_the_result(web: Web) -> None:
    window_id = await a_window(web)
    given = {"answers": [{"comment_id": str(uuid4()), "disposition": "adopted"}]}

    assert (await web.posts(f"/intake/windows/{window_id}/answers", given)).json()["code"] == "window.still_open"


async def test_an_answer_to_no_comment_is_refused(web: Web) -> None:
    window_id = await _summarised(web, "好")
    given = {"answers": [{"comment_id": str(uuid4()), "disposition": "adopted"}]}

    assert (await web.posts(f"/intake/windows/{window_id}/answers", given)).json()["code"] == "answer.target"


async def test_published_answers_stay(web: Web) -> None:
    window_id = await _summarised(web, "好")
    comment_id = (await web.gets(f"/intake/windows/{window_id}/comments")).json()["items"][0]["comment_id"]
    given = {"answers": [{"comment_id": comment_id, "disposition": "adopted"}]}
    await web.posts(f"/intake/windows/{window_id}/answers", given)
    await web.desk.activities.publish_answers(PublishAnswers(window_id=window_id))

    assert (await web.posts(f"/intake/windows/{window_id}/answers", given)).json()["code"] == "answers.published"


async def test_a_withdrawn_comment_needs_no_answer(web: Web) -> None:
    window_id = await a_window(web)
    code = await _commented(web, window_id)
    await web.posts(f"/intake/windows/{window_id}/withdrawals", {"receipt": code})
    await web.desk.closes_now(window_id)
    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))

    published = await web.desk.activities.publish_answers(PublishAnswers(window_id=window_id))

    assert published.answered == 0
    assert (await web.gets(f"/intake/receipts/{code}", person=None)).json()["withdrawn_at"]


async def test_an_unknown_receipt_is_not_found(web: Web) -> None:
    assert (await web.gets("/intake/receipts/0000-0000-0000-0000-0000", person=None)).status_code == 404
    assert (await web.gets("/intake/receipts/short", person=None)).json()["code"] == "receipt.not_found"


async def test_the_annual_report_is_asked_for_by_letter(web: Web) -> None:
    answer = await web.posts("/intake/annual-reports", {"issuer_unit": "yunxi", "year": 2025}, person="cheng-lingyi")

    async with web.desk.db.read() as conn:
        letter = await conn.fetchrow("select kind, name, target from outbox")
    assert answer.status_code == 202
    assert letter is not None
    assert tuple(letter) == ("start", "AnnualReport", "annual-report/yunxi/2025")


async def test_a_reviewer_asks_for_no_annual_report(web: Web) -> None:
    answer = await web.posts("/intake/annual-reports", {"issuer_unit": "yunxi", "year": 2025}, person="lu-wenxi")

    assert answer.status_code == 403

"""The clause that a mail means: read by the machine, corrected by staff, fixed once it is counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from services.kernel.contracts.intake import RecordSummary
from services.kernel.runtime.settings import Settings
from services.kernel.text.clauses import clause_meant, clauses
from tests.intake.builders import DRAFT, Desk, Web
from tests.intake.post import DOMAIN, Door, a_mail, open_door

TITLE = "云溪区街面餐饮油烟管理办法"


@pytest.mark.parametrize(
    ("subject", "body", "anchor"),
    [
        ("关于第三条", "建议延长。", "art-3"),
        ("对第三条第二款的意见", "建议延长。", "art-3"),
        ("意见", "第4条应当写明期限。", "art-4"),
        ("意见", "您好，我对《云溪区街面餐饮油烟管理办法》第四条有意见。", "art-4"),
        ("关于《大气污染防治法》第三条", "建议延长。", None),
        ("对第三条和第四条", "建议延长。", None),
        ("意见", "我住在文澜路，油烟一直很大。后来才看到第三条。", None),
        ("关于第九十九条", "没有这一条。", None),
        ("", "", None),
    ],
)
def test_the_article_that_is_named_first_is_meant(subject: str, body: str, anchor: str | None) -> None:
    found = clause_meant(clauses(DRAFT), TITLE, subject, body)

    assert (found.anchor if found else None) == anchor


@pytest_asyncio.fixture
async def door(desk: Desk, settings: Settings) -> AsyncIterator[Door]:
    update = {"comment_domain": DOMAIN, "comment_mail_protocol": "smtp", "mail_from": "发文 <fawen@yunxi.example>"}
    async with open_door(desk, settings.model_copy(update=update)) as opened:
        yield opened


async def mailed(web: Web, window_id: UUID) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await web.gets(f"/intake/windows/{window_id}/mailed-comments")).json()["items"]
    return items


async def test_a_mails_clause_is_proposed_by_the_machine_and_corrected_by_a_person(web: Web, door: Door) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())
    await door.sends(window_id, a_mail())
    (before,) = await mailed(web, window_id)
    path = f"/intake/windows/{window_id}/mailed-comments/{before['comment_id']}/clause"

    corrected = await web.posts(path, {"clause": "第四条"})

    (after,) = await mailed(web, window_id)
    assert (before["clause"], before["set_by"]) == ("art-3", "machine")
    assert (corrected.json()["clause"], after["clause"], after["set_by"]) == ("art-4", "art-4", "he-xu")


async def test_the_clause_that_somebody_chose_is_nobodys_to_change(web: Web) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())
    await web.desk.comments(window_id)
    async with web.desk.db.read() as conn:
        comment_id = await conn.fetchval("select id from comments")

    refused = await web.posts(f"/intake/windows/{window_id}/mailed-comments/{comment_id}/clause", {"clause": "第四条"})

    assert refused.json()["code"] == "comment.not_mailed"
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with web.desk.db.transaction() as tx:
            await tx.execute("update comments set clause = 'art-4'")


async def test_what_is_counted_keeps_its_clause(web: Web, door: Door) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())
    await door.sends(window_id, a_mail())
    (one,) = await mailed(web, window_id)
    await web.desk.closes_now(window_id)
    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))

    refused = await web.posts(f"/intake/windows/{window_id}/mailed-comments/{one['comment_id']}/clause", {"clause": ""})

    assert refused.json()["code"] == "window.summary_recorded"
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with web.desk.db.transaction() as tx:
            await tx.execute(
                "insert into comment_clauses (comment_id, window_id, ordinal, clause, set_by)"
                " select comment_id, window_id, 2, '', 'he-xu' from comment_clauses"
            )


@pytest.mark.parametrize(("person", "code"), [("tang-shuyao", 403), ("lu-wenxi", 403)])
async def test_mail_is_the_drafting_units_matter(web: Web, person: str, code: int) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())

    lists = [
        await web.gets(f"/intake/windows/{window_id}/{what}", person=person) for what in ("mailed-comments", "mails")
    ]

    assert [answer.status_code for answer in lists] == [code, code]


async def test_a_mail_that_came_back_is_shown_and_sent_once_more(web: Web, door: Door) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())
    await door.sends(window_id, a_mail())
    async with web.desk.db.transaction() as tx:
        mail_id = await tx.fetchval(
            "update commenter_mails set sent_at = clock_timestamp(), bounced_at = clock_timestamp(), attempts = 3"
            " returning id"
        )
    before = (await web.gets(f"/intake/windows/{window_id}/mails")).json()
    page = await web.gets(f"/intake/consultation/{window_id}/mail")

    first = await web.posts(f"/intake/windows/{window_id}/mails/{mail_id}/retry", {})
    again = await web.posts(f"/intake/windows/{window_id}/mails/{mail_id}/retry", {})

    after = (await web.gets(f"/intake/windows/{window_id}/mails")).json()
    async with web.desk.db.read() as conn:
        asked = await conn.fetch("select was, asked_by from mail_retries")
    assert (before["bounced"], len(before["undelivered"]), "zhou@" in page.text) == (1, 1, False)
    assert (first.status_code, again.json()["code"]) == (202, "mail.not_undelivered")
    assert (after["bounced"], after["waiting"]) == (0, 1)
    assert [tuple(row) for row in asked] == [("bounced", "he-xu")]

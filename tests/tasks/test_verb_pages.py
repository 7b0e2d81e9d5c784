"""The pages on which items are passed on: what will happen stands there before, and what happened after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest_asyncio

from services.kernel.runtime.db import Database
from services.tasks.actions import items
from services.tasks.activities import Activities
from tests.tasks.builders import LU, SU, an_item, reviewer
from tests.tasks.conftest import Office
from tests.tasks.test_verbs import AN

Look = Callable[..., Awaitable[list[asyncpg.Record]]]


@pytest_asyncio.fixture
async def page(db: Database, activities: Activities) -> str:
    """The address of a review that 陆闻溪 holds."""
    posted = await activities.post_item(an_item())
    async with db.transaction() as tx:
        await items.claim(tx, reviewer(LU), posted.item_id)
    return f"/tasks/inbox/{posted.item_id}"


async def test_a_question_goes_and_its_answer_comes_back(office: Office, page: str, look: Look) -> None:
    async with office.person(LU) as lu, office.person(SU) as su:
        choosing = await lu.open(f"{page}/pass/ask?q=苏")
        assert "会发生什么" in choosing
        assert "苏禾" in choosing
        sent = await lu.send(f"{page}/pass/ask?q=苏", f"{page}/pass/ask", to="su-he", question="<b>设定许可？</b>")
        assert sent.headers["location"] == f"{page}?did=ask"
        (row,) = await look("select id from items where sort = 'opinion'")
        errand = f"/tasks/inbox/{row['id']}"
        assert "陆闻溪征询您的意见" in await su.open(errand)
        assert "&lt;b&gt;设定许可" in await su.open(errand)
        assert "征询您的意见" in await su.open("/tasks/inbox")
        answered = await su.send(errand, f"{errand}/answer", answer="没有设定。")
        assert answered.status_code == 303
        assert "没有设定。" in await lu.open(page)


async def test_who_is_given_an_item_reads_by_whom_and_why(office: Office, page: str) -> None:
    async with office.person(AN) as head, office.person(SU) as su:
        sent = await head.send(f"{page}/pass/reassign", f"{page}/pass/reassign", to="su-he", reason="陆闻溪出差")
        assert sent.headers["location"] == f"{page}?did=reassign"
        shown = await su.open(page)
        assert "郑安转派" in shown
        assert "陆闻溪出差" in shown
        taken = await su.send(page, f"{page}/claim")
        assert taken.status_code == 303
        assert "/take-back" not in await head.open(page)


async def test_what_is_missing_in_a_form_is_said_at_its_field(office: Office, page: str) -> None:
    async with office.person(LU) as lu:
        answer = await lu.send(f"{page}/pass/hand-over", f"{page}/pass/hand-over", reason="")
        assert answer.status_code == 422
        assert answer.text.count('class="error"') == 2


async def test_a_page_that_is_stale_says_what_happened_meanwhile(office: Office, page: str) -> None:
    async with office.person(LU) as lu, office.person(AN) as head:
        stale = await lu.open(f"{page}/pass/ask?q=程以安")
        version = stale.split('name="version" value="')[1].split('"')[0]
        await head.send(f"{page}/pass/reassign", f"{page}/pass/reassign", to="su-he", reason="换人")
        await head.send(page, f"{page}/take-back")
        answer = await lu.send(
            f"{page}/pass/ask?q=程以安", f"{page}/pass/ask", to="cheng-yian", question="？", version=version
        )
        assert answer.status_code == 409
        assert "其间：区司法局转派；区司法局撤回转派或者移交。" in answer.text


async def test_everything_goes_in_one_act(office: Office, page: str) -> None:
    async with office.person(LU) as lu:
        sent = await lu.send("/tasks/inbox/hand-over", "/tasks/inbox/hand-over", to="su-he", reason="调离")
        assert "已经移交1件" in await lu.open(sent.headers["location"])


async def test_who_is_away_is_seen_and_their_deputy_has_what_they_hold(office: Office, page: str, look: Look) -> None:
    (row,) = await look("select directory.office_today()::text as day")
    days = {"from_on": row["day"], "until_on": row["day"]}
    async with office.person(LU) as lu, office.person(SU) as su:
        refused = await lu.send("/tasks/away", "/tasks/away", deputy_id="lu-wenxi", **days)
        assert refused.status_code == 422
        sent = await lu.send("/tasks/away", "/tasks/away", deputy_id="su-he", note="休假", **days)
        assert sent.headers["location"] == "/tasks/away?did=away"
        assert "休假" in await su.open("/tasks/away")
        inbox = await su.open("/tasks/inbox")
        assert "您代陆闻溪办理到" in inbox
        assert "代陆闻溪办理" in await su.open(page)
        await su.send(page, f"{page}/release", reason="代为退回")
        assert "苏禾（代陆闻溪）" in await su.open(page)
        (absence,) = await look("select id from directory.absences")
        await lu.send("/tasks/away", f"/tasks/away/{absence['id']}/end")
        assert "您代陆闻溪办理到" not in await su.open("/tasks/inbox")


async def test_the_pages_speak_english(office: Office, page: str) -> None:
    async with office.person(LU, "en") as lu:
        for path in (page, f"{page}/pass/ask", f"{page}/pass/copy", f"{page}/pass/hand-over", "/tasks/away"):
            assert "What will happen" in await lu.open(path) or path == page

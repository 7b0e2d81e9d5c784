"""The inbox in a real browser: by keyboard alone, accessible at every width and in both languages, and on paper."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import asyncpg
import httpx
import pypdfium2
import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page

from services.kernel.runtime.db import Database
from services.kernel.runtime.directory import create_key
from services.tasks.actions import asking, items
from services.tasks.activities import Activities
from services.tasks.domain.verbs import Ask
from services.tasks.shown.lists import PAGE
from tests import browser as look
from tests.tasks.builders import LU, a_document, an_item, reviewer
from tests.tasks.conftest import Office, Owner
from tests.tasks.test_verbs import CALENDAR

FOCUSED = "document.activeElement.textContent.trim()"
OUTLINE = "getComputedStyle(document.activeElement).outlineWidth"
ROWS = 30
LISTS = ("mine", "unit", "watched", "tasks", "by_me", "done")


@dataclass
class Site:
    """Tasks on a port of its own, with somebody signed in; `item` is one that they hold."""

    url: str
    cookies: dict[str, str]
    item: str

    async def open(
        self,
        browser: Browser,
        path: str,
        width: int = look.DESK,
        language: Literal["zh-CN", "en"] = "zh-CN",
        *,
        script: bool = True,
    ) -> Page:
        return await look.open_page(
            browser, self.url, path, width=width, language=language, script=script, cookies=self.cookies
        )


@pytest_asyncio.fixture
async def site(office: Office, db: Database, activities: Activities) -> AsyncIterator[Site]:
    for number in range(ROWS):
        title = f"云溪区第{number:02}号管理办法（试行）"
        await activities.post_item(
            an_item(str(number), due=date(2026, 11, 20 + number % 9), document=a_document(title=title))
        )
    held = await activities.post_item(an_item("held", due=date(2026, 11, 19)))
    async with db.transaction() as tx:
        await items.claim(tx, reviewer(LU), held.item_id)
        await asking.ask(
            tx, reviewer(LU), held.item_id, Ask(version=2, to="su-he", question="第八条？"), calendar=CALENDAR
        )
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    office.app.state.settings = office.app.state.settings.model_copy(update={"public_url": url})
    server = uvicorn.Server(uvicorn.Config(office.app, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    for _ in range(1000):
        if server.started:
            break
        await asyncio.sleep(0.01)
    async with httpx.AsyncClient(base_url=url, headers={"Accept": "text/html"}) as client:
        await client.post("/sign-in", data={"person_id": LU["person_id"], "unit_id": LU["unit_id"]})
        cookies = dict(client.cookies)
    yield Site(url, cookies, str(held.item_id))
    server.should_exit = True
    await task


async def test_the_inbox_is_worked_by_keyboard_alone(site: Site, browser: Browser) -> None:
    page = await site.open(browser, "/tasks/inbox?by=document")
    await page.keyboard.press("Tab")
    assert await page.evaluate(FOCUSED) == "跳到正文"
    assert await page.evaluate(OUTLINE) == "3px"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"
    for keys, title in (("j", "00"), ("j", "01"), ("ArrowDown", "02"), ("ArrowUp", "01"), ("k", "00")):
        await page.keyboard.press(keys)
        assert await page.evaluate(FOCUSED) == f"云溪区第{title}号管理办法（试行）"
        assert await page.evaluate(OUTLINE) == "3px"
    await page.keyboard.press("/")
    assert await page.evaluate("document.activeElement.id") == "q"
    await page.keyboard.type("j29")
    assert await page.input_value("#q") == "j29"
    await page.fill("#q", "第29号")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**q=**")
    await page.keyboard.press("j")
    await page.keyboard.press("o")
    await page.wait_for_url("**/tasks/inbox/*-*")
    assert "第29号" in await page.title()


async def test_the_key_of_claiming_leads_to_the_button_and_sends_nothing(
    site: Site, browser: Browser, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    claimed = "select count(*) from tasks.items where state = 'claimed' and sort = 'duty'"
    page = await site.open(browser, "/tasks/inbox?by=document")
    for key in ("j", "t"):
        await page.keyboard.press(key)
    assert await page.evaluate(FOCUSED) == "领取"
    assert await owner.fetchval(claimed) == 1
    await page.keyboard.press("Enter")
    await page.wait_for_url("**did=claimed")
    assert await owner.fetchval(claimed) == 2


async def test_the_keys_are_shown_over_the_page_and_as_a_page_without_script(site: Site, browser: Browser) -> None:
    page = await site.open(browser, "/tasks/inbox")
    await page.keyboard.press("?")
    assert await page.is_visible("#keys-list")
    await page.keyboard.press("j")
    assert await page.evaluate(FOCUSED) == "关闭"
    await page.keyboard.press("Escape")
    assert not await page.is_visible("#keys-list")
    plain = await site.open(browser, "/tasks/inbox", script=False)
    await plain.click("main a[href='/tasks/inbox/keys']")
    assert await plain.inner_text("h1") == "键盘操作"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_pages_of_the_inbox_pass_axe(site: Site, browser: Browser, language: Literal["zh-CN", "en"]) -> None:
    views = [f"/tasks/inbox?view={view}" for view in LISTS]
    rest = [
        f"/tasks/inbox/{site.item}",
        "/tasks/inbox/filters",
        "/tasks/inbox/keys",
        "/tasks/inbox/hand-over",
        "/tasks/away",
    ]
    for width in (look.PHONE, look.DESK):
        judge = look.Judge()
        page = await site.open(browser, "/tasks/inbox", width, language)
        for path in (*views, *rest, f"/tasks/inbox/{site.item}/pass/ask"):
            await page.goto(path)
            assert (path, await judge.faults(page)) == (path, [])
            assert (path, await look.sideways(page) <= 0) == (path, True)
        await page.context.close()


async def printed(page: Page) -> tuple[list[str], list[float]]:
    """The words of each sheet, and how high the sheets are in points."""
    sheets = list(pypdfium2.PdfDocument(await page.pdf(prefer_css_page_size=True)))
    texts = [sheet.get_textpage().get_text_range() for sheet in sheets]
    return [text.replace("\r", "").replace("\n", "") for text in texts], [sheet.get_height() for sheet in sheets]


async def test_the_list_on_paper_has_every_row_whole_with_rule_day_and_reason(site: Site, browser: Browser) -> None:
    page = await site.open(browser, "/tasks/inbox?by=document")
    sheets, heights = await printed(page)
    assert {round(height) for height in heights} == {842}
    assert len(sheets) <= 13
    for number in range(PAGE):
        (on,) = [text for text in sheets if f"第{number:02}号管理办法" in text]
        assert on.count("不办会怎样：") == on.count("期限：") == on.count("依据：")
    for number, text in enumerate(sheets, start=1):
        assert f"{number} / {len(sheets)}" in text
        assert [word for word in ("文件报送", "筛选", "跳到正文", "全部移交") if word in text] == []


async def test_an_item_on_paper_says_why_until_when_and_what_happened(site: Site, browser: Browser) -> None:
    sheets, _ = await printed(await site.open(browser, f"/tasks/inbox/{site.item}"))
    text = "".join(sheets)
    for words in ("为什么：", "依据：", "期限：", "不办会怎样：", "第八条？", "打印时间：", f"1 / {len(sheets)}"):
        assert words in text
    assert "移交" not in text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("width", [look.DESK, look.PHONE])
async def test_the_keys_of_programs_are_looked_at_and_one_is_stopped_without_script(
    site: Site, owner: Owner, browser: Browser, width: int, language: Literal["zh-CN", "en"]
) -> None:
    for label in ("公文系统", "督办系统对接（区政务服务和大数据中心）"):
        await create_key(owner, unit_id=LU["unit_id"], person_id=LU["person_id"], label=label, scopes=("drafter",))
    page = await site.open(browser, "/tasks/programs", width, language, script=False)
    await page.locator("details summary").first.click()
    await page.locator("details[open] input[name='reason']").fill("程序停用。")
    await page.locator("details[open] button").click()
    assert await page.get_by_text("程序停用。").count() == 1
    await page.context.close()

    page = await site.open(browser, "/tasks/programs", width, language)
    await page.locator("details summary").first.click()
    assert await look.axe(page) == []
    assert await look.sideways(page) == 0

"""A meeting clerk and a chief in a real browser, over the service's own app: plan, put items, record; then sign.

Every page is looked at on a desk and on a phone: nothing serious by axe, nothing runs out sideways.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, expect

from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.process import opened as opened_process
from services.kernel.runtime.settings import Settings
from services.review.store import meetings
from services.review.web import build
from tests.browser import DESK, HEIGHT, PHONE, axe, open_page, sideways
from tests.review.builders import DELIBERATED, TITLE, ZONE, a_document, a_round, opened, with_people

pytestmark = pytest.mark.timeout(240)
MAIN = "button.btn:not(.second):not(.quiet)"


@dataclass(frozen=True)
class Site:
    """The service on a port of its own."""

    url: str

    async def look(self, page: Page, name: str) -> None:
        """Nothing serious by axe on a phone, nothing sideways at either width."""
        for width in (PHONE, DESK):
            await page.set_viewport_size({"width": width, "height": HEIGHT})
            assert await sideways(page) == 0, f"{name} at {width}"
            if width == PHONE:
                assert [str(found) for found in await axe(page)] == [], name


@pytest_asyncio.fixture
async def site(settings: Settings, owner: asyncpg.Connection[asyncpg.Record]) -> AsyncIterator[Site]:
    await with_people(owner)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}"})
    async with opened_process("review", own) as context:
        server = uvicorn.Server(uvicorn.Config(build(context), port=port, log_level="warning", lifespan="off"))
        running = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(0.02)
        yield Site(own.public_url)
        server.should_exit = True
        await running


async def signed_in(browser: Browser, site: Site, person_id: str, path: str) -> Page:
    page = await open_page(browser, site.url, f"/sign-in?next={path}")
    await page.locator(f'form:has(input[value="{person_id}"]) button').first.click()
    await page.wait_for_url(f"**{path}")
    return page


async def test_the_clerk_plans_a_meeting_puts_an_item_and_records_it(
    browser: Browser, site: Site, db: Database, blobs: Blobs
) -> None:
    asked = a_round("meeting", document=a_document())
    text = asked.text.model_copy(update={"text_hash": await blobs.put(DELIBERATED.encode())})
    round_id = await opened(db, asked.model_copy(update={"text": text}))
    page = await signed_in(browser, site, "wen-zhiyuan", "/review/meetings")
    await page.locator('input[name="name"]').fill("云溪区人民政府第42次常务会议")
    await page.locator('input[name="place"]').fill("区政府第一会议室")
    later = datetime.now(ZONE) + timedelta(hours=26)
    await page.locator('input[name="starts_at"]').fill(f"{later:%Y-%m-%dT%H:%M}")
    await page.locator(MAIN).last.click()
    await site.look(page, "meetings")
    await page.get_by_role("link", name="第42次常务会议").click()
    await page.get_by_role("button", name="列入议程").click()
    await page.get_by_role("button", name="汇编会议材料").click()
    await page.get_by_role("button", name="登记出席").click()
    await site.look(page, "meeting")
    await page.locator(f'a[href$="/item/{await _item(db)}"]').click()
    for stance in await page.locator('select[name$="_stance"]').all():
        await stance.select_option("amend")
    for words in await page.locator('textarea[name$="_opinion"]').all():
        await words.fill("建议缩短办理时间。")
    away = page.locator("fieldset", has=page.locator('input[name="member_1_recused"]'))
    await away.locator("summary").click()
    await away.locator('input[name="member_1_recused"]').check()
    await away.locator('input[name="member_1_reason"]').fill("亲属在有关企业任职。")
    await away.locator('select[name="member_1_stance"]').select_option("")
    await away.locator('textarea[name="member_1_opinion"]').fill("")
    await page.locator('input[name="outcome"][value="passed_as_amended"]').check()
    await page.locator('input[name="amendment_1_clause"]').fill("第二条")
    await page.locator('textarea[name="amendment_1_old"]').fill("六十日")
    await page.locator('textarea[name="amendment_1_new"]').fill("三十日")
    await page.get_by_role("button", name="保存草稿").click()
    await site.look(page, "item")
    await page.get_by_role("button", name="保存并核对").click()
    await expect(page.locator("ins")).to_be_visible()
    await expect(page.locator("body")).to_contain_text("亲属在有关企业任职")
    await site.look(page, "check")
    await page.locator(f"form.confirm {MAIN}").click()
    await page.get_by_role("button", name="形成会议纪要").click()
    await site.look(page, "held")
    await page.goto(f"/review/round/{round_id}/meeting")
    await site.look(page, "record")
    async with db.read() as conn:
        assert await meetings.amended_hash(conn, round_id) is not None


async def _item(db: Database) -> object:
    async with db.read() as conn:
        return await conn.fetchval("select id from session_items")


async def test_the_chief_sees_what_the_meeting_changed_and_signs(
    browser: Browser, site: Site, db: Database, blobs: Blobs
) -> None:
    document = a_document()
    before, after = DELIBERATED, DELIBERATED.replace("六十日", "三十日")
    for asked, words in (
        (a_round("meeting", document=document), before),
        (a_round("signing", document=document), after),
    ):
        text = asked.text.model_copy(update={"text_hash": await blobs.put(words.encode())})
        round_id = await opened(db, asked.model_copy(update={"text": text}))
    page = await signed_in(browser, site, "xu-qingyuan", f"/review/round/{round_id}")
    await expect(page.locator("ins").first).to_be_visible()
    await site.look(page, "signing")
    form = page.locator('form[data-opinion]:has(input[value="signature"])')
    await form.locator('input[name="outcome"][value="signed"]').check()
    await form.locator('textarea[name="opinion"]').fill("同意印发。")
    await form.locator('input[name="name"]').fill("许清远")
    await form.locator(f"p > {MAIN}").click()
    await page.locator("#read").check()
    await site.look(page, "sign-confirm")
    await page.locator(f"form.confirm {MAIN}").click()
    await page.wait_for_url("**/result")
    await expect(page.locator("body")).to_contain_text(TITLE)
    await site.look(page, "signed")

"""Public comment in a real browser: every page on a phone, on a desk and on paper, in both languages; and the count-down."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Literal, get_args
from uuid import UUID

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, expect

from services.intake.actions.agreement import share
from services.intake.actions.window_acts import extend
from services.intake.domain.agreement import Asked
from services.intake.store import groups
from services.intake.web import app_of
from services.kernel.contracts.intake import PublishAnswers, RecordSummary
from services.kernel.runtime.process import opened
from services.kernel.runtime.settings import Settings
from tests import browser as look
from tests.intake.builders import CONTACT, Desk, Web, an_actor
from tests.intake.test_answering import adopted, gives, lines_of, refused

Language = Literal["zh-CN", "en"]
pytestmark = pytest.mark.timeout(240)

LONG = "建议把第三条的清洗频次由每两个月一次改为每半年一次，三张桌子的面馆油网上没有多少油。" * 6
UNBROKEN = "https://opinions.example/" + "a" * 300
# Where the pictures go that somebody wants to look at.
PICTURES = os.environ.get("FAWEN_TEST_PICTURES")


@dataclass(frozen=True)
class Site:
    """Intake on a port of its own, with the key of the drafter."""

    url: str
    web: Web

    async def page(self, browser: Browser, *, width: int, language: Language, staff: bool) -> Page:
        """An empty page, for the public or for the drafter."""
        context = await browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": look.HEIGHT},
            locale=language,
            timezone_id="Asia/Shanghai",
            extra_http_headers=self.web.as_("he-xu") if staff else {},
        )
        return await context.new_page()


@pytest_asyncio.fixture
async def site(web: Web, settings: Settings) -> AsyncIterator[Site]:
    """The app served over a socket, on the desk's own database."""
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with opened("intake", settings.model_copy(update={"public_url": url})) as context:
        server = uvicorn.Server(uvicorn.Config(app_of(context), log_level="warning"))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        for _ in range(1000):
            if server.started:
                break
            await asyncio.sleep(0.01)
        yield Site(url, web)
        server.should_exit = True
        await task


async def an_open_window(desk: Desk) -> UUID:
    """Extended once, with its history."""
    window_id = await desk.opens_window(await desk.submits(comment={**_notice(), "shortening_reason": "汛期将至。"}))
    async with desk.db.transaction() as tx:
        await extend(
            tx, an_actor(), window_id, closes_at=datetime.now(UTC) + timedelta(days=3), reason="应公众要求延长。"
        )
    return window_id


async def a_closed_window(desk: Desk, *, published: bool) -> tuple[UUID, str]:
    """Long words, words without a break, like opinions; answered in part, or wholly and in public. With a receipt."""
    window_id = await desk.opens_window(await desk.submits())
    taken = await desk.comments(window_id, LONG)
    for body in (LONG + "！", UNBROKEN, "同意。", "同意！"):
        await desk.comments(window_id, body, clause="")
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))
    if not published:
        async with desk.db.transaction() as tx:
            await share(tx, an_actor(), window_id, readers=(Asked("", "lu-wenxi", True),), note="请于周五前回复。")
        return window_id, taken.receipt
    given = [
        adopted(group=line.key, clause="第三条") if line.size > 1 else refused(group=line.key)
        for line in await lines_of(desk, window_id)
    ]
    await gives(desk, window_id, *given)
    await desk.activities.publish_answers(PublishAnswers(window_id=window_id))
    return window_id, taken.receipt


def _notice() -> dict[str, object]:
    return {"contact": CONTACT, "channels": ["web", "email"]}


async def every_page(desk: Desk) -> dict[str, tuple[str, bool]]:
    """Each page by its name: its address, and whether it is the drafting unit's."""
    open_ = await an_open_window(desk)
    draft, _ = await a_closed_window(desk, published=False)
    public, receipt = await a_closed_window(desk, published=True)
    async with desk.db.read() as conn:
        group = (await groups.groups_of(conn, draft))[0]
    here = "/intake/consultation"
    inside = (
        "answers",
        "groups",
        f"groups/{group.id}",
        "moderation",
        "masks",
        "workbook",
        "agreement",
        "table",
        "mail",
    )
    return {
        "list": ("/intake/consultations", False),
        "open": (f"{here}/{open_}", False),
        "open-staff": (f"{here}/{open_}", True),
        "acts": (f"{here}/{open_}/acts", True),
        "enter": (f"{here}/{open_}/enter", True),
        "entries": (f"{here}/{open_}/entries", True),
        "closed": (f"{here}/{public}", False),
        "result": (f"{here}/{public}/feedback", False),
        "table-public": (f"{here}/{public}/table", False),
        "receipt": (f"/intake/receipt?receipt={receipt}", False),
        "receipt-enter": ("/intake/receipt", False),
        **{
            name.partition("/")[0] + ("-one" if "/" in name else ""): (f"{here}/{draft}/{name}", True)
            for name in inside
        },
    }


@pytest.mark.browser
async def test_no_page_of_public_comment_has_a_serious_fault_or_runs_out_sideways(site: Site, browser: Browser) -> None:
    faults: list[str] = []
    pages, judge = await every_page(site.web.desk), look.Judge()
    for language, staff in product(get_args(Language), (False, True)):
        page = await site.page(browser, width=look.PHONE, language=language, staff=staff)
        for name, (address, inside) in pages.items():
            if inside is staff:
                found = await _faults_of(page, judge, address, f"{name}-{language}")
                faults += [f"{name} {language}: {fault}" for fault in found]
        await page.context.close()

    assert faults == []


async def _faults_of(page: Page, judge: look.Judge, address: str, name: str) -> list[str]:
    answer = await page.goto(address)
    assert answer is not None
    if answer.status != 200:
        return [f"status {answer.status}"]
    found = await judge.faults(page)
    for width in (look.PHONE, look.DESK):
        await page.set_viewport_size({"width": width, "height": look.HEIGHT})
        if wide := await look.sideways(page):
            found.append(f"{wide} px too wide at {width}")
        if PICTURES:
            await look.screenshot(page, Path(PICTURES) / f"{name}-{width}.png")
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 794, "height": 1123})
    if wide := await look.sideways(page):
        found.append(f"{wide} px too wide on paper")
    if PICTURES:
        await look.screenshot(page, Path(PICTURES) / f"{name}-print.png")
    await page.emulate_media(media="screen")
    await page.set_viewport_size({"width": look.PHONE, "height": look.HEIGHT})
    return found


CLOSED_NOW = "select clock_timestamp() >= closes_at from windows where id = $1"


@pytest.mark.browser
async def test_the_count_down_ends_with_the_servers_instant_and_shuts_the_form_of_any_clock(
    site: Site, browser: Browser
) -> None:
    window_id = await site.web.desk.opens_window(await site.web.desk.submits(), lasts=80.0)
    skews = (timedelta(), timedelta(hours=3), timedelta(hours=-3))
    await asyncio.gather(*(_counts_down(site, browser, window_id, skew) for skew in skews))


async def _counts_down(site: Site, browser: Browser, window_id: UUID, skew: timedelta) -> None:
    desk = site.web.desk
    page = await site.page(browser, width=look.PHONE, language="zh-CN", staff=False)
    await page.clock.install(time=datetime.now(UTC) + skew)
    await page.goto(f"/intake/consultation/{window_id}")
    timer, button = page.get_by_role("timer"), page.locator("form#say button.btn")
    await expect(timer).to_contain_text("秒")
    await expect(button).to_be_enabled()

    await expect(timer).to_have_text("已到截止时刻", timeout=60_000)

    async with desk.db.read() as conn:
        assert await conn.fetchval(CLOSED_NOW, window_id) is True
    await expect(button).to_be_disabled()
    await expect(page.locator("form#say [role=status]")).to_contain_text("已经截止")


@pytest.mark.browser
async def test_a_clock_that_jumps_shuts_the_form_only_until_the_server_was_asked(site: Site, browser: Browser) -> None:
    desk = site.web.desk
    window_id = await desk.opens_window(await desk.submits(), lasts=7200.0)
    page = await site.page(browser, width=look.PHONE, language="zh-CN", staff=False)
    await page.clock.install()
    await page.goto(f"/intake/consultation/{window_id}")

    await page.clock.fast_forward(10_800_000)

    await expect(page.locator("form#say button.btn")).to_be_disabled()
    await expect(page.locator("form#say button.btn")).to_be_enabled(timeout=60_000)
    await expect(page.get_by_role("timer")).to_contain_text("1小时")

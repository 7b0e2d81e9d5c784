"""The pages of notify in a real browser: accessible at every width, light and dark, complete without script."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Literal
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser

from services.kernel.runtime.db import Connection
from tests import browser as look
from tests.notify.builders import (
    LIFT,
    PARKING,
    PARKING_TEXT,
    Office,
    a_document,
    a_publishing,
    a_tell,
    a_text,
    a_window,
    feedback,
    soon,
)
from tests.notify.test_publication import seals_on
from tests.notify.visits import sign_in

PUBLIC = ("/", "/notify/gazette?q=停车", "/notify/gazette?on=2030-05-03", "/notify/gazette/ID", "/notify/reports")
STAFF = ("/notify/numbers", "/notify/numbers/NUMBER/voiding", "/notify/messages")


@pytest_asyncio.fixture
async def site(app: FastAPI) -> AsyncIterator[str]:
    """Notify on a port of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    for _ in range(1000):
        if server.started:
            break
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await task


async def sealed_and_published(office: Office) -> UUID:
    """A joint document in the gazette, with the seals of both issuers."""
    document = a_document(joint_units=("justice",))
    number, text = await office.number(document), await a_text(office.blobs)
    seals = seals_on(text.text_hash, document.issuer_unit, "justice")
    return (await office.activities.publish(a_publishing(document, text, number, seals=seals))).gazette_id


@pytest_asyncio.fixture
async def ids(office: Office, owner: Connection) -> dict[str, str]:
    """A district at work: every list has something in it."""
    open_, closing, closed = (a_document(title=LIFT), a_document(title=PARKING), a_document())
    await office.activities.post_notice(a_window(open_, soon(-60), soon(14 * 86400)))
    await office.activities.post_notice(a_window(closing, soon(-60), soon(3600)))
    await office.activities.post_notice(a_window(closed, soon(-60), soon(-1)))
    await office.activities.post_notice(feedback(closed, 0))
    gazette_id = await sealed_and_published(office)
    await office.publish(a_document(title=PARKING), PARKING_TEXT)
    await office.publish(a_document(kind="ANNUAL_REPORT", title="云溪区2026年法治政府建设年度报告"), PARKING_TEXT)
    await office.number(a_document())
    number = await owner.fetchval("select id from notify.numbers order by sequence desc limit 1")
    for role in ("supervisor", "nobody_has_this_role"):
        await office.activities.tell(a_tell(role=role, unit_id=None))
    await owner.execute("update notify.outbox set state = 'parked', attempts = 3, last_error = 'answer 550'")
    return {"ID": str(gazette_id), "NUMBER": str(number)}


def _fill(path: str, ids: dict[str, str]) -> str:
    for name, value in ids.items():
        path = path.replace(name, value)
    return path


async def _cookies(site: str) -> dict[str, str]:
    async with httpx.AsyncClient(base_url=site) as client:
        await sign_in(client)
        return dict(client.cookies)


@pytest.mark.parametrize(("width", "dark"), [(look.NARROWEST, False), (look.PHONE, True), (look.DESK, False)])
async def test_the_public_pages_pass_axe(
    site: str, ids: dict[str, str], browser: Browser, width: int, dark: bool
) -> None:
    judge = look.Judge()
    for path in PUBLIC:
        page = await look.open_page(browser, site, _fill(path, ids), width=width, dark=dark)
        assert (path, await judge.faults(page)) == (path, [])
        assert (path, await look.sideways(page) <= 0) == (path, True)
        await page.context.close()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_staff_pages_pass_axe(
    site: str, ids: dict[str, str], browser: Browser, language: Literal["zh-CN", "en"]
) -> None:
    cookies, judge = await _cookies(site), look.Judge()
    for path in STAFF:
        page = await look.open_page(
            browser, site, _fill(path, ids), width=look.NARROWEST, language=language, cookies=cookies
        )
        assert (path, await judge.faults(page)) == (path, [])
        assert (path, await look.sideways(page) <= 0) == (path, True)
        await page.context.close()


async def test_a_search_works_without_script(site: str, ids: dict[str, str], browser: Browser) -> None:
    page = await look.open_page(browser, site, "/", script=False)
    await page.fill("#q", "停车场")
    await page.click("main form button")
    assert await page.locator("mark").first.inner_text() == "停车场"


async def test_a_number_is_voided_without_script(site: str, ids: dict[str, str], browser: Browser) -> None:
    page = await look.open_page(
        browser, site, _fill("/notify/numbers/NUMBER/voiding", ids), script=False, cookies=await _cookies(site)
    )
    await page.fill("#reason", "重复登记")
    await page.click("form.confirm button")
    assert "重复登记" in await page.locator("table").inner_text()

"""The shared look in a real browser: accessible, no sideways scrolling, nothing blocked by our own policy."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser

from services.kernel.runtime.db import Connection
from tests import browser as look

Language = Literal["zh-CN", "en"]


@pytest_asyncio.fixture
async def site(app: FastAPI, people: Connection) -> AsyncIterator[str]:
    """The probe service on a port of its own."""
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


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [look.NARROWEST, look.PHONE, look.DESK])
async def test_every_component_passes_axe(site: str, browser: Browser, width: int, dark: bool) -> None:
    page = await look.open_page(browser, site, "/intake/components", width=width, dark=dark)
    assert [str(found) for found in await look.axe(page)] == []
    assert await look.sideways(page) <= 0


async def test_axe_finds_what_is_wrong(site: str, browser: Browser) -> None:
    page = await look.open_page(browser, site, "/intake/open")
    await page.set_content('<html lang="zh-CN"><title>x</title><main><h1>x</h1><input><img src="a.png"></main>')
    assert {found.rule for found in await look.axe(page)} >= {"label", "image-alt"}


@pytest.mark.parametrize("path", ["/sign-in", "/intake/fails/refused", "/intake/docs"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_kernels_own_pages_pass_axe(site: str, browser: Browser, path: str, language: Language) -> None:
    page = await look.open_page(browser, site, path, language=language, width=look.PHONE)
    assert [str(found) for found in await look.axe(page)] == []
    assert await look.sideways(page) <= 0


async def test_the_browser_has_nothing_to_complain_about(site: str, browser: Browser) -> None:
    page = await look.open_page(browser, site, "/intake/open")
    assert await look.complaints(page, "/intake/components") == []


async def test_a_person_signs_in_acts_and_signs_out_without_script(site: str, browser: Browser) -> None:
    page = await look.open_page(browser, site, "/sign-in?next=/intake/staff", script=False)
    await page.get_by_role("button", name="登录：陆闻溪").click()
    assert "陆闻溪（区司法局）" in await page.locator(".who").inner_text()
    await page.get_by_label("试页").fill("合法")
    await page.get_by_label("试页").press("Enter")
    await page.wait_for_url("**/intake/staff?opinion=*")
    await page.get_by_role("button", name="退出登录").click()
    await page.goto("/intake/staff")
    assert "/sign-in" in page.url


async def test_an_inbox_that_does_not_answer_leaves_no_trace_in_the_bar(site: str, browser: Browser) -> None:
    page = await look.open_page(browser, site, "/sign-in?next=/intake/staff")
    await page.get_by_role("button", name="登录：陆闻溪").click()
    await page.wait_for_load_state("networkidle")
    assert await page.locator(".who .count").inner_text() == ""


async def test_keys_open_their_list_and_can_be_switched_off(site: str, browser: Browser) -> None:
    page = await look.open_page(browser, site, "/sign-in?next=/intake/staff")
    await page.get_by_role("button", name="登录：陆闻溪").click()
    await page.wait_for_url("**/intake/staff")
    keys = page.locator("#keys-list")
    await page.keyboard.press("?")
    assert await keys.is_visible()
    await page.keyboard.press("Escape")
    await page.locator("#keys > summary").click()
    await page.get_by_role("button", name="停用按键").click()
    await page.locator("h1").first.click()
    await page.keyboard.press("?")
    assert not await keys.is_visible()

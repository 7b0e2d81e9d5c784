"""One comment's journey, by a phone without script: written, receipted, sealed, verified by its author, answered."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from fawen.client import Problem
from fawen.demo.acts import act_of
from fawen.demo.people import BY_ROLE, DRAFTER, Town
from fawen.demo.sheets import fill
from fawen.replies import Window
from fawen.stack import Stack
from tests.browser import PHONE, axe, open_page, screenshot, sideways
from tests.journeys.drafts import normative
from tests.journeys.play import submitted, the_round, the_window, until

pytestmark = pytest.mark.timeout(240)
WORDS = "小餐馆每月清洗一次负担太重，建议改为每两个月一次。"
ANSWER = "已据此修改条文，改为每两个月至少清洗一次。"
SECONDS = 20
PROVEN, NOT_PROVEN, UNDECIDED = 0, 1, 2


async def test_a_comment_by_phone_is_sealed_proven_and_answered(
    browser: Browser, stack: Stack, town: Town, tmp_path: Path
) -> None:
    window = await _open_window(stack, town)
    other = await town.public.comment(window.window_id, "写错了，收回。")
    await town.public.take_back(other.code)

    page = await open_page(
        browser, stack.base_url, f"/intake/consultation/{window.window_id}", width=PHONE, script=False
    )
    await page.locator("#clause").select_option(index=3)
    await page.locator("#body").fill(WORDS)
    # Nobody reads and writes in less: the form would come back once.
    await page.wait_for_timeout(2_000)
    await page.locator("form#say button.btn:not(.second):not(.quiet)").last.click()
    await page.wait_for_url("**/intake/receipt?*")
    receipt = page.url.partition(stack.base_url)[2].replace("&new=1", "")
    early = await _saved(page, tmp_path / "early.json")
    assert await _verified(early, "--root", "0" * 64) == UNDECIDED

    await _sealed(town, window)
    await page.goto(receipt)
    await expect(page.locator("#proof")).to_contain_text("已封存")
    root = re.search("[0-9a-f]{64}", await page.locator("#proof dd").first.inner_text())
    assert root is not None
    late = await _saved(page, tmp_path / "late.json")
    assert await _verified(late, "--root", root[0]) == PROVEN
    assert await _verified(early, "--url", stack.base_url) == PROVEN
    assert await _verified(_tampered(late, tmp_path / "tampered.json"), "--root", root[0]) == NOT_PROVEN

    await _answered(town, window)
    await page.goto(receipt)
    await expect(page.locator("body")).to_contain_text(ANSWER)
    await screenshot(page, tmp_path / "receipt.png")
    assert await sideways(page) == 0
    await page.context.close()
    looked = await open_page(browser, stack.base_url, receipt, width=PHONE)
    assert [str(found) for found in await axe(looked)] == []
    await looked.context.close()
    await town.of(DRAFTER).withdraw(window.document_id, "试用时报送，撤回。")


async def _open_window(stack: Stack, town: Town) -> Window:
    document_id = await submitted(town, normative("云证规"))
    for stage in ("initiation", "assessment"):
        round_ = await the_round(town, document_id, stage)
        act, words = act_of(round_, None)
        person = DRAFTER if round_.role == "drafter" else BY_ROLE[round_.role]
        await fill(town, round_)
        await town.of(person).decide(round_, act, **words)
    window = await the_window(town, document_id)
    headers = {"Authorization": f"Bearer {town._keys[DRAFTER.id]}"}
    closes = {"closes_at": (datetime.now(UTC) + timedelta(seconds=SECONDS)).isoformat(), "reason": "应公众要求延长。"}
    async with httpx.AsyncClient(base_url=stack.base_url, trust_env=False, headers=headers) as office:
        answer = await office.post(f"/intake/windows/{window.window_id}/extend", json=closes)
    assert answer.status_code == httpx.codes.OK, answer.text
    return window


async def _saved(page: Page, file: Path) -> Path:
    """The receipt file, as a click saves it."""
    async with page.expect_download() as waiting:
        await page.locator('a.btn[href$="/proof"]').click()
    await (await waiting.value).save_as(file)
    return file


async def _verified(file: Path, *options: str) -> int:
    """The exit status of `fawen verify-receipt` as a person runs it."""
    argv = (sys.executable, "-m", "fawen.cli", "verify-receipt", str(file), *options)
    process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.DEVNULL)
    return await process.wait()


def _tampered(file: Path, to: Path) -> Path:
    kept = json.loads(file.read_text("utf-8"))
    kept["record"]["clause"] = "art-99"
    to.write_text(json.dumps(kept), "utf-8")
    return to


async def _sealed(town: Town, window: Window) -> None:
    async def done() -> bool:
        try:
            seal = await town.public.seal(window.window_id)
        except Problem as problem:
            if problem.code != "seal.not_found":
                raise
            return False
        assert seal["seal"]["size"] == 2
        return True

    await until("the window is sealed", done)


async def _answered(town: Town, window: Window) -> None:
    office = town.of(DRAFTER)
    opinions = [one for one in await office.opinions(window.window_id) if one.withdrawn_at is None]
    assert [one.body for one in opinions] == [WORDS]
    given = {"comment_id": str(opinions[0].comment_id), "disposition": "adopted", "reason": ANSWER, "clause": "第五条"}
    await office.answer(window.window_id, [given])

    async def public() -> bool:
        return (await town.public.windows(window.document_id))[0].state == "answered"

    await until("the answers are public", public)

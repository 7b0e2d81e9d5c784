"""A reviewer in a real browser before a text that was changed after the sign-off: only the difference, also on paper."""

from __future__ import annotations

import os
from pathlib import Path

import pypdfium2
import pytest
from playwright.async_api import Browser, expect

from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from tests.browser import PHONE
from tests.review.test_meeting_browser import Site, signed_in, site
from tests.review.test_seen import void_and_changed_again

__all__ = ["site"]

pytestmark = pytest.mark.timeout(240)


async def test_the_reviewer_sees_only_what_changed_since_the_sign_off_on_screen_and_on_paper(
    browser: Browser, site: Site, db: Database, blobs: Blobs
) -> None:
    path = f"/review/round/{await void_and_changed_again(db, blobs)}"
    page = await signed_in(browser, site, "lu-wenxi", path)
    await site.look(page, "changed")
    if folder := os.environ.get("SHOTS"):
        for width in (PHONE, 1280):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.screenshot(path=str(Path(folder) / f"changed-{width}.png"), full_page=True)
    await expect(page.locator("#before")).to_contain_text("已失效")
    await expect(page.locator("#before")).to_contain_text("没有签署")
    await expect(page.locator("#h-text")).to_contain_text("第5稿与第3稿相比")
    changed = page.locator("section[aria-labelledby=h-text] .clause")
    assert await changed.count() == 2
    await expect(changed.first.locator("del").first).to_be_visible()

    await page.emulate_media(media="print")
    sheets = list(pypdfium2.PdfDocument(await page.pdf(prefer_css_page_size=True)))
    words = "".join(sheet.get_textpage().get_text_range() for sheet in sheets).replace("\r", "").replace("\n", "")
    assert {round(sheet.get_height()) for sheet in sheets} == {842}
    for said in ("以前的签署对本稿无效", "第5稿与第3稿相比", "申请核准", "自公布之日起施行", "文本指纹"):
        assert said in words
    assert [said for said in ("跳到正文", "直接到办理表", "为了防治油烟污染") if said in words] == []

"""Every page of the four services, filled, in both languages, on a desk and on phones: what axe and the console say.

`FAWEN_TEST_PICTURES=folder` keeps a picture of each.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

import httpx
import pytest
from playwright.async_api import Browser, ConsoleMessage, Page

from fawen.demo.people import Town
from fawen.stack import Stack
from tests.browser import DESK, HEIGHT, NARROWEST, PHONE, Judge, screenshot, sideways
from tests.journeys.filled import Sight, TownTour
from tests.journeys.record import Record
from tests.journeys.routes import served

pytestmark = pytest.mark.timeout(600)

Language = Literal["zh-CN", "en"]
PICTURES = os.environ.get("FAWEN_TEST_PICTURES")
HAN = re.compile("[\u4e00-\u9fff]")
# People who took part, clauses, numbers and files of documents, and examples of such, keep their Chinese.
SAID_IN_CHINESE = (
    "\\w(?:先生|女士)",
    "第[一二三四五六七八九十]+条",
    "区政府第41次常务会议|云政规|同意印发",
    "\\b[一二三四五六七八九十]\\b",
    "\\w+〔\\d+〕\\d+号",
    "\\w+\\.(?:txt|docx|pdf|xlsx)",
)
# What is Chinese on English pages too: names of persons and units.
NAMES = """
select name from directory.persons union select name from directory.units union select short_name from directory.units
union select title from directory.offices union select '云溪区'
"""
# Words of ours that stayed Chinese on an English page: text in Chinese letters that nothing declares to be Chinese.
UNDECLARED = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    if (/[\\u4e00-\\u9fff]/.test(walk.currentNode.data) && at.closest('[lang]').lang === 'en'
        && !at.closest('script,style,textarea,option,svg,figure')) found.push(walk.currentNode.data.trim().slice(0, 200));
  }
  return found;
}"""


STICK_OUT = """() => [...document.querySelectorAll('body *')].filter(
  e => e.getBoundingClientRect().right > document.documentElement.clientWidth && !e.childElementCount
).slice(0, 3).map(e => e.outerHTML.slice(0, 120))"""


@dataclass
class Glass:
    """An open page of one language; whoever looks through it is told what the console said meanwhile."""

    page: Page
    language: Language
    heard: list[str] = field(default_factory=list)

    @classmethod
    async def opened(cls, browser: Browser, base_url: str, language: Language) -> Glass:
        context = await browser.new_context(base_url=base_url, locale=language, timezone_id="Asia/Shanghai")
        glass = cls(await context.new_page(), language)
        glass.page.on("console", glass._hear)
        glass.page.on("pageerror", lambda error: glass.heard.append(str(error)))
        return glass

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(message.text)

    async def show(self, path: str, key: str | None) -> int:
        """Open a page as whoever holds the key, or as a stranger, on a phone; the answer is the status."""
        self.heard.clear()
        await self.page.set_viewport_size({"width": PHONE, "height": HEIGHT})
        await self.page.set_extra_http_headers({"Authorization": f"Bearer {key}"} if key else {})
        answer = await self.page.goto(path)
        return answer.status if answer else 0


@dataclass
class Eyes:
    """Somebody who looks at every page they are shown, in both languages, and remembers what was wrong."""

    glasses: tuple[Glass, ...]
    keys: dict[str, str]
    names: re.Pattern[str]
    faults: list[str] = field(default_factory=list)
    judge: Judge = field(default_factory=Judge)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def look(self, sight: Sight, suffix: str) -> None:
        """Look at a page in Chinese and in English."""
        name = f"{sight.name}-{suffix}" if suffix else sight.name
        async with self.turn:
            found = await asyncio.gather(*(self._faults(glass, sight, name) for glass in self.glasses))
        self.faults += [
            f"{name} {glass.language}: {fault}"
            for glass, faults in zip(self.glasses, found, strict=True)
            for fault in faults
        ]

    async def _faults(self, glass: Glass, sight: Sight, name: str) -> list[str]:
        status = await glass.show(sight.path, self.keys[sight.person.id] if sight.person else None)
        if status != httpx.codes.OK:
            return [f"status {status}"]
        found = await (self._untranslated(glass.page) if glass.language == "en" else self.judge.faults(glass.page))
        for width in (PHONE, NARROWEST, DESK):
            await glass.page.set_viewport_size({"width": width, "height": HEIGHT})
            if wide := await sideways(glass.page):
                found.append(f"{wide} px too wide at {width}: {await glass.page.evaluate(STICK_OUT)}")
            if PICTURES:
                await screenshot(glass.page, Path(PICTURES) / f"{name}-{glass.language[:2]}-{width}.png")
        return found + glass.heard

    async def _untranslated(self, page: Page) -> list[str]:
        left = [self.names.sub("", words) for words in await page.evaluate(UNDECLARED)]
        return [f"untranslated: {words}" for words in left if HAN.search(words)]


async def names_of(stack: Stack) -> re.Pattern[str]:
    """Finds the names of the directory in a text, the longest first."""
    names = {name for row in await Record(stack.admin_url).rows(NAMES) for name in row if name}
    return re.compile("|".join([*map(re.escape, sorted(names, key=len, reverse=True)), *SAID_IN_CHINESE]))


async def test_every_page_is_sound_in_both_languages_on_a_desk_and_on_a_phone(
    stack: Stack, browser: Browser, town: Town, tmp_path: Path
) -> None:
    keys = json.loads(stack.keys_file.read_text("utf-8"))
    glasses = [await Glass.opened(browser, stack.base_url, language) for language in get_args(Language)]
    eyes = Eyes(tuple(glasses), keys, await names_of(stack))
    tour = TownTour(stack, town, eyes.look, keys)
    try:
        await tour.walk()
    finally:
        (tmp_path / "faults.txt").write_text("\n".join(eyes.faults), "utf-8")
    assert eyes.faults == []
    pages = {route.path for route in await served(tmp_path) if route.method == "GET"}
    assert {route for route, _ in tour.shown} <= pages

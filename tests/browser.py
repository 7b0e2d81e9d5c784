"""A real browser over our pages: open at a width, in a language, light or dark; look at them; ask axe what is wrong."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, async_playwright

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Chromium refuses its own sandbox to root, as in most containers; nothing here may reach for the network.
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--no-first-run",
)
PHONE, NARROWEST, DESK = 390, 320, 1280
HEIGHT = 900
SERIOUS = frozenset({"serious", "critical"})
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Of what is well it tells nothing, which saves half of the work.
RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"


# What axe judges a page by: which kinds of element stand in which. A page that shows no new one needs no second opinion.
KINDS = """() => {
  const kind = e => [e.localName, e.className.baseVal ?? e.className, ...e.getAttributeNames().filter(
    name => !/^(class|id|href|value|for|action|src|datetime|title|name)$/.test(name))].join(' ');
  return [...new Set([...document.querySelectorAll('body *')].map(e => e.parentElement.localName + ' > ' + kind(e)))];
}"""


@dataclass(frozen=True)
class Violation:
    """What axe found: the rule, how bad, and where."""

    rule: str
    impact: str
    help: str
    places: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.rule} ({self.impact}): {self.help}: {' | '.join(self.places)}"


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Headless Chromium as the system ships it. Without one the test is skipped, which the summary says."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(QUIET))
        try:
            yield browser
        finally:
            await browser.close()


async def open_page(
    browser: Browser,
    base_url: str,
    path: str,
    *,
    width: int = DESK,
    language: Literal["zh-CN", "en"] = "zh-CN",
    dark: bool = False,
    script: bool = True,
    cookies: dict[str, str] | None = None,
) -> Page:
    """A page in a browser profile of its own. `script=False` shows what is left without JavaScript."""
    context = await browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": HEIGHT},
        locale=language,
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        bypass_csp=False,
    )
    await context.add_cookies(
        [{"name": name, "value": value, "url": base_url} for name, value in (cookies or {}).items()]
    )
    page = await context.new_page()
    await page.goto(path)
    return page


async def screenshot(page: Page, path: Path) -> Path:
    """The whole page as a picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=path, full_page=True)
    return path


async def axe(page: Page) -> list[Violation]:
    """Serious and critical violations on the page, by axe-core. Evaluated from outside, so our own CSP stays."""
    await page.evaluate(_axe())
    found = await page.evaluate(RUN, RULES)
    return [
        Violation(
            rule=entry["id"],
            impact=entry["impact"],
            help=entry["help"],
            places=tuple(node["html"][:200] for node in entry["nodes"]),
        )
        for entry in found["violations"]
        if entry["impact"] in SERIOUS
    ]


@dataclass
class Judge:
    """Axe, asked only about pages that show a new kind of element: most look like one that was judged before."""

    kinds: set[str] = field(default_factory=set)

    async def faults(self, page: Page) -> list[str]:
        """Serious and critical violations on the page; none where it shows nothing new."""
        kinds = set(await page.evaluate(KINDS))
        if kinds <= self.kinds:
            return []
        self.kinds |= kinds
        return [str(violation) for violation in await axe(page)]


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")


async def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window; none of ours may be."""
    return int(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


async def complaints(page: Page, path: str) -> list[str]:
    """What the browser's console says while `path` loads: blocked by policy, missing files, script errors."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    await page.goto(path, wait_until="networkidle")
    return heard

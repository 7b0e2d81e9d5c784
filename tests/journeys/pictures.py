"""The pictures of README and docs, taken anew of a town that is played for them: `python -m tests.journeys.pictures`."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser

from fawen.demo.people import Town
from fawen.stack import Stack
from tests.browser import DESK, HEIGHT, PHONE, launched
from tests.journeys.filled import ROUND, Sight, TownTour

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
COLOURS = 64


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the width of the window, how much of the page it shows, from which element on."""

    name: str
    width: int
    height: int
    start: str = "body"


WANTED: dict[tuple[str, str], Shot] = {
    ("/intake/consultation/{window_id}", ""): Shot("consultation", PHONE, 1180),
    ("/intake/receipt", "answered"): Shot("receipt", PHONE, 1700),
    ("/intake/consultation/{window_id}/feedback", ""): Shot("feedback", DESK, 1500),
    ("/tasks/inbox", ""): Shot("inbox", DESK, 760),
    (ROUND, "legality_review-1-receiving"): Shot("findings", 900, 800, "#h-findings"),
    (ROUND, "legality_review-2"): Shot("round", DESK, 1150),
    ("/review/meeting/{session_id}", ""): Shot("meeting", DESK, 1150),
    ("/review/meeting/{session_id}/item/{item_id}/check", ""): Shot("meeting-check", DESK, 900),
    (ROUND + "/seen", "signing-1-decided"): Shot("signature", DESK, 1000),
}


@dataclass(frozen=True)
class Camera:
    """Takes the pictures that are wanted, as each page is shown."""

    browser: Browser
    stack: Stack
    keys: dict[str, str]
    folder: Path

    async def show(self, sight: Sight, suffix: str) -> None:
        """Take a page's picture, if one is wanted."""
        shot = WANTED.get((sight.route, suffix))
        if shot is None:
            return
        key = {"Authorization": f"Bearer {self.keys[sight.person.id]}"} if sight.person else {}
        context = await self.browser.new_context(
            base_url=self.stack.base_url,
            viewport={"width": shot.width, "height": HEIGHT},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            extra_http_headers=key,
        )
        page = await context.new_page()
        await page.goto(sight.path)
        box = await page.locator(shot.start).first.bounding_box()
        whole = await page.screenshot(full_page=True)
        await context.close()
        self._keep(shot, whole, int(box["y"]) if box else 0)

    def _keep(self, shot: Shot, whole: bytes, top: int) -> None:
        picture = Image.open(BytesIO(whole)).convert("RGB")
        cut = picture.crop((0, top, picture.width, min(top + shot.height, picture.height)))
        cut.quantize(COLOURS).save(self.folder / f"{shot.name}.png", optimize=True)


async def main() -> None:
    """Play the town and take them all."""
    async with Stack.start(None, overlays=("demo",), keep=False) as stack, launched() as browser:
        keys = json.loads(stack.keys_file.read_text("utf-8"))
        async with Town.at(stack.base_url, stack.keys_file) as town:
            camera = Camera(browser, stack, keys, FOLDER)
            await TownTour(stack, town, camera.show, keys).walk()


if __name__ == "__main__":
    asyncio.run(main())

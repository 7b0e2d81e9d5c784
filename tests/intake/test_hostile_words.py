"""Hostile words in every field that people fill: nowhere do they become markup, script or a formula."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import lxml.html
import pytest

from services.intake.actions.answering import answer
from services.intake.domain.answers import Disposition, Given
from services.intake.proposer import Proposer
from services.intake.store import comments, windows
from services.intake.web import app_of
from services.kernel.contracts.intake import PublishAnswers, RecordSummary
from services.kernel.runtime.process import opened
from services.kernel.runtime.settings import Settings
from tests.intake.builders import Web, an_actor
from tests.intake.sweep import PEOPLE, paths, says_by_form

# Each begins a field, where a formula or an address would do harm, and opens markup within it. Fields take so many letters.
HOSTILE = {
    "formula and markup": "=HYPERLINK(\"//x\")<script>stolen()</script>\"><img src=x onerror=stolen()>'><svg/onload=stolen()>",
    "way out": "--><!--<b onmouseover=stolen()></textarea></select></title><iframe src=javascript:stolen()></iframe>",
    "link and template": "javascript:stolen(){{ 7*191*70001 }}{% raw %}{{ config }}<stolen>",
}  # fmt: skip
HTML = {"Accept": "text/html"}


async def _said_everywhere(web: Web, words: str) -> UUID:
    """The words in every field: of commenters by page and interface, of staff, of moderators, of those who answer."""
    handed_in = await web.desk.submits()
    window_id = await web.desk.opens_window(handed_in, starts_in=-600)
    api = f"/intake/windows/{window_id}"
    await says_by_form(web, window_id, body=f"我叫周敏，{words}", name=words, contact=words)
    assert (await web.posts(f"{api}/comments", {"body": words, "name": words}, person=None)).status_code == 201
    arrived = (datetime.now(UTC) - timedelta(seconds=30)).isoformat()
    letter = {"body": f"来信：{words}", "name": words, "contact": words, "channel": "letter", "received_at": arrived}
    assert (await web.posts(f"{api}/staff-comments", letter)).status_code == 201
    until = (datetime.now(UTC) + timedelta(days=40)).isoformat()
    assert (await web.posts(f"{api}/extend", {"closes_at": until, "reason": words})).status_code == 200
    hidden = {"act": "hidden", "reason": "insult", "words": words, "search": "来信"}
    assert (await web.posts(f"{api}/moderation", hidden, person="lu-wenxi")).status_code == 200
    await Proposer(web.desk.db, settled=-1).once()
    await web.desk.closes_now(window_id)
    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))
    async with web.desk.db.transaction() as tx:
        ids = [one.id for one in await comments.of_window(tx, window_id)]
        given = [Given(comment_id=one, disposition=Disposition.PARTLY, reason=words, clause=words[:100]) for one in ids]
        await answer(tx, an_actor(), window_id, tuple(given))
    return window_id


def assert_tame(path: str, text: str) -> None:
    """No element, attribute or address of the page comes out of what people wrote."""
    page = lxml.html.document_fromstring(text)
    assert page.xpath("//stolen | //iframe | //img[@src='x']") == [], path
    assert [name for element in page.iter() for name in element.attrib if str(name).startswith("on")] == [], path
    assert [script for script in page.xpath("//script") if "stolen" in (script.text or "")] == [], path
    addresses = page.xpath("//@href | //@src | //@action | //@formaction")
    assert [one for one in addresses if str(one).strip().lower().startswith("javascript:")] == [], path
    assert "93591337" not in text, path


@pytest.mark.parametrize("words", [pytest.param(words, id=name) for name, words in HOSTILE.items()])
async def test_hostile_words_stay_words_on_every_page(web: Web, settings: Settings, words: str) -> None:
    window_id = await _said_everywhere(web, words)
    async with web.desk.db.read() as conn:
        document_id = (await windows.get(conn, window_id)).document_id
        codes = [row["receipt"] for row in await conn.fetch("select receipt from comments order by id")]
    async with opened("intake", settings) as context:
        asked = paths(app_of(context), window_id=window_id, document_id=document_id)
    asked += [f"/intake/receipt?receipt={code}" for code in codes] + [f"/intake/receipt?receipt={words}"]
    asked += [f"/intake/consultation/{window_id}/{room}?q={words}" for room in ("moderation", "feedback", "table")]

    shown = await _drawn(web, asked)
    await web.desk.activities.publish_answers(PublishAnswers(window_id=window_id))
    shown |= await _drawn(web, asked)

    for path, text in shown.items():
        assert_tame(path, text)
    held = [path for path, text in shown.items() if words.splitlines()[0] in html.unescape(re.sub(r"<br>", "\n", text))]
    assert len(held) > 4


async def _drawn(web: Web, asked: list[str]) -> dict[str, str]:
    """Every page of these that somebody may see, refusals too."""
    drawn = {}
    for path in asked:
        for person in PEOPLE:
            headers = {**(web.as_(person) if person else {}), **HTML}
            answer = await web.client.get(path, headers=headers)
            if answer.headers.get("content-type", "").startswith("text/html"):
                drawn[f"{person} {path}"] = answer.text
    return drawn

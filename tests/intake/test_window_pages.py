"""Acts on a window by form and by program, its history before everybody, and its dates for calendars and feeds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from icalendar import Calendar
from lxml import etree

from services.kernel.contracts.intake import RecordSummary
from tests.intake.builders import Web

ATOM = {"a": "http://www.w3.org/2005/Atom"}
HOSTILE = "云溪区<script>alert(1)</script>]]>&amp;\x08\r\nEND:VEVENT;办法"
LATER = timedelta(weeks=1)


async def a_window(web: Web, **more: Any) -> UUID:
    return await web.desk.opens_window(await web.desk.submits(), **more)


async def form(web: Web, window_id: UUID, person: str = "he-xu", **fields: str) -> httpx.Response:
    return await web.client.post(
        f"/intake/consultation/{window_id}/acts",
        data={"idempotency_key": str(uuid4()), **fields},
        headers={**web.as_(person), "Accept": "text/html"},
    )


async def page(web: Web, path: str, *, person: str | None = None, language: str = "zh") -> str:
    headers = {**(web.as_(person) if person else {}), "Accept": "text/html", "Accept-Language": language}
    answer = await web.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_a_pause_is_made_by_form_and_read_by_everybody(web: Web) -> None:
    window_id = await a_window(web)
    path = f"/intake/consultation/{window_id}"

    answer = await form(web, window_id, act="suspended", reason="与上位法<新条例>核对。")

    shown = await page(web, path)
    assert answer.status_code == 303
    assert "已暂停，现在不收意见" in shown
    assert "与上位法&lt;新条例&gt;核对。" in shown
    assert "城市管理局" in shown.split('id="history"')[1]
    assert 'id="say"' not in shown
    assert "已暂停" in await page(web, "/intake/consultations")


async def test_the_page_offers_only_what_is_possible_now(web: Web) -> None:
    window_id = await a_window(web)
    path = f"/intake/consultation/{window_id}/acts"

    before = await page(web, path, person="he-xu")
    await form(web, window_id, act="suspended", reason="核对。")
    after = await page(web, path, person="he-xu", language="en")

    assert [act for act in ("extended", "suspended", "resumed", "stopped", "reopened") if f'value="{act}"' in before] == [
        "extended", "suspended",
    ]  # fmt: skip
    assert "还没有满规定的期限，不能提前结束" in before
    assert 'value="resumed"' in after
    assert 'value="extended"' not in after


async def test_a_reviewer_of_legality_is_offered_the_pause_only(web: Web) -> None:
    window_id = await a_window(web)

    shown = await page(web, f"/intake/consultation/{window_id}/acts", person="lu-wenxi")

    assert 'value="suspended"' in shown
    assert 'value="extended"' not in shown


async def test_a_form_that_is_refused_comes_back_with_its_words(web: Web) -> None:
    window_id = await a_window(web)

    refused = await form(web, window_id, act="stopped", reason="已经够了。")

    assert refused.status_code == 409
    assert "缩短期限的理由应当在公告发布时写明" in refused.text


async def test_programs_act_and_read_the_history(web: Web) -> None:
    window_id = await a_window(web)
    to = (datetime.now(UTC) + LATER).isoformat()

    suspended = await web.posts(f"/intake/windows/{window_id}/suspend", {"reason": "核对。"})
    refused = await web.posts(f"/intake/windows/{window_id}/comments", {"body": "建议"}, person=None)
    resumed = await web.posts(f"/intake/windows/{window_id}/resume", {"reason": "已核对。", "closes_at": to})
    stopped = await web.posts(f"/intake/windows/{window_id}/stop", {"reason": "够了。"})
    shown = (await web.gets(f"/intake/windows/{window_id}", person=None)).json()

    assert (suspended.json()["state"], resumed.json()["state"]) == ("suspended", "open")
    assert (refused.status_code, refused.json()["code"]) == (409, "comment.window_suspended")
    assert (stopped.status_code, stopped.json()["code"]) == (409, "window.stops_too_soon")
    assert [(change["kind"], change["unit"], change["reason"]) for change in shown["changes"]] == [
        ("suspended", "urban", "核对。"),
        ("resumed", "urban", "已核对。"),
    ]


async def test_a_closed_window_is_reopened_by_program(web: Web) -> None:
    window_id = await a_window(web)
    await web.desk.comments(window_id)
    await web.desk.closes_now(window_id)
    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))
    to = (datetime.now(UTC) + LATER).isoformat()

    answer = await web.posts(f"/intake/windows/{window_id}/reopen", {"reason": "补充。", "closes_at": to})

    assert (answer.status_code, answer.json()["state"]) == (200, "open")
    assert "重新开始" in await page(web, f"/intake/consultation/{window_id}")


@pytest.mark.parametrize(("language", "words"), [("zh", "北京时间（UTC+8）"), ("en", "Beijing time (UTC+8)")])
async def test_the_page_says_the_last_second_and_counts_down_by_the_servers_clock(
    web: Web, language: str, words: str
) -> None:
    window_id = await a_window(web)

    shown = await page(web, f"/intake/consultation/{window_id}", language=language)

    assert words in shown
    assert 'role="timer"' in shown
    assert "data-now=" in shown
    assert "countdown.js" in shown


async def test_closing_dates_are_a_calendar(web: Web) -> None:
    handed_in = await web.desk.submits(title=HOSTILE)
    window_id = await web.desk.opens_window(handed_in)
    closed = await web.desk.opens_window(handed_in, phase="public_comment/2")
    await web.desk.closes_now(closed)
    shown = (await web.gets(f"/intake/windows/{window_id}", person=None)).json()

    answer = await web.gets("/intake/consultations.ics", person=None)
    one = await web.gets(f"/intake/consultation/{window_id}/calendar.ics", person=None)
    none = await web.gets(f"/intake/consultation/{closed}/calendar.ics", person=None)

    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert event["dtend"].dt == datetime.fromisoformat(shown["closes_at"]).replace(microsecond=0)
    assert str(event["uid"]).startswith(str(window_id))
    assert "END:VEVENT;办法" in str(event["summary"])
    assert len(Calendar.from_ical(one.text).walk("VEVENT")) == 1
    assert Calendar.from_ical(none.text).walk("VEVENT") == []


async def test_a_close_that_was_moved_comes_with_a_higher_sequence(web: Web) -> None:
    window_id = await a_window(web)
    await form(web, window_id, act="suspended", reason="核对。")

    (event,) = Calendar.from_ical((await web.gets("/intake/consultations.ics", person=None)).text).walk("VEVENT")

    assert (str(event["sequence"]), str(event["status"])) == ("1", "TENTATIVE")


async def test_the_feed_tells_what_opened_and_what_closed(web: Web) -> None:
    window_id = await a_window(web)
    first = await entries(web)
    await web.desk.closes_now(window_id)
    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))

    both = await entries(web)

    assert [kind for _, kind, _ in both] == ["closed", "opened"]
    assert first[0][0] == both[1][0]
    assert "没有收到意见" in both[0][2]


async def test_the_feed_is_well_formed_whatever_a_title_holds(web: Web) -> None:
    handed_in = await web.desk.submits(title=HOSTILE)
    await web.desk.opens_window(handed_in)

    answer = await web.gets("/intake/consultations.atom", person=None)

    feed = etree.fromstring(answer.content)
    (title,) = feed.xpath("a:entry/a:title/text()", namespaces=ATOM)
    assert "<script>alert(1)</script>]]>&amp;" in title
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert [link.get("rel") for link in feed.xpath("a:link", namespaces=ATOM)] == ["self", "first", "alternate"]
    assert feed.xpath("string(a:updated)", namespaces=ATOM)


async def test_the_feed_goes_on_by_pages_and_misses_nothing(web: Web) -> None:
    handed_in = await web.desk.submits()
    ids = [await web.desk.opens_window(handed_in, phase=f"public_comment/{n}") for n in range(1, 33)]

    answer = await web.gets("/intake/consultations.atom", person=None)
    feed = etree.fromstring(answer.content)
    (older,) = feed.xpath("a:link[@rel='next']/@href", namespaces=ATOM)
    rest = etree.fromstring((await web.client.get(older)).content)

    found = [str(link) for each in (feed, rest) for link in each.xpath("a:entry/a:link/@href", namespaces=ATOM)]
    assert len(found) == len(set(found)) == len(ids)
    assert rest.xpath("a:link[@rel='next']", namespaces=ATOM) == []


async def test_the_pages_lead_to_calendar_and_feed(web: Web) -> None:
    shown = await page(web, "/intake/consultations")

    assert 'type="application/atom+xml"' in shown
    assert 'href="/intake/consultations.ics"' in shown


async def entries(web: Web) -> list[tuple[str, str, str]]:
    """Id, category and sentence of each entry."""
    feed = etree.fromstring((await web.gets("/intake/consultations.atom", person=None)).content)
    return [
        (
            entry.findtext("a:id", namespaces=ATOM) or "",
            next(each.get("term", "") for each in entry.findall("a:category", namespaces=ATOM)),
            entry.findtext("a:summary", namespaces=ATOM) or "",
        )
        for entry in feed.findall("a:entry", namespaces=ATOM)
    ]

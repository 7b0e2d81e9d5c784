"""Journeys in a real browser, in both languages: hand in, comment, review, record a meeting, read the gazette.

Every page on the way is looked at on a desk and on a phone: nothing serious by axe, nothing runs out sideways.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from fawen.client import Problem
from fawen.demo.acts import ZONE, act_of
from fawen.demo.people import BY_ROLE, DRAFTER, NAMES, Town
from fawen.demo.receiving import receive
from fawen.demo.sheets import fill
from fawen.demo.story import Script
from fawen.demo.texts import text
from fawen.replies import Round, Window
from fawen.stack import Stack
from tests.browser import DESK, HEIGHT, PHONE, axe, open_page, sideways
from tests.journeys.drafts import PLAN, normative, work_plan
from tests.journeys.play import played, story_of, submitted, the_round, the_window, until

pytestmark = pytest.mark.timeout(240)

Language = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
REVIEWER, CLERK = BY_ROLE["legality_reviewer"], BY_ROLE["meeting_clerk"]
OPINION = "经审核，内容符合上位法规定，程序完备。"
ANSWER = "已据此修改条文，改为每两个月至少清洗一次。"
LATER = "于2027年4月底前完成"
MAIN_BUTTON = "button.btn:not(.second):not(.quiet)"


class Eyes:
    """Somebody who looks at every page twice, on a desk and on a phone."""

    async def look(self, page: Page, name: str) -> None:
        """Nothing serious by axe on a phone, nothing sideways at either width."""
        for width in (PHONE, DESK):
            await page.set_viewport_size({"width": width, "height": HEIGHT})
            assert await sideways(page) == 0, f"{name} at {width}"
            if width == PHONE:
                assert [str(found) for found in await axe(page)] == [], name


@dataclass
class Desk:
    """A plan in its second legality round, and what is decided about it on the way."""

    document_id: UUID
    title: str


@pytest.fixture
def eyes() -> Eyes:
    """Eyes for every page on the way."""
    return Eyes()


@pytest_asyncio.fixture(scope="module")
async def desk(stack: Stack) -> Desk:
    """The plan was sent back once, and has come again with one change."""
    async with Town.at(stack.base_url, stack.keys_file) as town:
        document_id = await submitted(town, work_plan("云览发", yes=("content_touches_rights",)))
        await _decided(town, await the_round(town, document_id, "legality_review"), "amend")
        office = town.of(DRAFTER)

        async def returned() -> bool:
            return (await office.document(document_id)).state == "returned"

        await until("the plan is returned", returned)
        document = await office.revise(document_id, PLAN.replace("于2027年3月底前完成", LATER))
        await the_round(town, document_id, "legality_review")
    return Desk(document_id, document.title)


@pytest_asyncio.fixture(scope="module")
async def window(stack: Stack) -> Window:
    """An open comment window with time enough for two very slow people; the office ends it when both have written."""
    async with Town.at(stack.base_url, stack.keys_file) as town:
        document_id = await submitted(town, normative("云览规"))
        for stage in ("initiation", "assessment"):
            await _decided(town, await the_round(town, document_id, stage), None)
        opened = await the_window(town, document_id)
        closes = {"closes_at": (datetime.now(UTC) + timedelta(minutes=5)).isoformat(), "reason": "应公众要求延长。"}
        answer = await _acts(stack, town, opened, "extend", closes)
        assert answer.status_code == httpx.codes.OK, answer.text
        return opened


async def _acts(stack: Stack, town: Town, window: Window, act: str, said: dict[str, str]) -> httpx.Response:
    headers = {"Authorization": f"Bearer {town._keys[DRAFTER.id]}"}
    async with httpx.AsyncClient(base_url=stack.base_url, trust_env=False, headers=headers) as office:
        return await office.post(f"/intake/windows/{window.window_id}/{act}", json=said)


@asynccontextmanager
async def signed_in(
    browser: Browser, stack: Stack, person_id: str, path: str, language: Language
) -> AsyncIterator[Page]:
    """The page at `path`, after the person has chosen their name on the sign-in page."""
    page = await open_page(browser, stack.base_url, f"/sign-in?next={path}", language=language)
    await page.locator(f'form:has(input[value="{person_id}"]) button').first.click()
    await page.wait_for_url(f"**{path.partition('?')[0]}*")
    yield page
    await page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_drafter_is_told_every_mistake_with_its_article_then_submits(
    browser: Browser, stack: Stack, eyes: Eyes, town: Town, language: Language
) -> None:
    async with signed_in(browser, stack, DRAFTER.id, "/intake/submit?kind=NORMATIVE", language) as page:
        await eyes.look(page, "submit")
        await page.locator(f"form {MAIN_BUTTON}").last.click()
        summary = page.locator("section.errors")
        await expect(summary).to_be_focused()
        assert await summary.locator("li").count() >= 10
        assert "〔2012〕14号" in "".join(await page.locator("form .field").all_inner_texts())
        await eyes.look(page, "submit-errors")
        await _fill_in(page)
        await page.locator(f"form {MAIN_BUTTON}").last.click()
        await page.wait_for_url("**/intake/document/*")
        await eyes.look(page, "submitted")
        document_id = UUID(page.url.partition("/document/")[2][:36])
    await town.of(DRAFTER).withdraw(document_id, "试用时报送，撤回。")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_commenter_without_script_gets_a_receipt_and_later_the_answer(
    browser: Browser, stack: Stack, eyes: Eyes, town: Town, window: Window, language: Language
) -> None:
    words = f"小餐馆每月清洗一次负担太重，建议改为每两个月一次（{language}）。"
    address = f"/intake/consultation/{window.window_id}"
    plain = await open_page(browser, stack.base_url, address, language=language, script=False, width=PHONE)
    await plain.locator("#body").fill(words)
    # Nobody reads and writes in less: the form would come back once.
    await plain.wait_for_timeout(2_000)
    await plain.locator(f"form#say {MAIN_BUTTON}").click()
    await plain.wait_for_url("**/intake/receipt?*")
    receipt = plain.url.partition(stack.base_url)[2].replace("&new=1", "")
    assert words in await plain.content()
    await plain.context.close()

    page = await open_page(browser, stack.base_url, address, language=language)
    await eyes.look(page, "consultation")
    await page.goto(receipt)
    await eyes.look(page, "receipt")
    if language == LANGUAGES[-1]:
        await _answered(stack, town, window)
        for path, name in ((receipt, "answered"), (f"{address}/feedback", "feedback")):
            await page.goto(path)
            await expect(page.locator("body")).to_contain_text(ANSWER)
            await eyes.look(page, name)
        await town.of(DRAFTER).withdraw(window.document_id, "试用时报送，撤回。")
    await page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_reviewer_finds_it_in_the_inbox_reads_what_changed_and_signs(
    browser: Browser, stack: Stack, eyes: Eyes, town: Town, desk: Desk, language: Language
) -> None:
    inbox = f"/tasks/inbox?document_id={desk.document_id}"
    async with signed_in(browser, stack, REVIEWER.id, inbox, language) as page:
        await page.goto(inbox)
        await expect(page.locator("tr[data-row]")).to_have_count(1)
        await eyes.look(page, "inbox")
        if language == LANGUAGES[0]:
            await page.locator('form[action$="/claim"] button').click()
            await page.wait_for_load_state()
            await eyes.look(page, "claimed")
            await page.goto(inbox)
        await page.locator("tr[data-row] a.btn").click()
        await page.wait_for_url("**/review/round/*")
        await expect(page.locator("ins", has_text="4").first).to_be_visible()
        await eyes.look(page, "round")
        if language == LANGUAGES[0]:
            await receive(town, DRAFTER, REVIEWER, await the_round(town, desk.document_id, "legality_review"))
            await page.reload()
        form = page.locator('form[data-opinion]:has(input[name="act"][value="opinion"])')
        await form.locator('input[name="outcome"][value="lawful"]').check()
        await form.locator('textarea[name="opinion"]').fill(OPINION)
        await form.locator('input[name="counsel_1_name"]').fill("苏禾（公职律师）")
        for handled in await form.locator('select[name^="handled_"]').all():
            await handled.select_option("done")
        await form.locator(f"p > {MAIN_BUTTON}").click()
        await _confirm(page, eyes, language, "opinion")
    if language == LANGUAGES[-1]:
        chain = await town.of(DRAFTER).sign_offs(desk.document_id)
        assert [(one["outcome"], one["opinion"]) for one in chain["sign_offs"]][-1] == ("lawful", OPINION)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_clerk_records_the_meeting_with_every_word(
    browser: Browser, stack: Stack, eyes: Eyes, town: Town, desk: Desk, language: Language
) -> None:
    round_ = await the_round(town, desk.document_id, "collective_deliberation")
    async with signed_in(browser, stack, CLERK.id, f"/review/round/{round_.id}", language) as page:
        form = page.locator('form[data-opinion]:has(input[name="act"][value="meeting"])')
        await form.locator('input[name="name"]').fill("云溪区人民政府第42次常务会议")
        await form.locator('input[name="place"]').fill("区政府第一会议室")
        await form.locator('input[name="started_at"]').fill(f"{datetime.now(ZONE):%Y-%m-%dT%H:%M}")
        for stance in await form.locator('select[name$="_stance"]').all():
            await stance.select_option("for")
        for words in await form.locator('textarea[name^="member_"]').all():
            await words.fill("同意。")
        await form.locator('input[name="outcome"][value="passed"]').check()
        await form.locator('input[name="minutes_number"]').fill("〔2026〕42号")
        await eyes.look(page, "meeting-form")
        await form.locator(f"p > {MAIN_BUTTON}").click()
        await _confirm(page, eyes, language, "meeting")
        if language == LANGUAGES[-1]:
            await page.goto(f"/review/round/{round_.id}/meeting")
            await expect(page.locator("body")).to_contain_text(NAMES["zhou-mingzhe"].name)
            await eyes.look(page, "meeting")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_public_reads_the_gazette(
    browser: Browser, stack: Stack, eyes: Eyes, town: Town, desk: Desk, language: Language
) -> None:
    dossier = await played(story_of(town, desk.document_id, Script()))
    assert dossier.verified
    number = (await town.of(DRAFTER).document(desk.document_id)).doc_number
    assert number is not None
    page = await open_page(browser, stack.base_url, "/", language=language)
    await eyes.look(page, "home")
    await page.goto(f"/notify/gazette?q={number}")
    await eyes.look(page, "gazette")
    await page.get_by_role("link", name=desk.title).first.click()
    await page.wait_for_url("**/notify/gazette/*")
    await expect(page.locator("main")).to_contain_text(number)
    await expect(page.locator("main")).to_contain_text(LATER)
    await eyes.look(page, "published")
    await page.context.close()


async def _fill_in(page: Page) -> None:
    """The form as the drafting office fills it, all questions answered no."""
    await page.locator('input[name="agency_code"]').fill("云稿规")
    await page.locator('textarea[name="text"]').fill(text("draft_1.txt"))
    await page.locator('textarea[name="note"]').fill(text("note.txt"))
    for answer in await page.locator('input[name$=".answer"][value="false"]').all():
        await answer.check()
    for reason in await page.locator('[name^="predicates."][name$=".reason"]').all():
        await reason.fill("经逐条核对，本文件不涉及这一情形。")
    await page.locator('[name="comment.contact.unit"]').fill("区城市管理局政策法规科")
    await page.locator('[name="comment.contact.phone"]').fill("0000-5550121")


async def _confirm(page: Page, eyes: Eyes, language: Language, name: str) -> None:
    """Look at what will be signed; in the last language, sign it."""
    await expect(page.locator("form.confirm")).to_be_visible()
    await eyes.look(page, f"{name}-confirm")
    if language == LANGUAGES[-1]:
        await page.locator("#read").check()
        await page.locator(f"form.confirm {MAIN_BUTTON}").click()
        await page.wait_for_url("**/result")
        await eyes.look(page, f"{name}-result")


async def _decided(town: Town, round_: Round, outcome: str | None) -> None:
    act, words = act_of(round_, outcome)
    person = DRAFTER if round_.role == "drafter" else BY_ROLE[round_.role]
    await fill(town, round_)
    await receive(town, DRAFTER, person, round_)
    await town.of(person).decide(round_, act, **words)


async def _answered(stack: Stack, town: Town, window: Window) -> None:
    """End it as soon as the least time is over, answer everything, wait until the answers are public."""
    office = town.of(DRAFTER)

    async def ended() -> bool:
        answer = await _acts(stack, town, window, "stop", {"reason": "两位居民都已经提出意见。"})
        return answer.status_code == httpx.codes.OK

    async def closed() -> bool:
        return (await town.public.windows(window.document_id))[0].state == "closed"

    await until("the office ends the window", ended)
    await until("the window closes", closed)
    opinions = await office.opinions(window.window_id)
    assert len(opinions) == len(LANGUAGES)
    said = {"disposition": "adopted", "reason": ANSWER, "clause": "第五条"}
    answers = [{"comment_id": str(opinion.comment_id), **said} for opinion in opinions]

    async def taken() -> bool:
        try:
            await office.answer(window.window_id, answers)
        except Problem as problem:
            # Closed to the public, while the record of the closing is a moment behind.
            if problem.code not in ("window.still_open", "window.being_closed"):
                raise
            return False
        return True

    await until("the answers are taken", taken)

    async def public() -> bool:
        return (await town.public.windows(window.document_id))[0].state == "answered"

    await until("the answers are public", public)

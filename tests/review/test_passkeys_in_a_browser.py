"""A reviewer's whole way, with Chromium's virtual authenticator: accept, judge in points, sign by passkey, the letter."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Page

from services.kernel.contracts import sign_offs as contract
from services.kernel.contracts.messages import Text
from services.kernel.contracts.sign_offs import SignOffFile
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from tests import browser as look
from tests.review.builders import a_document, a_round, just_opened
from tests.review.test_pages import FOURTH
from tests.review.test_receiving import answered

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def at_the_desk(browser: Browser, site: str) -> Page:
    """陆闻溪, signed in, with a security key in the machine."""
    page = await look.open_page(browser, site, "/sign-in?next=/review/signing")
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    await page.get_by_role("button", name="登录：陆闻溪").click()
    return page


async def test_a_reviewer_enrols_a_passkey_accepts_judges_signs_with_it_and_gets_the_letter(
    site: str, browser: Browser, db: Database, blobs: Blobs, tmp_path: Path
) -> None:
    page = await at_the_desk(browser, site)
    await page.get_by_label("给它起个名字").fill("办公室的安全钥匙")
    await page.get_by_role("button", name="登记通行密钥").click()
    await page.get_by_text("通行密钥已登记").wait_for()
    assert await look.axe(page) == []
    digest = await blobs.put(FOURTH.encode())
    document = a_document()
    text = Text(version=4, text_hash=digest, materials_hash="c8" * 32)
    round_id = await just_opened(db, a_round(document=document, text=text))
    await answered(db, round_id)
    await page.goto(f"/review/round/{round_id}")
    for paper in await page.locator('select[name^="material_"]').all():
        await paper.select_option("not_applicable")
    for reason in await page.locator('input[name^="reason_"]').all():
        await reason.fill("已在卷宗中核对。")
    await page.get_by_role("button", name="材料齐全，受理").click()
    await page.get_by_text("可以出具意见").wait_for()
    await page.get_by_label("合法", exact=True).check()
    await page.get_by_label("审核意见", exact=True).fill("符合规定。")
    await page.locator('input[name="point_1_clause"]').fill("第二条")
    await page.locator('select[name="point_1_nature"]').select_option("advice")
    await page.locator('textarea[name="point_1_text"]').fill("建议写明向哪个单位告知。")
    await page.get_by_role("button", name="签署审核意见").click()
    await page.get_by_text("需要用您的通行密钥确认").wait_for()
    assert await look.axe(page) == []
    await look.screenshot(page, tmp_path / "confirm.png")
    await page.get_by_label("我已阅读").check()
    await page.get_by_role("button", name="确认签署").click()
    await page.wait_for_url("**/result")
    letter = await page.request.get(f"/review/rounds/{round_id}/letter.pdf")
    assert (await letter.body()).startswith(b"%PDF")
    await page.get_by_role("link", name="签署时看到的内容").click()
    await page.get_by_text("通行密钥对这份记录的确认有效").wait_for()
    assert await look.axe(page) == []
    for width in (look.DESK, look.PHONE):
        await page.set_viewport_size({"width": width, "height": look.HEIGHT})
        assert await look.sideways(page) <= 0
        await look.screenshot(page, tmp_path / f"seen-{width}.png")
    answer = await page.request.get(f"/review/documents/{document.document_id}/sign-offs/file")
    file = SignOffFile.model_validate_json(await answer.body())
    assert [one.what for one in contract.verify(file) if one.holds is not True] == []
    await page.goto("/review/signing")
    await look.screenshot(page, tmp_path / "signing.png")
    assert await look.sideways(page) <= 0
    await page.get_by_text("注销", exact=True).click()
    await page.get_by_label("注销的理由").fill("设备遗失，已经上交备用的。")
    await page.get_by_role("button", name="注销这个通行密钥").click()
    await page.get_by_text("通行密钥已注销").wait_for()

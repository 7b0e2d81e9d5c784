"""The local post office takes what is sent, delivers nothing, and shows strangers' text as text."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from aiosmtpd.smtp import Envelope

from fawen.stack.mail import Mailbox, pages


def _letter(subject: str, text: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "fawen@localhost", "zhou@example.gov.cn", subject
    message.set_content(text)
    return bytes(message)


async def _receive(mailbox: Mailbox, subject: str, text: str = "请办理。") -> None:
    envelope = Envelope()
    envelope.content, envelope.rcpt_tos = _letter(subject, text), ["zhou@example.gov.cn"]
    await mailbox.handle_DATA(None, None, envelope)  # type: ignore[arg-type]  # neither is looked at


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mail")


def _browser(mailbox: Mailbox) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=pages(mailbox)), base_url="http://mail")


async def test_the_newest_mail_comes_first(mailbox: Mailbox) -> None:
    await _receive(mailbox, "收到一件审核件")
    await _receive(mailbox, "审核即将到期")
    assert [mail.subject for mail in mailbox.newest_first()] == ["审核即将到期", "收到一件审核件"]
    assert mailbox.newest_first()[0].to == ("zhou@example.gov.cn",)


async def test_a_mail_is_shown_with_its_text_and_headers(mailbox: Mailbox) -> None:
    await _receive(mailbox, "收到一件审核件", "请在 5 个工作日内办理。")
    async with _browser(mailbox) as browser:
        page = (await browser.get(f"/{mailbox.newest_first()[0].id}")).text
    assert "请在 5 个工作日内办理。" in page
    assert "fawen@localhost" in page


async def test_markup_in_a_mail_is_shown_and_not_obeyed(mailbox: Mailbox) -> None:
    await _receive(mailbox, "<script>alert(1)</script>", "<img src=x>")
    async with _browser(mailbox) as browser:
        both = (await browser.get("/")).text + (await browser.get(f"/{mailbox.newest_first()[0].id}")).text
    assert "<script>" not in both
    assert "<img" not in both


async def test_an_empty_mailbox_says_so(mailbox: Mailbox) -> None:
    async with _browser(mailbox) as browser:
        assert "还没有邮件" in (await browser.get("/")).text


@pytest.mark.parametrize("mail_id", ["7", "..%2Fsecret", "x"])
async def test_an_unknown_mail_is_not_found(mailbox: Mailbox, mail_id: str) -> None:
    async with _browser(mailbox) as browser:
        assert (await browser.get(f"/{mail_id}")).status_code == 404

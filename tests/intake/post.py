"""The receiver of mails as a test meets it: over real SMTP on the loopback, with mails of invented people."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from uuid import UUID, uuid4

import aiosmtplib

from services.intake.actions.mail_in import Office
from services.intake.domain.mail import mailbox_of
from services.intake.receiver import Handler, protocol_of
from services.kernel.runtime.settings import Settings
from tests.intake.builders import Desk

HOST, DOMAIN = "127.0.0.1", "comments.yunxi.example"
ZHOU = "zhou@mail.example"

AS_IT_IS = """
from services.intake.__main__ import SERVICE, main
main(SERVICE)
"""
# Commits, and then never comes to its answer.
STALLS = (
    """
import asyncio
from services.intake import receiver
receive = receiver.receive
async def stalled(*given):
    await receive(*given)
    await asyncio.sleep(3600)
receiver.receive = stalled
"""
    + AS_IT_IS
)


def a_mail(body: str = "建议改为每月清洗一次。", *, sender: str = f"周宁 <{ZHOU}>", **headers: str) -> EmailMessage:
    """A mail as a person writes it; `headers` by their names with underscores."""
    mail = EmailMessage()
    given = {"From": sender, "Subject": "关于第三条", "Message-ID": f"<{uuid4().hex}@mail.example>"}
    for name, value in {**given, **{key.replace("_", "-"): value for key, value in headers.items()}}.items():
        mail[name] = value
    mail.set_content(body)
    return mail


def a_raw(body: bytes, *headers: str) -> bytes:
    """A mail byte by byte, for what no library writes."""
    lines = [f"From: {ZHOU}", f"Message-ID: <{uuid4().hex}@mail.example>", *headers]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Door:
    """The receiver, open at a port."""

    port: int
    desk: Desk

    def box(self, window_id: UUID) -> str:
        """The address of a window."""
        address = mailbox_of(window_id, DOMAIN)
        assert address is not None
        return address

    async def sends(self, window_id: UUID | str, mail: EmailMessage | bytes, *, sender: str = ZHOU) -> tuple[int, str]:
        """Deliver a mail as a mail server does; the answer to its data, or the refusal."""
        to = window_id if isinstance(window_id, str) else self.box(window_id)
        return await deliver(self.port, to, mail, sender=sender)


async def deliver(port: int, to: str, mail: EmailMessage | bytes, *, sender: str = ZHOU) -> tuple[int, str]:
    """Deliver over SMTP; the code and the words of the answer."""
    data = mail if isinstance(mail, bytes) else mail.as_bytes()
    client = aiosmtplib.SMTP(hostname=HOST, port=port, timeout=30)
    await client.connect()
    try:
        _, answer = await client.sendmail(sender, [to], data)
    except aiosmtplib.SMTPRecipientsRefused as refused:
        return refused.recipients[0].code, refused.recipients[0].message
    except aiosmtplib.SMTPResponseException as refused:
        return refused.code, refused.message
    finally:
        client.close()
    return 250, answer


@asynccontextmanager
async def open_door(desk: Desk, settings: Settings) -> AsyncIterator[Door]:
    """The receiver in this process, for the block."""
    handler = Handler(Office.over(desk.db, desk.blobs, settings))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol_of(handler, settings), HOST, 0)
    try:
        yield Door(server.sockets[0].getsockname()[1], desk)
    finally:
        server.close()


@asynccontextmanager
async def as_a_process(
    settings: Settings, program: str = AS_IT_IS
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """The receiver as a process of its own: for killing it."""
    with socket.socket() as ours:
        ours.bind((HOST, 0))
        ours.listen(16)
        port = int(ours.getsockname()[1])
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FAWEN_")} | {
            "FAWEN_PROFILE": "local",
            "FAWEN_DATABASE_URL": settings.database_url,
            "FAWEN_BLOBS": settings.blobs,
            "FAWEN_SECRET": settings.secret.get_secret_value(),
            "FAWEN_COMMENT_DOMAIN": settings.comment_domain,
            "FAWEN_COMMENT_MAIL_PROTOCOL": "smtp",
            "FAWEN_COMMENT_MAIL_FD": str(ours.fileno()),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, "mail", env=environment, pass_fds=(ours.fileno(),)
        )
        try:
            yield process, port
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

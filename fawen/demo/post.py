"""Mail from the public in the demonstration: written to the window's own address, handed to its receiver."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid

import aiosmtplib

from fawen.stack.ports import LOOPBACK

CITIZEN = "宋知远 <song@mail.example>"


@dataclass(frozen=True)
class Mail:
    """What somebody writes."""

    subject: str
    body: str


async def post(port: int, to: str, mail: Mail) -> None:
    """Hand a mail to the receiver at `port`; it is a comment when this returns. Raises SMTPException."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = CITIZEN, to, mail.subject
    message["Message-ID"] = make_msgid(domain="mail.example")
    message.set_content(mail.body)
    await aiosmtplib.send(message, hostname=LOOPBACK, port=port)

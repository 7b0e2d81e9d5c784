"""A mail server for tests: takes mail by SMTP, refuses what it is told to refuse."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Sink:
    """What arrived, and how to answer: `refuse` maps an address to an answer at RCPT TO, `busy` answers DATA."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.return_paths: list[str] = []
        self.refuse: dict[str, str] = {}
        self.busy: str | None = None

    async def handle_RCPT(  # noqa: N802 (its name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (its name)
        if self.busy:
            return self.busy
        content = envelope.content
        assert isinstance(content, bytes)
        self.return_paths.append(str(envelope.mail_from).strip("<>"))
        self.mails.append(email.message_from_bytes(content, policy=email.policy.default))
        return "250 OK"

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]

    def recipients(self) -> list[str]:
        return sorted(str(mail["To"]) for mail in self.mails)


@contextmanager
def listening(sink: Sink, port: int) -> Iterator[None]:
    """The sink, open at a port for the block."""
    controller = Controller(sink, hostname=HOST, port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])

"""The receiver of mails: SMTP or LMTP behind a real mail server. It says 250 only when the comment is committed."""

from __future__ import annotations

import asyncio
import logging
import re
import socket

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.intake.actions.mail_in import LATER, Office, find_box, receive
from services.intake.domain.mail import MailboxUnknown
from services.kernel.contracts.refusals import Refused, Unavailable
from services.kernel.runtime.db import GONE
from services.kernel.runtime.process import Context
from services.kernel.runtime.settings import Settings

log = structlog.get_logger()

MOST_CONNECTIONS = 40
IDLE_SECONDS = 120.0
LONGEST_LINE = 64 * 1024
LONGEST_SENTENCE = 400
NOT_NOW = "451 4.3.0 Not possible at the moment; nothing was taken, please try again"
ONE_EACH = "452 4.5.3 One recipient in a transaction; send the others in another"
BUSY = b"421 4.3.2 Too many connections; try again\r\n"
TOO_LARGE = 413


class Handler:
    """What the protocol asks; each answer is one line."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.connections = 0

    async def handle_RCPT(  # noqa: N802 (its name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Whether there is such a box. One for each mail, so that the answer to its data is one answer."""
        if envelope.rcpt_tos:
            return ONE_EACH
        try:
            await find_box(self._office, address)
        except (Refused, Unavailable, *GONE) as error:
            return reply_to(error)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (its name)
        """Take the mail, or say for good or for now why not."""
        data = envelope.content
        assert isinstance(data, bytes)
        try:
            await receive(self._office, envelope.rcpt_tos[0], data, envelope.mail_from or "")
        except (Refused, Unavailable, *GONE) as error:
            return reply_to(error)
        return "250 2.0.0 Taken"

    async def handle_exception(self, error: Exception) -> str:
        """What nobody expected is for now: the sending server keeps the mail."""
        log.error("receiver.failed", error=type(error).__name__, exc_info=error)
        return NOT_NOW


def reply_to(error: BaseException) -> str:
    """A refusal as a line of the protocol, in ASCII: 5xx tells the sender, 4xx has it tried again."""
    if not isinstance(error, Refused):
        return NOT_NOW
    match error:
        case MailboxUnknown():
            code = "550 5.1.1"
        case _ if error.status in LATER:
            code = "451 4.7.1"
        case _:
            code = "552 5.3.4" if error.status == TOO_LARGE else "554 5.7.1"
    said = " ".join(dict.fromkeys((f"{error.title.en}.", error.detail.en, error.how.en)))
    return f"{code} {re.sub(r'[^ -~]+', ' ', said)[:LONGEST_SENTENCE]}"


class _Limits:
    """What one connection may cost, and how many there may be."""

    line_length_limit = LONGEST_LINE

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)  # type: ignore[misc]
        handler: Handler = self.event_handler  # type: ignore[attr-defined]
        handler.connections += 1
        if handler.connections > MOST_CONNECTIONS:
            transport.write(BUSY)
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.connections -= 1  # type: ignore[attr-defined]
        super().connection_lost(error)  # type: ignore[misc]


class Smtp(_Limits, SMTP):  # type: ignore[misc]
    """For the local stack."""


class Lmtp(_Limits, LMTP):  # type: ignore[misc]
    """Behind a mail server."""


def protocol_of(handler: Handler, settings: Settings) -> SMTP:
    """The protocol of one connection."""
    kind = Smtp if settings.comment_mail_protocol == "smtp" else Lmtp
    return kind(
        handler,
        data_size_limit=settings.comment_mail_bytes,
        enable_SMTPUTF8=True,
        hostname=settings.comment_domain,
        ident="Fawen",
        timeout=IDLE_SECONDS,
        loop=asyncio.get_running_loop(),
    )


async def run_receiver(context: Context) -> None:
    """Listen for mails until cancelled. Raises SystemExit where no domain for comments is set."""
    settings = context.settings
    if not settings.comment_domain:
        raise SystemExit("FAWEN_COMMENT_DOMAIN is not set: the receiver does not know for which domain it takes mails")
    # It logs senders and recipients.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    handler = Handler(Office.over(context.db, context.blobs, settings))
    loop = asyncio.get_running_loop()
    place = (
        {"sock": socket.socket(fileno=settings.comment_mail_fd)}
        if settings.comment_mail_fd is not None
        else {"host": settings.host, "port": settings.comment_mail_port}
    )
    server = await loop.create_server(lambda: protocol_of(handler, settings), **place)
    log.info("receiver.listening", protocol=settings.comment_mail_protocol)
    async with server:
        await server.serve_forever()

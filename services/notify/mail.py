"""Mail: rendered when it leaves, Chinese first then English, and the same to the last byte when it leaves twice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosmtplib
import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.kernel.contracts.notify import Tell
from services.kernel.contracts.refusals import Unavailable
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.db import Database
from services.kernel.runtime.outbox import Letter
from services.kernel.runtime.relay import Undeliverable
from services.kernel.runtime.settings import Settings
from services.notify.mail_words import words_for
from services.notify.store import messages
from services.notify.store.messages import Outgoing

log = structlog.get_logger()

TEMPLATES = Path(__file__).parent / "templates" / "mail"
SEND_SECONDS = 8.0
PERMANENT = 500
SUBJECT_LENGTH = 200
ADDRESS = re.compile(r"[^\s@<>(),;:\"\\]+@[^\s@<>(),;:\"\\]+")


class Post:
    """Delivers the mails of the outbox: `deliver` is what the relay calls for a letter of the kind mail."""

    def __init__(self, db: Database, settings: Settings, book: RuleBook) -> None:
        self._db, self._settings, self._book = db, settings, book
        # Plain text: nothing here is markup, so nothing is escaped; the header is made safe by itself.
        self._templates = Environment(  # noqa: S701
            loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    async def deliver(self, letter: Letter) -> None:
        """Send one mail and note that the server took it. Raises Undeliverable, Unavailable.

        A crash between the two sends it again: the receiver drops it by its Message-ID.
        """
        message_id = UUID(str(letter.body["message_id"]))
        async with self._db.read() as conn:
            outgoing = await messages.find_outgoing(conn, message_id)
        if outgoing is None:
            raise Undeliverable("the message is not there")
        if outgoing.sent_at is None:
            await self._send(outgoing)
            async with self._db.transaction() as tx:
                await messages.mark_sent(tx, message_id)
            log.info("mail.sent", message_id=str(message_id), mail_event=letter.name)

    async def _send(self, outgoing: Outgoing) -> None:
        if outgoing.email is None:
            raise Undeliverable("the directory has no address of this person")
        if not ADDRESS.fullmatch(outgoing.email):
            raise Undeliverable("what the directory has as an address is none")
        mail = self.render(outgoing, outgoing.email)
        try:
            await aiosmtplib.send(
                mail,
                sender=parseaddr(self._settings.mail_from)[1],
                recipients=[outgoing.email],
                hostname=self._settings.smtp_host,
                port=self._settings.smtp_port,
                timeout=SEND_SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise failure(error) from None  # the chain would carry the address into the log

    def render(self, outgoing: Outgoing, to: str) -> EmailMessage:
        """The mail as it leaves: what, by which rule, until when, and the page on which it is done."""
        tell = Tell.model_validate(outgoing.tell)
        subject, _, body = self._text(tell).partition("\n")
        mail = EmailMessage()
        mail["From"] = self._settings.mail_from
        mail["To"] = to
        mail["Subject"] = _one_line(subject)
        mail["Date"] = format_datetime(outgoing.created_at.astimezone(self._settings.zone))
        mail["Message-ID"] = message_id_of(outgoing.fact, outgoing.person_id, self._settings.mail_from)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(body.strip() + "\n")
        return mail

    def _text(self, tell: Tell) -> str:
        context: Mapping[str, Any] = words_for(tell, self._book, self._settings)
        return self._templates.get_template(f"{tell.event}.txt").render(**context)


def message_id_of(fact: str, person_id: str, sender: str) -> str:
    """The same for the same fact and person, so that a repeat is known as one."""
    digest = hashlib.sha256(f"{fact}\n{person_id}".encode()).hexdigest()[:40]
    host = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{digest}@{host}>"


def failure(error: Exception) -> Exception:
    """What a failed attempt means. Servers quote the address in their answers: only the code is kept."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            codes = [refused.code for refused in error.recipients]
            code = codes[0] if codes else 0
            return _by_code(code, "recipient")
        case aiosmtplib.SMTPConnectResponseError() | aiosmtplib.SMTPHeloError() | aiosmtplib.SMTPAuthenticationError():
            return Unavailable(f"mail server (answer {error.code})")
        case aiosmtplib.SMTPResponseException():
            return _by_code(error.code, "mail")
        case aiosmtplib.SMTPNotSupported():
            return Undeliverable("the mail server cannot carry this address")
        case _:
            return Unavailable("mail server")


def _by_code(code: int, what: str) -> Exception:
    if code >= PERMANENT:
        return Undeliverable(f"the mail server refuses this {what} for good (answer {code})")
    return Unavailable(f"mail server (answer {code} for this {what})")


def _one_line(subject: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", subject).strip()[:SUBJECT_LENGTH]

"""Mail: rendered when it leaves, Chinese first then English, and the same to the last byte when it leaves twice."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.kernel.contracts.notify import Tell
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.db import Database
from services.kernel.runtime.mail import Mailer, is_address, message_id_of, one_line
from services.kernel.runtime.outbox import Letter
from services.kernel.runtime.relay import Undeliverable
from services.kernel.runtime.settings import Settings
from services.notify.mail_words import words_for
from services.notify.store import messages
from services.notify.store.messages import Outgoing

log = structlog.get_logger()

TEMPLATES = Path(__file__).parent / "templates" / "mail"


class Post:
    """Delivers the mails of the outbox: `deliver` is what the relay calls for a letter of the kind mail."""

    def __init__(self, db: Database, settings: Settings, book: RuleBook) -> None:
        self._db, self._settings, self._book = db, settings, book
        self._mailer = Mailer(settings)
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
        if not is_address(outgoing.email):
            raise Undeliverable("what the directory has as an address is none")
        await self._mailer.send(self.render(outgoing, outgoing.email), to=outgoing.email)

    def render(self, outgoing: Outgoing, to: str) -> EmailMessage:
        """The mail as it leaves: what, by which rule, until when, and the page on which it is done."""
        tell = Tell.model_validate(outgoing.tell)
        subject, _, body = self._text(tell).partition("\n")
        mail = EmailMessage()
        mail["From"] = self._settings.mail_from
        mail["To"] = to
        mail["Subject"] = one_line(subject)
        mail["Date"] = format_datetime(outgoing.created_at.astimezone(self._settings.zone))
        mail["Message-ID"] = message_id_of(outgoing.fact, outgoing.person_id, sender=self._settings.mail_from)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(body.strip() + "\n")
        return mail

    def _text(self, tell: Tell) -> str:
        context: Mapping[str, Any] = words_for(tell, self._book, self._settings)
        return self._templates.get_template(f"{tell.event}.txt").render(**context)

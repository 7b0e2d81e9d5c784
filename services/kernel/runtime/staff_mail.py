"""Mail to somebody of the directory: today's address, and one form for all, the same however often it is written."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from services.kernel.contracts.refusals import NotFound
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import get_person
from services.kernel.runtime.mail import is_address, message_id_of, one_line
from services.kernel.runtime.relay import Undeliverable
from services.kernel.runtime.settings import Settings


async def address_of(conn: Connection, person_id: str) -> str:
    """Where mail reaches a person. Raises Undeliverable where the directory has no such person or no address."""
    try:
        person = await get_person(conn, person_id)
    except NotFound:
        raise Undeliverable("the directory no longer has this person") from None
    address = (person.email or "").strip()
    if not is_address(address):
        raise Undeliverable("the directory has no address of this person")
    return address


def composed(settings: Settings, text: str, *, to: str, at: datetime, fact: tuple[str, ...]) -> EmailMessage:
    """A mail whose first line is its subject. A repeat of the same `fact` is known by its Message-ID."""
    subject, _, body = text.partition("\n")
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = to
    mail["Subject"] = one_line(subject)
    mail["Date"] = format_datetime(at.astimezone(settings.zone))
    mail["Message-ID"] = message_id_of(*fact, sender=settings.mail_from)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body.strip() + "\n")
    return mail

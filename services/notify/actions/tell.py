"""Telling: public notices, and mail to those whose duty a fact touches."""

from __future__ import annotations

from uuid import UUID

import structlog

from services.kernel.contracts.messages import Message
from services.kernel.contracts.notify import PostNotice, Tell
from services.kernel.runtime import outbox
from services.kernel.runtime.db import Database
from services.notify.domain import NoticeIncomplete
from services.notify.store import messages, notices

log = structlog.get_logger()
ACTS = ("extended", "suspended", "resumed", "stopped", "reopened")


class MailLetter(Message):
    """What the outbox carries: which message, never an address."""

    message_id: UUID


async def tell(db: Database, message: Tell) -> int:
    """Write one message, with its letter, for everybody concerned who was not told yet; the answer counts them."""
    async with db.transaction() as tx:
        await messages.add_fact(tx, message)
        concerned = await messages.recipients(
            tx, role=message.role, unit_id=message.unit_id, person_id=message.person_id
        )
        told = 0
        for person_id in concerned:
            if added := await messages.add_message(tx, message.fact, person_id):
                # One person's mails leave in order; nobody waits for another's mailbox.
                letter = await outbox.mail(
                    tx,
                    key=f"person/{person_id}",
                    to=str(added),
                    name=message.event,
                    message=MailLetter(message_id=added),
                )
                await messages.set_letter(tx, added, letter)
                told += 1
    if not concerned:
        log.warning("mail.nobody_to_tell", fact=message.fact, role=message.role, unit_id=message.unit_id)
    return told


async def post_notice(db: Database, message: PostNotice) -> None:
    """Put a notice before the public. Raises NoticeIncomplete."""
    refuse_incomplete(message)
    async with db.transaction() as tx:
        await notices.post(tx, message)


def refuse_incomplete(message: PostNotice) -> None:
    """A window needs its two instants in order, an act the close after it, feedback its count, each a page of ours.

    Raises NoticeIncomplete.
    """
    if message.notice == "window" and not (
        message.opens_at and message.closes_at and message.opens_at < message.closes_at
    ):
        raise NoticeIncomplete(field="closes_at")
    if message.notice in ACTS and message.closes_at is None:
        raise NoticeIncomplete(field="closes_at")
    if message.notice == "feedback" and message.received is None:
        raise NoticeIncomplete(field="received")
    if not message.link.startswith("/") or message.link[1:2] in ("/", "\\"):
        raise NoticeIncomplete(field="link")

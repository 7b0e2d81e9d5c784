"""Mails to commenters that did not arrive, sent once more because somebody of the drafting unit asks for it."""

from __future__ import annotations

from uuid import UUID

from services.intake.actions.versions import belongs_to
from services.intake.domain.mail import MailArrived
from services.intake.store import documents, mails, windows
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection


async def send_again(tx: Connection, actor: Actor, window_id: UUID, mail_id: UUID) -> None:
    """Have a mail leave once more, to the address that is held now. Raises WindowUnknown, NotOurs, MailArrived."""
    window = await windows.get(tx, window_id)
    belongs_to(actor, await documents.get(tx, window.document_id))
    if not await mails.retry(tx, window_id, mail_id, by=actor.person_id):
        raise MailArrived

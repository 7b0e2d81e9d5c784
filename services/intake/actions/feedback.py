"""After the close: comments that are taken back, which may have been the last without an answer."""

from __future__ import annotations

from uuid import UUID

from services.intake.actions.answering import settle
from services.intake.actions.comment import NotWithdrawn
from services.intake.actions.versions import belongs_to
from services.intake.domain.comments import ReceiptUnknown, read_receipt
from services.intake.store import comments, documents, windows
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection


async def withdraw_comment(tx: Connection, actor: Actor, window_id: UUID, code: str) -> None:
    """Take a comment back for its author, who shows the receipt, until the answers are published.

    Raises NotOurs, ReceiptUnknown, NotWithdrawn.
    """
    window = await windows.get_locked(tx, window_id)
    belongs_to(actor, await documents.get(tx, window.document_id))
    comment = await comments.by_receipt(tx, read_receipt(code))
    if comment.window_id != window_id:
        raise ReceiptUnknown(field="receipt")
    if await comments.withdraw(tx, comment.receipt) is None:
        raise NotWithdrawn
    await comments.erase_contact(tx, comment.id)
    if window.summary_at is not None:
        await settle(tx, window, actor.person_id, 0)

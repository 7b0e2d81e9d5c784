"""What the author of a comment may do by its receipt, without an account."""

from __future__ import annotations

from datetime import datetime

from services.intake.domain.comments import read_receipt
from services.intake.domain.plans import written
from services.intake.domain.withdrawal import WithdrawalClosed
from services.intake.store import comments, own, windows
from services.kernel.runtime.db import Connection


async def take_back(tx: Connection, code: str) -> datetime:
    """Take one's own comment back while its window is open; when it was taken back. The second time changes nothing.

    It is still counted as received, and as withdrawn; its author's name and contact go at once.
    Raises ReceiptUnknown, WithdrawalClosed.
    """
    comment = await comments.by_receipt(tx, read_receipt(code))
    at = comment.withdrawn_at or await own.take_back(tx, comment.window_id, comment.receipt)
    if at is None:
        # Another request may have been first while this one waited for the window.
        at = (await comments.by_receipt(tx, comment.receipt)).withdrawn_at
    if at is None:
        window = await windows.get(tx, comment.window_id)
        raise WithdrawalClosed(written_zh=written(window.closes_at), closed=window.closes_at.isoformat())
    await comments.erase_contact(tx, comment.id)
    return at

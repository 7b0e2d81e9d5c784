"""The clause of a mailed opinion, corrected by staff until the result is recorded."""

from __future__ import annotations

from uuid import UUID

from services.intake.actions.versions import belongs_to
from services.intake.domain.comments import NotMailed
from services.intake.domain.windows import SummaryRecordedAlready
from services.intake.shown.clauses import anchor_of
from services.intake.store import clauses, documents, summaries, windows
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection


async def correct_clause(
    tx: Connection, actor: Actor, window_id: UUID, comment_id: UUID, *, clause: str, blobs: Blobs
) -> str:
    """Say which clause a mail means, by anchor or printed number ("" is the whole text); its anchor.

    Raises WindowUnknown, NotOurs, SummaryRecordedAlready, BadClause, NotMailed.
    """
    window = await windows.get_locked(tx, window_id)
    belongs_to(actor, await documents.get(tx, window.document_id))
    if await summaries.find(tx, window_id) is not None:
        raise SummaryRecordedAlready
    anchor = await anchor_of(blobs, window.text_hash, clause)
    if not await clauses.correct(tx, window_id, comment_id, anchor, by=actor.person_id):
        raise NotMailed(field="comment")
    return anchor

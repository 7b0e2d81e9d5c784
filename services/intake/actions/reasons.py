"""Reasons kept for use again while one window is answered."""

from __future__ import annotations

from uuid import UUID

from services.intake.actions.answering import to_answer
from services.intake.domain.answers import LONGEST_NAME, LONGEST_REASON, AnswerReason, Disposition
from services.intake.domain.ids import uuid7
from services.intake.store import reasons
from services.intake.store.reasons import Reason
from services.kernel.contracts.refusals import Words
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection


async def keep_reason(
    tx: Connection, actor: Actor, window_id: UUID, *, name: str, disposition: Disposition, reason: str
) -> Reason:
    """Keep a reason under a name. Raises NotOurs, StillOpen, AnswersPublished, AnswerReason."""
    await to_answer(tx, actor, window_id)
    for field, value, longest in (("name", name, LONGEST_NAME), ("reason", reason, LONGEST_REASON)):
        if not value.strip() or len(value) > longest or "\x00" in value:
            raise AnswerReason(Words(f"请写1至{longest}个字。", f"Write 1 to {longest} characters."), field=field)
    kept = Reason(uuid7(), name.strip(), disposition, reason.strip())
    await reasons.add(tx, window_id, kept, actor.person_id)
    return kept


async def retire_reason(tx: Connection, actor: Actor, window_id: UUID, reason_id: UUID) -> None:
    """Offer a reason no more. Raises NotOurs, StillOpen, AnswersPublished."""
    await to_answer(tx, actor, window_id)
    await reasons.retire(tx, window_id, reason_id)

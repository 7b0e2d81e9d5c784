"""What people do on the sheet of the fair-competition review."""

from __future__ import annotations

from uuid import UUID

from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.sheets.collecting import Act, Collected, held_by_drafter, report
from services.review.sheets.competition.domain import LABELS, STAGE, FirstReview
from services.review.sheets.competition.sheet import PART


async def review_first(
    tx: Connection, actor: Actor, round_id: UUID, command: FirstReview, _book: RuleBook
) -> Collected:
    """File the drafting unit's first review, or file it anew; the newest counts. Refused: what `held` refuses."""
    round_, _ = await held_by_drafter(tx, actor, round_id, STAGE)
    return await report(tx, actor, round_, PART, command)


ACTS = (Act("first-review", FirstReview, review_first, LABELS),)

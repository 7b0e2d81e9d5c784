"""Papers of a round: the unit in charge and the drafting unit attach them while the round is open."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import insist
from services.review.domain.rounds import closed
from services.review.store import papers, rounds
from services.review.store.papers import NewPaper

DRAFTER = "drafter"


async def attach(tx: Connection, actor: Actor, round_id: UUID, files: Sequence[NewPaper]) -> None:
    """Attach files that lie in the content store. Refused: Forbidden to strangers, RoundClosed."""
    round_, _ = await rounds.lock_round(tx, round_id)
    if not (actor.unit_id == round_.drafting_unit and DRAFTER in actor.roles):
        require(actor, role=round_.role, unit_id=round_.unit_id)
    insist(closed(round_))
    for file in files:
        await papers.add_paper(tx, round_id, file, by=(actor.person_id, actor.person_name))

"""Papers of a round: the unit in charge and the drafting unit attach them while the round is open."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.kernel.contracts.review import OPINIONS_TABLES, SYSTEM, OpenRound
from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import insist
from services.review.domain.rounds import closed
from services.review.store import consultations, papers, rounds
from services.review.store.papers import NewPaper

DRAFTER = "drafter"


async def attach(tx: Connection, actor: Actor, round_id: UUID, files: Sequence[NewPaper]) -> None:
    """Attach files that lie in the content store; units that are consulted may, too. Refused: Forbidden, RoundClosed."""
    round_, _ = await rounds.lock_round(tx, round_id)
    drafts = actor.unit_id == round_.drafting_unit and DRAFTER in actor.roles
    if not drafts and not await consultations.is_asked(tx, round_id, actor.unit_id):
        require(actor, role=round_.role, unit_id=round_.unit_id)
    insist(closed(round_))
    for file in files:
        await papers.add_paper(tx, round_id, file, by=(actor.person_id, actor.person_name))


async def file_opinions(tx: Connection, round_id: UUID, asked: OpenRound) -> None:
    """Put the tables of answered opinions among the papers of a round that was opened now; a closed one keeps its own."""
    round_ = await rounds.get_round(tx, round_id)
    role = next((name for name in asked.papers if name in OPINIONS_TABLES), None)
    if role is None or not round_.is_open:
        return
    for table in asked.opinions:
        paper = NewPaper(role=role, file_hash=table.file_hash, name=table.name, size=table.size)
        await papers.add_paper(tx, round_id, paper, by=(SYSTEM, ""))

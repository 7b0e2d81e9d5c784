"""What is done on the sheet of the stage `sealing`: the seal is used."""

from __future__ import annotations

from uuid import UUID

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import insist
from services.review.domain.seals import STAGE, NotApproved, UseSeal, use_refused
from services.review.sheets.collecting import Act, Collected, held
from services.review.store import seals


async def use_seal(tx: Connection, actor: Actor, round_id: UUID, command: UseSeal, _book: RuleBook) -> Collected:
    """Put a seal on the round's text. Refused: NotApproved, NotKeeper, OtherSeal, OwnApproval, AlreadySealed, UnknownSeal, what `held` refuses."""
    round_, _ = await held(tx, actor, round_id, STAGE)
    seal = await seals.seal(tx, command.seal_id)
    approved = await seals.approval(tx, round_.document_id)
    insist(
        use_refused(
            seal,
            approved,
            person_id=actor.person_id,
            issuer_unit=round_.issuer_unit,
            text_hash=round_.text_hash,
        )
    )
    if approved is None:
        raise NotApproved(field="text_hash")
    return Collected(id=await seals.use(tx, round_, seal, approved, command, actor))


LABELS = {"seal_id": Words("印章", "Seal"), "copies": Words("用印份数", "Copies")}
ACTS = (Act("seal-use", UseSeal, use_seal, LABELS),)

"""What is done on the sheet of the stage `sealing`: each issuer's seal is used by its keeper."""

from __future__ import annotations

from uuid import UUID

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import insist
from services.review.actions.seals import ask_for_seals
from services.review.domain.rounds import closed
from services.review.domain.seals import STAGE, NotApproved, UseSeal, use_refused
from services.review.sheets.collecting import Act, Collected, OtherSheet
from services.review.store import rounds, seals


async def use_seal(tx: Connection, actor: Actor, round_id: UUID, command: UseSeal, _book: RuleBook) -> Collected:
    """Put an issuer's seal on the round's text, as its keeper.

    Refused: UnknownRound, OtherSheet, RoundClosed, UnknownSeal, OtherSeal, NotKeeper, NotApproved, OwnApproval,
    AlreadySealed, and to the authors what four eyes say.
    """
    round_, _ = await rounds.lock_round(tx, round_id)
    if round_.stage != STAGE:
        raise OtherSheet(field="round_id")
    insist(closed(round_))
    seal = await seals.seal(tx, command.seal_id)
    approved = await seals.approval(tx, round_.document_id)
    insist(use_refused(seal, approved, person_id=actor.person_id, issuers=round_.issuers, text_hash=round_.text_hash))
    if approved is None:
        raise NotApproved(field="text_hash")
    used = await seals.use(tx, round_, seal, approved, command, actor)
    await ask_for_seals(tx, round_id)
    return Collected(id=used)


LABELS = {"seal_id": Words("印章", "Seal"), "copies": Words("用印份数", "Copies")}
ACTS = (Act("seal-use", UseSeal, use_seal, LABELS),)

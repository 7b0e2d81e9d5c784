"""A reviewer's yes or no on what the machine noticed. It decides nothing, and it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.kernel.precheck.findings import Finding
from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.db import Connection
from services.review.domain.commands import Seen
from services.review.domain.refusals import UnknownFinding
from services.review.store import four_eyes, rounds, sign_offs, verdicts
from services.review.store.verdicts import Verdict


async def judge(
    tx: Connection, actor: Actor, round_id: UUID, key: str, *, holds: bool, noticed: Sequence[Finding]
) -> Verdict:
    """Say of one of the things `noticed` in the text of a round whether it holds.

    Refused: UnknownRound, UnknownFinding, Forbidden, RoundClosed, and what four eyes say: whoever may decide the round
    may say so, and nobody else.
    """
    round_, _ = await rounds.lock_round(tx, round_id)
    require(actor, role=round_.role, unit_id=round_.unit_id)
    refusal = round_.refuses(
        actor,
        seen=Seen(text_hash=round_.text_hash, materials_hash=round_.materials_hash),
        forms=(round_.form,),
        four_eyes=await four_eyes.against(tx, round_id, person_id=actor.person_id, unit_id=actor.unit_id),
        signed=await sign_offs.signers_of(tx, round_id),
    )
    if refusal is not None:
        raise refusal
    finding = next((one for one in noticed if one.key == key), None)
    if finding is None:
        raise UnknownFinding(field="finding")
    return await verdicts.add(tx, round_, finding, actor, holds=holds)

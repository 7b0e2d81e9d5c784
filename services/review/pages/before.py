"""What was signed about an earlier text in the same stage: void for this one, and what changed since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.review.domain.record import SignOff
from services.review.domain.rounds import Round
from services.review.materials import Material, materials_of
from services.review.store import sign_offs


@dataclass(frozen=True)
class Before:
    """Sign-offs that do not count for this round, newest first; `own` is the reader's; rounds that ended undecided."""

    signed: list[SignOff]
    own: SignOff | None
    undecided: list[Round]
    text_changed: bool
    added: list[Material]
    removed: list[Material]


async def before(
    conn: Connection,
    blobs: Blobs,
    actor: Actor,
    round_: Round,
    *,
    siblings: Sequence[Round],
    materials: Sequence[Material],
) -> Before:
    """Look back from a round to those before it in its stage."""
    signed = await sign_offs.signed_before(conn, round_)
    void = [one for one in signed if _differs(one, round_)]
    last = void[0] if void else None
    known = await materials_of(blobs, last.materials_hash) if last else []
    return Before(
        signed=void,
        own=next((one for one in signed if one.person_id == actor.person_id), None),
        undecided=[
            one
            for one in siblings
            if one.why == "voided" and one.stage == round_.stage and one.ordinal < round_.ordinal
        ],
        text_changed=last is not None and last.text_hash != round_.text_hash,
        added=_without(materials, known) if last else [],
        removed=_without(known, materials),
    )


def _differs(signed: SignOff, round_: Round) -> bool:
    return (signed.text_hash, signed.materials_hash) != (round_.text_hash, round_.materials_hash)


def _without(these: Sequence[Material], those: Sequence[Material]) -> list[Material]:
    hashes = {material.file_hash for material in those}
    return [material for material in these if material.file_hash not in hashes]

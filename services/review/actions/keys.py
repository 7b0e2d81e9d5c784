"""Persons' keys: made when they first sign, rotated when they like, revoked with a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.kernel.runtime import db
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.review.actions.desk import here
from services.review.domain.commands import EndKey
from services.review.domain.keys import WrappedKey
from services.review.domain.refusals import KeyMissing, KeyNotYours, KeyReason
from services.review.store import keys

SHORTEST_REASON = 4
OUTDATED = "密钥保护或者算法已更换"


async def key_for(tx: Connection, round_id: UUID, person_id: str, *, at: datetime) -> WrappedKey:
    """The key that signs for a person now, made when there is none, or none of today's kind. Raises KeyMissing."""
    ring = here().ring
    found = await keys.find_key_to_sign(tx, round_id, person_id)
    if found is not None and ring.is_current(found):
        return found
    if found is not None:
        await keys.end_key(tx, person_id, at=at, why="rotated", by=person_id, reason=OUTDATED)
    await keys.add_key(tx, ring.make(person_id), valid_from=at)
    made = await keys.find_key_to_sign(tx, round_id, person_id)
    if made is None:
        raise KeyMissing
    return made


async def end_key(tx: Connection, actor: Actor, person_id: str, command: EndKey) -> UUID:
    """End a person's current key; the next sign-off makes another. What was signed before stays good.

    Refused: KeyNotYours to all but the person and the operator, KeyReason to a revocation without one, KeyMissing.
    """
    if actor.person_id != person_id and Role.OPERATOR not in actor.roles:
        raise KeyNotYours
    if command.why == "revoked" and len(command.reason) < SHORTEST_REASON:
        raise KeyReason(field="reason")
    ended = await keys.end_key(
        tx, person_id, at=await db.now(tx), why=command.why, by=actor.person_id, reason=command.reason
    )
    if ended is None:
        raise KeyMissing
    return ended

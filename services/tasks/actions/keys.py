"""Revoking an API key: at once in all services, once and for good, with who and why."""

from __future__ import annotations

from uuid import UUID

from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.domain.keys import ApiKey, RevokeKey, refuse_revoking, sees_all
from services.tasks.store import keys as store


async def keys_for(conn: Connection, actor: Actor) -> list[ApiKey]:
    """The keys that the actor may know of: those of the unit, for an operator all."""
    return await store.keys_of(conn, None if sees_all(actor) else actor.unit_id)


async def revoke(tx: Connection, actor: Actor, key_id: UUID, command: RevokeKey) -> ApiKey:
    """The key, revoked. Raises KeyUnknown, NotYourKey, KeyRevoked."""
    key = await store.lock(tx, key_id, None if sees_all(actor) else actor.unit_id)
    refuse_revoking(key, actor)
    await store.revoke(tx, key_id, by=actor.person_id, why=command.reason)
    return await store.get(tx, key_id)

"""API keys over HTTP: which there are, and revoking one."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.runtime.auth import Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.tasks.actions import keys
from services.tasks.desk import carry_out, desk_of
from services.tasks.domain.keys import RevokeKey
from services.tasks.shown.keys import KeyShown, key_shown

router = APIRouter(prefix="/tasks/api-keys", tags=["密钥"])


@router.get("")
async def list_keys(request: Request, actor: Signed) -> list[KeyShown]:
    """The keys of one's unit, for an operator those of all units; never their secrets."""
    async with desk_of(request).db.read() as conn:
        return [key_shown(key, actor) for key in await keys.keys_for(conn, actor)]


@router.post("/{key_id}/revoke", response_model=KeyShown)
async def revoke_key(request: Request, actor: Signed, key_id: UUID, command: RevokeKey) -> Response:
    """Revoke a key: one's own, as head of the unit a colleague's, as operator any. At once and for good."""

    async def act(tx: Connection) -> Answer:
        revoked = await keys.revoke(tx, actor, key_id, command)
        return Answer(200, key_shown(revoked, actor).model_dump(mode="json"))

    return (await carry_out(request, actor, act)).response()

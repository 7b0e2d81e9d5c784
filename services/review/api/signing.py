"""Signing for issue, and the verification that follows."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.runtime.auth import Signed, settings_of
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import signatures
from services.review.actions.deciding import Decided
from services.review.api.acting import carried_out
from services.review.domain.commands import Sign, Verify
from services.review.wiring import book_of

router = APIRouter(prefix="/review", tags=["review"])


@router.post("/rounds/{round_id}/signature", status_code=201, response_model=Decided)
async def post_signature(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: Sign
) -> Response:
    """Sign for issue, or return: opinion, full name, today's date."""
    zone = settings_of(request).zone

    async def act(tx: Connection) -> Decided:
        return await signatures.sign(tx, actor, round_id, command, book=book_of(request), zone=zone)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/verification", status_code=201, response_model=Decided)
async def post_verification(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: Verify
) -> Response:
    """Verify a signed text before it is numbered."""

    async def act(tx: Connection) -> Decided:
        return await signatures.verify(tx, actor, round_id, command, book=book_of(request))

    return await carried_out(request, actor, key, body_hash, act)

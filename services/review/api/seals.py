"""Seals for programs: the register, the log of uses, entering, handing over. The use itself is an act of its round."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.runtime.auth import Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import seals
from services.review.actions.seals import SealKept
from services.review.api.acting import carried_out
from services.review.domain.seals import EnterSeal, HandSeal
from services.review.store import seals as store

router = APIRouter(prefix="/review/seal-register", tags=["seals"])
LOG_LENGTH = 200


@router.get("")
async def list_seals(request: Request, actor: Signed, unit_id: str | None = None) -> list[dict[str, Any]]:
    """Every seal with its keeper; without one it is out of use."""
    async with database(request).read() as conn:
        return [asdict(one) for one in await store.seals(conn, unit_id=unit_id)]


@router.get("/uses")
async def list_uses(request: Request, actor: Signed, unit_id: str | None = None) -> list[dict[str, Any]]:
    """The log of uses, newest in front."""
    async with database(request).read() as conn:
        return [asdict(one) for one in await store.uses(conn, unit_id=unit_id, limit=LOG_LENGTH)]


@router.post("", status_code=201, response_model=SealKept)
async def post_seal(request: Request, actor: Signed, key: Key, body_hash: BodyHash, command: EnterSeal) -> Response:
    """Enter a seal with its keeper."""

    async def act(tx: Connection) -> SealKept:
        return await seals.enter(tx, actor, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{seal_id}/hand", status_code=201, response_model=SealKept)
async def post_handing(
    request: Request, actor: Signed, seal_id: UUID, key: Key, body_hash: BodyHash, command: HandSeal
) -> Response:
    """Hand a seal over, or take it out of use, with a reason."""

    async def act(tx: Connection) -> SealKept:
        return await seals.hand(tx, actor, seal_id, command)

    return await carried_out(request, actor, key, body_hash, act)

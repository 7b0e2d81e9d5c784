"""Clean-ups for programs: published catalogues for anybody; opening, outcomes and publishing for the filing clerk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.runtime.auth import Signed, Visitor, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import cleanups
from services.review.actions.cleanups import CleanedUp
from services.review.api.acting import carried_out
from services.review.domain.cleanups import GiveOutcome, OpenCleanup
from services.review.store import cleanups as store

router = APIRouter(prefix="/review/clean-ups", tags=["clean-ups"])


@router.get("")
async def list_cleanups(request: Request, visitor: Visitor) -> list[dict[str, Any]]:
    """Published catalogues with sums, newest in front; those under way are shown to signed-in people."""
    async with database(request).read() as conn:
        found = await store.cleanups(conn)
    return [{**asdict(one), "sums": one.sums} for one in found if visitor or one.published_at]


@router.post("", status_code=201, response_model=CleanedUp)
async def post_cleanup(
    request: Request, actor: Signed, key: Key, body_hash: BodyHash, command: OpenCleanup
) -> Response:
    """Begin a clean-up: the inventory is taken from the register."""

    async def act(tx: Connection) -> CleanedUp:
        return await cleanups.open_cleanup(tx, actor, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{cleanup_id}/outcomes", status_code=201, response_model=CleanedUp)
async def post_outcome(
    request: Request, actor: Signed, cleanup_id: UUID, key: Key, body_hash: BodyHash, command: GiveOutcome
) -> Response:
    """Say what becomes of one document; the newest counts."""

    async def act(tx: Connection) -> CleanedUp:
        return await cleanups.give_outcome(tx, actor, cleanup_id, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{cleanup_id}/published", status_code=201, response_model=CleanedUp)
async def post_result(request: Request, actor: Signed, cleanup_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Publish the catalogue, once its outcomes add up to the inventory."""

    async def act(tx: Connection) -> CleanedUp:
        return await cleanups.publish(tx, actor, cleanup_id)

    return await carried_out(request, actor, key, body_hash, act)

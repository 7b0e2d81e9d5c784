"""The catalogue of major decisions for programs: its matters, entering, adjusting, publishing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.runtime.auth import Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import catalogue
from services.review.actions.catalogue import Entered, YearPublished
from services.review.api.acting import carried_out
from services.review.domain.catalogue import Adjust, Enter, PublishYear
from services.review.store import catalogue as store
from services.review.wiring import book_of

router = APIRouter(prefix="/review/catalogue-entries", tags=["catalogue"])


@router.get("")
async def list_entries(
    request: Request, actor: Signed, issuer_unit: str | None = None, year: int | None = None
) -> list[dict[str, Any]]:
    """Matters with their histories and states, published or not."""
    async with database(request).read() as conn:
        found = await store.entries(conn, issuer_unit=issuer_unit, year=year)
    return [{**asdict(entry), "state": entry.state} for entry in found]


@router.post("", status_code=201, response_model=Entered)
async def post_entry(request: Request, actor: Signed, key: Key, body_hash: BodyHash, command: Enter) -> Response:
    """Put a matter into the catalogue of a year."""

    async def act(tx: Connection) -> Entered:
        return await catalogue.enter(tx, actor, command, book=book_of(request))

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/published", status_code=201, response_model=YearPublished)
async def post_publication(
    request: Request, actor: Signed, key: Key, body_hash: BodyHash, command: PublishYear
) -> Response:
    """Publish the catalogue of a year, with the consent of the Party committee."""

    async def act(tx: Connection) -> YearPublished:
        return await catalogue.publish(tx, actor, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{entry_id}/adjust", status_code=201, response_model=Entered)
async def post_adjustment(
    request: Request, actor: Signed, entry_id: UUID, key: Key, body_hash: BodyHash, command: Adjust
) -> Response:
    """Adjust a matter, with a reason that is published."""

    async def act(tx: Connection) -> Entered:
        return await catalogue.adjust(tx, actor, entry_id, command, book=book_of(request))

    return await carried_out(request, actor, key, body_hash, act)

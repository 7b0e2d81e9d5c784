"""Documents in force for programs: the list with its histories, suspending, resuming, evaluating."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.runtime.auth import Signed, Visitor, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import standing
from services.review.actions.standing import Acted, today_of
from services.review.api.acting import carried_out
from services.review.domain.standing import Commission, Conclude, InForce, Resume, Suspend
from services.review.store import standing as store

router = APIRouter(prefix="/review/documents-in-force", tags=["in force"])


@router.get("")
async def list_in_force(
    request: Request, visitor: Visitor, kind: str | None = None, issuer_unit: str | None = None
) -> list[dict[str, Any]]:
    """Own published documents, each with its state today and what happened to it; public."""
    async with database(request).read() as conn:
        return [said(one) for one in await store.texts(conn, issuer_unit=issuer_unit, kind=kind)]


@router.get("/{document_id}")
async def get_in_force(request: Request, visitor: Visitor, document_id: UUID) -> dict[str, Any]:
    """One of them with its evaluations; public."""
    async with database(request).read() as conn:
        text = await store.text(conn, document_id)
        return {**said(text), "evaluations": [asdict(one) for one in await store.evaluations(conn, document_id)]}


@router.post("/{document_id}/suspend", status_code=201, response_model=Acted)
async def post_suspension(
    request: Request, actor: Signed, document_id: UUID, key: Key, body_hash: BodyHash, command: Suspend
) -> Response:
    """The head suspends a major decision in urgency; the procedure follows."""

    async def act(tx: Connection) -> Acted:
        return await standing.suspend(tx, actor, document_id, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{document_id}/resume", status_code=201, response_model=Acted)
async def post_resumption(
    request: Request, actor: Signed, document_id: UUID, key: Key, body_hash: BodyHash, command: Resume
) -> Response:
    """The head lets a suspended decision go on as it was made."""

    async def act(tx: Connection) -> Acted:
        return await standing.resume(tx, actor, document_id, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{document_id}/evaluations", status_code=201, response_model=Acted)
async def post_evaluation(
    request: Request, actor: Signed, document_id: UUID, key: Key, body_hash: BodyHash, command: Commission
) -> Response:
    """Have a decision evaluated by a body that did not do the main assessment before it."""

    async def act(tx: Connection) -> Acted:
        return await standing.commission(tx, actor, document_id, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{document_id}/evaluations/{evaluation_id}/result", status_code=201, response_model=Acted)
async def post_result(
    request: Request,
    actor: Signed,
    document_id: UUID,
    evaluation_id: UUID,
    key: Key,
    body_hash: BodyHash,
    command: Conclude,
) -> Response:
    """Record what came of an evaluation."""

    async def act(tx: Connection) -> Acted:
        return await standing.conclude(tx, actor, evaluation_id, command)

    return await carried_out(request, actor, key, body_hash, act)


def said(text: InForce) -> dict[str, Any]:
    """A document in force with its state today. Who declared or decided is not told to the public by name."""
    history = [
        {key: value for key, value in asdict(act).items() if key not in ("person_name", "by_name")} for act in text.acts
    ]
    return {**asdict(text), "acts": history, "state": text.state(today_of(text))}

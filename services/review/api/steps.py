"""Recorded steps: papers, the conclusion, or that the step does not apply."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.kernel.runtime.auth import Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import papers, steps
from services.review.actions.deciding import Decided
from services.review.api.acting import carried_out
from services.review.domain.commands import DeclareNotApplicable
from services.review.uploads import STEP_BODY, PapersBody, StepBody, kept
from services.review.wiring import blobs_of, book_of

router = APIRouter(prefix="/review", tags=["review"])


class Attached(BaseModel):
    """Papers now lying with the round, by their SHA-256."""

    files: list[str]


@router.post("/rounds/{round_id}/papers", status_code=201, response_model=Attached)
async def post_papers(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, body: PapersBody
) -> Response:
    """Attach papers (multipart: `files`, and `role` for what they are) to an open round."""
    files = await kept(blobs_of(request), body)

    async def act(tx: Connection) -> Attached:
        await papers.attach(tx, actor, round_id, files)
        return Attached(files=[file.file_hash for file in files])

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/step", status_code=201, response_model=Decided, openapi_extra=STEP_BODY)
async def post_step(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, body: StepBody
) -> Response:
    """Put a step on record: JSON with the conclusion, or multipart with the same fields and `files`."""
    command, uploads = body
    files = await kept(blobs_of(request), uploads)

    async def act(tx: Connection) -> Decided:
        return await steps.file_step(tx, actor, round_id, command, book=book_of(request), files=files)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/not-applicable", status_code=201, response_model=Decided)
async def post_not_applicable(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: DeclareNotApplicable
) -> Response:
    """Declare, by name and with a reason, that the step does not apply."""

    async def act(tx: Connection) -> Decided:
        return await steps.declare_not_applicable(tx, actor, round_id, command, book=book_of(request))

    return await carried_out(request, actor, key, body_hash, act)

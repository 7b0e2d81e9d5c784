"""Collective decisions, as the clerk records them."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.runtime.auth import Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import meetings
from services.review.actions.deciding import Decided
from services.review.api.acting import carried_out
from services.review.domain.commands import RecordMeeting
from services.review.wiring import blobs_of, book_of

router = APIRouter(prefix="/review", tags=["review"])


@router.post("/rounds/{round_id}/meeting", status_code=201, response_model=Decided)
async def post_meeting(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: RecordMeeting
) -> Response:
    """Record the meeting that discussed this text, and what was decided."""

    async def act(tx: Connection) -> Decided:
        return await meetings.record_meeting(
            tx, actor, round_id, command, book=book_of(request), blobs=blobs_of(request)
        )

    return await carried_out(request, actor, key, body_hash, act)

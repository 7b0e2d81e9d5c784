"""The public's comments for programs: taken until the closing instant, whichever way they come."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from services.intake.actions.comment import Opinion, arrival_of, count_refused
from services.intake.actions.taking import Taker
from services.intake.domain.comments import Channel
from services.intake.domain.windows import WindowClosed, WindowSuspended
from services.intake.shown.clauses import anchor_of
from services.intake.store import windows
from services.intake.store.taking import Claim, Taken
from services.intake.wiring import blobs_of, books_of, citing
from services.kernel.runtime.auth import Visitor, database, settings_of
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import REPLAYED, BodyHash, Key

router = APIRouter(prefix="/intake", tags=["windows"])


class CommentIn(BaseModel):
    """A comment: its words, the clause it is about, and, if its author likes, a name and a way to answer."""

    body: str
    clause: str = ""
    name: str = ""
    contact: str = ""


@router.post("/windows/{window_id}/comments", status_code=201)
async def post_comment(
    request: Request, visitor: Visitor, window_id: UUID, key: Key, body_hash: BodyHash, given: CommentIn
) -> Response:
    """Comment. Taken until the closing instant by the database's clock, and not a moment later. Public."""
    taken = await in_time(request, window_id, Channel.API, given, claim_of(request, window_id, key, body_hash))
    return JSONResponse(taken_out(taken), 201, headers=replayed(taken))


async def in_time(request: Request, window_id: UUID, channel: Channel, given: CommentIn, claim: Claim | None) -> Taken:
    """Take a comment; one that comes too late is refused, and counted. Raises what `Taker.take` raises, BadClause."""
    with citing(books_of(request).own):
        try:
            async with database(request).read() as conn:
                opinion = await opinion_of(conn, blobs_of(request), window_id, given)
            return await taker_of(request).take(arrival_of(window_id, opinion, channel, claim))
        except (WindowClosed, WindowSuspended) as late:
            await count_refused(database(request), window_id, channel, late.code)
            raise


async def opinion_of(conn: Connection, blobs: Blobs, window_id: UUID, given: CommentIn) -> Opinion:
    """A comment with its clause by its anchor. Raises WindowUnknown, BadClause."""
    anchor = ""
    if given.clause.strip():
        window = await windows.get(conn, window_id)
        anchor = await anchor_of(blobs, window.text_hash, given.clause)
    return Opinion(given.body, anchor, given.name, given.contact)


def claim_of(request: Request, window_id: UUID, key: str | None, body_hash: str) -> Claim | None:
    """The claim of a key by the address that sends it. The address goes into it only with the secret and the key, so
    that nothing tells which comments came from one place."""
    if key is None:
        return None
    address = request.client.host if request.client else ""
    secret = settings_of(request).secret.get_secret_value()
    said = f"comment|{window_id}|{address}|{key}"
    actor = "public:" + hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()[:32]
    return Claim(actor, key, request.url.path, body_hash)


def replayed(taken: Taken) -> dict[str, str]:
    """How an answer says that it was given before."""
    return {REPLAYED: "true"} if taken.again else {}


def taker_of(request: Request) -> Taker:
    """The process's taker of comments, which the app was built with."""
    taker: Taker = request.app.state.taker
    return taker


def taken_out(taken: Taken) -> dict[str, Any]:
    """The receipt of a comment for programs."""
    return {
        "code": taken.receipt,
        "received_at": taken.received_at.isoformat(),
        "body_hash": taken.body_hash,
        "window_id": str(taken.window_id),
        "links": {
            "self": f"/intake/receipts/{taken.receipt}",
            "page": f"/intake/receipt?receipt={taken.receipt}",
            "proof": f"/intake/receipts/{taken.receipt}/proof",
        },
    }

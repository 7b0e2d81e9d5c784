"""Mail about a window, for programs of the drafting unit: clauses of mailed opinions, and mails that did not arrive."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.intake.actions.clauses import correct_clause
from services.intake.actions.posting import send_again
from services.intake.actions.versions import belongs_to
from services.intake.domain.answers import LONGEST_CLAUSE
from services.intake.shown.clauses import clauses_of
from services.intake.shown.mailed import mailed_out, undelivered_out
from services.intake.store import clauses, documents, mails, windows
from services.intake.store.windows import Window
from services.intake.wiring import blobs_of, carried_out
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key

router = APIRouter(prefix="/intake/windows", tags=["windows"])


class ClauseIn(BaseModel):
    """The clause that a mail means, by anchor or printed number; empty is the whole text."""

    clause: str = Field(max_length=LONGEST_CLAUSE)


async def our_window(conn: Connection, actor: Actor, window_id: UUID) -> Window:
    """The window, if the actor drafts for its unit. Raises WindowUnknown, NotOurs."""
    found = await windows.get(conn, window_id)
    belongs_to(actor, await documents.get(conn, found.document_id))
    return found


@router.get("/{window_id}/mailed-comments")
async def list_mailed(
    request: Request,
    actor: Signed,
    window_id: UUID,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """The mailed opinions with the clause that the machine read in them, or that a person set."""
    async with database(request).read() as conn:
        window = await our_window(conn, actor, window_id)
        found = await clauses.mailed(conn, window_id, after=after, limit=limit + 1)
    texts = await clauses_of(blobs_of(request), window.text_hash)
    page = found[:limit]
    return {
        "items": [mailed_out(one, texts) for one in page],
        "next": str(page[-1].id) if len(found) > limit else None,
    }


@router.post("/{window_id}/mailed-comments/{comment_id}/clause")
async def post_clause(
    request: Request, actor: Signed, window_id: UUID, comment_id: UUID, key: Key, body_hash: BodyHash, given: ClauseIn
) -> Response:
    """Correct the clause of a mailed opinion, until the result is recorded."""

    async def act(tx: Connection) -> Answer:
        blobs = blobs_of(request)
        anchor = await correct_clause(tx, actor, window_id, comment_id, clause=given.clause, blobs=blobs)
        return Answer(200, {"comment_id": str(comment_id), "clause": anchor})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


@router.get("/{window_id}/mails")
async def list_mails(
    request: Request,
    actor: Signed,
    window_id: UUID,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """How many mails went out about this window, and each that did not arrive. Never to whom."""
    async with database(request).read() as conn:
        await our_window(conn, actor, window_id)
        counts = await mails.posted(conn, window_id)
        found = await mails.undelivered(conn, window_id, after=after, limit=limit + 1)
    page = found[:limit]
    return {
        **vars(counts),
        "undelivered": [undelivered_out(one) for one in page],
        "next": str(page[-1].id) if len(found) > limit else None,
    }


@router.post("/{window_id}/mails/{mail_id}/retry", status_code=202)
async def post_retry(
    request: Request, actor: Signed, window_id: UUID, mail_id: UUID, key: Key, body_hash: BodyHash
) -> Response:
    """Send a mail once more that came back or was given up."""

    async def act(tx: Connection) -> Answer:
        await send_again(tx, actor, window_id, mail_id)
        return Answer(202, {"mail_id": str(mail_id)})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)

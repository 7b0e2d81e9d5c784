"""Rounds to read, with their records, papers and sign-offs."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.kernel.runtime.auth import Signed, database
from services.review.actions.desk import here
from services.review.reading import RoundOut, SignOffsOut, round_out, round_whole, sign_offs_out, what_was_seen
from services.review.store import rounds
from services.review.uploads import download
from services.review.wiring import blobs_of, book_of

router = APIRouter(prefix="/review", tags=["review"])


@router.get("/rounds")
async def list_rounds(
    request: Request,
    actor: Signed,
    document_id: UUID | None = None,
    stage: str | None = None,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
) -> list[RoundOut]:
    """Rounds, those due first in front; at most 500."""
    async with database(request).read() as conn:
        found = await rounds.rounds(conn, document_id=document_id, stage=stage, is_open=is_open)
    return [round_out(round_, book_of(request)) for round_ in found]


@router.get("/rounds/{round_id}")
async def get_round(request: Request, actor: Signed, round_id: UUID) -> dict[str, Any]:
    """One round with its papers, the points raised so far, requests for papers, and how it was decided."""
    async with database(request).read() as conn:
        return await round_whole(conn, round_id, book_of(request))


@router.get("/rounds/{round_id}/record")
async def get_record(request: Request, actor: Signed, round_id: UUID) -> dict[str, Any]:
    """What was seen and said when the round was signed, with its hash computed again."""
    async with database(request).read() as conn:
        return await what_was_seen(conn, round_id, blobs_of(request), here().site)


@router.get("/documents/{document_id}/sign-offs")
async def list_sign_offs(request: Request, actor: Signed, document_id: UUID) -> SignOffsOut:
    """The chain of sign-offs of a document, verified link by link."""
    async with database(request).read() as conn:
        return await sign_offs_out(conn, document_id)


@router.get("/rounds/{round_id}/papers/{file_hash}", response_class=Response)
async def get_paper(request: Request, actor: Signed, round_id: UUID, file_hash: str) -> Response:
    """A paper of the round, or one of the materials of its text, as a download."""
    async with database(request).read() as conn:
        return await download(conn, blobs_of(request), round_id, file_hash)

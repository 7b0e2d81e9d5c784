"""Legality opinions, and the papers that they wait for."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.kernel.runtime.auth import Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import opinions
from services.review.actions.deciding import Decided
from services.review.api.acting import carried_out
from services.review.domain.commands import AnswerSupplement, GiveOpinion, RequestSupplement, WithdrawSupplement
from services.review.quotes import with_quotes
from services.review.wiring import book_of

router = APIRouter(prefix="/review", tags=["review"])


class Asked(BaseModel):
    """A request for papers, asked or answered."""

    supplement_id: UUID


@router.post("/rounds/{round_id}/opinion", status_code=201, response_model=Decided)
async def post_opinion(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: GiveOpinion
) -> Response:
    """Sign a legality opinion. The words of the clauses that it is about are taken from the text itself."""
    quoted = await with_quotes(request, round_id, command)

    async def act(tx: Connection) -> Decided:
        return await opinions.give_opinion(tx, actor, round_id, quoted, book=book_of(request))

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/supplement", status_code=201, response_model=Asked)
async def post_supplement(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: RequestSupplement
) -> Response:
    """Ask the drafting unit for missing papers; the clock stands still until it answers."""

    async def act(tx: Connection) -> Asked:
        return Asked(supplement_id=await opinions.request_supplement(tx, actor, round_id, command))

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/supplement-answer", status_code=201, response_model=Asked)
async def post_supplement_answer(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: AnswerSupplement
) -> Response:
    """Answer a request for papers, for the drafting unit; the papers themselves go to `/papers` first."""

    async def act(tx: Connection) -> Asked:
        return Asked(supplement_id=await opinions.answer_supplement(tx, actor, round_id, command))

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/supplement-withdrawal", status_code=201, response_model=Asked)
async def post_supplement_withdrawal(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: WithdrawSupplement
) -> Response:
    """No longer ask for the papers, for the reviewer; the clock goes on."""

    async def act(tx: Connection) -> Asked:
        return Asked(supplement_id=await opinions.withdraw_supplement(tx, actor, round_id, command))

    return await carried_out(request, actor, key, body_hash, act)

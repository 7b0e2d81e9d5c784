"""Legality review for programs: completeness, the list of forbidden content, answers to points, letters, precedents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.kernel.runtime.auth import Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import letters, receiving
from services.review.api.acting import carried_out
from services.review.domain.commands import (
    AcceptMatter,
    AnswerChecklist,
    AnswerPoint,
    CheckMaterials,
    DeclareUrgency,
)
from services.review.letters import download_letter
from services.review.precedents import PrecedentsOut, Question, found_by
from services.review.reading_legality import ReceivingOut, receiving_out
from services.review.wiring import book_of

router = APIRouter(prefix="/review", tags=["review"])


class Accepted(BaseModel):
    """From when the matter counts as accepted."""

    accepted_at: datetime


class Kept(BaseModel):
    """The words were kept."""

    kept: bool = True


@router.get("/rounds/{round_id}/receiving")
async def get_receiving(request: Request, actor: Signed, round_id: UUID) -> ReceivingOut:
    """What lies before the review: papers checked, the list of forbidden content, acceptance, urgency."""
    async with database(request).read() as conn:
        return await receiving_out(conn, round_id, book_of(request))


@router.post("/rounds/{round_id}/materials", status_code=201, response_model=Kept)
async def post_materials(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: CheckMaterials
) -> Response:
    """Say of papers whether they are there, missing, or not needed and why."""

    async def act(tx: Connection) -> Kept:
        await receiving.check_materials(tx, actor, round_id, command, book=book_of(request))
        return Kept()

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/acceptance", status_code=201, response_model=Accepted)
async def post_acceptance(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: AcceptMatter
) -> Response:
    """受理: the papers are complete. Without it no opinion is given, except a return."""

    async def act(tx: Connection) -> Accepted:
        return Accepted(accepted_at=await receiving.accept(tx, actor, round_id, command, book=book_of(request)))

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/checklist", status_code=201, response_model=Kept)
async def post_checklist(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: AnswerChecklist
) -> Response:
    """Answer for forbidden content, for the drafting office. The newest answer to an item counts."""

    async def act(tx: Connection) -> Kept:
        await receiving.answer_checklist(tx, actor, round_id, command)
        return Kept()

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/urgency", status_code=201, response_model=Kept)
async def post_urgency(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: DeclareUrgency
) -> Response:
    """Ask for less than the reserved time, with its basis, for the drafting office."""

    async def act(tx: Connection) -> Kept:
        await receiving.declare_urgency(tx, actor, round_id, command)
        return Kept()

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/points/{point_id}/answer", status_code=201, response_model=Kept)
async def post_point_answer(
    request: Request, actor: Signed, round_id: UUID, point_id: UUID, key: Key, body_hash: BodyHash, command: AnswerPoint
) -> Response:
    """Say, for the drafting office, what was made of a point. The newest answer counts."""

    async def act(tx: Connection) -> Kept:
        await letters.answer_point(tx, actor, round_id, point_id, command)
        return Kept()

    return await carried_out(request, actor, key, body_hash, act)


@router.get("/rounds/{round_id}/letter.{form}", response_class=Response)
async def get_letter(request: Request, actor: Signed, round_id: UUID, form: Literal["docx", "pdf"]) -> Response:
    """The opinion letter (合法性审核意见书) of a decided round; its bytes are those whose hash was signed."""
    return await download_letter(request, round_id, form)


@router.get("/precedents")
async def get_precedents(request: Request, actor: Signed, question: Annotated[Question, Query()]) -> PrecedentsOut:
    """Points and opinions of decided rounds, newest first. Drafters see those on their own unit's documents."""
    async with database(request).read() as conn:
        return await found_by(conn, actor, question)

"""Absence and delegation over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.runtime.auth import Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.tasks.actions import absences
from services.tasks.desk import carry_out, desk_of
from services.tasks.domain.absences import BeAway
from services.tasks.shown.absences import AbsenceShown, absence_shown
from services.tasks.store import absences as store

router = APIRouter(prefix="/tasks/absences", tags=["代理"])


@router.get("")
async def list_absences(request: Request, actor: Signed) -> list[AbsenceShown]:
    """Who of one's unit is, will be or was away, newest first."""
    async with desk_of(request).db.read() as conn:
        return [absence_shown(absence) for absence in await store.of_unit(conn, actor.unit_id)]


@router.post("", response_model=AbsenceShown, status_code=201)
async def be_away(request: Request, actor: Signed, command: BeAway) -> Response:
    """Declare an absence with its deputy: one's own, or as head of the unit a colleague's."""

    async def act(tx: Connection) -> Answer:
        made = absence_shown(await absences.be_away(tx, actor, command))
        return Answer(201, made.model_dump(mode="json"))

    return (await carry_out(request, actor, act)).response()


@router.post("/{absence_id}/end", response_model=AbsenceShown)
async def come_back(request: Request, actor: Signed, absence_id: UUID) -> Response:
    """End an absence before its last day."""

    async def act(tx: Connection) -> Answer:
        return Answer(200, absence_shown(await absences.come_back(tx, actor, absence_id)).model_dump(mode="json"))

    return (await carry_out(request, actor, act)).response()

"""The acts of every sheet, for programs and for people: one POST each, by its name under the round."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.kernel.runtime.auth import Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.api.acting import carried_out, command_of
from services.review.pages.forms import fields_of
from services.review.pages.sending import FromForm, or_back
from services.review.sheets import seating
from services.review.sheets.assessment import acts as assessment
from services.review.sheets.catalogue import acts as catalogue
from services.review.sheets.collecting import Act, Collected
from services.review.sheets.competition import acts as competition
from services.review.sheets.consultation import acts as consultation
from services.review.sheets.experts import acts as experts
from services.review.sheets.experts import routes as pool
from services.review.sheets.heard import acts as heard
from services.review.sheets.hearing import acts as hearing
from services.review.sheets.initiation import acts as initiation
from services.review.sheets.reporting import acts as reporting
from services.review.sheets.risk import acts as risk
from services.review.sheets.sealing import acts as sealing
from services.review.uploads import json_body
from services.review.wiring import book_of

ACTS: tuple[Act, ...] = (
    *assessment.ACTS,
    *risk.ACTS,
    *competition.ACTS,
    *experts.ACTS,
    *hearing.ACTS,
    *consultation.ACTS,
    *heard.ACTS,
    *seating.ACTS,
    *catalogue.ACTS,
    *reporting.ACTS,
    *sealing.ACTS,
    *initiation.ACTS,
)
SAID = "sheet"


def routers_of(acts: tuple[Act, ...]) -> list[APIRouter]:
    """A router for programs and one for pages, over the same acts."""
    api = APIRouter(prefix="/review/rounds/{round_id}", tags=["review"])
    pages = APIRouter(prefix="/review/round/{round_id}", include_in_schema=False)
    for act in acts:
        _for_programs(api, act)
        _for_people(pages, act)
    return [api, pages]


def _for_programs(router: APIRouter, act: Act) -> None:
    @router.post(
        f"/{act.name}",
        status_code=201,
        response_model=Collected,
        name=act.name,
        description=act.carry_out.__doc__,
        openapi_extra=json_body(act.command),
    )
    async def post(request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash) -> Response:
        command = await command_of(request, act.command)

        async def run(tx: Connection) -> BaseModel:
            return await act.carry_out(tx, actor, round_id, command, book_of(request))

        return await carried_out(request, actor, key, body_hash, run)


def _for_people(router: APIRouter, act: Act) -> None:
    @router.post(f"/{act.name}")
    async def post(request: Request, sent: FromForm) -> Response:
        async def run(tx: Connection) -> None:
            command = act.command.model_validate(fields_of(sent.form, act.command))
            await act.carry_out(tx, sent.actor, sent.round_id, command, book_of(request))

        return await or_back(request, sent, run, SAID, labels=act.labels)


routers: list[APIRouter] = [*routers_of(ACTS), *pool.routers]

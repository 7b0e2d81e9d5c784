"""The pool of experts: to read for everybody signed in, to keep for the registrar."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.auth import Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.kernel.runtime.idempotency import BodyHash, Key
from services.kernel.runtime.pages import render
from services.kernel.runtime.problems import field_problems
from services.review.api.acting import carried_out
from services.review.domain.experts import EnterExpert, Expert
from services.review.pages.forms import Written, form_of, written
from services.review.pages.labels import problem, problem_of
from services.review.sheets.collecting import Collected
from services.review.sheets.experts.acts import enter_expert
from services.review.store import experts

api = APIRouter(prefix="/review", tags=["review"])
pages = APIRouter(prefix="/review", include_in_schema=False)
Form = Annotated[FormData, Depends(form_of)]


class ExpertOut(BaseModel):
    """An entry of the pool as it now stands."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    version: int
    name: str
    unit_id: str | None
    unit_name: str
    title: str
    fields: list[str]
    active: bool
    entered_at: datetime


@api.get("/experts")
async def list_experts(request: Request, actor: Signed, field: str = "") -> list[ExpertOut]:
    """The pool of experts, of one field where one is asked for; without their contacts."""
    async with database(request).read() as conn:
        found = await experts.pool(conn)
    return [ExpertOut.model_validate(one) for one in found if not field or field in one.fields]


@api.post("/experts", status_code=201, response_model=Collected)
async def post_expert(request: Request, actor: Signed, key: Key, body_hash: BodyHash, command: EnterExpert) -> Response:
    """Enter an expert in the pool, or with `id` a new version of an entry."""

    async def act(tx: Connection) -> Collected:
        return await enter_expert(tx, actor, command)

    return await carried_out(request, actor, key, body_hash, act)


@pages.get("/expert-pool")
async def show_pool(request: Request, actor: Signed, change: UUID | None = None) -> HTMLResponse:
    """The pool, and for the registrar the form to enter somebody; with `change` the form holds that entry."""
    return await _page(request, actor, change=change)


@pages.post("/expert-pool")
async def enter_by_form(request: Request, actor: Signed, form: Form, key: Key, body_hash: BodyHash) -> Response:
    """Enter an expert by form; fields stand in one line, apart by 、 or a comma."""
    given = {name: value for name, value in written(form).items() if name in EnterExpert.model_fields and value}
    names = given.pop("fields", "").replace(",", "、").replace("，", "、").split("、")
    try:
        command = EnterExpert.model_validate({**given, "fields": [one.strip() for one in names if one.strip()]})

        async def act(tx: Connection) -> Collected:
            return await enter_expert(tx, actor, command)

        await carried_out(request, actor, key, body_hash, act)
    except ValidationError as error:
        wrong, status = [problem(each.field, each.detail) for each in field_problems(error.errors())], 422
        return await _page(request, actor, form=written(form), problems=wrong, status=status)
    except Refused as refused:
        return await _page(request, actor, form=written(form), problems=[problem_of(refused)], status=refused.status)
    return Response(status_code=303, headers={"Location": "/review/expert-pool"})


async def _page(
    request: Request,
    actor: Signed,
    *,
    change: UUID | None = None,
    form: Written | None = None,
    problems: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with database(request).read() as conn:
        found = await experts.pool(conn)
    if form is None:
        form = next((_written(one) for one in found if one.id == change), Written())
    return render(
        request,
        "experts.html",
        status=status,
        experts=found,
        may_enter=Role.REGISTRAR in actor.roles,
        form=form,
        problems=problems or [],
        wrong={one["name"]: one["detail"] for one in problems or []},
    )


def _written(entry: Expert) -> Written:
    """An entry as the form shows it; its reason is that of the change to come."""
    return Written(
        id=str(entry.id),
        name=entry.name,
        unit_id=entry.unit_id or "",
        unit_name=entry.unit_name,
        title=entry.title,
        fields="、".join(entry.fields),
        contact=entry.contact,
        active="true" if entry.active else "false",
    )


routers: list[APIRouter] = [api, pages]

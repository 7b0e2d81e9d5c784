"""Who is away and who stands in, for the colleagues of a unit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import IN_PERSON, Role
from services.kernel.runtime.idempotency import Answer
from services.kernel.runtime.pages import render
from services.kernel.runtime.problems import field_problems
from services.tasks.actions import absences as actions
from services.tasks.desk import carry_out, desk_of
from services.tasks.domain.absences import BeAway
from services.tasks.domain.items import PERSON
from services.tasks.shown.absences import absence_shown
from services.tasks.shown.words import role_words
from services.tasks.store import absences as store
from services.tasks.store import verbs as verb_store

router = APIRouter(prefix="/tasks/away", include_in_schema=False)


@router.get("")
async def away(request: Request, actor: Signed, did: str = "") -> HTMLResponse:
    """The unit's absences, and the form for one's own."""
    return await _page(request, actor, did=did)


async def _page(
    request: Request, actor: Actor, *, did: str = "", errors: dict[str, str] | None = None, given: Any = None
) -> HTMLResponse:
    async with desk_of(request).db.read() as conn:
        found = [absence_shown(absence) for absence in await store.of_unit(conn, actor.unit_id)]
        people = await verb_store.eligible(conn, actor.unit_id, PERSON)
        today = await store.today(conn)
    mine = [(role, role_words(role), "") for role in sorted(actor.roles - IN_PERSON)]
    return render(
        request,
        "away.html",
        status=422 if errors else 200,
        absences=found,
        people=[(each.person_id, each.person_name) for each in people],
        heads=Role.UNIT_HEAD in actor.roles,
        me=actor.person_id,
        roles=mine,
        today=today,
        did=did,
        errors=errors or {},
        given=given or {},
    )


@router.post("")
async def be_away(request: Request, actor: Signed) -> Response:
    """Declare an absence."""
    form = await request.form()
    written = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        command = _read(form, written)

        async def act(tx: Connection) -> Answer:
            await actions.be_away(tx, actor, command)
            return Answer(303, headers={"Location": "/tasks/away?did=away"})

        return (await carry_out(request, actor, act)).response()
    except ValidationError as wrong:
        errors = {problem.field.split(".")[0]: problem.detail for problem in field_problems(wrong.errors())}
    except Refused as wrong:
        if wrong.field is None:
            raise
        errors = {wrong.field: wrong.detail.of(language.current())}
    return await _page(request, actor, errors=errors, given=written)


def _read(form: FormData, written: dict[str, str]) -> BeAway:
    given: dict[str, Any] = {name: value for name, value in written.items() if name in BeAway.model_fields and value}
    given["roles"] = [value for value in form.getlist("roles") if isinstance(value, str)]
    return BeAway.model_validate(given)


@router.post("/{absence_id}/end")
async def come_back(request: Request, actor: Signed, absence_id: UUID) -> Response:
    """End an absence before its last day."""

    async def act(tx: Connection) -> Answer:
        await actions.come_back(tx, actor, absence_id)
        return Answer(303, headers={"Location": "/tasks/away?did=back"})

    return (await carry_out(request, actor, act)).response()

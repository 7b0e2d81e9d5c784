"""Which programs act in whose name, and the form that stops one."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from services.kernel.runtime.auth import Actor, Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.kernel.runtime.pages import render
from services.kernel.runtime.problems import field_problems
from services.tasks.actions import keys as actions
from services.tasks.desk import carry_out, desk_of
from services.tasks.domain.keys import RevokeKey, sees_all
from services.tasks.shown.keys import key_shown

router = APIRouter(prefix="/tasks/programs", include_in_schema=False)


@router.get("")
async def programs(request: Request, actor: Signed, did: str = "") -> HTMLResponse:
    """The keys of the unit, for an operator of all units, each with its use."""
    return await _page(request, actor, did=did)


async def _page(
    request: Request, actor: Actor, *, did: str = "", wrong: UUID | None = None, error: str = ""
) -> HTMLResponse:
    async with desk_of(request).db.read() as conn:
        found = [key_shown(key, actor) for key in await actions.keys_for(conn, actor)]
    return render(
        request,
        "programs.html",
        status=422 if wrong else 200,
        keys=found,
        all_units=sees_all(actor),
        did=did,
        wrong=wrong,
        error=error,
    )


@router.post("/{key_id}/revoke")
async def revoke(request: Request, actor: Signed, key_id: UUID) -> Response:
    """Stop a program at once."""
    form = await request.form()
    try:
        command = RevokeKey.model_validate({"reason": form.get("reason") or ""})
    except ValidationError as wrong:
        return await _page(request, actor, wrong=key_id, error=field_problems(wrong.errors())[0].detail)

    async def act(tx: Connection) -> Answer:
        await actions.revoke(tx, actor, key_id, command)
        return Answer(303, headers={"Location": "/tasks/programs?did=revoked"})

    return (await carry_out(request, actor, act)).response()

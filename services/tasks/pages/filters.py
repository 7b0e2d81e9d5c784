"""Saved filters by forms: keep what the list shows now under a name, choose the one to open with, share, remove."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import directory, language
from services.kernel.runtime.auth import Actor, Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.kernel.runtime.pages import render
from services.kernel.runtime.problems import field_problems
from services.tasks.actions import filters as actions
from services.tasks.desk import carry_out, desk_of
from services.tasks.domain.filters import ChangeFilter, Kept, SaveFilter
from services.tasks.shown.filters import asks_of, saved_shown
from services.tasks.store import filters as store

router = APIRouter(prefix="/tasks/inbox/filters", include_in_schema=False)
HOME = "/tasks/inbox/filters"


def given(
    view: str = "mine", stage: str = "", kind: str = "", unit: str = "", due: str = "", by: str = "due", q: str = ""
) -> Kept:
    """The conditions in an address; what cannot be one is left out."""
    said = {"view": view, "stage": stage, "kind": kind, "unit": unit, "due": due, "by": by, "q": q}
    try:
        return Kept.model_validate({name: value for name, value in said.items() if value})
    except ValidationError:
        return Kept()


@router.get("")
async def filters(
    request: Request, actor: Signed, asked: Annotated[Kept, Depends(given)], did: str = ""
) -> HTMLResponse:
    """My filters and those shared with me, and the form that keeps the one in the address."""
    return await _page(request, actor, asked, did=did)


async def _page(
    request: Request, actor: Actor, asked: Kept, *, did: str = "", errors: dict[str, str] | None = None, name: str = ""
) -> HTMLResponse:
    desk = desk_of(request)
    async with desk.db.read() as conn:
        found = await store.seen_by(conn, actor.person_id, actor.unit_id)
        units = await directory.unit_names(conn)
    return render(
        request,
        "filters.html",
        status=422 if errors else 200,
        saved=[saved_shown(desk, actor, each, units) for each in found],
        asked=asked.model_dump(mode="json", exclude_none=True),
        asks=asks_of(desk.book, asked, units),
        did=did,
        errors=errors or {},
        name=name,
    )


@router.post("")
async def save(request: Request, actor: Signed) -> Response:
    """Keep a filter."""
    form = await request.form()
    written = {name: value for name, value in form.items() if isinstance(value, str)}
    asked = given(**{name: value for name, value in written.items() if name in Kept.model_fields})
    told: dict[str, Any] = {"name": written.get("name", ""), "asked": asked}
    try:
        command = SaveFilter(**told, default="default" in written, shared="shared" in written)

        async def act(tx: Connection) -> Answer:
            await actions.save(tx, actor, command)
            return Answer(303, headers={"Location": f"{HOME}?did=saved"})

        return (await carry_out(request, actor, act)).response()
    except ValidationError as wrong:
        errors = {problem.field: problem.detail for problem in field_problems(wrong.errors())}
    except Refused as wrong:
        if wrong.field is None:
            raise
        errors = {wrong.field: wrong.title.of(language.current())}
    return await _page(request, actor, asked, errors=errors, name=told["name"])


@router.post("/{filter_id}/change")
async def change(request: Request, actor: Signed, filter_id: UUID) -> Response:
    """Make a filter the one to open with, or share it, or neither any more."""
    form = await request.form()
    told = {name: form[name] == "yes" for name in ("default", "shared") if name in form}
    command = ChangeFilter.model_validate(told)

    async def act(tx: Connection) -> Answer:
        await actions.change(tx, actor, filter_id, command)
        return Answer(303, headers={"Location": f"{HOME}?did=changed"})

    return (await carry_out(request, actor, act)).response()


@router.post("/{filter_id}/remove")
async def remove(request: Request, actor: Signed, filter_id: UUID) -> Response:
    """Remove a filter."""

    async def act(tx: Connection) -> Answer:
        await actions.remove(tx, actor, filter_id)
        return Answer(303, headers={"Location": f"{HOME}?did=removed"})

    return (await carry_out(request, actor, act)).response()

"""Saved filters of the inbox over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.runtime import directory
from services.kernel.runtime.auth import Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.tasks.actions import filters as actions
from services.tasks.desk import carry_out, desk_of
from services.tasks.domain.filters import ChangeFilter, SaveFilter
from services.tasks.shown.filters import SavedShown, saved_shown
from services.tasks.store import filters as store

router = APIRouter(prefix="/tasks/filters", tags=["待办"])


@router.get("")
async def list_filters(request: Request, actor: Signed) -> list[SavedShown]:
    """My saved filters in this unit, then those that colleagues share."""
    desk = desk_of(request)
    async with desk.db.read() as conn:
        found = await store.seen_by(conn, actor.person_id, actor.unit_id)
        units = await directory.unit_names(conn)
    return [saved_shown(desk, actor, each, units) for each in found]


@router.post("", response_model=SavedShown, status_code=201)
async def save_filter(request: Request, actor: Signed, command: SaveFilter) -> Response:
    """Keep a filter under a name."""
    desk = desk_of(request)

    async def act(tx: Connection) -> Answer:
        saved = await actions.save(tx, actor, command)
        made = saved_shown(desk, actor, saved, await directory.unit_names(tx))
        return Answer(201, made.model_dump(mode="json"))

    return (await carry_out(request, actor, act)).response()


@router.post("/{filter_id}", response_model=SavedShown)
async def change_filter(request: Request, actor: Signed, filter_id: UUID, command: ChangeFilter) -> Response:
    """Give a filter of mine another name or other conditions, make it the default, share it."""
    desk = desk_of(request)

    async def act(tx: Connection) -> Answer:
        saved = await actions.change(tx, actor, filter_id, command)
        changed = saved_shown(desk, actor, saved, await directory.unit_names(tx))
        return Answer(200, changed.model_dump(mode="json"))

    return (await carry_out(request, actor, act)).response()


@router.post("/{filter_id}/remove", status_code=204)
async def remove_filter(request: Request, actor: Signed, filter_id: UUID) -> Response:
    """Remove a filter of mine."""

    async def act(tx: Connection) -> Answer:
        await actions.remove(tx, actor, filter_id)
        return Answer(204)

    return (await carry_out(request, actor, act)).response()

"""Inbox items over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.kernel.runtime.auth import Actor, Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.tasks.actions import items as actions
from services.tasks.desk import carry_out, desk_of
from services.tasks.domain.items import Item
from services.tasks.domain.verbs import Release, Seen
from services.tasks.shown import items as shown
from services.tasks.shown.items import Due, InboxShown, ItemShown, OneItem, Query, View

router = APIRouter(prefix="/tasks/items", tags=["待办"])


def asked(
    view: View = "mine",
    document_id: UUID | None = None,
    stage: str | None = None,
    due: Due | None = None,
    q: str | None = None,
    after: str | None = None,
) -> Query:
    """What the address asks of the inbox."""
    return Query(view=view, document_id=document_id, stage=stage, due=due, q=q, after=after)


@router.get("")
async def list_items(request: Request, actor: Signed, query: Annotated[Query, Depends(asked)]) -> InboxShown:
    """A page of the inbox: mine (unclaimed of my offices, or claimed by me), my colleagues', or what was closed."""
    desk = desk_of(request)
    async with desk.db.read() as conn:
        return await shown.inbox(conn, desk, actor, query)


@router.get("/{item_id}")
async def read_item(request: Request, response: Response, actor: Signed, item_id: UUID) -> OneItem:
    """One item of my offices, with its record and what I may do; its version is the ETag."""
    desk = desk_of(request)
    async with desk.db.read() as conn:
        found = await shown.one_item(conn, desk, actor, item_id)
    response.headers["ETag"] = f'"{found.item.version}"'
    return found


@router.post("/{item_id}/claim", response_model=ItemShown)
async def claim(request: Request, actor: Signed, item_id: UUID, seen: Seen | None = None) -> Response:
    """Take an item on."""

    async def act(tx: Connection) -> Answer:
        item = await actions.claim(tx, actor, item_id, seen.version if seen else None)
        return await _answer(request, tx, actor, item)

    return (await carry_out(request, actor, act)).response()


@router.post("/{item_id}/release", response_model=ItemShown)
async def release(request: Request, actor: Signed, item_id: UUID, command: Release | None = None) -> Response:
    """Give an item back to everybody of the office, with a reason."""

    async def act(tx: Connection) -> Answer:
        return await _answer(request, tx, actor, await actions.release(tx, actor, item_id, command))

    return (await carry_out(request, actor, act)).response()


async def _answer(request: Request, tx: Connection, actor: Actor, item: Item) -> Answer:
    told = await shown.items_shown(tx, desk_of(request), actor, [item])
    return Answer(200, told[0].model_dump(mode="json"))

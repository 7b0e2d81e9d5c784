"""Inbox items over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi import Query as QueryOf
from fastapi.responses import Response

from services.kernel.runtime.auth import Actor, Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.tasks.actions import items as actions
from services.tasks.desk import carry_out, desk_of
from services.tasks.domain.items import Item
from services.tasks.domain.verbs import Release, Seen
from services.tasks.shown import items as shown
from services.tasks.shown import lists
from services.tasks.shown.items import ItemShown, OneItem
from services.tasks.shown.lists import InboxShown, Query

router = APIRouter(prefix="/tasks/items", tags=["待办"])


@router.get("", response_model=InboxShown)
async def list_items(request: Request, actor: Signed, query: Annotated[Query, QueryOf()]) -> Response:
    """A page of one list of the inbox, filtered and in one order, with the counts of all lists.

    mine: free for my offices, or in my hands; unit: in colleagues' hands; document: all that waits on one; watched:
    what I asked, sent on, or got as a copy; by_me: closed by me; done: closed in my offices.
    """
    desk = desk_of(request)
    async with desk.db.read() as conn:
        page = await lists.inbox(conn, desk, actor, query)
    # Written at once: checking it against its own model again would cost as much as reading it.
    return Response(page.model_dump_json(), media_type="application/json")


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
    told = await shown.item_shown(tx, desk_of(request), actor, item.id)
    return Answer(200, told.model_dump(mode="json"))

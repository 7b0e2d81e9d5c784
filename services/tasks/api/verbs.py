"""Passing items on over HTTP: each act names the version of the item that its sender has seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.runtime.auth import Actor, Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.tasks.actions import asking, passing
from services.tasks.desk import carry_out, desk_of
from services.tasks.domain.items import Item
from services.tasks.domain.verbs import Ask, Copy, GiveAnswer, PassAllOn, PassOn, TakeBack
from services.tasks.shown import items as shown
from services.tasks.shown.items import ItemShown
from services.tasks.shown.words import Shown

router = APIRouter(prefix="/tasks/items", tags=["待办"])


class HandedOver(Shown):
    """What went to the colleague, and what stays because they may not have it."""

    handed: list[UUID]
    left: list[UUID]


class Copied(Shown):
    """The copies made just now; who had one already gets no second."""

    items: list[UUID]


class Urged(Shown):
    """How many people were written to."""

    told: int


@router.post("/hand-over", response_model=HandedOver)
async def hand_all_over(request: Request, actor: Signed, command: PassAllOn) -> Response:
    """Hand over all that one holds in this unit to one colleague."""

    async def act(tx: Connection) -> Answer:
        handed, left = await passing.hand_all_over(tx, actor, command)
        return Answer(200, HandedOver(handed=handed, left=left).model_dump(mode="json"))

    return (await carry_out(request, actor, act)).response()


@router.post("/{item_id}/reassign", response_model=ItemShown)
async def reassign(request: Request, actor: Signed, item_id: UUID, command: PassOn) -> Response:
    """Give the item to somebody else of its office: for the head of the unit and the officer on duty."""
    return await _carry_out(request, actor, lambda tx: passing.reassign(tx, actor, item_id, command))


@router.post("/{item_id}/hand-over", response_model=ItemShown)
async def hand_over(request: Request, actor: Signed, item_id: UUID, command: PassOn) -> Response:
    """Hand what one holds to a colleague."""
    return await _carry_out(request, actor, lambda tx: passing.hand_over(tx, actor, item_id, command))


@router.post("/{item_id}/take-back", response_model=ItemShown)
async def take_back(request: Request, actor: Signed, item_id: UUID, command: TakeBack) -> Response:
    """Take back what one reassigned or handed over, before the other acted."""
    return await _carry_out(request, actor, lambda tx: passing.take_back(tx, actor, item_id, command))


@router.post("/{item_id}/ask", response_model=ItemShown, status_code=201)
async def ask(request: Request, actor: Signed, item_id: UUID, command: Ask) -> Response:
    """Ask somebody for an opinion; the item of the person asked."""
    calendar = desk_of(request).calendar
    return await _carry_out(
        request, actor, lambda tx: asking.ask(tx, actor, item_id, command, calendar=calendar), status=201
    )


@router.post("/{item_id}/answer", response_model=ItemShown)
async def answer(request: Request, actor: Signed, item_id: UUID, command: GiveAnswer) -> Response:
    """Give the opinion that was asked for."""
    return await _carry_out(request, actor, lambda tx: asking.answer(tx, actor, item_id, command))


@router.post("/{item_id}/withdraw", response_model=ItemShown)
async def withdraw(request: Request, actor: Signed, item_id: UUID, command: TakeBack) -> Response:
    """Take a question back before it is answered."""
    return await _carry_out(request, actor, lambda tx: asking.withdraw(tx, actor, item_id, command))


@router.post("/{item_id}/copy", response_model=Copied, status_code=201)
async def copy(request: Request, actor: Signed, item_id: UUID, command: Copy) -> Response:
    """Make the matter known to these persons; it waits for none of them."""

    async def act(tx: Connection) -> Answer:
        made = await asking.copy(tx, actor, item_id, command)
        return Answer(201, Copied(items=made).model_dump(mode="json"))

    return (await carry_out(request, actor, act)).response()


@router.post("/{item_id}/read", response_model=ItemShown)
async def read(request: Request, actor: Signed, item_id: UUID) -> Response:
    """Say that one has read a copy."""
    return await _carry_out(request, actor, lambda tx: asking.read(tx, actor, item_id))


@router.post("/{item_id}/urge", response_model=Urged)
async def urge(request: Request, actor: Signed, item_id: UUID) -> Response:
    """Remind whoever has the item, within limits."""

    async def act(tx: Connection) -> Answer:
        told = await asking.urge(tx, actor, item_id, book=desk_of(request).book)
        return Answer(200, Urged(told=len(told)).model_dump(mode="json"))

    return (await carry_out(request, actor, act)).response()


async def _carry_out(
    request: Request, actor: Actor, do: Callable[[Connection], Awaitable[Item]], *, status: int = 200
) -> Response:
    async def act(tx: Connection) -> Answer:
        told = await shown.item_shown(tx, desk_of(request), actor, (await do(tx)).id)
        return Answer(status, told.model_dump(mode="json"), {"ETag": f'"{told.version}"'})

    return (await carry_out(request, actor, act)).response()

"""Groups of opinions for programs: the largest first, their members, and the acts of the drafting unit."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.intake.actions import groups as acts
from services.intake.domain.documents import may_read
from services.intake.domain.groups import MOST_AT_ONCE
from services.intake.domain.windows import BeingClosed, StillOpen, WindowUnknown
from services.intake.shown.groups import act_out, after, group_out, member_out, place_of
from services.intake.store import groups, windows
from services.intake.store.groups import Group
from services.intake.store.windows import Window
from services.intake.wiring import Act, campaign_of, carried_out, context_of
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key

router = APIRouter(prefix="/intake/windows", tags=["groups"])


class SplitIn(BaseModel):
    """Opinions that leave a group for a new one; `revision` is that of the group as it was seen."""

    comments: tuple[UUID, ...] = Field(max_length=MOST_AT_ONCE)
    name: str = Field(default="", max_length=1000)
    revision: int


class MoveIn(BaseModel):
    """Opinions that leave a group for another one, each group with the revision that was seen."""

    comments: tuple[UUID, ...] = Field(max_length=MOST_AT_ONCE)
    to: UUID
    revision: int
    to_revision: int


class MergeIn(BaseModel):
    """Groups that go into this one, by id with the revision that was seen."""

    groups: dict[UUID, int] = Field(max_length=MOST_AT_ONCE)
    revision: int


class NameIn(BaseModel):
    """A name for the group; empty takes it away."""

    name: str = Field(max_length=1000)
    revision: int


@router.get("/{window_id}/groups")
async def list_groups(
    request: Request,
    actor: Signed,
    window_id: UUID,
    after_place: Annotated[str | None, Query(alias="after", max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """The groups of a window, the largest first, each with an opinion that stands for it."""
    async with database(request).read() as conn:
        await readable(conn, actor, window_id)
        found = await groups.groups_of(conn, window_id, after=after(after_place), limit=limit + 1)
    page, rule = found[:limit], campaign_of(context_of(request).settings)
    return {
        "items": [group_out(group, rule) for group in page],
        "next": place_of(page[-1]) if len(found) > limit else None,
    }


@router.get("/{window_id}/groups/{group_id}")
async def get_group(
    request: Request,
    actor: Signed,
    window_id: UUID,
    group_id: UUID,
    after_id: Annotated[UUID | None, Query(alias="after")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """One group with its opinions in the order in which they came, their likeness, and its history."""
    async with database(request).read() as conn:
        await readable(conn, actor, window_id)
        group = await groups.get(conn, window_id, group_id)
        found = await groups.members_of(conn, window_id, group_id, after=after_id, limit=limit + 1)
        history = await groups.acts_of(conn, window_id, group_id=group_id)
    page = found[:limit]
    return {
        **group_out(group, campaign_of(context_of(request).settings)),
        "items": [member_out(member, group) for member in page],
        "next": str(page[-1].id) if len(found) > limit else None,
        "history": [act_out(act) for act in history],
    }


@router.post("/{window_id}/groups/{group_id}/split", status_code=201)
async def post_split(
    request: Request, actor: Signed, window_id: UUID, group_id: UUID, key: Key, body_hash: BodyHash, given: SplitIn
) -> Response:
    """Take opinions out of a group into a new one."""

    async def act(tx: Connection) -> Answer:
        made = await acts.split(
            tx, actor, window_id, group_id, comment_ids=given.comments, name=given.name, revision=given.revision
        )
        return _answer(request, made, 201)

    return await _carried_out(request, actor, key, body_hash, act)


@router.post("/{window_id}/groups/{group_id}/move")
async def post_move(
    request: Request, actor: Signed, window_id: UUID, group_id: UUID, key: Key, body_hash: BodyHash, given: MoveIn
) -> Response:
    """Put opinions of a group into another."""

    async def act(tx: Connection) -> Answer:
        grown = await acts.move(
            tx,
            actor,
            window_id,
            group_id,
            comment_ids=given.comments,
            to=given.to,
            revision=given.revision,
            to_revision=given.to_revision,
        )
        return _answer(request, grown)

    return await _carried_out(request, actor, key, body_hash, act)


@router.post("/{window_id}/groups/{group_id}/merge")
async def post_merge(
    request: Request, actor: Signed, window_id: UUID, group_id: UUID, key: Key, body_hash: BodyHash, given: MergeIn
) -> Response:
    """Put all opinions of other groups into this one."""

    async def act(tx: Connection) -> Answer:
        grown = await acts.merge(tx, actor, window_id, group_id, others=given.groups, revision=given.revision)
        return _answer(request, grown)

    return await _carried_out(request, actor, key, body_hash, act)


@router.post("/{window_id}/groups/{group_id}/name")
async def post_name(
    request: Request, actor: Signed, window_id: UUID, group_id: UUID, key: Key, body_hash: BodyHash, given: NameIn
) -> Response:
    """Give a group its name."""

    async def act(tx: Connection) -> Answer:
        named = await acts.name_group(tx, actor, window_id, group_id, name=given.name, revision=given.revision)
        return _answer(request, named)

    return await _carried_out(request, actor, key, body_hash, act)


async def readable(conn: Connection, actor: Actor, window_id: UUID) -> Window:
    """The window whose groups the actor may read. Raises WindowUnknown, StillOpen, BeingClosed."""
    window = await windows.get(conn, window_id)
    if not may_read(unit_id=actor.unit_id, roles=actor.roles, drafting_unit=window.drafting_unit):
        raise WindowUnknown
    if window.summary_at is None:
        raise StillOpen if window.is_open else BeingClosed
    return window


def _answer(request: Request, group: Group, status: int = 200) -> Answer:
    return Answer(status, group_out(group, campaign_of(context_of(request).settings)))


async def _carried_out(request: Request, actor: Actor, key: str | None, body_hash: str, act: Act) -> Response:
    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)

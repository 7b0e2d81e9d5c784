"""Moderation and masking for programs of the office; letting go of one's own contact for the public."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.intake.actions import masking, moderating
from services.intake.actions.comment import erase_contact
from services.intake.actions.masking import Decision
from services.intake.api.receipts import looked_up
from services.intake.domain.moderation import Moderation, allows
from services.intake.shown.moderation import act_out, proposal_out
from services.intake.store import masks, windows
from services.intake.store import moderation as store
from services.intake.wiring import carried_out, holder_of
from services.kernel.runtime.auth import Actor, Signed, Visitor, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key

router = APIRouter(prefix="/intake", tags=["moderation"])


class MasksIn(BaseModel):
    """Places to cover or to lay open."""

    decisions: tuple[Decision, ...] = Field(min_length=1, max_length=500)


async def moderated_window(conn: Connection, actor: Actor, window_id: UUID) -> windows.Window:
    """The window, if the actor may hide opinions in it. Raises WindowUnknown, NotModerator."""
    found = await windows.get(conn, window_id)
    allows(unit_id=actor.unit_id, roles=actor.roles, drafting_unit=found.drafting_unit)
    return found


@router.post("/windows/{window_id}/moderation")
async def post_moderation(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: Moderation
) -> Response:
    """Hide opinions from the public, or show them again: named ones, a group, or all in which some words stand."""

    async def act(tx: Connection) -> Answer:
        done = await moderating.moderate(tx, actor, window_id, given)
        return Answer(200, {name: value for name, value in vars(done).items() if value is not None})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


@router.get("/windows/{window_id}/moderation")
async def get_moderation(
    request: Request,
    actor: Signed,
    window_id: UUID,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Who hid what and why, the newest act first, and how many opinions are hidden now."""
    async with database(request).read() as conn:
        await moderated_window(conn, actor, window_id)
        acts = await store.acts_of(conn, window_id, before=before, limit=limit + 1)
        hidden = await store.hidden_counts(conn, window_id)
    page = acts[:limit]
    return {
        "hidden": hidden,
        "acts": [act_out(one) for one in page],
        "next": page[-1].ordinal if len(acts) > limit else None,
    }


@router.get("/windows/{window_id}/masks")
async def get_masks(
    request: Request,
    actor: Signed,
    window_id: UUID,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Comments with places on which nobody decided yet, each with its places and what it hints at."""
    async with database(request).read() as conn:
        await moderated_window(conn, actor, window_id)
        found = await masks.proposed(conn, window_id, after=after, limit=limit + 1)
        page = found[:limit]
        places = await masks.places_of(conn, [one.id for one in page])
        hints = await masks.hints_of(conn, [one.id for one in page])
    return {
        "items": [proposal_out(one, places, hints.get(one.id, ())) for one in page],
        "next": str(page[-1].id) if len(found) > limit else None,
    }


@router.post("/windows/{window_id}/masks")
async def post_masks(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: MasksIn
) -> Response:
    """Cover places of comments, or lay them open. The comments themselves stay as they are."""

    async def act(tx: Connection) -> Answer:
        return Answer(200, {"places": await masking.decide(tx, actor, window_id, given.decisions)})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


@router.post("/receipts/{code}/contact-erasure")
async def post_contact_erasure(
    request: Request, visitor: Visitor, code: str, key: Key, body_hash: BodyHash
) -> Response:
    """Let go of the name and the contact that were left with a comment, at once. The comment stays. Public."""
    await looked_up(request, code)

    async def act(tx: Connection) -> Answer:
        return Answer(200, {"erased": await erase_contact(tx, code)})

    return await carried_out(request, who=holder_of(code), key=key, body_hash=body_hash, act=act)

"""Acts on a window for programs: extend, suspend, resume, end early, reopen, each with a reason that is published."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, Field

from services.intake.actions import window_acts
from services.intake.actions.window_acts import Grounds
from services.intake.shown.windows import window_out
from services.intake.store import documents, windows
from services.intake.store import window_acts as history
from services.intake.store.windows import Window
from services.intake.wiring import books_of, calendar_of, carried_out, mail_domain_of
from services.kernel.runtime.auth import Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key

router = APIRouter(prefix="/intake/windows", tags=["windows"])
LONGEST_REASON = 2000


class ReasonIn(BaseModel):
    """The reason that is published with the act."""

    reason: str = Field(max_length=LONGEST_REASON)


class ResumeIn(ReasonIn):
    """A later close, if the old one moved by the length of the pause is too early."""

    closes_at: AwareDatetime | None = None


class UntilIn(ReasonIn):
    """The new close, and the reason that is published with it."""

    closes_at: AwareDatetime


@router.post("/{window_id}/extend")
async def post_extension(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: UntilIn
) -> Response:
    """Move the close of an open window to a later instant."""

    async def act(tx: Connection) -> Window:
        return await window_acts.extend(tx, actor, window_id, closes_at=given.closes_at, reason=given.reason)

    return await _carried_out(request, actor.person_id, key, body_hash, act)


@router.post("/{window_id}/suspend")
async def post_suspension(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: ReasonIn
) -> Response:
    """Take nothing from this instant on, until resumed. Also for legality reviewers."""

    async def act(tx: Connection) -> Window:
        return await window_acts.suspend(tx, actor, window_id, reason=given.reason)

    return await _carried_out(request, actor.person_id, key, body_hash, act)


@router.post("/{window_id}/resume")
async def post_resumption(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: ResumeIn
) -> Response:
    """Take comments again; the close moves by at least the length of the pause. Also for legality reviewers."""

    async def act(tx: Connection) -> Window:
        grounds = await grounds_of(request, tx, window_id)
        return await window_acts.resume(
            tx, actor, window_id, reason=given.reason, closes_at=given.closes_at, grounds=grounds
        )

    return await _carried_out(request, actor.person_id, key, body_hash, act)


@router.post("/{window_id}/stop")
async def post_stop(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: ReasonIn
) -> Response:
    """End the window now, once its statutory minimum is served."""

    async def act(tx: Connection) -> Window:
        grounds = await grounds_of(request, tx, window_id)
        return await window_acts.stop(tx, actor, window_id, reason=given.reason, grounds=grounds)

    return await _carried_out(request, actor.person_id, key, body_hash, act)


@router.post("/{window_id}/reopen")
async def post_reopening(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: UntilIn
) -> Response:
    """Take comments once more after the close, while no answers are public."""

    async def act(tx: Connection) -> Window:
        return await window_acts.reopen(tx, actor, window_id, closes_at=given.closes_at, reason=given.reason)

    return await _carried_out(request, actor.person_id, key, body_hash, act)


async def grounds_of(request: Request, conn: Connection, window_id: UUID) -> Grounds:
    """The rules that the window's document walks by, and the working days that are known. Raises WindowUnknown."""
    found = await windows.get(conn, window_id)
    return Grounds(books_of(request).of(await documents.get(conn, found.document_id)), calendar_of(request))


async def _carried_out(
    request: Request, who: str, key: str | None, body_hash: str, act: Callable[[Connection], Awaitable[Window]]
) -> Response:
    async def answered(tx: Connection) -> Answer:
        found = await act(tx)
        changes = await history.changes_of(tx, found.id)
        return Answer(200, window_out(found, books_of(request).own, changes, mail_domain=mail_domain_of(request)))

    return await carried_out(request, who=who, key=key, body_hash=body_hash, act=answered)

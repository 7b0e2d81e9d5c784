"""One page for what may be done about a window now: extend, suspend, resume, end early, reopen."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.intake.actions import window_acts
from services.intake.actions.window_acts import REVIEWERS_ACTS, role_for, served_at
from services.intake.api.window_acts import LONGEST_REASON, grounds_of
from services.intake.domain.plans import instant
from services.intake.domain.window_acts import ACT_WORDS, Act, ActUnknown, possible, refuses_stop
from services.intake.domain.windows import WindowBackwards
from services.intake.pages.consultations import told
from services.intake.store import documents, windows
from services.intake.wiring import books_of, carried_out
from services.kernel.contracts.refusals import Refused, Words
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import render

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)
FIELDS = ("act", "closes_at", "reason")


@router.get("/{window_id}/acts")
async def show_acts(request: Request, actor: Signed, window_id: UUID) -> HTMLResponse:
    """What may be done about this window now, and what it would mean."""
    return await _acts(request, actor, window_id, dict.fromkeys(FIELDS, ""))


@router.post("/{window_id}/acts")
async def do_act(request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Do it, then on to the consultation, where everybody reads it."""
    form = await request.form()
    given = {name: value if isinstance(value := form.get(name), str) else "" for name in FIELDS}
    try:
        closes_at = _close(given["closes_at"]) if given["closes_at"].strip() else None

        async def act(tx: Connection) -> Answer:
            await _do(request, tx, actor, window_id, given, closes_at)
            return Answer(303, None, {"Location": f"/intake/consultation/{window_id}#history"})

        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except Refused as refused:
        return await _acts(request, actor, window_id, given, refused)


async def _do(
    request: Request, tx: Connection, actor: Actor, window_id: UUID, given: dict[str, str], closes_at: datetime | None
) -> None:
    reason = given["reason"][:LONGEST_REASON]
    grounds = await grounds_of(request, tx, window_id)
    match given["act"]:
        case Act.EXTENDED:
            await window_acts.extend(tx, actor, window_id, closes_at=_needed(closes_at), reason=reason)
        case Act.SUSPENDED:
            await window_acts.suspend(tx, actor, window_id, reason=reason)
        case Act.RESUMED:
            await window_acts.resume(tx, actor, window_id, reason=reason, closes_at=closes_at, grounds=grounds)
        case Act.STOPPED:
            await window_acts.stop(tx, actor, window_id, reason=reason, grounds=grounds)
        case Act.REOPENED:
            await window_acts.reopen(tx, actor, window_id, closes_at=_needed(closes_at), reason=reason)
        case _:
            raise ActUnknown(field="act")


async def _acts(
    request: Request, actor: Actor, window_id: UUID, given: dict[str, str], refused: Refused | None = None
) -> HTMLResponse:
    async with database(request).read() as conn:
        window = await windows.get(conn, window_id)
        document = await documents.get(conn, window.document_id)
        reviews = Role.LEGALITY_REVIEWER in actor.roles
        role_for(actor, document, Act.SUSPENDED if reviews else Act.EXTENDED)
        served = await served_at(conn, window, await grounds_of(request, conn, window_id))
    theirs = list(Act) if actor.unit_id == document.drafting_unit else list(REVIEWERS_ACTS)
    reader, book = language.current(), books_of(request).own
    not_yet = refuses_stop(window, served) if window.is_open and Act.STOPPED in theirs else None
    return render(
        request,
        "acts.html",
        status=refused.status if refused else 200,
        window=window,
        given=given,
        refused=told(refused),
        acts=[(act.value, ACT_WORDS[act][0].of(reader)) for act in possible(window, served) if act in theirs],
        not_yet=told(not_yet),
        served=served,
        shortening=book.rule("comment.shortening").article.of(reader),
    )


def _needed(closes_at: datetime | None) -> datetime:
    if closes_at is None:
        raise WindowBackwards(Words("请写新的截止日期。", "Give the new closing day."), field="closes_at")
    return closes_at


def _close(day: str) -> datetime:
    """A new close: a day, meaning its 24:00, or an hour of it. Raises WindowBackwards."""
    try:
        moment = datetime.fromisoformat(day)
        found = instant(moment.date() if len(day.strip()) == len("2026-01-01") else moment, end=True)
    except ValueError as error:
        raise WindowBackwards(Words("请写新的截止日期。", "Give the new closing day."), field="closes_at") from error
    return _needed(found)

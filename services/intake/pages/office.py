"""What the drafting unit does about its window: enter what came by letter or visit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.intake.actions import comment
from services.intake.actions.versions import belongs_to
from services.intake.api.windows import channel_of
from services.intake.domain.comments import CHANNEL_WORDS, STAFF_CHANNELS
from services.intake.domain.plans import instant
from services.intake.domain.windows import OutsideWindow
from services.intake.pages.consultations import told
from services.intake.shown.clauses import anchor_of, clauses_of, label_of
from services.intake.store import documents, windows
from services.intake.store.windows import Window
from services.intake.wiring import blobs_of, carried_out
from services.kernel.contracts.refusals import Refused, Words
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import render

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)
ENTRY = ("channel", "received_at", "clause", "body", "name", "contact")


@router.get("/{window_id}/enter")
async def show_entry(request: Request, actor: Signed, window_id: UUID, done: str = "") -> HTMLResponse:
    """The form for a letter, fax, call, mail or visit."""
    return await _entry(request, actor, window_id, dict.fromkeys(ENTRY, ""), done=done)


@router.post("/{window_id}/enter")
async def enter(request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Enter it by the time of its arrival; then an empty form again, for the next one."""
    given = await _fields(request, ENTRY)
    try:
        channel, received_at = channel_of(given["channel"]), _arrival(given["received_at"])

        async def act(tx: Connection) -> Answer:
            found = await windows.get(tx, window_id)
            anchor = await anchor_of(blobs_of(request), found.text_hash, given["clause"])
            opinion = comment.Opinion(given["body"], anchor, given["name"], given["contact"])
            taken = await comment.enter_for_public(
                tx, actor, window_id, opinion, channel=channel, received_at=received_at
            )
            return Answer(303, None, {"Location": f"/intake/consultation/{window_id}/enter?done={taken.receipt}"})

        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except Refused as refused:
        return await _entry(request, actor, window_id, given, refused)


async def _entry(
    request: Request,
    actor: Actor,
    window_id: UUID,
    given: dict[str, str],
    refused: Refused | None = None,
    *,
    done: str = "",
) -> HTMLResponse:
    found = await ours(request, actor, window_id)
    clauses = await clauses_of(blobs_of(request), found.text_hash)
    reader = language.current()
    return render(
        request,
        "enter.html",
        status=refused.status if refused else 200,
        window=found,
        given=given,
        refused=told(refused),
        done=done,
        channels=[("", Words("请选择", "Choose").of(reader))]
        + [(channel.value, CHANNEL_WORDS[channel].of(reader)) for channel in STAFF_CHANNELS],
        options=[("", label_of(clauses, "").of(reader))]
        + [(clause.anchor, label_of(clauses, clause.anchor).zh) for clause in clauses if clause.number],
    )


async def ours(request: Request, actor: Actor, window_id: UUID) -> Window:
    """The window, if the actor drafts for its unit. Raises NotOurs, WindowUnknown."""
    async with database(request).read() as conn:
        found = await windows.get(conn, window_id)
        belongs_to(actor, await documents.get(conn, found.document_id))
    return found


async def _fields(request: Request, names: tuple[str, ...]) -> dict[str, str]:
    form = await request.form()
    given = {name: form.get(name) for name in names}
    return {name: value if isinstance(value, str) else "" for name, value in given.items()}


def _arrival(written: str) -> datetime:
    """When something arrived: an hour of the office's clock. Raises OutsideWindow."""
    try:
        found = instant(datetime.fromisoformat(written), end=False)
    except ValueError as error:
        raise OutsideWindow(
            Words("请写收到的日期和时刻。", "Give the day and hour of arrival."), field="received_at"
        ) from error
    assert found is not None
    return found

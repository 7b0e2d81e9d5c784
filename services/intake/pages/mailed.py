"""Mail about a window by form: correct the clause of a mailed opinion, send a mail once more that did not arrive."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.intake.actions.clauses import correct_clause
from services.intake.actions.posting import send_again
from services.intake.api.mailed import our_window
from services.intake.pages.consultations import told
from services.intake.shown.clauses import clauses_of, label_of
from services.intake.shown.mailed import mailed_out, undelivered_out
from services.intake.store import clauses, mails, people, summaries
from services.intake.wiring import Act, blobs_of, carried_out
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import render

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)
PAGE = 50


@router.get("/{window_id}/mail")
async def show_mail(
    request: Request, actor: Signed, window_id: UUID, after: UUID | None = None, done: str = ""
) -> HTMLResponse:
    """What became of the mails to those who commented, and the clause of each mailed opinion."""
    return await _page(request, actor, window_id, after=after, done=done)


@router.post("/{window_id}/mail/clause/{comment_id}")
async def set_clause(
    request: Request, actor: Signed, window_id: UUID, comment_id: UUID, key: Key, body_hash: BodyHash
) -> Response:
    """Correct the clause, then back to the list."""
    clause = str((await request.form()).get("clause") or "")

    async def act(tx: Connection) -> Answer:
        await correct_clause(tx, actor, window_id, comment_id, clause=clause, blobs=blobs_of(request))
        return _back(window_id, "clause")

    return await _carried(request, actor, window_id, key, body_hash, act)


@router.post("/{window_id}/mail/retry/{mail_id}")
async def retry(
    request: Request, actor: Signed, window_id: UUID, mail_id: UUID, key: Key, body_hash: BodyHash
) -> Response:
    """Send it once more, then back to the list."""

    async def act(tx: Connection) -> Answer:
        await send_again(tx, actor, window_id, mail_id)
        return _back(window_id, "retry")

    return await _carried(request, actor, window_id, key, body_hash, act)


def _back(window_id: UUID, done: str) -> Answer:
    return Answer(303, None, {"Location": f"/intake/consultation/{window_id}/mail?done={done}"})


async def _carried(
    request: Request, actor: Actor, window_id: UUID, key: str | None, body_hash: str, act: Act
) -> Response:
    try:
        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except Refused as refused:
        return await _page(request, actor, window_id, refused=refused)


async def _page(
    request: Request,
    actor: Actor,
    window_id: UUID,
    *,
    after: UUID | None = None,
    done: str = "",
    refused: Refused | None = None,
) -> HTMLResponse:
    async with database(request).read() as conn:
        window = await our_window(conn, actor, window_id)
        counts = await mails.posted(conn, window_id)
        lost = await mails.undelivered(conn, window_id, limit=PAGE)
        found = await clauses.mailed(conn, window_id, after=after, limit=PAGE + 1)
        names = await people.names_of(conn, [one.set_by for one in found if one.set_by])
        counted = await summaries.find(conn, window_id) is not None
    texts, reader = await clauses_of(blobs_of(request), window.text_hash), language.current()
    return render(
        request,
        "mail.html",
        status=refused.status if refused else 200,
        window=window,
        counts=counts,
        undelivered=[undelivered_out(one) for one in lost],
        mailed=[mailed_out(one, texts) for one in found[:PAGE]],
        more=str(found[PAGE - 1].id) if len(found) > PAGE else None,
        names=names,
        counted=counted,
        options=[("", label_of(texts, "").of(reader))]
        + [(clause.anchor, label_of(texts, clause.anchor).zh) for clause in texts if clause.number],
        done=done,
        refused=told(refused),
    )

"""Handing in another text by form, and taking the document back after a confirmation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.intake.actions import reading, versions
from services.intake.api.documents import readable
from services.intake.api.receiving import Body
from services.intake.domain.documents import VersionNotAccepted
from services.intake.pages.consultations import told
from services.intake.wiring import answered_before, blobs_of, books_of, carried_out, citing
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import language
from services.kernel.runtime.auth import Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import render

router = APIRouter(prefix="/intake/document", include_in_schema=False)


@router.get("/{document_id}/revise")
async def show_revision(request: Request, actor: Signed, document_id: UUID) -> HTMLResponse:
    """The form for another text; or why none is taken now."""
    return await _form(request, actor, document_id)


async def _form(
    request: Request, actor: Signed, document_id: UUID, refused: Refused | None = None, **given: Any
) -> HTMLResponse:
    async with database(request).read() as conn:
        document = await readable(conn, actor, document_id)
        versions.belongs_to(actor, document)
        again = await versions.may_be_heard_again(conn, document_id)
    rule = books_of(request).own.rule(versions.COMMENT_AGAIN)
    closed = None if document.accepts_versions else VersionNotAccepted()
    return render(
        request,
        "revise.html",
        status=refused.status if refused else 200,
        document=document,
        refused=told(refused or closed),
        is_open=closed is None,
        again=again,
        article=rule.article.of(language.current()),
        given=given,
    )


@router.post("/{document_id}/revise")
async def revise(
    request: Request, actor: Signed, document_id: UUID, key: Key, body_hash: BodyHash, body: Body
) -> Response:
    """Hand in the text, then back to the document."""
    if before := await answered_before(request, who=actor.person_id, key=key, body_hash=body_hash):
        return before
    change_note = str(body.fields.get("change_note") or "")[:2000]
    hear_again = body.fields.get("hear_again") == "yes"
    try:
        async with database(request).read() as conn:
            versions.belongs_to(actor, await readable(conn, actor, document_id))
        with citing(books_of(request).own):
            read = await reading.read_text(body.text, body.file, body.attachments, "")
        structure_hash, file_hash = await reading.keep(read, blobs_of(request))

        async def act(tx: Connection) -> Answer:
            await versions.submit_version(
                tx,
                actor,
                document_id,
                read,
                structure_hash=structure_hash,
                file_hash=file_hash,
                change_note=change_note,
                hear_again=hear_again,
            )
            return Answer(303, None, {"Location": f"/intake/document/{document_id}"})

        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except Refused as refused:
        return await _form(
            request, actor, document_id, refused, text=body.text or "", change_note=change_note, hear_again=hear_again
        )


@router.get("/{document_id}/withdraw")
async def confirm_withdrawal(request: Request, actor: Signed, document_id: UUID) -> HTMLResponse:
    """What taking the document back means, before it is done."""
    return await _confirmation(request, actor, document_id)


@router.post("/{document_id}/withdraw")
async def withdraw(request: Request, actor: Signed, document_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Take it back."""
    reason = (await request.form()).get("reason", "")
    words = reason if isinstance(reason, str) else ""

    async def act(tx: Connection) -> Answer:
        await versions.withdraw(tx, actor, document_id, reason=words[:2000])
        return Answer(303, None, {"Location": f"/intake/document/{document_id}"})

    try:
        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except Refused as refused:
        return await _confirmation(request, actor, document_id, refused, reason=words)


async def _confirmation(
    request: Request, actor: Signed, document_id: UUID, refused: Refused | None = None, *, reason: str = ""
) -> HTMLResponse:
    async with database(request).read() as conn:
        document = await readable(conn, actor, document_id)
        versions.belongs_to(actor, document)
    status = refused.status if refused else 200
    return render(request, "withdraw.html", status=status, document=document, refused=told(refused), reason=reason)

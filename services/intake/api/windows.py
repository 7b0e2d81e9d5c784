"""Windows and comments for programs; what the public may do is marked so."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.intake.actions import answering, comment, feedback
from services.intake.api.commenting import CommentIn, door_of, taken_out
from services.intake.domain.answers import Given
from services.intake.domain.comments import BadChannel, Channel
from services.intake.domain.documents import may_read
from services.intake.domain.paging import after, place_of
from services.intake.domain.windows import WindowUnknown
from services.intake.shown.clauses import anchor_of
from services.intake.shown.proofs import seal_brief
from services.intake.shown.windows import comment_out, window_out
from services.intake.store import attachments, comments, seals, summaries, window_acts, windows
from services.intake.wiring import blobs_of, books_of, carried_out, mail_domain_of
from services.kernel.runtime.auth import Signed, Visitor, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key

router = APIRouter(prefix="/intake", tags=["windows"])


class StaffCommentIn(CommentIn):
    """A comment that came on paper, by wire or in person; `received_at` is when it arrived."""

    channel: str
    received_at: AwareDatetime


class AnswersIn(BaseModel):
    """Answers to comments, one by one or in groups."""

    answers: tuple[Given, ...] = Field(min_length=1, max_length=1000)


class WithdrawnIn(BaseModel):
    """The receipt with which somebody asks to have a comment taken back."""

    receipt: str = Field(max_length=100)


@router.get("/windows")
async def list_windows(
    request: Request,
    visitor: Visitor,
    state: Literal["open", "suspended", "closed", "answered"] | None = None,
    document_id: UUID | None = None,
    after_place: Annotated[str | None, Query(alias="after", max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Consultations, newest first. Public."""
    async with database(request).read() as conn:
        found = await windows.listed(
            conn, state=state, document_id=document_id, before=after(after_place), limit=limit + 1
        )
    page, book = found[:limit], books_of(request).own
    return {
        "items": [window_out(one, book, mail_domain=mail_domain_of(request)) for one in page],
        "next": place_of(page[-1].opens_at, page[-1].id) if len(found) > limit else None,
    }


@router.get("/windows/{window_id}")
async def get_window(request: Request, visitor: Visitor, window_id: UUID) -> dict[str, Any]:
    """One consultation with its text and, once recorded, its result. Public."""
    async with database(request).read() as conn:
        found = await shown_window(conn, window_id)
        changes = await window_acts.changes_of(conn, window_id)
        recorded, seal = await summaries.find(conn, window_id), await seals.newest(conn, window_id)
    blobs = blobs_of(request)
    return {
        **window_out(found, books_of(request).own, changes, mail_domain=mail_domain_of(request)),
        "text": await blobs.text(found.text_hash),
        "summary": json.loads(await blobs.get(recorded.summary_hash)) if recorded else None,
        "summary_hash": recorded.summary_hash if recorded else None,
        "seal": seal_brief(seal) if seal else None,
    }


async def shown_window(conn: Connection, window_id: UUID) -> windows.Window:
    """A window that the public may know of: one that has opened. Raises WindowUnknown."""
    found = await windows.get(conn, window_id)
    if found.now < found.opens_at:
        raise WindowUnknown
    return found


@router.get("/windows/{window_id}/challenge")
async def get_challenge(request: Request, visitor: Visitor, window_id: UUID) -> JSONResponse:
    """A challenge for one comment on this consultation, as ALTCHA has them: find the number from 0 to `maxnumber` for
    which the SHA-256 of `salt` and the number, in hex, is `challenge`. The `proof` of a comment is the base64 of the
    JSON object with `algorithm`, `challenge`, `number`, `salt` and `signature`. Public."""
    async with database(request).read() as conn:
        await shown_window(conn, window_id)
    return JSONResponse(await door_of(request).gate.challenge(window_id), headers={"Cache-Control": "no-store"})


@router.get("/windows/{window_id}/comments")
async def list_comments(
    request: Request,
    actor: Signed,
    window_id: UUID,
    unanswered: bool = False,
    after_id: Annotated[UUID | None, Query(alias="after")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """The opinions of a window, for those who answer them and those who review the text; never who wrote them."""
    async with database(request).read() as conn:
        found = await windows.get(conn, window_id)
        if not may_read(unit_id=actor.unit_id, roles=actor.roles, drafting_unit=found.drafting_unit):
            raise WindowUnknown
        page = await comments.of_window(conn, window_id, after=after_id, unanswered=unanswered, limit=limit + 1)
        shown = page[:limit]
        files = await attachments.of_comments(conn, [one.id for one in shown])
    return {
        "items": [comment_out(one, files.get(one.id, ())) for one in shown],
        "next": str(shown[-1].id) if len(page) > limit else None,
    }


@router.post("/windows/{window_id}/staff-comments", status_code=201)
async def post_staff_comment(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: StaffCommentIn
) -> Response:
    """Enter a letter, fax, call, mail or visit by the time of its arrival, until the result is recorded."""
    channel = channel_of(given.channel)

    async def act(tx: Connection) -> Answer:
        opinion = await _opinion(request, tx, window_id, given)
        taken = await comment.enter_for_public(
            tx, actor, window_id, opinion, channel=channel, received_at=given.received_at
        )
        return Answer(201, taken_out(taken))

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


@router.post("/windows/{window_id}/answers")
async def post_answers(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: AnswersIn
) -> Response:
    """Answer comments. When none is left without an answer, the procedure goes on and publishes them."""

    async def act(tx: Connection) -> Answer:
        done = await answering.answer(tx, actor, window_id, given.answers)
        return Answer(200, {**vars(done), "left": done.left})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


@router.post("/windows/{window_id}/withdrawals")
async def post_withdrawal(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: WithdrawnIn
) -> Response:
    """Take a comment back for its author, who shows the receipt."""

    async def act(tx: Connection) -> Answer:
        await feedback.withdraw_comment(tx, actor, window_id, given.receipt)
        return Answer(200, {"receipt": given.receipt, "withdrawn": True})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


async def _opinion(request: Request, tx: Connection, window_id: UUID, given: CommentIn) -> comment.Opinion:
    anchor = ""
    if given.clause.strip():
        anchor = await anchor_of(blobs_of(request), (await windows.get(tx, window_id)).text_hash, given.clause)
    return comment.Opinion(given.body, anchor, given.name, given.contact)


def channel_of(name: str) -> Channel:
    """The channel of that name. Raises BadChannel."""
    try:
        return Channel(name)
    except ValueError as error:
        raise BadChannel(field="channel") from error

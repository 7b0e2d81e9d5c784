"""Answering opinions by form: a page of them at a time, each with what becomes of it and why."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from services.intake.actions import feedback
from services.intake.domain.answers import DISPOSITION_WORDS, Disposition, Given
from services.intake.domain.comments import CHANNEL_WORDS, Channel
from services.intake.pages.consultations import told
from services.intake.pages.office import ours
from services.intake.shown.clauses import clauses_of, label_of
from services.intake.store import answers, comments
from services.intake.store.comments import Comment
from services.intake.wiring import blobs_of, books_of, carried_out
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import render
from services.kernel.text.clauses import Clause

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)
PAGE = 20
ADOPTION = "comment.adoption"


@router.get("/{window_id}/answers")
async def show_answers(
    request: Request,
    actor: Signed,
    window_id: UUID,
    after: Annotated[UUID | None, Query()] = None,
    every: str = "",
    saved: str = "",
) -> HTMLResponse:
    """The opinions without an answer; with `every`, also those that have one."""
    return await _page(request, actor, window_id, after=after, every=bool(every), saved=bool(saved))


@router.post("/{window_id}/answers")
async def answer(request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Keep the answers of a page. They are public only when every opinion has one."""
    form = await request.form()
    given = _given(form)

    async def act(tx: Connection) -> Answer:
        if given:
            await feedback.answer(tx, actor, window_id, given)
        return Answer(303, None, {"Location": f"/intake/consultation/{window_id}/answers?saved=1"})

    try:
        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except Refused as refused:
        written = {name: value for name, value in form.items() if isinstance(value, str)}
        return await _page(request, actor, window_id, refused=refused, written=written)


def _given(form: FormData) -> tuple[Given, ...]:
    """The answers of a form: those for which something was chosen; "alike" answers all equal opinions at once."""
    found = []
    for name, value in form.multi_items():
        if not name.startswith("disposition.") or not isinstance(value, str) or value not in set(Disposition):
            continue
        row = name.removeprefix("disposition.")
        alike = form.get(f"alike.{row}")
        target: dict[str, Any] = {"group": alike} if isinstance(alike, str) and alike else {"comment_id": row}
        words = {part: _text(form, f"{part}.{row}") for part in ("reason", "clause")}
        found.append(Given.model_validate({**target, "disposition": value, **words}))
    return tuple(found)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value[:5000] if isinstance(value, str) else ""


async def _page(
    request: Request,
    actor: Actor,
    window_id: UUID,
    *,
    after: UUID | None = None,
    every: bool = False,
    saved: bool = False,
    refused: Refused | None = None,
    written: dict[str, str] | None = None,
) -> HTMLResponse:
    window = await ours(request, actor, window_id)
    async with database(request).read() as conn:
        found = await comments.of_window(conn, window_id, after=after, unanswered=not every, limit=PAGE + 1)
        counts, tally = await comments.counts_of(conn, window_id), await answers.tally(conn, window_id)
        alike = await comments.alike_of(conn, window_id, [one.likeness for one in found])
    page = found[:PAGE]
    clauses = await clauses_of(blobs_of(request), window.text_hash)
    reader, book = language.current(), books_of(request).own
    return render(
        request,
        "answers.html",
        status=refused.status if refused else 200,
        window=window,
        rows=[_row(one, clauses, alike) for one in page],
        next=str(page[-1].id) if len(found) > PAGE else None,
        every=every,
        saved=saved,
        counts=counts,
        tally=tally,
        left=counts.received - counts.withdrawn - tally.answered,
        dispositions=[(kind.value, words.of(reader)) for kind, (words, _) in DISPOSITION_WORDS.items()],
        refused=told(refused),
        written=written or {},
        article=book.rule(ADOPTION).article.of(reader) if ADOPTION in book.rules else None,
    )


def _row(one: Comment, clauses: tuple[Clause, ...], alike: dict[str, int]) -> dict[str, Any]:
    reader = language.current()
    return {
        "comment": one,
        "about": label_of(clauses, one.clause).of(reader),
        "channel": CHANNEL_WORDS[Channel(one.channel)].of(reader),
        "alike": alike.get(one.likeness, 1),
    }

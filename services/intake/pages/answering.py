"""Answering opinions by form: a page of groups at a time, each with what becomes of it, why, and what changed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from services.intake.actions import answering, reasons
from services.intake.api.receiving import validated
from services.intake.domain.answers import DISPOSITION_WORDS, AnswerTarget, Disposition, Given, disposition_of
from services.intake.domain.paging import Place, after_line
from services.intake.pages.consultations import told
from services.intake.pages.office import ours
from services.intake.shown.due import answers_due
from services.intake.shown.lines import row_of, texts_of
from services.intake.store import answers, attachments, comments, lines, people
from services.intake.store import reasons as kept_reasons
from services.intake.store.lines import Line
from services.intake.store.reasons import Reason
from services.intake.wiring import blobs_of, books_of, calendar_of, carried_out
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import render

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)
PAGE = 20
MOST_LINES = 5_000
ADOPTION = "comment.adoption"


@router.get("/{window_id}/answers")
async def show_answers(
    request: Request,
    actor: Signed,
    window_id: UUID,
    after: Annotated[str, Query(max_length=100)] = "",
    every: str = "",
    group: Annotated[str, Query(max_length=64)] = "",
    saved: str = "",
) -> HTMLResponse:
    """The groups without an answer; `every`: all of them; `group`: the opinions of one, each by itself."""
    view = {"after": after, "every": "1" if every else "", "group": group}
    return await _page(request, actor, window_id, view, saved=bool(saved))


@router.post("/{window_id}/answers")
async def answer(request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Keep the answers of a page. They are public only when every opinion has one."""
    form = await request.form()

    async def act(tx: Connection) -> Answer:
        given = _given(form, {str(kept.id): kept for kept in await kept_reasons.of_window(tx, window_id)})
        if given:
            await answering.answer(tx, actor, window_id, given)
        return Answer(303, None, {"Location": f"/intake/consultation/{window_id}/answers?saved=1"})

    try:
        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except Refused as refused:
        written = {name: value for name, value in form.items() if isinstance(value, str)}
        view = {"after": "", "every": "1", "group": written.get("of_group", "")}
        return await _page(request, actor, window_id, view, refused=refused, written=written)


@router.post("/{window_id}/reasons")
async def keep_reason(request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Keep a reason for use again, or let one go (`retire`)."""
    form = await request.form()

    async def act(tx: Connection) -> Answer:
        if retired := _text(form, "retire"):
            await reasons.retire_reason(tx, actor, window_id, _id(retired, "retire"))
        else:
            kind = disposition_of(_text(form, "disposition") or Disposition.NOT_ADOPTED)
            name, words = _text(form, "name"), _text(form, "reason")
            await reasons.keep_reason(tx, actor, window_id, name=name, disposition=kind, reason=words)
        return Answer(303, None, {"Location": f"/intake/consultation/{window_id}/answers"})

    try:
        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except Refused as refused:
        return await _page(request, actor, window_id, {"after": "", "every": "", "group": ""}, refused=refused)


def _given(form: FormData, kept: dict[str, Reason]) -> tuple[Given, ...]:
    """The answers of a form: those for which something, or a kept reason, was chosen."""
    rows = dict.fromkeys(
        name.partition(".")[2]
        for name, value in form.multi_items()
        if value and name.startswith(("disposition.", "use."))
    )
    found = []
    for row in rows:
        used = kept.get(_text(form, f"use.{row}"))
        chosen = _text(form, f"disposition.{row}") or (used.disposition if used else "")
        if chosen not in set(Disposition):
            continue
        group = _text(form, f"group.{row}")
        found.append({
            **({"group": group} if group else {"comment_id": row}),
            "disposition": chosen,
            "reason": _text(form, f"reason.{row}").strip() or (used.reason if used else ""),
            "clause": _text(form, f"clause.{row}"),
            "seen": _text(form, f"seen.{row}") or None,
        })  # fmt: skip
    return tuple(validated(Given, one) for one in found)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value[:5000] if isinstance(value, str) else ""


def _id(written: str, field: str) -> UUID:
    try:
        return UUID(written)
    except ValueError as error:
        raise AnswerTarget(field=field) from error


async def _page(
    request: Request,
    actor: Actor,
    window_id: UUID,
    view: dict[str, str],
    *,
    saved: bool = False,
    refused: Refused | None = None,
    written: dict[str, str] | None = None,
) -> HTMLResponse:
    window = await ours(request, actor, window_id)
    async with database(request).read() as conn:
        found = await _lines(conn, window_id, view, written)
        counts, tally = await comments.stored_counts_of(conn, window_id), await answers.tally(conn, window_id)
        kept = await kept_reasons.of_window(conn, window_id)
        texts = await texts_of(conn, blobs_of(request), window)
        files = await attachments.of_comments(conn, [line.comment_id for line in found if not line.hidden_reason])
        names = await people.names_of(conn, [line.answered_by for line in found if line.answered_by])
    page = found if written else found[:PAGE]
    reader, book = language.current(), books_of(request).own
    return render(
        request,
        "answers.html",
        status=refused.status if refused else 200,
        window=window,
        due=answers_due(window, books_of(request).own, calendar_of(request)),
        rows=[row_of(line, texts) for line in page],
        names=names,
        files=files,
        next=_next(page, view) if len(found) > len(page) else None,
        view=view,
        saved=saved,
        counts=counts,
        tally=tally,
        left=counts.received - counts.withdrawn - tally.answered,
        dispositions=[(kind.value, words.of(reader)) for kind, (words, _) in DISPOSITION_WORDS.items()],
        kept=kept,
        texts=texts,
        refused=told(refused),
        written=written or {},
        article=book.rule(ADOPTION).article.of(reader) if ADOPTION in book.rules else None,
    )


async def _lines(conn: Connection, window_id: UUID, view: dict[str, str], written: dict[str, str] | None) -> list[Line]:
    """The lines to show: of a group, of the page, or those that came back with a refusal."""
    if view["group"]:
        place = after_line(view["after"])
        limit = MOST_LINES if written else PAGE + 1
        group_id = _id(view["group"], "group")
        found = await lines.members(conn, window_id, group_id, after=place.key if place else None, limit=limit)
    else:
        limit = MOST_LINES if written else PAGE + 1
        found = await lines.to_answer(
            conn, window_id, unanswered=not view["every"], after=after_line(view["after"]), limit=limit
        )
    if written:
        return [line for line in found if f"disposition.{line.comment_id}" in written]
    return found


def _next(page: list[Line], view: dict[str, str]) -> str:
    last = page[-1]
    return str(Place(1, last.comment_id) if view["group"] else last.place)

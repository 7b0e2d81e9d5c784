"""Deciding by form what is covered in comments: the machine proposes, somebody of the office confirms or rejects."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.intake.actions import masking
from services.intake.actions.masking import Decision, NoSuchPlace
from services.intake.api.moderating import moderated_window
from services.intake.domain.masking import KIND_WORDS
from services.intake.pages.consultations import told
from services.intake.pages.moderating import uuid_of
from services.intake.shown.clauses import clauses_of, label_of
from services.intake.shown.moderation import hint_words, kind_words, runs_of
from services.intake.store import masks
from services.intake.wiring import blobs_of, carried_out
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import render

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)
PAGE = 30


@router.get("/{window_id}/masks")
async def show_masks(
    request: Request,
    actor: Signed,
    window_id: UUID,
    after: Annotated[str, Query(max_length=40)] = "",
    hints: str = "",
    done: Annotated[str, Query(max_length=6)] = "",
) -> HTMLResponse:
    """Comments with places to decide on; with `hints`, also those that hint at sensitive data."""
    return await _page(
        request, actor, window_id, after=uuid_of(after), hints=bool(hints), done=done if done.isdigit() else ""
    )


@router.post("/{window_id}/masks")
async def decide(request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Keep the decisions of a page."""
    form = await request.form()
    try:
        decisions = _given(form)

        async def act(tx: Connection) -> Answer:
            count = await masking.decide(tx, actor, window_id, decisions) if decisions else 0
            return Answer(303, None, {"Location": f"/intake/consultation/{window_id}/masks?done={count}"})

        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except Refused as refused:
        return await _page(request, actor, window_id, refused=refused)


def _given(form: FormData) -> tuple[Decision, ...]:
    """`place.<comment>.<start>.<end>.<kind>` is cover or open; `words.<comment>` are words to cover, of `kind.<comment>`."""
    found = []
    try:
        for name, value in form.multi_items():
            parts = name.split(".")
            if parts[0] == "place" and len(parts) == 5 and value in ("cover", "open"):
                comment, start, end, kind = parts[1:]
                found.append(
                    {"comment": comment, "start": start, "end": end, "kind": kind, "covered": value == "cover"}
                )
            elif parts[0] == "words" and len(parts) == 2 and isinstance(value, str) and value.strip():
                kind = str(form.get(f"kind.{parts[1]}") or "name")
                found.append({"comment": parts[1], "words": value.strip(), "kind": kind, "covered": True})
        return tuple(Decision.model_validate(one) for one in found)
    except ValidationError as error:
        raise NoSuchPlace(field="decisions") from error


async def _page(
    request: Request,
    actor: Actor,
    window_id: UUID,
    *,
    after: UUID | None = None,
    hints: bool = False,
    done: str = "",
    refused: Refused | None = None,
) -> HTMLResponse:
    async with database(request).read() as conn:
        window = await moderated_window(conn, actor, window_id)
        found = await masks.proposed(conn, window_id, after=after, hints=hints, limit=PAGE + 1)
        page = found[:PAGE]
        ids = [one.id for one in page]
        places = await masks.places_of(conn, ids)
        hinted = await masks.hints_of(conn, ids)
        undecided = await masks.open_count(conn, window_id)
    clauses = await clauses_of(blobs_of(request), window.text_hash)
    reader = language.current()
    return render(
        request,
        "masks.html",
        status=refused.status if refused else 200,
        window=window,
        rows=[
            {
                "comment": one,
                "about": label_of(clauses, one.clause).of(reader),
                "runs": runs_of(one.body, [place for place in places if place.comment_id == one.id]),
                "hints": hint_words(hinted.get(one.id, ())),
            }
            for one in page
        ],
        kind_words=kind_words,
        kinds=[(kind.value, words.of(reader)) for kind, words in KIND_WORDS.items()],
        more=str(page[-1].id) if len(found) > PAGE else None,
        hints=hints,
        undecided=undecided,
        done=done,
        refused=told(refused),
    )

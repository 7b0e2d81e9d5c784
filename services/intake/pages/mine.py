"""The documents of one's unit: where each stands, what is due, what is late."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.intake.domain.agreement import STANCE_WORDS
from services.intake.domain.paging import after, place_of
from services.intake.shown.documents import state_words
from services.intake.store import agreement, documents, windows
from services.intake.store.documents import Listed
from services.intake.wiring import books_of, calendar_of
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.stages import DocumentKind
from services.kernel.procedure.words import due_words, stage_words
from services.kernel.runtime.auth import Signed, database
from services.kernel.runtime.pages import render

router = APIRouter(include_in_schema=False)
PAGE = 30


@router.get("/intake")
async def my_documents(
    request: Request,
    actor: Signed,
    state: str = "",
    kind: str = "",
    mine: str = "",
    q: Annotated[str, Query(max_length=100)] = "",
    after_place: Annotated[str, Query(alias="after", max_length=200)] = "",
) -> HTMLResponse:
    """The list of the unit's documents, newest first, with a light for what is due."""
    async with database(request).read() as conn:
        found = await documents.list_of_unit(
            conn,
            actor.unit_id,
            submitter=actor.person_id if mine else None,
            state=state or None,
            kind=kind or None,
            words=q or None,
            before=after(after_place),
            limit=PAGE + 1,
        )
        consulted = await windows.of_unit(conn, actor.unit_id)
        asked = await agreement.asked_of(conn, person_id=actor.person_id, unit_id=actor.unit_id)
    page, today = found[:PAGE], office_day(datetime.now(UTC))
    return render(
        request,
        "documents.html",
        rows=[_row(one, books_of(request).own, calendar_of(request), today) for one in page],
        more=place_of(page[-1].submitted_at, page[-1].id) if len(found) > PAGE else None,
        chosen={"state": state, "kind": kind, "mine": mine, "q": q},
        kinds=[(each.value, each.words) for each in DocumentKind],
        consulted=consulted,
        asked=asked,
        stances=STANCE_WORDS,
        may_submit="drafter" in actor.roles,
    )


def _row(one: Listed, book: RuleBook, calendar: WorkCalendar, today: date) -> dict[str, Any]:
    words, state = state_words(book, one.kind, one.state, blocked=bool(one.blocked_codes))
    last_day = (one.due or {}).get("last_day")
    left = due_words(date.fromisoformat(last_day), today, calendar) if last_day else None
    return {
        "id": UUID(str(one.id)),
        "title": one.title,
        "receipt": one.receipt,
        "doc_number": one.doc_number,
        "kind": DocumentKind(one.kind).words,
        "state": state,
        "words": words,
        "waits_in": stage_words(book, one.kind, one.waits_in) if one.waits_in else None,
        "due": date.fromisoformat(last_day) if last_day else None,
        "left": left,
        "submitted_at": one.submitted_at,
    }

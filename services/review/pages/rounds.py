"""The page of a round, its result, and the record of the meeting that decided it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.kernel.contracts.refusals import NotFound, Words
from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.pages import render
from services.kernel.text.diff import word_runs
from services.review.pages.forms import Written
from services.review.pages.view import RoundView, round_view, why_here
from services.review.pages.words import STANCES, listed, mark, outcome_mark, role_words
from services.review.reading import sign_offs_out
from services.review.store import meetings
from services.review.wiring import book_of

router = APIRouter(prefix="/review", include_in_schema=False)
FIRST = 2


@dataclass(frozen=True)
class Rows:
    """How many empty or written rows a form has, for points and for amendments."""

    points: int = FIRST
    amendments: int = FIRST


FIRST_ROWS = Rows()


@router.get("/round/{round_id}")
async def show_round(request: Request, actor: Signed, round_id: UUID, view: str = "", said: str = "") -> HTMLResponse:
    """The round: why it is here, the text, what changed, the materials, and the form that decides it."""
    return await page(request, actor, round_id, tab=view, said=said)


@router.get("/round/{round_id}/result")
async def show_result(request: Request, actor: Signed, round_id: UUID) -> HTMLResponse:
    """What was decided, under which hash, and what happens next."""
    view = await round_view(request, actor, round_id)
    if view.sign_off is None:
        return draw(request, view)
    async with database(request).read() as conn:
        chain = await sign_offs_out(conn, view.round_.document_id)
    return render(request, "result.html", view=view, round=view.round_, chain=chain, signed=view.sign_off)


@router.get("/round/{round_id}/meeting")
async def show_meeting(request: Request, actor: Signed, round_id: UUID) -> HTMLResponse:
    """The record of the meeting: who was there, who said what, what was decided."""
    view = await round_view(request, actor, round_id)
    if view.meeting is None:
        raise NotFound(Words("这一轮还没有会议记录。", "No meeting is on record for this round."))
    async with database(request).read() as conn:
        items = await meetings.agenda(conn, view.round_.issuer_unit, view.meeting.meeting.name)
    agenda = [(item, outcome_mark(item.outcome, book_of(request))) for item in items]
    return render(
        request,
        "meeting.html",
        view=view,
        round=view.round_,
        record=view.meeting,
        agenda=agenda,
        stances=stance_marks(),
        listed=listed,
        runs=lambda change: word_runs(change["old"], change["new"]),
    )


async def page(request: Request, actor: Actor, round_id: UUID, **more: Any) -> HTMLResponse:
    """Draw the page of a round; `more` is what `draw` takes."""
    return draw(request, await round_view(request, actor, round_id), **more)


def draw(
    request: Request,
    view: RoundView,
    *,
    tab: str = "",
    said: str = "",
    form: Written | None = None,
    problems: list[dict[str, str]] | None = None,
    rows: Rows = FIRST_ROWS,
    status: int = 200,
) -> HTMLResponse:
    """The page, also when a form comes back: with what was written, and what is wrong with it."""
    since_public = view.text.since_public is not None and tab == "public"
    only_changes = bool(view.text.changed) and tab != "full" and not since_public
    return render(
        request,
        "round.html",
        status=status,
        view=view,
        round=view.round_,
        only_changes=only_changes,
        since_public=since_public,
        said=said,
        form=form if form is not None else Written(),
        problems=problems or [],
        wrong={problem["name"]: problem["detail"] for problem in problems or []},
        point_rows=rows.points,
        amendment_rows=rows.amendments,
        why_here=why_here(view),
        role=role_words(view.round_.role),
        stances=stance_marks(),
        today=office_day(view.now),
    )


def stance_marks() -> dict[str, Any]:
    """How stances are called and marked."""
    return {code: mark(pair) for code, pair in STANCES.items()}

"""Consultations for calendars (ICS) and for feed readers (Atom). Public."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.intake.api.windows import shown_window
from services.intake.domain.paging import after, place_of
from services.intake.domain.windows import last_second_words
from services.intake.shown.calendars import calendar_of
from services.intake.store import feeds
from services.intake.store.feeds import Entry
from services.intake.wiring import context_of
from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language
from services.kernel.runtime.auth import Visitor, database
from services.kernel.runtime.pages import render
from services.kernel.text.normal import printable

router = APIRouter(prefix="/intake", tags=["windows"])
ENTRIES = 30
ICS, ATOM = "text/calendar; charset=utf-8", "application/atom+xml; charset=utf-8"


@router.get("/consultations.ics")
async def all_closing_dates(request: Request, visitor: Visitor) -> Response:
    """The closing dates of every consultation that stands open or suspended, as a calendar. Public."""
    async with database(request).read() as conn:
        closes = await feeds.closes(conn)
    return Response(calendar_of(closes, _public_url(request)), media_type=ICS)


@router.get("/consultation/{window_id}/calendar.ics")
async def one_closing_date(request: Request, visitor: Visitor, window_id: UUID) -> Response:
    """The closing date of one consultation; an empty calendar once it is closed. Public. Raises WindowUnknown."""
    async with database(request).read() as conn:
        await shown_window(conn, window_id)
        closes = await feeds.closes(conn, window_id)
    return Response(calendar_of(closes, _public_url(request)), media_type=ICS)


@router.get("/consultations.atom")
async def new_and_closed(
    request: Request, visitor: Visitor, after_place: Annotated[str, Query(alias="after", max_length=200)] = ""
) -> Response:
    """Consultations that opened or closed, what was said last first, as an Atom feed by pages. Public."""
    async with database(request).read() as conn:
        found = await feeds.entries(conn, before=after(after_place), limit=ENTRIES + 1)
    page, base = found[:ENTRIES], f"{_public_url(request)}/intake"
    here = f"{base}/consultations.atom"
    drawn = render(
        request,
        "consultations.atom.xml",
        base=base,
        here=f"{here}?after={quote(after_place)}" if after_place else here,
        first=here,
        older=f"{here}?after={quote(place_of(page[-1].updated, page[-1].event_id))}" if len(found) > ENTRIES else None,
        updated=max((entry.updated for entry in page), default=None),
        entries=[(entry, printable(entry.title), printable(entry.unit), _said(entry)) for entry in page],
    )
    return Response(drawn.body, media_type=ATOM)


def _said(entry: Entry) -> str:
    """What an entry tells, in one sentence."""
    if entry.event == "opened":
        until = last_second_words(entry.closes_at)
        words = Words(f"截止：{until.zh}。", f"Closes: {until.en}.")
        if entry.suspended:
            words = Words("已暂停，恢复以后截止时间顺延。", "Suspended; the close will move once it is resumed.")
    elif entry.received is None:
        words = Words("已经截止，正在汇总。", "Closed, being summed up.")
    elif entry.received == 0:
        words = Words("已经截止，没有收到意见。", "Closed; nobody wrote.")
    else:
        answered = (
            Words("答复已公布。", "The answers are public.")
            if entry.answered
            else Words("等待答复。", "Answers are due.")
        )
        words = Words(
            f"已经截止，收到{entry.received}条意见，{answered.zh}", f"Closed, {entry.received} received. {answered.en}"
        )
    return words.of(language.current())


def _public_url(request: Request) -> str:
    return context_of(request).settings.public_url.rstrip("/")

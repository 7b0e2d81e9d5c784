"""The home page: what is open, what came of it, what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.runtime import auth
from services.kernel.runtime.pages import render
from services.notify.asking import context_of
from services.notify.domain import WindowState, result_state, validity, window_state
from services.notify.shown import Tag, act_tag, left_words, result_tag, term_words, validity_tag, window_tag
from services.notify.store import notices, publications, standings
from services.notify.store.notices import Result, Window
from services.notify.store.publications import Moment, Publication, Question
from services.notify.store.standings import Standing

router = APIRouter(include_in_schema=False)

OPEN_AT_MOST, RESULTS_AT_MOST, NEW_AT_MOST, ACTS_AT_MOST = 20, 8, 6, 5


@dataclass(frozen=True)
class WindowShown:
    """A consultation with its state at the instant of the page."""

    window: Window
    state: WindowState
    tag: Tag
    left: str


@dataclass(frozen=True)
class PublicationShown:
    """A published document with its state today."""

    publication: Publication
    tag: Tag
    term: str


@router.get("/")
async def home(request: Request, actor: auth.Visitor) -> Response:
    """What is open for comment, what has been decided, what is new: by the database's clock."""
    context = context_of(request)
    zone = context.settings.time_zone
    async with context.db.read() as conn:
        moment = await publications.moment(conn, zone)
        windows = await notices.open_windows(conn, moment.at, OPEN_AT_MOST)
        results = await notices.results(conn, moment.at, RESULTS_AT_MOST)
        acts = await notices.acts(conn, ACTS_AT_MOST)
        new = await publications.search(conn, Question(), after=None, limit=NEW_AT_MOST)
        since = await standings.standings(conn, [each.publication.document_id for each in new])
        totals = await publications.totals(conn, moment.day)
        open_now = await notices.open_count(conn, moment.at)
        received = await notices.received_in(conn, moment.day.year, zone)
    return render(
        request,
        "home.html",
        windows=[_window(request, window, moment.at) for window in windows],
        results=[_result(result) for result in results],
        acts=[(act, act_tag(act.notice)) for act in acts],
        new=[shown(each.publication, moment, since.get(each.publication.document_id, [])) for each in new],
        totals=totals,
        open_now=open_now,
        received=received,
        moment=moment,
    )


def _window(request: Request, window: Window, now: datetime) -> WindowShown:
    state = window_state(window.opens_at, window.closes_at, now, suspended=window.suspended)
    left = left_words(window.closes_at, now, context_of(request).settings.zone)
    return WindowShown(window, state, window_tag(state), left)


def _result(result: Result) -> tuple[Result, Tag]:
    return result, result_tag(result_state(result.received, answered=result.answered))


def shown(publication: Publication, moment: Moment, since: Sequence[Standing] = ()) -> PublicationShown:
    """A published document as lists show it, after what happened to it since."""
    state = validity(publication.published_on, publication.effective_on, publication.valid_to, moment.day, since)
    return PublicationShown(publication, validity_tag(state), term_words(publication))

"""Meetings for the clerk: the list and the plan, one meeting with its agenda and papers, the acts on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.kernel.contracts.refusals import NotFound, Refused, Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import directory, language
from services.kernel.runtime.auth import Actor, Signed, database, settings_of
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.kernel.runtime.pages import render
from services.kernel.runtime.problems import field_problems
from services.review.actions import session_papers, sessions
from services.review.actions.meetings import council_of
from services.review.actions.sessions import attendance_taken, authorities_of, the_clerk
from services.review.api.sessions import packing
from services.review.domain.commands import Command
from services.review.domain.meetings import FORM_WORDS, Council
from services.review.domain.session_commands import NoteAttendance, OrderItems
from services.review.domain.sessions import Event, Item, Session
from services.review.pages import session_forms as forms
from services.review.pages.carrying import FromPage, Posted, Run, carried
from services.review.pages.forms import Written, written
from services.review.pages.labels import problem, problem_of
from services.review.pages.words import SESSION_STATES, Mark, mark, outcome_mark, session_event
from services.review.store import sessions as store
from services.review.store.sessions import Minutes, Pack, Waiting
from services.review.wiring import blobs_of, book_of

router = APIRouter(prefix="/review", include_in_schema=False)
RULE = "deliberation.meeting"


@dataclass(frozen=True)
class SessionView:
    """The page of one meeting."""

    session: Session
    form_name: str
    authority: str
    mark: Mark
    agenda: list[tuple[Item, Mark | None]]
    off: list[Item]
    waiting: list[Waiting]
    council: Council
    attendance: NoteAttendance | None
    events: list[tuple[Event, str]]
    pack: Pack | None
    minutes: Minutes | None
    units: Mapping[str, str]
    may_act: bool
    article: str

    @property
    def members(self) -> list[tuple[str, str]]:
        """Who belongs to the meeting, its chief last."""
        return sorted(self.council.members.items(), key=lambda one: one[0] in self.council.chiefs)

    @property
    def absent(self) -> dict[str, str]:
        """Why those are away who are."""
        taken = self.attendance.attendees if self.attendance else ()
        return {one.person_id: one.absent_reason for one in taken if one.person_id and not one.present}

    @property
    def all_settled(self) -> bool:
        """Whether every item of the agenda has its record."""
        return bool(self.agenda) and all(item.outcome is not None for item, _ in self.agenda)


@router.get("/meetings")
async def list_meetings(request: Request, actor: Signed) -> HTMLResponse:
    """The meetings that come and were, and the form that plans one."""
    return await _list(request, actor)


@router.post("/meetings/plan")
async def plan_meeting(request: Request, sent: FromPage) -> Response:
    """Plan a meeting and go to its page."""
    zone = settings_of(request).zone

    async def run(tx: Connection) -> None:
        await sessions.plan(tx, sent.actor, forms.read_plan(sent.form, zone))

    try:
        return await carried(request, sent, run, "/review/meetings?said=planned")
    except (ValidationError, Refused) as wrong:
        return await _list(request, sent.actor, written(sent.form), problems_of(wrong), status_of(wrong))


@router.get("/meeting/{session_id}")
async def show_meeting(request: Request, actor: Signed, session_id: UUID) -> HTMLResponse:
    """One meeting: time, place, agenda, papers, attendance, minutes, and what was done with it."""
    return draw(request, await session_view(request, actor, session_id))


READERS: dict[str, tuple[Any, Callable[[FormData, ZoneInfo], Command]]] = {
    "move": (sessions.move, forms.read_move),
    "cancel": (sessions.cancel, forms.read_cancel),
    "put": (sessions.put, forms.read_put),
    "notice": (sessions.send_notice, forms.read_notice),
    "attendance": (sessions.note_attendance, forms.read_attendance),
}


@router.post("/meeting/{session_id}/act/{act}")
async def act_on_meeting(request: Request, sent: FromPage, session_id: UUID, act: str) -> Response:
    """One act of the clerk: move, cancel, put, notice, attendance, pack, minutes."""
    if act == "pack":
        return await _or_back(request, sent, session_id, await _packing(request, sent, session_id), act)
    if act == "minutes":
        return await _or_back(request, sent, session_id, _minutes(request, sent, session_id), act)
    if act not in READERS:
        raise NotFound(Words("没有这种办理。", "No such act."), field="act")
    verb, read = READERS[act]
    zone = settings_of(request).zone

    async def run(tx: Connection) -> None:
        await verb(tx, sent.actor, session_id, read(sent.form, zone))

    return await _or_back(request, sent, session_id, run, act)


@router.post("/meeting/{session_id}/item/{item_id}/off")
async def take_off(request: Request, sent: FromPage, session_id: UUID, item_id: UUID) -> Response:
    """Take an item off the agenda."""
    zone = settings_of(request).zone

    async def run(tx: Connection) -> None:
        await sessions.take_off(tx, sent.actor, session_id, item_id, forms.read_off(sent.form, zone))

    return await _or_back(request, sent, session_id, run, "off")


@router.post("/meeting/{session_id}/item/{item_id}/up")
async def move_up(request: Request, sent: FromPage, session_id: UUID, item_id: UUID) -> Response:
    """Call an item one place earlier."""

    async def run(tx: Connection) -> None:
        agenda = [item for item in await store.items(tx, session_id) if item.off_at is None]
        await sessions.order(tx, sent.actor, session_id, OrderItems(items=forms.moved_up(agenda, item_id)))

    return await _or_back(request, sent, session_id, run, "up")


async def session_view(request: Request, actor: Actor, session_id: UUID) -> SessionView:
    """Read a meeting for `actor`. Raises UnknownSession."""
    book, reader = book_of(request), language.current()
    async with database(request).read() as conn:
        session = await store.get(conn, session_id)
        found = await store.items(conn, session_id)
        done = await store.events(conn, session_id)
        units = {unit.id: unit for unit in await directory.units(conn)}
        return SessionView(
            session=session,
            form_name=FORM_WORDS[session.form].of(reader),
            authority=units[session.issuer_unit].name if session.issuer_unit in units else session.issuer_unit,
            mark=session_mark(session),
            agenda=[(item, _outcome(item, book)) for item in found if item.off_at is None],
            off=[item for item in found if item.off_at is not None],
            waiting=await store.waiting(conn, session.issuer_unit),
            council=await council_of(conn, session.issuer_unit),
            attendance=attendance_taken(done),
            events=[(event, session_event(event.kind)) for event in done],
            pack=await store.last_pack(conn, session_id),
            minutes=await store.find_minutes(conn, session_id),
            units={unit.id: unit.short_name for unit in units.values()},
            may_act=await _is_clerk(conn, actor, session.issuer_unit),
            article=book.rule(RULE).article.of(reader),
        )


def session_mark(session: Session) -> Mark:
    """Where a meeting stands: planned, under way, held, called off."""
    if session.cancelled_at is not None:
        return mark(SESSION_STATES["cancelled"])
    if not session.held:
        return mark(SESSION_STATES["planned"])
    return mark(SESSION_STATES["held" if session.decided == session.items else "under_way"])


def draw(
    request: Request,
    view: SessionView,
    *,
    form: Written | None = None,
    problems: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The page of a meeting, also when a form comes back."""
    return render(
        request,
        "session.html",
        status=status,
        view=view,
        session=view.session,
        form=form if form is not None else Written(),
        problems=problems or [],
        wrong={one["name"]: one["detail"] for one in problems or []},
        said=request.query_params.get("said", ""),
    )


def problems_of(wrong: ValidationError | Refused) -> list[dict[str, str]]:
    """What stands above a form that came back."""
    if isinstance(wrong, Refused):
        return [problem_of(wrong)]
    return [problem(each.field, each.detail) for each in field_problems(wrong.errors())]


def status_of(wrong: ValidationError | Refused) -> int:
    """The status of a page on which a form comes back."""
    return wrong.status if isinstance(wrong, Refused) else 422


async def _list(
    request: Request,
    actor: Actor,
    form: Written | None = None,
    problems: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with database(request).read() as conn:
        found = await store.newest(conn)
        units = await directory.units(conn)
        own = await authorities_of(conn, actor, Role.MEETING_CLERK)
    names = {unit.id: unit.short_name for unit in units}
    return render(
        request,
        "sessions.html",
        status=status,
        rows=[(session, session_mark(session), names.get(session.issuer_unit, "")) for session in found],
        own=[(unit.id, unit.name) for unit in own],
        forms=[(code, words.of(language.current())) for code, words in FORM_WORDS.items()],
        form=form if form is not None else Written(),
        problems=problems or [],
        wrong={one["name"]: one["detail"] for one in problems or []},
        said=request.query_params.get("said", ""),
        article=book_of(request).rule(RULE).article.of(language.current()),
    )


async def _or_back(request: Request, sent: Posted, session_id: UUID, run: Run, said: str) -> Response:
    try:
        return await carried(request, sent, run, f"/review/meeting/{session_id}?said={said}")
    except (ValidationError, Refused) as wrong:
        view = await session_view(request, sent.actor, session_id)
        return draw(request, view, form=written(sent.form), problems=problems_of(wrong), status=status_of(wrong))


async def _packing(request: Request, sent: Posted, session_id: UUID) -> Run:
    try:
        keep: Run = await packing(request, sent.actor, session_id)
    except Refused as refused:
        stopped = refused

        async def refuse(_tx: Connection) -> None:
            raise stopped

        return refuse
    return keep


def _minutes(request: Request, sent: Posted, session_id: UUID) -> Run:
    book, blobs, zone = book_of(request), blobs_of(request), settings_of(request).zone

    async def run(tx: Connection) -> None:
        await session_papers.make_minutes(tx, sent.actor, session_id, book=book, blobs=blobs, zone=zone)

    return run


async def _is_clerk(conn: Connection, actor: Actor, issuer_unit: str) -> bool:
    try:
        await the_clerk(conn, actor, issuer_unit)
    except Refused:
        return False
    return True


def _outcome(item: Item, book: RuleBook) -> Mark | None:
    return outcome_mark(item.outcome, book) if item.outcome else None

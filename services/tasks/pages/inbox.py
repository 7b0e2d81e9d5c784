"""The inbox as pages: what must I do next, and why by then?"""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from services.kernel.runtime import directory
from services.kernel.runtime.auth import Actor, Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.kernel.runtime.pages import render
from services.tasks.actions import items as actions
from services.tasks.desk import Desk, carry_out, desk_of
from services.tasks.domain.due import SOON_WORKING_DAYS
from services.tasks.domain.filters import Due, Sorted
from services.tasks.domain.verbs import Release
from services.tasks.pages.filters import HOME
from services.tasks.shown import items as shown
from services.tasks.shown import lists
from services.tasks.shown import plans as plans_shown
from services.tasks.shown.filters import address_of, any_stage, saved_shown
from services.tasks.shown.lists import Query
from services.tasks.shown.plans import WORST_FIRST, TaskShown
from services.tasks.shown.words import kind_words
from services.tasks.store import filters as saved
from services.tasks.store import inbox as store
from services.tasks.store import plans as plan_store

router = APIRouter(prefix="/tasks/inbox", include_in_schema=False)
Tab = Literal["mine", "unit", "document", "watched", "tasks", "by_me", "done"]
REASON_LENGTH = 2000
LONGEST_VERSION = 9


def asked(
    view: Tab = "mine",
    document_id: UUID | None = None,
    stage: str = "",
    kind: str = "",
    unit: str = "",
    place_of: str = "",
    due: Literal["", "overdue", "today", "soon", "week", "later"] = "",
    by: Sorted = "due",
    q: str = "",
    after: str = "",
) -> tuple[Tab, Query]:
    """The tab and the filters; an empty field of the form filters nothing."""
    query = Query(
        view="mine" if view == "tasks" else view,
        document_id=document_id,
        stage=stage or None,
        kind=kind or None,
        unit=unit or None,
        place_of=place_of or None,
        due=Due(due) if due else None,
        q=q or None,
        by=by,
        after=after or None,
    )
    return view, query


@router.get("", response_class=HTMLResponse)
async def inbox(
    request: Request,
    actor: Signed,
    wish: Annotated[tuple[Tab, Query], Depends(asked)],
    did: str = "",
    handed: int = 0,
    left: int = 0,
) -> Response:
    """The inbox, one tab at a time; without any wish, the filter that the reader chose to open with."""
    desk, (tab, query) = desk_of(request), wish
    async with desk.db.read() as conn:
        if not request.url.query and (first := await saved.default_of(conn, actor.person_id, actor.unit_id)):
            return RedirectResponse(address_of(first), 303)
        page = await lists.inbox(conn, desk, actor, query)
        tasks = await _tasks(conn, desk, actor)
        choices = await store.choices(conn, lists.reader_of(actor))
        kept = await saved.seen_by(conn, actor.person_id, actor.unit_id)
        names = await directory.unit_names(conn) if kept else {}
    return render(
        request,
        "inbox.html",
        tab=tab,
        page=page,
        query=query,
        tasks=tasks,
        stages=[(stage, any_stage(desk.book, stage)) for stage in choices.stages],
        kinds=[(kind, kind_words(desk.book, kind)) for kind in choices.kinds],
        units=choices.units,
        filtered=bool(query.model_dump(exclude={"view", "by"}, exclude_none=True)),
        next_page="/tasks/inbox" + _address(tab, query, after=page.next) if page.next else None,
        soon_days=SOON_WORKING_DAYS,
        saved=[saved_shown(desk, actor, each, names) for each in kept],
        here=f"{request.url.path}?{request.url.query}",
        keeps=HOME + _address(tab, query.model_copy(update={"document_id": None, "place_of": None})),
        did=did,
        handed=handed,
        left=left,
        standing_in=actor.principals,
        absent=[(away.person_id, away.person_name) for away in actor.principals],
    )


async def _tasks(conn: Connection, desk: Desk, actor: Actor) -> list[TaskShown]:
    tasks = [plans_shown.task_shown(desk, task) for task in await plan_store.open_tasks_of_unit(conn, actor.unit_id)]
    return sorted(tasks, key=lambda task: (WORST_FIRST.index(task.health), task.due.on is None, task.due.on))


def _address(tab: Tab, query: Query, **more: str) -> str:
    kept = query.model_dump(mode="json", exclude={"view", "after"}, exclude_none=True)
    return "?" + urlencode({"view": tab, **kept, **more})


@router.get("/count")
async def count(request: Request, actor: Signed) -> HTMLResponse:
    """The number in the header: what waits for me."""
    async with desk_of(request).db.read() as conn:
        number = await store.waiting(conn, lists.reader_of(actor))
    return HTMLResponse(str(number))


@router.get("/keys")
async def keys(request: Request, actor: Signed) -> HTMLResponse:
    """Which keys do what: the same list that "?" shows over a page."""
    return render(request, "keys_page.html")


@router.get("/{item_id}")
async def item(request: Request, actor: Signed, item_id: UUID, did: str = "") -> HTMLResponse:
    """One item: why it is here, by which rule, until when, and what happens if nothing is done."""
    desk = desk_of(request)
    async with desk.db.read() as conn:
        found = await shown.one_item(conn, desk, actor, item_id)
    return render(request, "item.html", **dict(found), did=did)


@router.post("/{item_id}/claim")
async def claim(request: Request, actor: Signed, item_id: UUID) -> Response:
    """Take the item on, and stay on its page."""
    seen = _seen(await request.form())

    async def act(tx: Connection) -> Answer:
        await actions.claim(tx, actor, item_id, seen)
        return Answer(303, headers={"Location": f"/tasks/inbox/{item_id}?did=claimed"})

    return (await carry_out(request, actor, act)).response()


@router.post("/{item_id}/release")
async def release(request: Request, actor: Signed, item_id: UUID) -> Response:
    """Give the item back, and go on with the inbox."""
    form = await request.form()
    command = Release(version=_seen(form), reason=str(form.get("reason", ""))[:REASON_LENGTH])

    async def act(tx: Connection) -> Answer:
        await actions.release(tx, actor, item_id, command)
        return Answer(303, headers={"Location": "/tasks/inbox?did=released"})

    return (await carry_out(request, actor, act)).response()


def _seen(form: FormData) -> int | None:
    """The version in a form; the buttons of the list, which act on what is the same for all versions, carry none."""
    written = str(form.get("version", ""))
    return int(written) if written.isascii() and written.isdigit() and len(written) <= LONGEST_VERSION else None

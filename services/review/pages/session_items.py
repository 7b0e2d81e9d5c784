"""An item of a meeting: written down step by step as a draft, looked at once more, then recorded for good."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from services.kernel.contracts.refusals import Refused
from services.kernel.procedure.stages import NOT_APPLICABLE
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.pages import render
from services.kernel.text.diff import word_runs
from services.review.actions import sessions
from services.review.actions.deciding import citing, stage_of
from services.review.domain import session_refusals as no
from services.review.domain.session_commands import SaveDraft
from services.review.pages import session_forms as forms
from services.review.pages.carrying import FromPage, carried
from services.review.pages.forms import Written
from services.review.pages.rounds import FIRST, stance_marks
from services.review.pages.sessions import SessionView, problems_of, session_view
from services.review.pages.words import hint, outcome_mark
from services.review.store import rounds
from services.review.store import sessions as store
from services.review.store.sessions import Draft
from services.review.wiring import blobs_of, book_of

router = APIRouter(prefix="/review", include_in_schema=False)


class _OnlyLooking(Exception):
    """Ends a rehearsal: whatever it wrote is rolled back."""


@router.get("/meeting/{session_id}/item/{item_id}")
async def show_item(request: Request, actor: Signed, session_id: UUID, item_id: UUID) -> HTMLResponse:
    """The form of an item, with what was written so far."""
    return await _page(request, actor, session_id, item_id)


@router.post("/meeting/{session_id}/item/{item_id}")
async def write_item(request: Request, sent: FromPage, session_id: UUID, item_id: UUID) -> Response:
    """Save the draft and come back to it; or save it and look at what would be recorded."""
    here = f"/review/meeting/{session_id}/item/{item_id}"
    looking = sent.text("do") == "check"

    async def run(tx: Connection) -> None:
        revision = int(sent.text("revision") or 0) if sent.text("revision").isdecimal() else 0
        command = SaveDraft(revision=revision, fields=forms.drafted(sent.form))
        await sessions.save_draft(tx, sent.actor, session_id, item_id, command)

    more = 1 if sent.text("do") == "add-amendment" else 0
    try:
        then = f"{here}/check" if looking else f"{here}?said=saved&more={more}"
        return await carried(request, sent, run, then)
    except (ValidationError, Refused) as wrong:
        written = Written(forms.drafted(sent.form))
        return await _page(request, sent.actor, session_id, item_id, form=written, wrong=wrong)


@router.get("/meeting/{session_id}/item/{item_id}/check")
async def check_item(request: Request, actor: Signed, session_id: UUID, item_id: UUID) -> HTMLResponse:
    """Rehearse the record of the newest draft; if nothing stands against it, show what will be recorded."""
    try:
        draft = await _rehearsed(request, actor, session_id, item_id)
    except (ValidationError, Refused) as wrong:
        return await _page(request, actor, session_id, item_id, wrong=wrong)
    view = await session_view(request, actor, session_id)
    async with database(request).read() as conn:
        item = await store.item(conn, session_id, item_id)
    command = forms.read_item(draft.fields or {}, item)
    stances = stance_marks()
    return render(
        request,
        "session_check.html",
        view=view,
        session=view.session,
        item=item,
        draft=draft,
        command=command,
        names=view.council.persons,
        stances=stances,
        outcome=outcome_mark(command.outcome, book_of(request)),
        runs=lambda change: word_runs(change.old, change.new),
    )


@router.post("/meeting/{session_id}/item/{item_id}/record")
async def record_item(request: Request, sent: FromPage, session_id: UUID, item_id: UUID) -> Response:
    """Record what was looked at, once; refused when the draft has moved since."""

    async def run(tx: Connection) -> None:
        draft = await store.draft(tx, item_id)
        if str(draft.revision) != sent.text("revision"):
            raise no.DraftMoved(field="revision")
        await _record(request, tx, sent.actor, session_id, item_id, draft)

    try:
        return await carried(request, sent, run, f"/review/meeting/{session_id}?said=recorded")
    except (ValidationError, Refused) as wrong:
        return await _page(request, sent.actor, session_id, item_id, wrong=wrong)


async def _rehearsed(request: Request, actor: Actor, session_id: UUID, item_id: UUID) -> Draft:
    async with database(request).read() as conn:
        draft = await store.draft(conn, item_id)
    try:
        async with database(request).transaction() as tx:
            with citing(book_of(request)):
                await _record(request, tx, actor, session_id, item_id, draft)
            raise _OnlyLooking
    except _OnlyLooking:
        return draft


async def _record(
    request: Request, tx: Connection, actor: Actor, session_id: UUID, item_id: UUID, draft: Draft
) -> None:
    command = forms.read_item(draft.fields or {}, await store.item(tx, session_id, item_id))
    await sessions.record_item(tx, actor, session_id, item_id, command, book=book_of(request), blobs=blobs_of(request))


async def _page(
    request: Request,
    actor: Actor,
    session_id: UUID,
    item_id: UUID,
    *,
    form: Written | None = None,
    wrong: ValidationError | Refused | None = None,
) -> HTMLResponse:
    view = await session_view(request, actor, session_id)
    async with database(request).read() as conn:
        item = await store.item(conn, session_id, item_id)
        round_ = await rounds.get_round(conn, item.round_id)
        draft = await store.draft(conn, item_id)
    form = form if form is not None else Written(draft.fields or {})
    problems = problems_of(wrong) if wrong else []
    book = book_of(request)
    codes = [code for code in stage_of(book, round_).outcomes if code != NOT_APPLICABLE]
    return render(
        request,
        "session_item.html",
        status=_status(wrong),
        view=view,
        session=view.session,
        item=item,
        draft=draft,
        form=form,
        rows=members(view),
        outcomes=[(code, outcome_mark(code, book).words, hint(code)) for code in codes],
        stances=stance_marks(),
        amendment_rows=amendment_rows(form) + (1 if request.query_params.get("more") == "1" else 0),
        problems=problems,
        wrong={one["name"]: one["detail"] for one in problems},
        said=request.query_params.get("said", ""),
    )


def members(view: SessionView) -> list[tuple[str, str, bool]]:
    """Who is there: person, name, whether the chief executive, who comes last."""
    return [(person, name, person in view.council.chiefs) for person, name in view.members if person not in view.absent]


def amendment_rows(form: Written) -> int:
    """How many rows of amendments the form has."""
    return max(FIRST, len([name for name in form if name.startswith("amendment_") and name.endswith("_old")]))


def _status(wrong: ValidationError | Refused | None) -> int:
    return wrong.status if isinstance(wrong, Refused) else 422 if wrong else 200

"""One task: the sentence behind it, who and until when, what was said, and the forms for the next step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from services.kernel.contracts.refusals import Invalid, NotFound, Words
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.kernel.runtime.pages import render
from services.kernel.runtime.problems import field_problems
from services.tasks.actions import progress as actions
from services.tasks.actions.progress import Report
from services.tasks.desk import carry_out, desk_of
from services.tasks.domain.plans import PlanTask
from services.tasks.shown import plans as shown
from services.tasks.store import plans as store
from services.tasks.store import progress as progress_store
from services.tasks.store.progress import Evidence

router = APIRouter(prefix="/tasks/task", include_in_schema=False)
Step = Callable[[Connection], Awaitable[PlanTask]]


class NoDay(Invalid):
    """The field for a day holds none."""

    code = "input.invalid"
    title = Words("请填写日期，例如 2026-12-31", "Give a date, such as 2026-12-31")


class NoSuchFile(NotFound):
    """The task's reports hold no such file."""

    code = "evidence.not_found"
    title = Words("这项任务没有这份材料", "This task has no such file")


@router.get("/{task_id}")
async def task(request: Request, actor: Signed, task_id: UUID, did: str = "") -> HTMLResponse:
    """The page of one task."""
    return await _page(request, actor, task_id, did=did)


async def _page(
    request: Request,
    actor: Actor,
    task_id: UUID,
    *,
    did: str = "",
    form: str = "",
    errors: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
) -> HTMLResponse:
    desk = desk_of(request)
    async with desk.db.read() as conn:
        found = await store.get_task(conn, task_id)
        history = await progress_store.history(conn, task_id)
    return render(
        request,
        "task.html",
        status=422 if errors else 200,
        page=shown.task_page(desk, actor, found, history),
        did=did,
        form=form,
        errors=errors or {},
        given=given or {},
    )


@router.get("/{task_id}/evidence/{digest}")
async def evidence(request: Request, actor: Signed, task_id: UUID, digest: str) -> Response:
    """A file of one of the task's reports, to be saved and never shown as a page of ours."""
    desk = desk_of(request)
    async with desk.db.read() as conn:
        file = await progress_store.find_evidence(conn, task_id, digest)
    if file is None:
        raise NoSuchFile
    return Response(
        await desk.blobs.get(file.hash),
        media_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"},
    )


@router.post("/{task_id}/progress")
async def report(request: Request, actor: Signed, task_id: UUID) -> Response:
    """Report how the task is going, with files."""
    form = await request.form()
    given = _given(form)
    try:
        told = Report.model_validate(
            {name: value for name, value in {"words": "", **given}.items() if value or name == "words"}
        )
    except ValidationError as wrong:
        problems = field_problems(wrong.errors())
        errors = {problem.field: problem.detail for problem in problems}
        return await _page(request, actor, task_id, form="progress", errors=errors, given=given)
    files = await _kept(form, desk_of(request).blobs)
    return await _do(
        request, actor, task_id, "progress", lambda tx: actions.report_progress(tx, actor, task_id, told, files)
    )


async def _kept(form: FormData, blobs: Blobs) -> tuple[Evidence, ...]:
    files = []
    for upload in form.getlist("evidence"):
        if isinstance(upload, UploadFile) and upload.filename:
            content = await upload.read()
            files.append(Evidence(upload.filename[-200:], len(content), await blobs.put(content)))
    return tuple(files)


@router.post("/{task_id}/completion")
async def propose(request: Request, actor: Signed, task_id: UUID) -> Response:
    """Say that the task is done."""
    words = _given(await request.form()).get("words", "")
    return await _do(request, actor, task_id, "completion", lambda tx: actions.propose_done(tx, actor, task_id, words))


@router.post("/{task_id}/acceptance")
async def decide_completion(request: Request, actor: Signed, task_id: UUID) -> Response:
    """Accept what was said to be done, or send it back."""
    given = _given(await request.form())
    decide = actions.accept if given.get("decision") == "accept" else actions.send_back
    return await _do(
        request, actor, task_id, "acceptance", lambda tx: decide(tx, actor, task_id, given.get("words", ""))
    )


@router.post("/{task_id}/extension")
async def ask_extension(request: Request, actor: Signed, task_id: UUID) -> Response:
    """Ask for a later day."""
    given = _given(await request.form())

    async def step(tx: Connection) -> PlanTask:
        return await actions.ask_extension(
            tx, actor, task_id, to_on=_day(given.get("to_on", "")), reason=given.get("reason", "")
        )

    return await _do(request, actor, task_id, "extension", step)


@router.post("/{task_id}/extension-decision")
async def decide_extension(request: Request, actor: Signed, task_id: UUID) -> Response:
    """Approve or refuse a later day."""
    given = _given(await request.form())
    decide = actions.approve_extension if given.get("decision") == "approve" else actions.refuse_extension
    return await _do(
        request, actor, task_id, "extension-decision", lambda tx: decide(tx, actor, task_id, given.get("words", ""))
    )


async def _do(request: Request, actor: Actor, task_id: UUID, form: str, step: Step) -> Response:
    """Carry out `step` and come back to the task; what was filled in wrongly comes back with the form."""

    async def act(tx: Connection) -> Answer:
        await step(tx)
        return Answer(303, headers={"Location": f"/tasks/task/{task_id}?did={form}"})

    try:
        return (await carry_out(request, actor, act)).response()
    except Invalid as wrong:
        if wrong.field is None:
            raise
        errors = {wrong.field: wrong.detail.of(language.current())}
        return await _page(request, actor, task_id, form=form, errors=errors, given=_given(await request.form()))


def _given(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written.strip())
    except ValueError as error:
        raise NoDay(field="to_on") from error

"""Plans and their tasks over HTTP."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Request
from fastapi.responses import Response
from pydantic import Base64Bytes, BaseModel, Field

from services.kernel.runtime.auth import Actor, Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.tasks.actions import progress as actions
from services.tasks.actions.progress import Report
from services.tasks.desk import Act, carry_out, desk_of
from services.tasks.domain.acts import PlanUnknown
from services.tasks.domain.plans import PlanTask
from services.tasks.shown import plans as shown
from services.tasks.shown.plans import PlanPage, PlanShown, TaskPage, TaskShown
from services.tasks.shown.words import Shown
from services.tasks.store import plans as store
from services.tasks.store import progress as progress_store
from services.tasks.store import yearly as yearly_store
from services.tasks.store.progress import Evidence

router = APIRouter(prefix="/tasks", tags=["计划任务"])


class File(BaseModel):
    """A file that shows progress; `content` is base64."""

    name: str = Field(min_length=1, max_length=200)
    content: Base64Bytes


class ProgressIn(Report):
    """A progress report with its files."""

    evidence: list[File] = Field(default=[], max_length=20)


class CompletionIn(BaseModel):
    """What was done."""

    words: str = Field(max_length=4000)


class AcceptanceIn(BaseModel):
    """Accept a completion, or send it back with the reason."""

    decision: Literal["accept", "send_back"]
    words: str = Field(default="", max_length=4000)


class ExtensionIn(BaseModel):
    """A later day, and why."""

    to_on: date
    reason: str = Field(max_length=4000)


class ExtensionDecisionIn(BaseModel):
    """Approve a later day, or refuse it with the reason."""

    decision: Literal["approve", "refuse"]
    words: str = Field(default="", max_length=4000)


class YearlyReportShown(Shown):
    """A yearly report of a plan; its content lies under `hash`."""

    year: int
    as_of: datetime
    hash: str
    total: int
    done: int
    on_time: int
    overdue: int
    long_term: int
    recorded_at: datetime


@router.get("/plans")
async def list_plans(request: Request, actor: Signed) -> list[PlanShown]:
    """The plans that are followed, with the lights of their tasks."""
    desk = desk_of(request)
    async with desk.db.read() as conn:
        tasks = [shown.task_shown(desk, task) for task in await store.all_tasks(conn)]
        plans = await store.plans(conn)
    return [shown.plan_shown(plan, [t for t in tasks if t.document_id == plan.document_id]) for plan in plans]


@router.get("/plans/{document_id}")
async def read_plan(request: Request, actor: Signed, document_id: UUID) -> PlanPage:
    """A plan with its tasks, and the same by lead unit."""
    desk = desk_of(request)
    async with desk.db.read() as conn:
        plan = await store.get_plan(conn, document_id)
        tasks = [shown.task_shown(desk, task) for task in await store.tasks_of_plan(conn, document_id)]
    return PlanPage(plan=shown.plan_shown(plan, tasks), tasks=tasks, groups=shown.groups(tasks))


@router.get("/plans/{document_id}/progress-reports")
async def list_reports(request: Request, actor: Signed, document_id: UUID) -> list[YearlyReportShown]:
    """The yearly reports of a plan."""
    async with desk_of(request).db.read() as conn:
        await store.get_plan(conn, document_id)
        reports = await yearly_store.of_plan(conn, document_id)
    fields = YearlyReportShown.model_fields
    return [YearlyReportShown(**{k: v for k, v in vars(report).items() if k in fields}) for report in reports]


@router.get("/plans/{document_id}/progress-reports/{year}")
async def read_report(request: Request, actor: Signed, document_id: UUID, year: int) -> dict[str, Any]:
    """The content of one yearly report: counts, and the tasks behind each of them."""
    desk = desk_of(request)
    async with desk.db.read() as conn:
        report = await yearly_store.find(conn, document_id, year)
    if report is None:
        raise PlanUnknown(field="year")
    content: dict[str, Any] = json.loads(await desk.blobs.get(report.hash))
    return content


@router.get("/plan-tasks/{task_id}")
async def read_task(request: Request, actor: Signed, task_id: UUID) -> TaskPage:
    """One task with its history and what the reader may do."""
    desk = desk_of(request)
    async with desk.db.read() as conn:
        task = await store.get_task(conn, task_id)
        history = await progress_store.history(conn, task_id)
    return shown.task_page(desk, actor, task, history)


@router.post("/plan-tasks/{task_id}/progress", response_model=TaskShown)
async def report_progress(request: Request, actor: Signed, task_id: UUID, told: ProgressIn) -> Response:
    """Report how a task is going."""
    blobs = desk_of(request).blobs
    files = [Evidence(file.name, len(file.content), await blobs.put(file.content)) for file in told.evidence]

    async def act(tx: Connection) -> Answer:
        return _answer(request, await actions.report_progress(tx, actor, task_id, told, tuple(files)))

    return await _carried_out(request, actor, act)


@router.post("/plan-tasks/{task_id}/completion", response_model=TaskShown)
async def propose(request: Request, actor: Signed, task_id: UUID, told: CompletionIn) -> Response:
    """Say that a task is done."""

    async def act(tx: Connection) -> Answer:
        return _answer(request, await actions.propose_done(tx, actor, task_id, told.words))

    return await _carried_out(request, actor, act)


@router.post("/plan-tasks/{task_id}/acceptance", response_model=TaskShown)
async def decide_completion(request: Request, actor: Signed, task_id: UUID, told: AcceptanceIn) -> Response:
    """Close a task that was said to be done, or send it back."""
    decide = actions.accept if told.decision == "accept" else actions.send_back

    async def act(tx: Connection) -> Answer:
        return _answer(request, await decide(tx, actor, task_id, told.words))

    return await _carried_out(request, actor, act)


@router.post("/plan-tasks/{task_id}/extension", response_model=TaskShown)
async def ask_extension(request: Request, actor: Signed, task_id: UUID, told: ExtensionIn) -> Response:
    """Ask for a later day."""

    async def act(tx: Connection) -> Answer:
        return _answer(request, await actions.ask_extension(tx, actor, task_id, to_on=told.to_on, reason=told.reason))

    return await _carried_out(request, actor, act)


@router.post("/plan-tasks/{task_id}/extension-decision", response_model=TaskShown)
async def decide_extension(
    request: Request, actor: Signed, task_id: UUID, told: Annotated[ExtensionDecisionIn, Body()]
) -> Response:
    """Approve or refuse a later day."""
    decide = actions.approve_extension if told.decision == "approve" else actions.refuse_extension

    async def act(tx: Connection) -> Answer:
        return _answer(request, await decide(tx, actor, task_id, told.words))

    return await _carried_out(request, actor, act)


def _answer(request: Request, task: PlanTask) -> Answer:
    return Answer(200, shown.task_shown(desk_of(request), task).model_dump(mode="json"))


async def _carried_out(request: Request, actor: Actor, act: Act) -> Response:
    return (await carry_out(request, actor, act)).response()

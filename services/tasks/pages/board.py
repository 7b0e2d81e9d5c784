"""The supervision board: what is late, who is waited for, and how each unit stands."""

from __future__ import annotations

import csv
import io
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.kernel.runtime.auth import Signed
from services.kernel.runtime.pages import render
from services.tasks.desk import desk_of
from services.tasks.domain import acts
from services.tasks.domain.plans import Health
from services.tasks.shown import plans as shown
from services.tasks.shown.chart import chart
from services.tasks.shown.plans import WORST_FIRST, GroupShown, TaskShown
from services.tasks.shown.words import article_of
from services.tasks.store import plans as store
from services.tasks.store import yearly

router = APIRouter(prefix="/tasks", include_in_schema=False)
URGENT = (Health.OVERDUE, Health.NEAR, Health.SLOW, Health.PROPOSED)


@router.get("")
async def board(request: Request, actor: Signed) -> HTMLResponse:
    """All plans that are followed, with their lights, and what needs somebody now."""
    desk = desk_of(request)
    async with desk.db.read() as conn:
        plans = await store.plans(conn)
        tasks = [shown.task_shown(desk, task) for task in await store.all_tasks(conn)]
    rows = [shown.plan_shown(plan, [task for task in tasks if task.document_id == plan.document_id]) for plan in plans]
    return render(
        request,
        "board.html",
        plans=rows,
        lights=shown.lights(tasks),
        urgent=_urgent(tasks),
        groups=shown.groups(tasks),
        order=WORST_FIRST,
        article=article_of(desk.book, acts.CLOSE_OUT),
    )


@router.get("/plan/{document_id}")
async def plan(request: Request, actor: Signed, document_id: UUID) -> HTMLResponse:
    """One plan: lights, what is to be done now, bars, units, and every task."""
    desk = desk_of(request)
    async with desk.db.read() as conn:
        found = await store.get_plan(conn, document_id)
        tasks = [shown.task_shown(desk, task) for task in await store.tasks_of_plan(conn, document_id)]
        reports = await yearly.of_plan(conn, document_id)
    return render(
        request,
        "plan.html",
        plan=shown.plan_shown(found, tasks),
        tasks=tasks,
        urgent=_urgent(tasks),
        chart=chart(desk, tasks, found.published_on),
        groups=shown.groups(tasks),
        reports=reports,
        order=WORST_FIRST,
        article=article_of(desk.book, acts.BREAKDOWN),
    )


def _urgent(tasks: list[TaskShown]) -> list[TaskShown]:
    found = [task for task in tasks if task.health in URGENT]
    return sorted(found, key=lambda task: (WORST_FIRST.index(task.health), task.due.on is None, task.due.on))


@router.get("/plan/{document_id}/units.csv")
async def units_csv(request: Request, actor: Signed, document_id: UUID) -> Response:
    """How each lead unit stands, as a table for a spreadsheet."""
    desk = desk_of(request)
    async with desk.db.read() as conn:
        await store.get_plan(conn, document_id)
        tasks = [shown.task_shown(desk, task) for task in await store.tasks_of_plan(conn, document_id)]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["unit", "total", *WORST_FIRST])
    writer.writerows(_row(group) for group in shown.groups(tasks))
    return Response(
        "\ufeff" + out.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="units-{document_id}.csv"'},
    )


def _row(group: GroupShown) -> list[str | int]:
    # A spreadsheet runs a cell that begins like a formula; names come from the plan's text.
    name = group.unit or ""
    safe = f"'{name}" if name[:1] in "=+-@\t" and name else name
    return [safe, group.total, *(group.lights[light] for light in WORST_FIRST)]

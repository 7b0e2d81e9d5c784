"""The yearly report of a plan and the figures of its issuer: parts add up, and each number names its tasks."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from temporalio.exceptions import ApplicationError

from services.kernel.contracts.figures import AskFigures, Figure
from services.kernel.contracts.tasks import MakeTasks, RecordProgress
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.tasks.activities import Activities
from services.tasks.store import yearly as store
from tests.tasks.builders import PLAN, a_plan

Look = Callable[..., Awaitable[list[asyncpg.Record]]]
PAST = PLAN.replace("2026", "2024")
DONE_IN_TIME = "state = 'done', done_by = 'cheng-lingyi', done_on = '2024-10-31'"
DONE_LATE = "state = 'done', done_by = 'cheng-lingyi', done_on = '2024-12-01'"
DONE_NEXT_YEAR = "state = 'done', done_by = 'cheng-lingyi', done_on = '2025-01-01'"


@pytest_asyncio.fixture
async def plan(activities: Activities, blobs: Blobs) -> MakeTasks:
    """A plan of 2024: two dated tasks, two long-term."""
    message = await a_plan(blobs, PAST, published_on="2024-02-12")
    await activities.make_tasks(message)
    return message


def a_year(plan: MakeTasks, year: int = 2024) -> RecordProgress:
    return RecordProgress(document_id=plan.document.document_id, year=year)


async def test_what_is_done_late_or_open_is_counted_apart(activities: Activities, plan: MakeTasks, look: Look) -> None:
    await look(f"update plan_tasks set {DONE_IN_TIME} where item_no = '1'")
    answer = await activities.record_progress(a_year(plan))
    assert (answer.total, answer.done, answer.overdue) == (4, 1, 1)


async def test_the_parts_add_up_and_name_their_tasks(
    activities: Activities, plan: MakeTasks, blobs: Blobs, look: Look
) -> None:
    await look(f"update plan_tasks set {DONE_LATE} where item_no = '2'")
    answer = await activities.record_progress(a_year(plan))
    report = json.loads(await blobs.text(answer.report_hash))
    counts = report["counts"]
    assert counts["done"] + counts["overdue"] + counts["open"] == counts["total"]
    assert (counts["on_time"], counts["due"], counts["long_term"]) == (0, 2, 2)
    assert {name: len(ids) for name, ids in report["tasks"].items()} == counts
    for part in ("total", "done", "overdue"):
        assert sum(unit["counts"][part] for unit in report["units"]) == counts[part]
    assert [unit["unit"] for unit in report["units"]] == ["区司法局", None, "区教育局"]


async def test_the_first_report_on_a_year_stays(activities: Activities, plan: MakeTasks, look: Look) -> None:
    first = await activities.record_progress(a_year(plan))
    await look(f"update plan_tasks set {DONE_IN_TIME}")
    assert await activities.record_progress(a_year(plan)) == first


async def test_a_task_done_on_new_years_day_counts_for_the_new_year(
    activities: Activities, plan: MakeTasks, look: Look
) -> None:
    await look(f"update plan_tasks set {DONE_NEXT_YEAR} where item_no = '1'")
    assert (await activities.record_progress(a_year(plan, 2024))).done == 0
    assert (await activities.record_progress(a_year(plan, 2025))).done == 1


async def test_a_year_before_the_plan_has_no_tasks(activities: Activities, plan: MakeTasks) -> None:
    assert (await activities.record_progress(a_year(plan, 2023))).total == 0


async def test_reports_of_a_plan_stand_by_year(activities: Activities, plan: MakeTasks, db: Database) -> None:
    for year in (2025, 2024):
        await activities.record_progress(a_year(plan, year))
    async with db.read() as conn:
        reports = await store.of_plan(conn, plan.document.document_id)
    assert [report.year for report in reports] == [2024, 2025]


async def test_a_report_on_an_unknown_plan_is_refused_for_good(activities: Activities) -> None:
    with pytest.raises(ApplicationError, match=r"plan\.not_found") as refused:
        await activities.record_progress(RecordProgress(document_id=uuid4(), year=2024))
    assert refused.value.non_retryable


async def test_a_report_is_never_changed(activities: Activities, plan: MakeTasks, look: Look) -> None:
    await activities.record_progress(a_year(plan))
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await look("update yearly_reports set done = 4")


async def test_a_report_that_does_not_add_up_is_refused_by_the_database(plan: MakeTasks, look: Look) -> None:
    values = f"'{plan.document.document_id}', 2024, now(), '{'a' * 64}', 1, 1, 1, 1, 0"
    with pytest.raises(asyncpg.CheckViolationError, match="add_up"):
        await look(
            "insert into yearly_reports (document_id, year, as_of, hash, total, done, on_time, overdue, long_term)"
            f" values ({values})"
        )


async def figures(activities: Activities, issuer: str = "yunxi") -> dict[str, Figure]:
    answer = await activities.figures(AskFigures(issuer_unit=issuer, year=2024))
    return {figure.code: figure for figure in answer.figures}


async def test_figures_add_up_and_name_their_records(activities: Activities, plan: MakeTasks, look: Look) -> None:
    await look(f"update plan_tasks set {DONE_IN_TIME} where item_no = '1'")
    found = await figures(activities)
    parts = ("TASK_DONE", "TASK_OVERDUE", "TASK_OPEN")
    assert sum(found[code].value for code in parts) == found["TASK_TOTAL"].value == 4
    assert all(len(figure.records) == figure.value for figure in found.values())


async def test_the_rate_on_time_is_out_of_what_was_due_in_the_year(
    activities: Activities, plan: MakeTasks, look: Look
) -> None:
    await look(f"update plan_tasks set {DONE_IN_TIME} where item_no = '1'")
    on_time = (await figures(activities))["TASK_ONTIME"]
    assert (on_time.value, on_time.of) == (1, 2)


async def test_another_issuer_has_no_tasks(activities: Activities, plan: MakeTasks) -> None:
    assert (await figures(activities, "justice"))["TASK_TOTAL"].value == 0

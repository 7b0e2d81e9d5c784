"""The yearly progress report of a plan: its counts, by unit, each with the tasks behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import rfc8785

from services.kernel.contracts.tasks import ProgressRecorded, RecordProgress
from services.kernel.runtime import db
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.tasks.domain.plans import Period, PlanTask, Tally, tally
from services.tasks.store import plans
from services.tasks.store import yearly as store
from services.tasks.store.plans import Plan


async def record(tx: Connection, blobs: Blobs, message: RecordProgress) -> ProgressRecorded:
    """Record the report on one year; the first one stays. Raises PlanUnknown. The cut-off is the end of the year,
    or now while the year runs."""
    plan = await plans.lock_plan(tx, message.document_id)
    kept = await store.find(tx, plan.document_id, message.year)
    if kept is None:
        kept = await _compose(tx, blobs, plan, message.year)
    return ProgressRecorded(report_hash=kept.hash, total=kept.total, done=kept.done, overdue=kept.overdue)


async def _compose(tx: Connection, blobs: Blobs, plan: Plan, year: int) -> store.YearlyReport:
    period = Period.of(year, await db.now(tx))
    tasks = await plans.tasks_of_plan(tx, plan.document_id)
    content = report(plan, tasks, year, period)
    digest = await blobs.put(rfc8785.dumps(content))
    await store.add(tx, plan.document_id, year, as_of=period.as_of, digest=digest, counts=content["counts"])
    kept = await store.find(tx, plan.document_id, year)
    if kept is None:
        raise RuntimeError("the report that was just added cannot be read")
    return kept


def report(plan: Plan, tasks: Sequence[PlanTask], year: int, period: Period) -> dict[str, Any]:
    """The report as canonical JSON can hold it. Parts add up: done + overdue + open = total, and units' to the plan's."""
    whole = tally(tasks, period)
    groups: dict[str | None, list[PlanTask]] = {}
    for task in tasks:
        groups.setdefault(task.convenor, []).append(task)
    return {
        "document_id": str(plan.document_id),
        "title": plan.title,
        "doc_number": plan.doc_number,
        "year": year,
        "as_of": period.as_of.isoformat(),
        "counts": counts(whole),
        "tasks": ids(whole),
        "units": [_of_unit(name, own, period) for name, own in groups.items()],
    }


def _of_unit(convenor: str | None, tasks: list[PlanTask], period: Period) -> dict[str, Any]:
    own = tally(tasks, period)
    lead = tasks[0].units_of("lead") if convenor else []
    unit_id = next((unit.unit_id for unit in lead if unit.printed == convenor), None)
    return {"unit": convenor, "unit_id": unit_id, "counts": counts(own), "tasks": ids(own)}


PARTS = ("total", "done", "overdue", "open", "on_time", "due", "long_term", "extended")


def counts(of: Tally) -> dict[str, int]:
    """How many tasks each part of a tally holds."""
    return {part: len(getattr(of, part)) for part in PARTS}


def ids(of: Tally) -> dict[str, list[str]]:
    """Which tasks each part of a tally holds."""
    return {part: [str(each) for each in getattr(of, part)] for part in PARTS}

"""Plans and their tasks in the database: making them, and reading them whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.contracts.tasks import MakeTasks
from services.kernel.runtime import telemetry
from services.kernel.runtime.db import Connection
from services.tasks.domain.acts import PlanUnknown, TaskIncomplete, TaskUnknown
from services.tasks.domain.breakdown import NewTask
from services.tasks.domain.plans import Milestone, PlanTask, TaskState, TaskUnit


@dataclass(frozen=True)
class Plan:
    """A published plan whose tasks are followed."""

    document_id: UUID
    title: str
    doc_number: str
    issuer_unit: str
    drafting_unit: str
    text_hash: str
    published_on: date
    reply_to: str
    trace: dict[str, str]
    unmatched: int
    completed_at: datetime | None


ADD_PLAN = """
insert into plans (document_id, title, kind, doc_number, issuer_unit, drafting_unit, structure_hash, text_hash,
                   published_on, reply_to, trace, unmatched)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (document_id) do nothing
returning document_id
"""


async def add_plan(tx: Connection, message: MakeTasks, *, text_hash: str, unmatched: int) -> bool:
    """Add the plan; False when it stands already (a second caller waits here for the first)."""
    document = message.document
    added = await tx.fetchval(
        ADD_PLAN,
        document.document_id,
        document.title,
        document.kind,
        message.doc_number,
        document.issuer_unit,
        document.drafting_unit,
        message.structure_hash,
        text_hash,
        message.published_on,
        message.reply_to,
        telemetry.carrier(),
        unmatched,
    )
    return added is not None


ADD_TASK = """
insert into plan_tasks (document_id, key, position, item_no, title, quote, span_start, span_end, text_hash, lead_mode,
                        convenor, due_from, due_on, original_due_on, deliverable, deliverable_default)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15)
returning id
"""
ADD_UNIT = "insert into task_units (task_id, part, position, printed, unit_id) values ($1, $2, $3, $4, $5)"
ADD_MILESTONE = """
insert into milestones (task_id, position, printed, due_from, due_on, original_due_on) values ($1, $2, $3, $4, $5, $5)
"""


LACKING = {"tasks_have_a_lead": "lead", "tasks_have_a_day": "due_on", "plan_tasks_deliverable_check": "deliverable"}


async def add_task(
    tx: Connection, document_id: UUID, task: NewTask, *, text_hash: str, unit_ids: dict[str, str | None]
) -> None:
    """Add a task with its units and stage targets; `unit_ids` are the directory's, by printed name.

    Raises TaskIncomplete.
    """
    try:
        task_id = await _add_task(tx, document_id, task, text_hash)
    except asyncpg.CheckViolationError as error:
        if field := LACKING.get(error.constraint_name or ""):
            raise TaskIncomplete(field=field) from error
        raise
    units = [(task_id, part, at, printed, unit_ids[printed]) for at, (part, printed) in enumerate(task.units, start=1)]
    await tx.executemany(ADD_UNIT, units)
    milestones = [
        (task_id, at, each.printed, each.due_from, each.due_on) for at, each in enumerate(task.milestones, start=1)
    ]
    await tx.executemany(ADD_MILESTONE, milestones)


async def _add_task(tx: Connection, document_id: UUID, task: NewTask, text_hash: str) -> Any:
    return await tx.fetchval(
        ADD_TASK,
        document_id,
        task.key,
        task.position,
        task.item_no,
        task.title,
        task.quote,
        task.span.start,
        task.span.end,
        text_hash,
        task.lead_mode,
        task.convenor,
        task.due_from,
        task.due_on,
        task.deliverable,
        task.deliverable_default,
    )


PLAN = """
select document_id, title, doc_number, issuer_unit, drafting_unit, text_hash, published_on, reply_to, trace,
       unmatched, completed_at
  from plans
 where document_id = $1
"""
LOCK_PLAN = "select document_id from plans where document_id = $1 for update"
PLANS = """
select document_id, title, doc_number, issuer_unit, drafting_unit, text_hash, published_on, reply_to, trace,
       unmatched, completed_at
  from plans
 order by completed_at is not null, published_on desc, document_id
 limit 500
"""


async def get_plan(conn: Connection, document_id: UUID) -> Plan:
    """The plan of that document. Raises PlanUnknown."""
    row = await conn.fetchrow(PLAN, document_id)
    if row is None:
        raise PlanUnknown
    return Plan(**row)


async def lock_plan(tx: Connection, document_id: UUID) -> Plan:
    """The same, held until the end of the transaction, so that the last two tasks do not miss each other."""
    await tx.execute(LOCK_PLAN, document_id)
    return await get_plan(tx, document_id)


async def plans(conn: Connection) -> list[Plan]:
    """The plans that are followed, unfinished first, newest first."""
    return [Plan(**row) for row in await conn.fetch(PLANS)]


TASKS = """
select t.id, t.document_id, p.title as plan_title, p.doc_number, p.published_on, p.drafting_unit, t.position,
       t.item_no, t.title, t.quote, t.span_start, t.span_end, t.text_hash, t.lead_mode, t.convenor, t.due_from,
       t.due_on, t.original_due_on, t.deliverable, t.deliverable_default, t.state, t.percent, t.pace, t.reported_at,
       t.done_on, t.done_by, c.proposed_at,
       (select json_agg(json_build_array(u.part, u.printed, u.unit_id) order by u.position)
          from task_units u where u.task_id = t.id) as units,
       (select json_agg(json_build_array(m.id, m.position, m.printed, m.due_from, m.due_on, m.original_due_on,
                                         m.reached_on) order by m.position)
          from milestones m where m.task_id = t.id) as milestones
  from plan_tasks t
  join plans p on p.document_id = t.document_id
  left join completions c on c.task_id = t.id and c.decision is null
 where ($1::uuid is null or t.id = $1)
   and ($2::uuid is null or t.document_id = $2)
   and ($3::text is null or p.issuer_unit = $3)
   and ($4::text is null or exists (select 1 from task_units u where u.task_id = t.id and u.unit_id = $4))
   and ($5::boolean is null or (t.state <> 'done') = $5)
 order by t.document_id, t.position
 limit 5000
"""
LOCK_TASK = "select id from plan_tasks where id = $1 for update"


async def get_task(conn: Connection, task_id: UUID) -> PlanTask:
    """The task of that id. Raises TaskUnknown."""
    found = await _tasks(conn, task_id=task_id)
    if not found:
        raise TaskUnknown
    return found[0]


async def lock_task(tx: Connection, task_id: UUID) -> PlanTask:
    """The same, held until the end of the transaction. Raises TaskUnknown."""
    await tx.execute(LOCK_TASK, task_id)
    return await get_task(tx, task_id)


async def tasks_of_plan(conn: Connection, document_id: UUID) -> list[PlanTask]:
    """All tasks of a plan, in its order."""
    return await _tasks(conn, document_id=document_id)


async def tasks_of_issuer(conn: Connection, issuer_unit: str) -> list[PlanTask]:
    """All tasks of the plans that a unit issued."""
    return await _tasks(conn, issuer_unit=issuer_unit)


async def open_tasks_of_unit(conn: Connection, unit_id: str) -> list[PlanTask]:
    """What is left of the tasks in which the unit leads or takes part."""
    return await _tasks(conn, unit_id=unit_id, unfinished=True)


async def all_tasks(conn: Connection) -> list[PlanTask]:
    """The tasks of all plans that are followed."""
    return await _tasks(conn)


async def _tasks(
    conn: Connection,
    *,
    task_id: UUID | None = None,
    document_id: UUID | None = None,
    issuer_unit: str | None = None,
    unit_id: str | None = None,
    unfinished: bool | None = None,
) -> list[PlanTask]:
    rows = await conn.fetch(TASKS, task_id, document_id, issuer_unit, unit_id, unfinished)
    return [_task_of(row) for row in rows]


def _task_of(row: asyncpg.Record) -> PlanTask:
    values: dict[str, Any] = dict(row)
    units = tuple(TaskUnit(*unit) for unit in values.pop("units") or ())
    milestones = tuple(_milestone_of(each) for each in values.pop("milestones") or ())
    return PlanTask(**{**values, "state": TaskState(values["state"]), "units": units, "milestones": milestones})


def _milestone_of(values: Sequence[Any]) -> Milestone:
    key, position, printed, due_from, due_on, original, reached = values
    return Milestone(
        id=UUID(key),
        position=position,
        printed=printed,
        due_from=due_from,
        due_on=date.fromisoformat(due_on),
        original_due_on=date.fromisoformat(original),
        reached_on=date.fromisoformat(reached) if reached else None,
    )


COUNT_TASKS = "select count(*) from plan_tasks where document_id = $1"
LEFT = "select count(*) from plan_tasks where document_id = $1 and state <> 'done'"
COMPLETE = "update plans set completed_at = clock_timestamp() where document_id = $1 and completed_at is null"


async def count_tasks(conn: Connection, document_id: UUID) -> int:
    """How many tasks the plan has."""
    return int(await conn.fetchval(COUNT_TASKS, document_id))


async def tasks_left(tx: Connection, document_id: UUID) -> int:
    """How many tasks of the plan are not done."""
    return int(await tx.fetchval(LEFT, document_id))


async def complete(tx: Connection, document_id: UUID) -> None:
    """Note that every task of the plan is done."""
    await tx.execute(COMPLETE, document_id)

"""Tasks of a plan: made once from its structure, each with a lead, a day and a result."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from temporalio.exceptions import ApplicationError

from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.tasks.actions import make
from services.tasks.activities import Activities
from services.tasks.domain.acts import PlanUnknown, TaskIncomplete
from services.tasks.domain.breakdown import break_down
from services.tasks.domain.plans import PlanTask
from services.tasks.store import plans
from tests.tasks.builders import PLAN, a_plan

Look = Callable[..., Awaitable[list[asyncpg.Record]]]
REST = PLAN.replace("云溪区人民政府办公室\n", "其他任务应当在2026年11月30日前完成。\n\n云溪区人民政府办公室\n")


async def made(activities: Activities, blobs: Blobs, db: Database, text: str = PLAN) -> list[PlanTask]:
    message = await a_plan(blobs, text)
    await activities.make_tasks(message)
    async with db.read() as conn:
        return await plans.tasks_of_plan(conn, message.document.document_id)


async def test_each_item_of_the_plan_becomes_a_task(activities: Activities, blobs: Blobs, db: Database) -> None:
    tasks = await made(activities, blobs, db)
    assert [(task.item_no, task.title) for task in tasks] == [
        ("1", "完善执法事项目录"),
        ("2", "开展规范性文件清理"),
        ("3", "提升窗口服务"),
        ("4", "加强普法宣传"),
    ]


async def test_units_stand_as_printed_with_those_that_the_directory_holds(
    activities: Activities, blobs: Blobs, db: Database
) -> None:
    tasks = await made(activities, blobs, db)
    assert [(unit.part, unit.printed, unit.unit_id) for unit in tasks[1].units] == [
        ("lead", "区司法局", "justice"),
        ("lead", "区政府办公室", "gov-office"),
        ("responsible", "各街道", None),
    ]


async def test_units_that_the_directory_does_not_hold_are_counted(activities: Activities, blobs: Blobs) -> None:
    answer = await activities.make_tasks(await a_plan(blobs))
    assert (answer.made, answer.unmatched) == (4, 2)


async def test_a_unit_with_its_inner_offices_in_brackets_is_matched(
    activities: Activities, blobs: Blobs, db: Database
) -> None:
    tasks = await made(activities, blobs, db, PLAN.replace("牵头单位：区教育局", "牵头单位：区教育局（区语委办）"))
    assert tasks[3].units[0].unit_id == "education"


async def test_without_a_lead_the_units_act_by_their_function(
    activities: Activities, blobs: Blobs, db: Database
) -> None:
    tasks = await made(activities, blobs, db)
    assert (tasks[2].lead_mode, tasks[2].convenor) == ("JOINT_BY_FUNCTION", None)


async def test_each_day_in_the_text_is_a_stage_target(activities: Activities, blobs: Blobs, db: Database) -> None:
    tasks = await made(activities, blobs, db)
    assert [(each.printed, each.due_on) for each in tasks[1].milestones] == [
        ("2026年6月30日前", date(2026, 6, 30)),
        ("2026年11月20日前", date(2026, 11, 20)),
    ]
    assert (tasks[1].due_from, tasks[1].due_on) == ("text", date(2026, 11, 20))


async def test_a_task_without_a_day_takes_the_one_that_the_plan_sets_for_the_rest(
    activities: Activities, blobs: Blobs, db: Database
) -> None:
    tasks = await made(activities, blobs, db, REST)
    assert [(task.due_from, task.due_on) for task in tasks][2:] == [("plan", date(2026, 11, 30))] * 2


async def test_a_day_that_is_not_for_the_tasks_is_no_default(
    activities: Activities, blobs: Blobs, db: Database
) -> None:
    text = PLAN.replace("云溪区人民政府办公室\n", "责任清单请于2026年3月31日前报区司法局。\n\n云溪区人民政府办公室\n")
    tasks = await made(activities, blobs, db, text)
    assert [task.due_from for task in tasks] == ["text", "text", "long_term", "long_term"]


async def test_without_any_day_a_task_is_long_term(activities: Activities, blobs: Blobs, db: Database) -> None:
    tasks = await made(activities, blobs, db)
    assert (tasks[3].due_from, tasks[3].due_on, tasks[3].milestones) == ("long_term", None, ())


async def test_the_result_is_the_one_printed_or_the_progress_report_marked_as_such(
    activities: Activities, blobs: Blobs, db: Database
) -> None:
    tasks = await made(activities, blobs, db)
    assert [(task.deliverable, task.deliverable_default) for task in tasks][:2] == [
        ("执法事项目录公告", False),
        ("进展报告", True),
    ]


async def test_a_task_shows_the_sentence_behind_it(activities: Activities, blobs: Blobs, db: Database) -> None:
    message = await a_plan(blobs)
    await activities.make_tasks(message)
    text = await blobs.text(message.text_hash)
    async with db.read() as conn:
        tasks = await plans.tasks_of_plan(conn, message.document.document_id)
    assert all(task.quote in text[task.span_start : task.span_end] for task in tasks)
    assert all(task.text_hash == message.text_hash for task in tasks)


async def test_tasks_are_made_once_also_when_asked_twice_at_once(
    activities: Activities, blobs: Blobs, look: Look
) -> None:
    message = await a_plan(blobs)
    first, second = await asyncio.gather(activities.make_tasks(message), activities.make_tasks(message))
    assert first == second
    assert len(await look("select 1 from plan_tasks")) == 4


async def test_numbers_that_start_again_make_tasks_of_their_own(
    activities: Activities, blobs: Blobs, look: Look
) -> None:
    text = PLAN.replace("（四）", "（三）")
    message = await a_plan(blobs, text)
    await activities.make_tasks(message)
    keys = [row["key"] for row in await look("select key from plan_tasks order by position")]
    assert len(set(keys)) == 4


async def test_a_plan_without_tasks_makes_none(activities: Activities, blobs: Blobs) -> None:
    answer = await activities.make_tasks(await a_plan(blobs, "关于开展节水宣传的通知\n\n请做好宣传。\n"))
    assert answer.made == 0


async def test_the_structure_of_another_text_is_refused(activities: Activities, blobs: Blobs) -> None:
    other = await blobs.put("另一份文本".encode())
    with pytest.raises(ApplicationError, match=r"plan\.other_text") as refused:
        await activities.make_tasks(await a_plan(blobs, text_hash=other))
    assert refused.value.non_retryable


async def test_an_unknown_plan_is_not_found(db: Database) -> None:
    with pytest.raises(PlanUnknown):
        async with db.read() as conn:
            await plans.get_plan(conn, uuid4())


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("lead_mode = 'LEAD', convenor = null", "tasks_have_a_lead"),
        ("due_on = null", "tasks_have_a_day"),
        ("due_from = 'long_term'", "tasks_have_a_day"),
        ("deliverable = ''", "plan_tasks_deliverable_check"),
        ("span_end = span_start", "tasks_span_is_a_span"),
        ("state = 'done'", "tasks_done_say_when"),
        ("percent = 101", "plan_tasks_percent_check"),
    ],
)
async def test_the_database_wants_a_lead_a_day_and_a_result(
    activities: Activities, blobs: Blobs, look: Look, change: str, constraint: str
) -> None:
    await activities.make_tasks(await a_plan(blobs))
    with pytest.raises(asyncpg.CheckViolationError, match=constraint):
        await look(f"update plan_tasks set {change} where item_no = '1'")


@pytest.mark.parametrize(
    ("lacking", "field"),
    [
        ({"units": ()}, "lead"),
        ({"due_from": "long_term"}, "due_on"),
        ({"milestones": ()}, "due_on"),
        ({"deliverable": ""}, "deliverable"),
    ],
)
async def test_a_task_without_a_lead_a_day_or_a_result_is_refused(
    activities: Activities, blobs: Blobs, db: Database, lacking: dict[str, Any], field: str
) -> None:
    message = await a_plan(blobs)
    await activities.make_tasks(message)
    structure, text = await make.read(blobs, message)
    task = replace(break_down(structure, text, "another")[0], **lacking)
    async with db.transaction() as tx:
        with pytest.raises(TaskIncomplete) as refused:
            await plans.add_task(tx, message.document.document_id, task, text_hash=message.text_hash, unit_ids={})
    assert (refused.value.field, refused.value.rule_id) == (field, "plan.breakdown")


async def test_the_lead_of_a_task_must_stand_among_its_units(activities: Activities, blobs: Blobs, look: Look) -> None:
    await activities.make_tasks(await a_plan(blobs))
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="tasks_lead_stands_among_units"):
        await look("update plan_tasks set convenor = '区民政局' where lead_mode = 'LEAD'")


@pytest.mark.parametrize(
    "statement",
    ["delete from plans", "delete from plan_tasks", "delete from milestones", "update task_units set printed = '某局'"],
)
async def test_what_a_plan_asks_of_whom_stays_on_record(
    activities: Activities, blobs: Blobs, look: Look, statement: str
) -> None:
    await activities.make_tasks(await a_plan(blobs))
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await look(statement)


async def test_the_first_day_of_a_task_is_never_changed(activities: Activities, blobs: Blobs, look: Look) -> None:
    await activities.make_tasks(await a_plan(blobs))
    for table in ("plan_tasks", "milestones"):
        with pytest.raises(asyncpg.RestrictViolationError, match="original day"):
            await look(f"update {table} set original_due_on = '2027-01-01' where due_on is not null")

"""Progress, completion and extension: who may, when it is too late, and what is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeAlias
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from services.kernel.contracts.refusals import Forbidden, Refused
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.tasks.actions import progress
from services.tasks.actions.progress import Report
from services.tasks.activities import Activities
from services.tasks.domain import acts
from services.tasks.domain.plans import PlanTask, TaskState
from services.tasks.store import plans
from services.tasks.store import progress as store
from tests.tasks.builders import (
    CHENG,
    GU,
    HE,
    JIANG,
    PLAN,
    SONG,
    SU,
    a_plan,
    actor,
    officer,
    reviewer,
    supervisor,
)

Look = Callable[..., Awaitable[list[asyncpg.Record]]]
Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
# Days that lie ahead whenever these tests run: the database's clock decides what is in time.
AHEAD = PLAN.replace("2026年10月底前", "2090年10月底前").replace("2026年11月20日前", "2090年11月20日前")
HALF = Report(percent=50, words="目录初稿已经完成，正在征求街道意见。")


@pytest_asyncio.fixture
async def tasks(activities: Activities, blobs: Blobs, db: Database) -> list[PlanTask]:
    """1: due 2090-10-31. 2: due 2026-06-30 (passed) and 2090-11-20. 3: joint, long-term. 4: long-term."""
    message = await a_plan(blobs, AHEAD)
    await activities.make_tasks(message)
    async with db.read() as conn:
        return await plans.tasks_of_plan(conn, message.document.document_id)


async def act(db: Database, what: Callable[..., Awaitable[PlanTask]], *arguments: object, **more: object) -> PlanTask:
    async with db.transaction() as tx:
        return await what(tx, *arguments, **more)


async def test_a_report_shows_on_the_task(db: Database, tasks: list[PlanTask]) -> None:
    task = await act(db, progress.report_progress, officer(SU), tasks[0].id, HALF)
    assert (task.percent, task.reported_at is not None) == (50, True)


async def test_a_responsible_unit_reports_too(db: Database, tasks: list[PlanTask]) -> None:
    task = await act(
        db, progress.report_progress, officer(HE), tasks[0].id, Report(pace="slow", words="依据尚在核对。")
    )
    assert task.pace == "slow"


async def test_evidence_stays_with_its_report(db: Database, tasks: list[PlanTask]) -> None:
    proof = store.Evidence("目录初稿.docx", 2048, "a" * 64)
    await act(db, progress.report_progress, officer(SU), tasks[0].id, HALF, (proof,))
    async with db.read() as conn:
        assert (await store.history(conn, tasks[0].id))[0].files == (proof,)
        assert await store.find_evidence(conn, tasks[0].id, "a" * 64) == proof
        assert await store.find_evidence(conn, tasks[1].id, "a" * 64) is None


async def test_a_reached_stage_target_makes_way_for_the_next(db: Database, tasks: list[PlanTask]) -> None:
    report = Report(percent=60, words="梳理完成。", milestone=1)
    task = await act(db, progress.report_progress, officer(SU), tasks[1].id, report)
    assert task.due.on == date(2090, 11, 20)


@pytest.mark.parametrize(
    ("report", "refusal"),
    [
        (Report(percent=50, words=" "), acts.WordsMissing),
        (Report(words="正在办理。"), acts.HowFarMissing),
        (Report(percent=50, words="完成。", milestone=9), acts.MilestoneUnknown),
    ],
)
async def test_a_report_that_says_too_little_is_refused(
    db: Database, tasks: list[PlanTask], report: Report, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        await act(db, progress.report_progress, officer(SU), tasks[0].id, report)


async def test_a_stranger_does_not_report_and_reads_whose_task_it_is(db: Database, tasks: list[PlanTask]) -> None:
    with pytest.raises(acts.TaskNotYours) as refused:
        await act(db, progress.report_progress, officer(SONG), tasks[0].id, HALF)
    assert refused.value.detail.zh == "这项任务由区司法局办理，区财政局的宋浩然不能办理。"


async def test_only_an_officer_of_the_unit_reports(db: Database, tasks: list[PlanTask]) -> None:
    with pytest.raises(acts.TaskNotYours):
        await act(db, progress.report_progress, reviewer(SU), tasks[0].id, HALF)


async def test_where_no_unit_is_known_the_drafting_unit_reports(
    activities: Activities, blobs: Blobs, db: Database
) -> None:
    message = await a_plan(blobs, AHEAD.replace("区教育局；责任", "区宣传中心；责任"))
    await activities.make_tasks(message)
    async with db.read() as conn:
        last = (await plans.tasks_of_plan(conn, message.document.document_id))[-1]
    task = await act(db, progress.report_progress, actor(GU, "drafter"), last.id, HALF)
    assert task.percent == 50


async def test_reports_are_never_changed(db: Database, tasks: list[PlanTask], look: Look) -> None:
    await act(db, progress.report_progress, officer(SU), tasks[0].id, HALF)
    for statement in ("update progress_reports set percent = 90", "delete from progress_reports"):
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await look(statement)


async def test_a_proposal_waits_for_the_supervisor(db: Database, tasks: list[PlanTask]) -> None:
    task = await act(db, progress.propose_done, officer(SU), tasks[0].id, "目录已经公布。")
    assert task.state is TaskState.PROPOSED


async def test_a_responsible_unit_does_not_propose_completion(db: Database, tasks: list[PlanTask]) -> None:
    with pytest.raises(acts.TaskNotYours):
        await act(db, progress.propose_done, officer(HE), tasks[0].id, "目录已经公布。")


async def test_without_a_lead_each_unit_may_propose_completion(db: Database, tasks: list[PlanTask]) -> None:
    task = await act(db, progress.propose_done, officer(SONG), tasks[2].id, "一窗受理已经推行。")
    assert task.state is TaskState.PROPOSED


async def test_completion_is_proposed_once_at_a_time(db: Database, tasks: list[PlanTask]) -> None:
    await act(db, progress.propose_done, officer(SU), tasks[0].id, "目录已经公布。")
    with pytest.raises(acts.AlreadyProposed):
        await act(db, progress.propose_done, officer(SU), tasks[0].id, "目录已经公布。")


async def test_a_proposal_says_what_was_done(db: Database, tasks: list[PlanTask]) -> None:
    with pytest.raises(acts.WordsMissing):
        await act(db, progress.propose_done, officer(SU), tasks[0].id, "")


async def test_an_accepted_task_is_done_on_the_day_of_the_proposal(
    db: Database, tasks: list[PlanTask], look: Look
) -> None:
    await act(db, progress.propose_done, officer(SU), tasks[0].id, "目录已经公布。")
    await look("update completions set proposed_at = '2026-10-30 10:00+08'")
    task = await act(db, progress.accept, supervisor(), tasks[0].id)
    assert (task.state, task.done_on, task.done_by) == (TaskState.DONE, date(2026, 10, 30), "cheng-lingyi")


async def test_a_task_sent_back_is_open_again_with_the_reason(db: Database, tasks: list[PlanTask]) -> None:
    await act(db, progress.propose_done, officer(SU), tasks[0].id, "目录已经公布。")
    task = await act(db, progress.send_back, supervisor(), tasks[0].id, "街道的目录还没有公布。")
    async with db.read() as conn:
        entry = (await store.history(conn, task.id))[-1]
    assert (task.state, entry.decision, entry.decision_words) == (TaskState.OPEN, "sent_back", "街道的目录还没有公布。")


async def test_sending_back_needs_a_reason(db: Database, tasks: list[PlanTask]) -> None:
    await act(db, progress.propose_done, officer(SU), tasks[0].id, "目录已经公布。")
    with pytest.raises(acts.ReasonMissing):
        await act(db, progress.send_back, supervisor(), tasks[0].id, " ")


async def test_only_a_supervisor_accepts(db: Database, tasks: list[PlanTask]) -> None:
    await act(db, progress.propose_done, officer(SU), tasks[0].id, "目录已经公布。")
    with pytest.raises(Forbidden):
        await act(db, progress.accept, officer(SU), tasks[0].id)


async def test_nobody_accepts_what_he_proposed_himself(db: Database, tasks: list[PlanTask]) -> None:
    both = actor(SU, "lead_unit_officer", "supervisor")
    await act(db, progress.propose_done, both, tasks[0].id, "目录已经公布。")
    with pytest.raises(acts.OwnProposal):
        await act(db, progress.accept, both, tasks[0].id)


AWAY = """
insert into directory.absences (person_id, unit_id, deputy_id, from_on, until_on, roles, made_by)
values ($1, 'justice', $2, directory.office_today(), directory.office_today(), '{}', $1)
"""
AN = {"person_id": "zheng-an", "person_name": "郑安", "unit_id": "justice", "unit_name": "区司法局"}


@pytest.mark.parametrize(("away", "deputy"), [(None, None), ("su-he", "zheng-an"), ("zheng-an", "su-he")])
async def test_a_unit_accepts_and_prolongs_nothing_of_its_own_where_another_supervises(
    db: Database, tasks: list[PlanTask], owner: Owner, look: Look, away: str | None, deputy: str | None
) -> None:
    if away:
        await owner.execute(AWAY, away, deputy)
    colleague = actor(AN, "supervisor")
    await act(db, progress.ask_extension, officer(SU), tasks[0].id, **LATER)
    with pytest.raises(acts.OwnExtension):
        await act(db, progress.approve_extension, colleague, tasks[0].id)
    await act(db, progress.propose_done, officer(SU), tasks[0].id, "目录已经公布。")
    with pytest.raises(acts.OwnProposal):
        await act(db, progress.accept, colleague, tasks[0].id)
    past = "update {} set decision = '{}', decided_by = 'zheng-an', decided_unit = 'justice', decided_at = now()"
    for table, decision, code in (("completions", "accepted", "completion"), ("extensions", "approved", "extension")):
        with pytest.raises(asyncpg.RaiseError, match=rf"{code}\.own"):
            await look(past.format(table, decision))


async def test_what_only_the_database_refuses_is_refused_in_words(db: Database, tasks: list[PlanTask]) -> None:
    await act(db, progress.propose_done, officer(SU), tasks[0].id, "目录已经公布。")
    colleague = actor(AN, "supervisor")
    async with db.transaction() as tx:
        completion = await store.find_open_completion(tx, tasks[0].id, colleague)
        assert completion is not None
        with pytest.raises(acts.OwnProposal):
            await store.send_back(tx, tasks[0], completion.id, by=colleague, words="再核对。")


@pytest.mark.parametrize("decide", [progress.accept, progress.send_back])
async def test_what_nobody_proposed_is_not_decided(
    db: Database, tasks: list[PlanTask], decide: Callable[..., Awaitable[PlanTask]]
) -> None:
    with pytest.raises(acts.NotProposed):
        await act(db, decide, supervisor(), tasks[0].id, "已经核对。")


async def test_a_closed_task_takes_nothing_more(db: Database, tasks: list[PlanTask]) -> None:
    await finish(db, tasks[0], officer(SU))
    for what, who, more in (
        (progress.report_progress, officer(SU), (HALF,)),
        (progress.propose_done, officer(SU), ("再次完成。",)),
        (progress.accept, supervisor(), ()),
    ):
        with pytest.raises(acts.TaskClosed):
            await act(db, what, who, tasks[0].id, *more)


async def test_the_last_task_tells_the_workflow_of_the_plan_once(
    db: Database, tasks: list[PlanTask], look: Look
) -> None:
    officers = [officer(SU), officer(SU), officer(SONG), officer(JIANG)]
    for task, who in zip(tasks, officers, strict=True):
        assert await look("select 1 from outbox") == []
        await finish(db, task, who)
    rows = await look("select key, target, name, body from outbox")
    document = str(tasks[0].document_id)
    assert [(row["key"], row["target"], row["name"]) for row in rows] == [
        (document, f"document/{document}", "tasks_completed")
    ]


async def finish(db: Database, task: PlanTask, who: object) -> None:
    await act(db, progress.propose_done, who, task.id, "已经完成。")
    await act(db, progress.accept, supervisor(), task.id)


LATER = {"to_on": date(2091, 3, 31), "reason": "上级目录尚未公布，无法对照。"}


async def test_an_approved_extension_keeps_the_first_day(db: Database, tasks: list[PlanTask]) -> None:
    await act(db, progress.ask_extension, officer(SU), tasks[0].id, **LATER)
    task = await act(db, progress.approve_extension, supervisor(), tasks[0].id, "同意。")
    assert (task.due_on, task.original_due_on, task.was_extended) == (date(2091, 3, 31), date(2090, 10, 31), True)


async def test_a_refused_extension_keeps_the_day(db: Database, tasks: list[PlanTask]) -> None:
    await act(db, progress.ask_extension, officer(SU), tasks[0].id, **LATER)
    task = await act(db, progress.refuse_extension, supervisor(), tasks[0].id, "可以先公布本级目录。")
    assert task.due_on == date(2090, 10, 31)


async def test_an_extension_asked_for_after_the_day_is_refused_with_its_rule(
    db: Database, tasks: list[PlanTask]
) -> None:
    with pytest.raises(acts.TooLate) as refused:
        await act(db, progress.ask_extension, officer(SU), tasks[1].id, **LATER)
    assert refused.value.rule_id == "plan.extension"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [({"reason": " "}, acts.ReasonMissing), ({"to_on": date(2090, 10, 31)}, acts.NotLater)],
)
async def test_an_extension_needs_a_reason_and_a_later_day(
    db: Database, tasks: list[PlanTask], changed: dict[str, object], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        await act(db, progress.ask_extension, officer(SU), tasks[0].id, **{**LATER, **changed})


async def test_a_long_term_task_has_no_day_to_extend(db: Database, tasks: list[PlanTask]) -> None:
    with pytest.raises(acts.NoDayToExtend):
        await act(db, progress.ask_extension, officer(JIANG), tasks[3].id, **LATER)


async def test_one_extension_is_asked_for_at_a_time(db: Database, tasks: list[PlanTask]) -> None:
    await act(db, progress.ask_extension, officer(SU), tasks[0].id, **LATER)
    with pytest.raises(acts.ExtensionPending):
        await act(db, progress.ask_extension, officer(SU), tasks[0].id, **LATER)


async def test_what_waits_to_be_accepted_is_not_extended(db: Database, tasks: list[PlanTask]) -> None:
    await act(db, progress.propose_done, officer(SU), tasks[0].id, "目录已经公布。")
    with pytest.raises(acts.AlreadyProposed):
        await act(db, progress.ask_extension, officer(SU), tasks[0].id, **LATER)


async def test_only_a_lead_unit_asks_for_more_time(db: Database, tasks: list[PlanTask]) -> None:
    with pytest.raises(acts.TaskNotYours):
        await act(db, progress.ask_extension, officer(HE), tasks[0].id, **LATER)


async def test_nobody_approves_his_own_request(db: Database, tasks: list[PlanTask]) -> None:
    both = actor(SU, "lead_unit_officer", "supervisor")
    await act(db, progress.ask_extension, both, tasks[0].id, **LATER)
    with pytest.raises(acts.OwnExtension):
        await act(db, progress.approve_extension, both, tasks[0].id)


async def test_what_nobody_asked_for_is_not_approved(db: Database, tasks: list[PlanTask]) -> None:
    with pytest.raises(acts.NoExtension):
        await act(db, progress.approve_extension, supervisor(CHENG), tasks[0].id)


async def test_refusing_an_extension_needs_a_reason(db: Database, tasks: list[PlanTask]) -> None:
    await act(db, progress.ask_extension, officer(SU), tasks[0].id, **LATER)
    with pytest.raises(acts.ReasonMissing):
        await act(db, progress.refuse_extension, supervisor(), tasks[0].id, "")


async def test_the_database_refuses_a_late_extension_and_a_second_decision(
    db: Database, tasks: list[PlanTask], look: Look
) -> None:
    await act(db, progress.ask_extension, officer(SU), tasks[0].id, **LATER)
    with pytest.raises(asyncpg.CheckViolationError, match="extensions_in_time"):
        await look("update extensions set asked_at = due_ends_at")
    await act(db, progress.approve_extension, supervisor(), tasks[0].id)
    with pytest.raises(asyncpg.RestrictViolationError, match="final"):
        await look("update extensions set decision = 'refused', decision_words = '改判'")


async def test_an_unknown_task_is_not_found(db: Database) -> None:
    unknown: UUID = uuid4()
    with pytest.raises(acts.TaskUnknown):
        await act(db, progress.report_progress, officer(SU), unknown, HALF)

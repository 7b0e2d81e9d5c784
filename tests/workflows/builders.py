"""Starts of lifecycles, and the workers that a test needs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from services.kernel.contracts.lifecycle import (
    LIFECYCLE,
    CleanupOutcome,
    LifecycleEnd,
    StandingChange,
    StartLifecycle,
    lifecycle_id,
)
from services.kernel.contracts.messages import DocumentRef, Queue, Text
from services.kernel.procedure.calendar import WorkCalendar
from tests.workflows.town import SERVED, Town
from workflows.__main__ import WORKFLOWS
from workflows.almanac import Almanac

IN_HAND = timedelta(seconds=10)
NO = {
    "touches_market_entities": False,
    "others_duties_touched": False,
    "is_specialised_technical": False,
    "may_affect_stability_or_safety": False,
    "direct_interest_or_major_split": False,
    "drafter_has_legal_unit": False,
    "not_public_by_law": False,
    "touches_specific_group": False,
    "needs_npc_report": False,
    "published_for_comment": False,
    "content_touches_rights": False,
    "asks_responsibility_list": False,
}


# Local books, for stories that name one of them among their overlays.
LOCAL = Path(__file__).parent / "local"


def a_start(kind: str = "NORMATIVE", *, tasks: int = 0, **answers: bool) -> StartLifecycle:
    """A first version of a document in 云溪区, all questions answered no but those given."""
    return StartLifecycle(
        document=DocumentRef(
            document_id=uuid4(),
            kind=kind,
            title="云溪区街面餐饮油烟管理办法",
            issuer_unit="yx-gov",
            drafting_unit="yx-cgj",
            agency_code="云政规",
        ),
        text=Text(version=1, text_hash=f"{1:064d}", materials_hash="0" * 64),
        rule_book="0" * 64,
        predicates={**NO, **answers},
        submitted_at=datetime.now(UTC),
        author_ids=("liu",),
        structure_hash="7" * 64 if tasks else None,
        task_count=tasks,
    )


def an_almanac() -> Almanac:
    """The rules and the calendar as they are, with the local books of these tests."""
    return Almanac(LOCAL, WorkCalendar.load(None), ZoneInfo("Asia/Shanghai"))


@asynccontextmanager
async def at_work(
    client: Client,
    town: Town,
    almanac: Almanac | None = None,
    *,
    runner: WorkflowRunner | None = None,
    kept: int = 100,
) -> AsyncIterator[None]:
    """The workflow worker and the town's four workers; when they go, what they had in hand is still reported.

    With none `kept` every step replays its history, and the next worker need not wait for this one's own queue.
    """
    almanac = almanac or an_almanac()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(
            Worker(
                client,
                task_queue=Queue.WORKFLOWS,
                workflows=list(WORKFLOWS),
                activities=list(almanac.activities()),
                workflow_runner=runner or SandboxedWorkflowRunner(),
                max_cached_workflows=kept,
                graceful_shutdown_timeout=IN_HAND,
            )
        )
        for queue in SERVED:
            served = list(town.activities(queue))
            worker = Worker(client, task_queue=queue, activities=served, graceful_shutdown_timeout=IN_HAND)
            await stack.enter_async_context(worker)
        yield


async def begin(client: Client, start: StartLifecycle) -> WorkflowHandle[Any, LifecycleEnd]:
    """Start a lifecycle as the relay does."""
    handle: WorkflowHandle[Any, LifecycleEnd] = await client.start_workflow(
        LIFECYCLE,
        start,
        id=lifecycle_id(start.document.document_id),
        task_queue=Queue.WORKFLOWS,
        result_type=LifecycleEnd,
    )
    return handle


async def until(
    env: WorkflowEnvironment, condition: Callable[[], bool], *, step: timedelta = timedelta(hours=6)
) -> None:
    """Let time pass, step by step, until something is true."""
    for _ in range(400):
        if condition():
            return
        await env.sleep(step)
        await asyncio.sleep(0.01)
    raise AssertionError("it never happened")


def changes_of(document: DocumentRef) -> tuple[StandingChange, StandingChange]:
    """A suspension, and the end by another decision."""
    suspension, ending = uuid4(), uuid4()
    common = {
        "document": document,
        "text_hash": "a" * 64,
        "effective_on": date(2026, 11, 23),
        "link": "/review/in-force/x",
    }
    return (
        StandingChange.model_validate({**common, "act_id": suspension, "change": "suspended"}),
        StandingChange.model_validate(
            {**common, "act_id": ending, "change": "ended", "by_document": uuid4(), "suspension_id": suspension}
        ),
    )


def cleanup_of(document: DocumentRef) -> tuple[CleanupOutcome, StandingChange]:
    """What a clean-up asks for, and the end by another document that carries it out."""
    cleanup_id, ending = uuid4(), uuid4()
    change = {"act_id": ending, "text_hash": "a" * 64, "change": "ended", "effective_on": date(2026, 11, 23)}
    return (
        CleanupOutcome(cleanup_id=cleanup_id, document=document, outcome="repeal", link="/review/in-force/x"),
        StandingChange.model_validate(
            {
                **change,
                "document": document,
                "by_document": uuid4(),
                "cleanup_ids": [cleanup_id],
                "link": "/review/in-force/x",
            }
        ),
    )

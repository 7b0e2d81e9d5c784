"""What people do to a comment window, as its phase lives it: pauses, an early end, a second opening, extensions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from services.kernel.contracts import lifecycle
from services.kernel.contracts.lifecycle import LifecycleEnd
from tests.workflows.builders import a_start, begin, until
from tests.workflows.town import Town

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
Life = WorkflowHandle[Any, LifecycleEnd]


async def heard(town: Town, env: WorkflowEnvironment) -> tuple[Life, datetime]:
    """A life whose window stands open, and its close."""
    life = await begin(town.client, a_start())
    await until(env, lambda: opened(town), step=HOUR)
    ((_, window),) = town.windows.items()
    return life, window.closes_at


def ended(town: Town) -> datetime:
    """When the phase was over."""
    return next(r.occurred_at for r in town.records if r.stage == "public_comment" and r.event == "closed")


def opened(town: Town) -> bool:
    return any(record.stage == "public_comment" and record.event == "opened" for record in town.records)


def kinds(town: Town) -> list[str]:
    """The notices about acts, in order."""
    return [notice.notice for notice in town.notices if "#act/" in notice.key]


async def past(env: WorkflowEnvironment, instant: datetime) -> None:
    """Let time pass until a minute after an instant."""
    left = instant - await env.get_current_time() + timedelta(minutes=1)
    await env.sleep(max(left, timedelta()))


def items_of(town: Town) -> list[str]:
    """What became of the duty to answer, closing after closing."""
    return [outcome for key, outcome in town.items.items() if "#answers" in key]


async def test_a_suspended_window_waits_without_limit_and_goes_on_when_resumed(
    town: Town, temporal_env: WorkflowEnvironment
) -> None:
    life, closes_at = await heard(town, temporal_env)
    await town.act("suspended", closes_at)
    await past(temporal_env, closes_at + 6 * WEEK)

    assert town.summaries == 0
    later = await temporal_env.get_current_time() + WEEK
    await town.act("resumed", later)
    await life.result()

    assert town.summaries == 1
    assert kinds(town) == ["suspended", "resumed"]
    assert ended(town) >= later


async def test_a_notice_says_whether_anything_is_taken(town: Town, temporal_env: WorkflowEnvironment) -> None:
    life, closes_at = await heard(town, temporal_env)
    await town.act("suspended", closes_at)
    await until(temporal_env, lambda: kinds(town) == ["suspended"], step=timedelta(minutes=1))
    await town.act("resumed", closes_at + HOUR)
    await life.result()

    shown = [notice for notice in town.notices if notice.notice == "window"]
    assert [notice.suspended for notice in shown] == [False, True, False]
    assert shown[-1].closes_at == closes_at + HOUR


async def test_a_window_that_was_ended_early_is_summarised_at_once(
    town: Town, temporal_env: WorkflowEnvironment
) -> None:
    life, closes_at = await heard(town, temporal_env)
    now = await temporal_env.get_current_time()

    await town.act("stopped", now)
    await life.result()

    assert kinds(town) == ["stopped"]
    assert ended(town) < closes_at


async def test_a_window_that_is_reopened_while_answers_are_awaited_is_summarised_again(
    town: Town, temporal_env: WorkflowEnvironment
) -> None:
    town.received, town.answers_arrive = 2, False
    life, closes_at = await heard(town, temporal_env)
    await past(temporal_env, closes_at)
    await until(temporal_env, lambda: items_of(town) == ["open"], step=timedelta(minutes=1))

    later = await temporal_env.get_current_time() + WEEK
    await town.act("reopened", later)
    await until(temporal_env, lambda: items_of(town) == ["reopened"], step=timedelta(minutes=1))
    town.answers_arrive = True
    await life.result()

    assert town.summaries == 2
    assert items_of(town) == ["reopened", "answered"]
    assert town.events("public_comment").count("window_closed") == 2
    assert kinds(town) == ["reopened"]


async def test_the_reminders_of_answers_are_void_while_the_window_is_open_again(
    town: Town, temporal_env: WorkflowEnvironment
) -> None:
    town.received, town.answers_arrive = 2, False
    life, closes_at = await heard(town, temporal_env)
    await past(temporal_env, closes_at)
    await until(temporal_env, lambda: items_of(town) == ["open"], step=timedelta(minutes=1))

    later = await temporal_env.get_current_time() + 20 * WEEK
    await town.act("reopened", later)
    await past(temporal_env, later - WEEK)
    told = list(town.events("public_comment_answers"))
    town.answers_arrive = True
    await life.result()

    assert told == []


async def test_a_window_that_is_reopened_before_its_summary_is_summarised_once(
    town: Town, temporal_env: WorkflowEnvironment
) -> None:
    life, closes_at = await heard(town, temporal_env)
    ((window_id, window),) = town.windows.items()
    early = await temporal_env.get_current_time()
    closed = lifecycle.WindowClosed(event_id=window_id, window_id=window_id, closed_at=early, received=0)

    await town.act("reopened", closes_at + WEEK)
    await town.client.get_workflow_handle(window.reply_to).signal(lifecycle.WINDOW_CLOSED, closed)
    await life.result()

    assert town.summaries == 1
    assert ended(town) >= closes_at + WEEK


@pytest.mark.parametrize("times", [1, 2])
async def test_each_extension_moves_the_close_and_is_announced(
    town: Town, temporal_env: WorkflowEnvironment, times: int
) -> None:
    life, closes_at = await heard(town, temporal_env)

    for week in range(1, times + 1):
        await town.act("extended", closes_at + week * WEEK)
    await life.result()

    due = [record.due.ends_at for record in town.records if record.event == "due_changed" and record.due]
    assert kinds(town) == ["extended"] * times
    assert due == [closes_at + week * WEEK for week in range(1, times + 1)]
    assert ended(town) >= closes_at + times * WEEK

"""Reminders of the duty to answer: counted from the end of the window, once each, and late rather than never."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from temporalio import activity
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from services.kernel.contracts import almanac
from services.kernel.contracts.messages import Deadline
from services.kernel.procedure.calendar import WorkCalendar
from tests.workflows.builders import a_start, at_work, begin, until
from tests.workflows.town import SILENCE, Town
from workflows.almanac import Almanac

TERM, STAGE = "comment.feedback_term", "public_comment_answers"
SECOND, LONG = timedelta(seconds=1), timedelta(weeks=4)
SOON = 15 * SECOND  # longer than workers take to go, on a slow machine


class Hasty(Almanac):
    """The rules as they are, but for the term to answer: it ends so long after it is asked for."""

    def __init__(self, remind: timedelta, ends: timedelta) -> None:
        super().__init__(None, WorkCalendar.load(None), ZoneInfo("Asia/Shanghai"))
        self.remind, self.ends = remind, ends
        self.asked: list[datetime] = []

    @activity.defn(name=almanac.DUE.name)
    async def due(self, question: almanac.AskDue) -> Deadline:
        if question.limit.rule_id != TERM:
            return await super().due(question)
        self.asked.append(question.counted_from)
        now = datetime.now(UTC)
        return Deadline(rule_id=TERM, last_day=now.date(), ends_at=now + self.ends, remind_at=now + self.remind)


def a_town(client: Client) -> Town:
    """A town whose windows close at once, and whose two opinions nobody answers."""
    town = Town(client, received=2)
    town.sweeps, town.answers_arrive = True, False
    return town


async def soon(condition: Callable[[], bool], said: Callable[[], object] = str) -> None:
    for _ in range(6000):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"it never happened: {said()}")


def waits(town: Town) -> bool:
    return any(item.stage == STAGE for item in town.posted)


async def test_a_moment_that_passed_before_the_wait_began_is_told_late(temporal_client: Client) -> None:
    town, rules = a_town(temporal_client), Hasty(SECOND, 2 * SECOND)
    town.inbox_open.clear()
    async with at_work(temporal_client, town, rules):
        life = await begin(temporal_client, a_start())
        await soon(lambda: waits(town), lambda: (town.records[-3:], town.posted[-2:], town.told[-2:]))
        await asyncio.sleep(2.5)
        town.inbox_open.set()
        await soon(lambda: bool(town.events(STAGE)))
        await asyncio.sleep(0.5)
        await life.terminate()

    assert town.events(STAGE) == ["overdue"]


async def test_after_a_downtime_over_both_moments_one_mail_says_that_the_day_is_over(temporal_client: Client) -> None:
    town, rules = a_town(temporal_client), Hasty(SOON, SOON + SECOND)
    async with at_work(temporal_client, town, rules):
        life = await begin(temporal_client, a_start())
        await soon(lambda: waits(town), lambda: (town.records[-3:], town.posted[-2:], town.told[-2:]))
    await asyncio.sleep((SOON + SECOND).total_seconds())
    assert town.events(STAGE) == []

    async with at_work(temporal_client, town, rules):
        await soon(lambda: bool(town.events(STAGE)))
        await asyncio.sleep(0.5)
        await life.terminate()

    assert town.events(STAGE) == ["overdue"]


async def test_after_a_downtime_over_the_first_moment_it_is_told_once(temporal_client: Client) -> None:
    town, rules = a_town(temporal_client), Hasty(SOON, LONG)
    async with at_work(temporal_client, town, rules):
        life = await begin(temporal_client, a_start())
        await soon(lambda: waits(town), lambda: (town.records[-3:], town.posted[-2:], town.told[-2:]))
    await asyncio.sleep(SOON.total_seconds())
    assert town.events(STAGE) == []

    async with at_work(temporal_client, town, rules):
        await soon(lambda: bool(town.events(STAGE)))
        await asyncio.sleep(0.5)
        await life.terminate()

    assert town.events(STAGE) == ["due_soon"]


async def test_the_term_is_counted_from_the_last_moment_of_the_window(temporal_env: WorkflowEnvironment) -> None:
    town, rules = Town(temporal_env.client, received=2), Hasty(LONG, 2 * LONG)
    town.answers_arrive = False
    async with at_work(temporal_env.client, town, rules):
        life = await begin(town.client, a_start())
        await until(temporal_env, lambda: waits(town))
        ((_, window),) = town.windows.items()
        await life.terminate()

    assert rules.asked == [window.closes_at - timedelta(microseconds=1)]


class Brief(Almanac):
    """The rules as they are, but a legality review ends four days after it began: within any known year."""

    @activity.defn(name=almanac.DUE.name)
    async def due(self, question: almanac.AskDue) -> Deadline:
        if not question.limit.rule_id.startswith("legality."):
            return await super().due(question)
        began, day = question.counted_from, timedelta(hours=24)
        return Deadline(
            rule_id=question.limit.rule_id, last_day=began.date(), ends_at=began + 4 * day, remind_at=began + 2 * day
        )


async def test_the_reminder_works_again_after_a_return(temporal_env: WorkflowEnvironment) -> None:
    town, stage = Town(temporal_env.client), "legality_review"
    town.script[stage] = [SILENCE, SILENCE]
    once = ["assigned", "due_soon", "overdue"]
    rules = Brief(None, WorkCalendar.load(None), ZoneInfo("Asia/Shanghai"))
    async with at_work(temporal_env.client, town, rules):
        life = await begin(town.client, a_start())
        await until(temporal_env, lambda: town.events(stage) == once)
        (first,) = [key for key, round_ in town.rounds.items() if round_.stage == stage]
        await town.decide(first, "amend")
        await until(temporal_env, lambda: town.events(stage) == [*once, "returned", *once])
        await life.terminate()

    posted = [item for item in town.posted if item.stage == stage]
    assert [(item.ordinal, town.items[item.key]) for item in posted] == [(1, "amend"), (2, "open")]

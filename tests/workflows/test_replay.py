"""Procedures that are under way go on under today's code: golden histories replay, and a changed order is noticed."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Sequence
from typing import Any

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from tests.workflows import histories
from tests.workflows.record import STORIES, chosen
from workflows import kinds, patches
from workflows.__main__ import WORKFLOWS
from workflows.life import Life

A_PATH = re.compile(r"site-packages|\.py\b|\"/(?!(?:notify|review)/)")
NORMATIVE = "normative_unlawful"
Events = list[dict[str, Any]]


async def _replay(name: str, events: Events | None = None, *, sandboxed: bool = True) -> Exception | None:
    history = histories.history_of(name, events) if events else histories.load(name)
    runner = {} if sandboxed else {"workflow_runner": UnsandboxedWorkflowRunner()}
    replayer = Replayer(workflows=list(WORKFLOWS), data_converter=pydantic_data_converter, **runner)  # type: ignore[arg-type]
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    return result.replay_failure


@pytest.mark.parametrize("name", histories.names())
async def test_a_procedure_as_it_once_ran_is_what_the_code_does_today(name: str) -> None:
    assert await _replay(name) is None


def test_every_workflow_and_every_story_has_its_histories() -> None:
    started = {str(histories.events_of(name)[0]["of"]["workflowType"]["name"]) for name in histories.names()}

    assert started == {workflow.__name__ for workflow in WORKFLOWS}
    assert set(histories.names()) == {name for story in STORIES for name in story.keeps}


async def test_another_activity_than_the_recorded_one_is_noticed() -> None:
    events = histories.events_of(NORMATIVE)
    first = next(event for event in events if event["type"] == "ACTIVITY_TASK_SCHEDULED")
    first["of"]["activityType"]["name"] = "intake.check_gate"

    assert isinstance(await _replay(NORMATIVE, events), NondeterminismError)


async def test_children_started_in_another_order_are_noticed() -> None:
    events = histories.events_of(NORMATIVE)
    children = [event for event in events if event["type"] == "START_CHILD_WORKFLOW_EXECUTION_INITIATED"]
    one, other = children[:2]
    one["of"]["workflowId"], other["of"]["workflowId"] = other["of"]["workflowId"], one["of"]["workflowId"]

    assert isinstance(await _replay(NORMATIVE, events), NondeterminismError)


async def test_a_step_taken_out_of_the_statute_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def without_assessment(life: Life) -> None:
        await life.fix_procedure()
        await life.step("initiation")
        await asyncio.gather(life.hear_the_public(), life.steps("consultation"))

    assert await _replay(NORMATIVE, sandboxed=False) is None
    monkeypatch.setattr(kinds, "normative_document", without_assessment)

    assert isinstance(await _replay(NORMATIVE, sandboxed=False), NondeterminismError)


@pytest.mark.parametrize("name", histories.names())
def test_a_history_does_not_name_the_machine_that_recorded_it(name: str) -> None:
    events = histories.events_of(name)
    text = json.dumps(events, ensure_ascii=False)

    assert not set(histories.keys_of(events)) & {"identity", "stackTrace", "binaryChecksum", "workerVersion"}
    assert A_PATH.findall(text) == []
    assert f"@{socket.gethostname()}" not in text


@pytest.mark.parametrize(
    ("asked", "anew", "recorded"),
    [([], False, 1), (["major_decision"], False, 1), (["work_plan"], True, 1), ([], True, -1)],
    ids=["the missing one", "a named missing one", "one anew", "all anew"],
)
def test_recording_takes_what_is_missing_and_more_only_when_told(
    asked: Sequence[str], *, anew: bool, recorded: int
) -> None:
    everything = [name for story in STORIES for name in story.keeps]
    there = [name for name in everything if name != "major_decision"]

    assert len(chosen(list(asked), there=there, anew=anew)) == (len(everything) if recorded < 0 else recorded)


def test_a_recorded_history_is_not_written_over() -> None:
    with pytest.raises(SystemExit, match="already recorded"):
        chosen(["work_plan"], there=["work_plan"], anew=False)


def test_a_change_of_order_that_is_not_listed_is_refused() -> None:
    with pytest.raises(KeyError):
        patches.changed("hearing-before-experts")

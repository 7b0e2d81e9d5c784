"""The skeleton is as real as its shape: commands are counted and read out of histories, and walked again."""

from __future__ import annotations

from uuid import uuid4

import pytest
from temporalio.client import Client

from bench.shape import Command, Shape, Shapes, child_name, learn, shape_of, tally
from bench.skeleton import QUEUE, Part, Skeleton, worker
from tests.workflows import histories


def the_shape(name: str) -> Shape:
    """The shape of a golden history."""
    return shape_of(histories.load(name).events)


def commands(shape: Shape) -> list[Command]:
    """All that it asks for."""
    return [command for step in shape.steps for command in step.commands]


def test_the_commands_of_a_history_are_counted() -> None:
    counted = tally(histories.load("round_overdue").events)

    assert counted == {"local_activities": 1, "activities": 10, "timers": 2, "waits": 1}


@pytest.mark.parametrize("name", ["round_amend", "comment_answered", "major_decision", "normative_every_way_back"])
def test_a_shape_holds_every_command_of_its_history(name: str) -> None:
    counted = tally(histories.load(name).events)
    does = [command.does for command in commands(the_shape(name))]

    assert does.count("activity") == counted["activities"]
    assert does.count("local") == counted["local_activities"]
    assert does.count("timer") == counted["timers"]
    assert does.count("child") == counted["children"]


def test_nothing_is_waited_for_before_it_was_asked() -> None:
    asked: set[int] = set()
    for step in the_shape("major_decision").steps:
        assert set(step.after) <= asked
        asked |= {command.id for command in step.commands}


def test_a_person_is_asked_once_and_at_once() -> None:
    asks = [command.asks for command in commands(the_shape("round_amend")) if command.asks]

    assert asks == [(0.0,)]


def test_a_child_that_outlives_its_parent_is_not_waited_for() -> None:
    living_on = [command.child for command in commands(the_shape("work_plan")) if command.lives_on]

    assert living_on == ["follow_up/1"]


def test_the_name_of_a_child_does_not_hold_its_document() -> None:
    assert child_name(f"document/{uuid4()}/legality_review/2") == "legality_review/2"


async def test_the_skeleton_asks_the_server_for_as_much_as_the_real_round(temporal_client: Client) -> None:
    name = "round_amend"
    learn(Shapes(main=the_shape(name)))
    async with worker(temporal_client):
        part = Part(document=str(uuid4()))
        handle = await temporal_client.start_workflow(
            Skeleton.run, part, id=f"{QUEUE}/{part.document}", task_queue=QUEUE
        )
        await handle.signal(Skeleton.heard)
        await handle.result()
        walked = (await handle.fetch_history()).events

    assert tally(walked) == tally(histories.load(name).events)

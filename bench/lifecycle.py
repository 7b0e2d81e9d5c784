"""The life of a normative document, from POST to publication and filing, against a bare skeleton of the same shape.

Both on one Temporal server with the same storage, in turns within one run. The skeleton does what the product's real
histories show: as many activities, waits, timers and children, in the same turns, with nothing in them.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean
from typing import Any

from rich.console import Console
from rich.progress import Progress
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from bench.floor import Floor
from bench.measure import Batch, Goal, Meter, Side, history_sizes, ratio, spent
from bench.people import People
from bench.shape import Shapes, child_name, shape_of, tally, type_of
from fawen.demo.people import Town
from fawen.stack import Stack
from fawen.stack.ports import free_ports

# No new turn is begun that would end after this; a run that is not over after the limit is given up.
BUDGET_SECONDS, LIMIT_SECONDS = 210.0, 238.0
# How long the warm-up takes on a quiet machine; on a busy one, fewer lifecycles run side by side.
QUIET_SECONDS = 25.0
# Of so many lifecycles of each side the histories are read and weighed.
SAMPLE = 3
SERVER, DATABASE = "temporal", "postgres"
Tell = Callable[[], None]
Live = Callable[[int, Tell], Awaitable[list[str]]]
Histories = dict[str, list[HistoryEvent]]


@dataclass
class Team:
    """One side at play: how it lives lifecycles, whose CPU is counted meanwhile, and what came of it."""

    live: Live
    processes: Mapping[str, int]
    batches: list[Batch] = field(default_factory=list)
    lived: list[str] = field(default_factory=list)

    async def turn(self, count: int, tell: Tell) -> None:
        """So many lifecycles side by side."""
        meter = Meter(self.processes)
        before, began = meter.read(), time.monotonic()
        self.lived += await self.live(count, tell)
        seconds = time.monotonic() - began
        self.batches.append(Batch(count, seconds, spent(before, meter.read())))


async def run(argv: Sequence[str]) -> dict[str, Any]:
    """Measure; the answer is what is printed."""
    parser = argparse.ArgumentParser(prog="python -m bench lifecycle", description=__doc__)
    parser.add_argument("--in-flight", type=int, default=8, help="lifecycles side by side")
    parser.add_argument("--turns", type=int, default=2, help="how often each side has its turn, at most")
    given = parser.parse_args(argv)
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            return await _measured(given.in_flight, given.turns)
    except TimeoutError:
        raise SystemExit(f"nothing to say: not over after {LIMIT_SECONDS:g} s, the machine is too busy") from None


async def _measured(in_flight: int, turns: int) -> dict[str, Any]:
    began = time.monotonic()
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("starting the local stack", total=2 + 2 * turns * in_flight)
        async with Stack.start(None, port=free_ports(1)[0], overlays=("demo",), keep=False) as stack:
            progress.update(bar, description="lifecycles")
            tell = lambda: progress.advance(bar)  # noqa: E731
            product, skeleton = await _match(stack, in_flight, turns, began + BUDGET_SECONDS, tell)
    return report(product, skeleton) | {"seconds": round(time.monotonic() - began)}


def report(product: Side, skeleton: Side) -> dict[str, Any]:
    """Both sides, and their ratios with the goals that we hold ourselves to."""
    return {
        "bench": "lifecycle",
        "product": product.figures(),
        "skeleton": skeleton.figures(),
        "goals": {goal.name: goal.figures() for goal in goals(product, skeleton)},
    }


def goals(product: Side, skeleton: Side) -> list[Goal]:
    """Ratios of the product to the skeleton; `cpu` is that of the server and of all workers, without the database."""
    ours, bare = product.cpu_ms(but=DATABASE), skeleton.cpu_ms(but=DATABASE)
    return [
        Goal("rate", ratio(product.rate, skeleton.rate), 0.5, "more"),
        Goal("cpu", ratio(ours, bare), 1.5, "less"),
        Goal("events", ratio(product.events, skeleton.events), 1.25, "less"),
        Goal("bytes", ratio(product.bytes, skeleton.bytes), 1.5, "less"),
    ]


async def _match(stack: Stack, in_flight: int, turns: int, until: float, tell: Tell) -> tuple[Side, Side]:
    """Warm up, learn the shape, then A, B, A, B."""
    client = await Client.connect(stack.temporal_address, data_converter=pydantic_data_converter)
    began = time.monotonic()
    async with Town.at(stack.base_url, stack.keys_file) as town:
        people = People(town, client)
        (first,) = await people.live(1, tell)
        file = stack.home / "shapes.json"
        file.write_text(_shapes(await _settled(client, first)).model_dump_json(), "utf-8")
        async with Floor.start(stack.temporal_address, file) as floor:
            await floor.live(1, tell)
            teams = (
                Team(people.live, _pids(stack, SERVER, "workflows", "services", DATABASE)),
                Team(floor.live, {**_pids(stack, SERVER), "workers": floor.pid}),
            )
            await _turns(teams, fitting(in_flight, time.monotonic() - began), turns, until, tell)
            product, skeleton = [await _side(client, team) for team in teams]
    return product, skeleton


def fitting(in_flight: int, warm_up: float) -> int:
    """How many lifecycles to run side by side where the warm-up took so many seconds."""
    return max(2, min(in_flight, round(in_flight * QUIET_SECONDS / warm_up)))


async def _turns(teams: Sequence[Team], in_flight: int, turns: int, until: float, tell: Tell) -> None:
    for _ in range(turns):
        began = time.monotonic()
        for team in teams:
            await team.turn(in_flight, tell)
        if 2 * time.monotonic() - began > until:
            return


def _pids(stack: Stack, *names: str) -> dict[str, int]:
    return {name: pid for name in names if (pid := stack.child(name).pid) is not None}


async def _side(client: Client, team: Team) -> Side:
    sizes, commands = [], Counter[str]()
    for workflow_id in team.lived[:SAMPLE]:
        histories = await _settled(client, workflow_id)
        sizes.append(await history_sizes(client, list(histories)))
        commands = sum((tally(events) for events in histories.values()), Counter())
    return Side(team.batches, mean(events for events, _ in sizes), mean(bytes_ for _, bytes_ in sizes), commands)


async def _settled(client: Client, workflow_id: str) -> Histories:
    """The histories of a lifecycle and of its children, when none grows any more."""
    before: int = -1
    while True:
        histories = await _histories(client, workflow_id)
        count = sum(len(events) for events in histories.values())
        if count == before:
            return histories
        before = count
        await asyncio.sleep(1)


async def _histories(client: Client, workflow_id: str) -> Histories:
    events = list((await client.get_workflow_handle(workflow_id).fetch_history()).events)
    found = {workflow_id: events}
    for event in events:
        if type_of(event) == "START_CHILD_WORKFLOW_EXECUTION_INITIATED":
            child = event.start_child_workflow_execution_initiated_event_attributes.workflow_id
            found |= await _histories(client, child)
    return found


def _shapes(histories: Histories) -> Shapes:
    (_, main), *children = histories.items()
    return Shapes(main=shape_of(main), children={child_name(id_): shape_of(events) for id_, events in children})

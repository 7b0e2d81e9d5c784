"""The floor's workflow: it does what a shape says, turn by turn, and nothing else.

Shapes do not travel in messages, so that its histories stay bare: the process learns them before its worker starts.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from bench.shape import BOOK, MAIN, Command, Frozen, Step

QUEUE = "skeleton"
TRY = timedelta(seconds=30)


class Part(Frozen):
    """Which document, and which part of its procedure."""

    document: str
    name: str = MAIN


class Asked(Frozen):
    """Which document; and who waits for signals, each after so many seconds."""

    document: str
    asks: tuple[float, ...] = ()


@activity.defn
async def nothing(_asked: Asked) -> None:
    """An activity that does nothing."""


@activity.defn
async def ask(asked: Asked) -> None:
    """Tell those who are asked, and nothing else."""
    for pause in asked.asks:
        print(f"{activity.info().workflow_id}\t{pause}", flush=True)


@workflow.defn
class Skeleton:
    """Turn by turn as the shape says: wait for what it waited for, ask what it asked."""

    def __init__(self) -> None:
        self._heard = 0
        self._running: dict[int, asyncio.Future[None]] = {}

    @workflow.run
    async def run(self, part: Part) -> None:
        """Walk through the shape."""
        self._part = part
        for step in BOOK[part.name].steps:
            await asyncio.gather(*(self._running.pop(id_) for id_ in step.after if id_ in self._running))
            await workflow.wait_condition(lambda step=step: self._heard >= step.heard)  # type: ignore[misc]
            await self._turn(step)
        lasting = [command for step in BOOK[part.name].steps for command in step.commands if command.lives_on]
        await asyncio.gather(*(self._running.pop(command.id) for command in lasting))

    @workflow.signal
    def heard(self) -> None:
        """Somebody has acted."""
        self._heard += 1

    async def _turn(self, step: Step) -> None:
        for id_ in step.ends:
            if timer := self._running.pop(id_, None):
                timer.cancel()
        for command in step.commands:
            if command.does == "local":
                await workflow.execute_local_activity(nothing, self._asked(command), start_to_close_timeout=TRY)
            else:
                self._running[command.id] = asyncio.ensure_future(self._carry_out(command))

    async def _carry_out(self, command: Command) -> None:
        match command.does:
            case "timer":
                await workflow.sleep(command.seconds)
            case "child":
                await self._child(command)
            case _:
                act = ask if command.asks else nothing
                await workflow.execute_activity(act, self._asked(command), start_to_close_timeout=TRY)

    async def _child(self, command: Command) -> None:
        name = command.child
        policy = workflow.ParentClosePolicy.ABANDON if command.lives_on else workflow.ParentClosePolicy.TERMINATE
        child = await workflow.start_child_workflow(
            Skeleton.run,
            Part(document=self._part.document, name=name),
            id=f"{QUEUE}/{self._part.document}/{name}",
            parent_close_policy=policy,
        )
        if not command.lives_on:
            await child

    def _asked(self, command: Command) -> Asked:
        return Asked(document=self._part.document, asks=command.asks)


def worker(client: Client) -> Worker:
    """The worker of the floor: the same sandbox and the same converter as the product's, nothing around it."""
    return Worker(client, task_queue=QUEUE, workflows=[Skeleton], activities=[nothing, ask])

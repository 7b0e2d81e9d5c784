"""The bare floor of closing: a workflow for each window, with its own timer and one activity that writes the close."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

QUEUE = "bare-timers"
# How fast workflows are started at least, so that all timers stand before the first one fires.
STARTS_PER_S, LEAST_LEAD = 40.0, 4.0
TABLE = "create temporary table bare (id uuid primary key, closes_at timestamptz not null, closed_at timestamptz)"
ADD = "insert into bare (id, closes_at) select id, $2 from unnest($1::uuid[]) as given (id)"
CLOSE = "update bare set closed_at = clock_timestamp() where id = $1"
LATE = "select extract(epoch from closed_at - closes_at)::float8 as late from bare"
NOW = "select clock_timestamp()"


@workflow.defn
class BareTimer:
    """Sleeps until an instant (seconds since the epoch), then has one row closed."""

    @workflow.run
    async def run(self, window_id: str, closes_at: float) -> None:
        """Wait, then close."""
        left = closes_at - workflow.now().timestamp()
        if left > 0:
            await workflow.sleep(left)
        await workflow.execute_activity("bare.close", window_id, start_to_close_timeout=timedelta(seconds=30))


class Timers:
    """Windows that are closed by timers, on one server and over one connection."""

    def __init__(self, client: Client, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._client, self._connection, self._turn = client, connection, asyncio.Lock()

    async def fire(self, count: int) -> list[float]:
        """Let so many timers fire at one instant; how late each row was closed, in seconds by the database's clock."""
        ids = [uuid4() for _ in range(count)]
        now: datetime = await self._connection.fetchval(NOW)
        closes_at = now + timedelta(seconds=LEAST_LEAD + count / STARTS_PER_S)
        await self._connection.execute(TABLE)
        await self._connection.execute(ADD, ids, closes_at)
        async with Worker(
            self._client,
            task_queue=QUEUE,
            workflows=[BareTimer],
            activities=[self.close],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ):
            handles = await asyncio.gather(*(self._start(each, closes_at) for each in ids))
            await asyncio.gather(*(handle.result() for handle in handles))
        return [row["late"] for row in await self._connection.fetch(LATE)]

    @activity.defn(name="bare.close")
    async def close(self, window_id: str) -> None:
        """Write that a window is closed."""
        async with self._turn:
            await self._connection.execute(CLOSE, UUID(window_id))

    async def _start(self, window_id: UUID, closes_at: datetime) -> WorkflowHandle[BareTimer, None]:
        return await self._client.start_workflow(
            BareTimer.run,
            args=[str(window_id), closes_at.astimezone(UTC).timestamp()],
            id=f"bare/{window_id}",
            task_queue=QUEUE,
        )

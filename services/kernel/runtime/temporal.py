"""The connection to Temporal, with the pydantic converter and tracing, and the worker that runs until told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.worker import Worker

from services.kernel.contracts.messages import Queue
from services.kernel.contracts.refusals import Unavailable
from services.kernel.runtime.settings import Settings

log = structlog.get_logger()
AGAIN_SECONDS = 1.0


class Temporal:
    """A client made when first needed, so that a service starts, and takes submissions, while Temporal is down."""

    def __init__(self, address: str, namespace: str) -> None:
        self._address, self._namespace = address, namespace
        self._client: Client | None = None
        self._lock = asyncio.Lock()

    @classmethod
    def of(cls, settings: Settings) -> Temporal:
        """The connection that the settings name."""
        return cls(settings.temporal_address, settings.temporal_namespace)

    async def client(self) -> Client:
        """The connected client. Raises Unavailable."""
        async with self._lock:
            if self._client is None:
                try:
                    self._client = await Client.connect(
                        self._address,
                        namespace=self._namespace,
                        data_converter=pydantic_data_converter,
                        plugins=[OpenTelemetryPlugin()],
                    )
                except (RPCError, RuntimeError, OSError) as error:
                    raise Unavailable("temporal") from error
            return self._client

    async def connected(self) -> Client:
        """The client, waiting for the server as long as it takes."""
        while True:
            try:
                return await self.client()
            except Unavailable:
                await asyncio.sleep(AGAIN_SECONDS)


async def serve(
    temporal: Temporal,
    queue: Queue,
    *,
    activities: Sequence[Callable[..., Any]] = (),
    workflows: Sequence[type] = (),
) -> None:
    """Work on `queue` until cancelled; a worker that fails is started again, for the queue keeps what it missed."""
    while True:
        client = await temporal.connected()
        try:
            worker = Worker(client, task_queue=queue, activities=list(activities), workflows=list(workflows))
            log.info("worker.started", queue=queue.value)
            await worker.run()
        except (RPCError, RuntimeError) as error:
            log.warning("worker.failed", queue=queue.value, error=str(error))
            await asyncio.sleep(AGAIN_SECONDS)

"""What a duty officer watches, read from the database now and then and exported by OTLP: never who or what, only how many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from opentelemetry.metrics import CallbackOptions, Observation

from services.kernel.contracts.refusals import Unavailable
from services.kernel.runtime import outbox, telemetry
from services.kernel.runtime.db import GONE, Connection, Database

log = structlog.get_logger()

EVERY_SECONDS = 15.0

Reading = Callable[[Connection], Awaitable[Mapping[str, float]]]


class Gauges:
    """The gauges of one service; every relay of the service exports the same figures."""

    def __init__(self, db: Database, *readings: Reading) -> None:
        self._db, self._readings = db, (outbox.figures, *readings)
        self._seen: dict[str, float] = {}

    async def run(self) -> None:
        """Read until cancelled; while the database is away the last figures stand."""
        while True:
            try:
                await self.read()
            except (Unavailable, *GONE) as gone:
                log.warning("gauges.database_gone", error=str(gone))
            await asyncio.sleep(EVERY_SECONDS)

    async def read(self) -> Mapping[str, float]:
        """Read every figure now, and have it exported under its name (`fawen.inbox.overdue`)."""
        async with self._db.read() as connection:
            found = {name: value for reading in self._readings for name, value in (await reading(connection)).items()}
        for name in found.keys() - self._seen.keys():
            telemetry.meter.create_observable_gauge(name, callbacks=[self._observer(name)])
        self._seen.update(found)
        return found

    def _observer(self, name: str) -> Callable[[CallbackOptions], list[Observation]]:
        return lambda _options: [Observation(self._seen[name], {"service": self._db.schema})]

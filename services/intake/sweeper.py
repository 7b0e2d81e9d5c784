"""The sweeper: closes every due window at its instant, also while Temporal is down, and sleeps until the next one."""

from __future__ import annotations

import asyncio

import asyncpg
import structlog

from services.intake.actions.window import close_due
from services.intake.store import closing
from services.kernel.contracts.refusals import Unavailable
from services.kernel.runtime.db import GONE, Database

log = structlog.get_logger()

LONGEST_SLEEP = 2.0
AGAIN_SECONDS = 1.0


class Sweeper:
    """One of possibly several; row locks keep them from closing a window twice."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Close windows until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._sweep_forever())

    async def _sweep_forever(self) -> None:
        while True:
            self._woken.clear()
            try:
                if closed := await close_due(self._db):
                    log.info("windows.closed", count=closed)
                pause = await self._pause()
            except (Unavailable, *GONE) as gone:
                log.warning("sweeper.database_gone", error=str(gone))
                pause = AGAIN_SECONDS
            try:
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _pause(self) -> float:
        async with self._db.read() as conn:
            seconds = await closing.next_close(conn)
        return LONGEST_SLEEP if seconds is None else min(seconds, LONGEST_SLEEP)

    async def _listen(self) -> None:
        while True:
            try:
                connection = await self._db.listen()
            except GONE:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            await self._hear(connection)

    async def _hear(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        await connection.add_listener("windows", self._on_notify)
        self._woken.set()
        try:
            await lost.wait()
        finally:
            if not connection.is_closed():
                await connection.close()

    def _on_notify(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        if payload == self._db.schema:
            self._woken.set()

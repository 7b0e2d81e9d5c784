"""The relay: takes letters out of the outbox and delivers them, at least once, in order for each key.

Woken by NOTIFY, with a poll as the net. Letters are claimed by lease, so several relays share one outbox and no
transaction is open while a letter is on its way. What the receiver will never take is parked with its reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from opentelemetry.trace import SpanKind
from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from services.kernel.contracts.messages import Queue
from services.kernel.contracts.refusals import Refused, Unavailable
from services.kernel.runtime import outbox, telemetry
from services.kernel.runtime.db import GONE, Connection, Database
from services.kernel.runtime.outbox import Letter, letter_of
from services.kernel.runtime.temporal import Temporal

log = structlog.get_logger()

BATCH = 64
IN_FLIGHT = 8
LEASE_SECONDS = 30
POLL_SECONDS = 2.0
SEND_SECONDS = 10.0
TRIES_BEFORE_PARKING = 12
LONGEST_PAUSE_SECONDS = 60

CLAIM = """
update outbox
   set attempts = attempts + 1, next_try_at = clock_timestamp() + make_interval(secs => $2)
 where id in (
       select due.id
         from outbox as due
        where due.state = 'waiting' and due.next_try_at <= clock_timestamp()
          and not exists (select 1 from outbox as earlier
                           where earlier.state = 'waiting' and earlier.key = due.key
                             and earlier.position < due.position)
        order by due.position
        limit $1
          for update of due skip locked)
returning id, key, kind, target, name, body, trace, attempts, created_at
"""

DELIVERED = """
update outbox
   set state = 'delivered', delivered_at = clock_timestamp(), last_error = null
 where id = $1
"""

AGAIN = """
update outbox
   set next_try_at = clock_timestamp() + make_interval(secs => $2), last_error = $3
 where id = $1 and state = 'waiting'
"""

PARK = """
update outbox
   set state = 'parked', last_error = $2
 where id = $1 and state = 'waiting'
"""

Deliver = Callable[[Letter], Awaitable[None]]


class Undeliverable(Exception):
    """The receiver will never take this letter."""


class NotYet(Exception):
    """The receiver is not there yet; it may come."""


class Relay:
    """One relay process of one service. `deliver` says how each kind of letter leaves."""

    def __init__(self, db: Database, deliver: Mapping[str, Deliver]) -> None:
        self._db, self._deliver = db, deliver
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._drain_forever())

    async def drain(self) -> int:
        """Deliver all that is due now; the answer counts the letters tried. For tests and for one-shot use."""
        tried = 0
        while batch := await self._claim():
            tried += len(batch)
            slots = asyncio.Semaphore(IN_FLIGHT)
            await asyncio.gather(*(self._send(letter, slots) for letter in batch))
        return tried

    async def _drain_forever(self) -> None:
        while True:
            try:
                await self.drain()
            except (Unavailable, *GONE) as gone:
                log.warning("relay.database_gone", error=str(gone))
            self._woken.clear()
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _listen(self) -> None:
        while True:
            try:
                connection = await self._db.listen()
            except GONE:
                await asyncio.sleep(POLL_SECONDS)
                continue
            try:
                await self._hear(connection)
            except GONE:
                await asyncio.sleep(POLL_SECONDS)
            finally:
                if not connection.is_closed():
                    await connection.close()

    async def _hear(self, connection: Connection) -> None:
        """Wake the relay at each notice until the connection is lost."""
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        await connection.add_listener("outbox", self._on_notify)
        # What was put while nobody listened must not wait for the next notice.
        self._woken.set()
        await lost.wait()

    def _on_notify(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        if payload == self._db.schema:
            self._woken.set()

    async def _claim(self) -> list[Letter]:
        async with self._db.transaction() as tx:
            rows = await tx.fetch(CLAIM, BATCH, LEASE_SECONDS)
        return sorted((letter_of(row) for row in rows), key=lambda letter: letter.created_at)

    async def _send(self, letter: Letter, slots: asyncio.Semaphore) -> None:
        async with slots:
            with telemetry.span(
                f"outbox.{letter.kind}", parent=letter.trace, kind=SpanKind.PRODUCER, attributes={"name": letter.name}
            ):
                await self._settle(letter, await self._try(letter))

    async def _try(self, letter: Letter) -> Exception | None:
        try:
            deliver = self._deliver[letter.kind]
            await asyncio.wait_for(deliver(letter), SEND_SECONDS)
        except (Undeliverable, NotYet, Unavailable, Refused, OSError, TimeoutError, RPCError) as error:
            return error
        except Exception as error:  # a letter that breaks its deliverer must not stop the others
            log.exception("relay.failed", letter_id=str(letter.id), name=letter.name)
            return NotYet(repr(error))
        return None

    async def _settle(self, letter: Letter, error: Exception | None) -> None:
        async with self._db.transaction() as tx:
            match error:
                case None:
                    await tx.execute(DELIVERED, letter.id)
                case Undeliverable() | Refused():
                    await self._park(tx, letter, error)
                case NotYet() if letter.attempts >= TRIES_BEFORE_PARKING:
                    await self._park(tx, letter, error)
                case NotYet():
                    await tx.execute(AGAIN, letter.id, pause(letter.attempts), str(error))
                case _:
                    # The other side is down: that says nothing about the letter, so the try does not count.
                    await tx.execute(AGAIN, letter.id, pause(min(letter.attempts, 4)), repr(error))

    async def _park(self, tx: Connection, letter: Letter, why: Exception) -> None:
        await tx.execute(PARK, letter.id, str(why))
        log.error("relay.parked", letter_id=str(letter.id), name=letter.name, target=letter.target, why=str(why))


def pause(attempts: int) -> float:
    """Seconds to wait before the next try: 0.25, 0.5, 1, ... up to a minute."""
    return float(min(0.25 * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS))


def to_temporal(temporal: Temporal) -> dict[str, Deliver]:
    """How letters to workflows leave. A workflow that runs already counts as delivered."""

    async def start(letter: Letter) -> None:
        client = await temporal.client()
        try:
            await client.start_workflow(
                letter.name,
                letter.body,
                id=letter.target,
                task_queue=Queue.WORKFLOWS,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )
        except WorkflowAlreadyStartedError:
            log.info("relay.already_started", workflow_id=letter.target)

    async def signal(letter: Letter) -> None:
        client = await temporal.client()
        await _signal(client, letter)

    return {outbox.START: start, outbox.SIGNAL: signal}


async def _signal(client: Client, letter: Letter) -> None:
    message = {**letter.body, "event_id": str(letter.id)}
    handle = client.get_workflow_handle(letter.target)
    try:
        await handle.signal(letter.name, message)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        if "completed" not in str(error):
            raise NotYet(f"{letter.target} is not there") from error
        if not await _was_heard(client, handle, letter):
            raise Undeliverable(f"{letter.target} has ended: it can hear nothing more") from error


async def _was_heard(client: Client, handle: WorkflowHandle[Any, Any], letter: Letter) -> bool:
    """Whether the letter arrived earlier, by a relay that was killed before it could note so."""
    async for event in handle.fetch_history_events():
        heard = event.workflow_execution_signaled_event_attributes
        if heard.signal_name != letter.name:
            continue
        (message,) = await client.data_converter.decode(heard.input.payloads)
        if message["event_id"] == str(letter.id):
            return True
    return False

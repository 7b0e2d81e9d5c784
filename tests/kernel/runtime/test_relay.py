"""The relay over a real outbox: in order for each key, at least once, and nothing lost when a relay dies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from pydantic import BaseModel

from services.kernel.contracts.refusals import Refused, Unavailable
from services.kernel.runtime import outbox, relay
from services.kernel.runtime.db import Connection, Database
from services.kernel.runtime.outbox import Letter
from services.kernel.runtime.relay import TRIES_BEFORE_PARKING, NotYet, Relay, Undeliverable, pause
from tests.conftest import DbFor

SOON = 60.0


class Fact(BaseModel):
    """A message that says which one it is."""

    number: int


@dataclass
class Receiver:
    """Somebody who gets signals: remembers them, and fails as told."""

    failing: dict[int, Exception] = field(default_factory=dict)
    seconds: float = 0.0
    got: list[int] = field(default_factory=list)
    tried: list[int] = field(default_factory=list)

    async def deliver(self, letter: Letter) -> None:
        number = int(letter.body["number"])
        self.tried.append(number)
        await asyncio.sleep(self.seconds)
        if number in self.failing:
            raise self.failing[number]
        self.got.append(number)

    def relay(self, db: Database) -> Relay:
        return Relay(db, {outbox.SIGNAL: self.deliver})


@pytest_asyncio.fixture
async def db(db_for: DbFor) -> Database:
    return await db_for("review")


async def put(db: Database, *numbers: int, key: str = "document") -> list[UUID]:
    async with db.transaction() as tx:
        return [
            await outbox.signal(tx, key=key, workflow_id="document/1", name="fact", message=Fact(number=number))
            for number in numbers
        ]


async def states(db: Database) -> dict[int, tuple[str, int]]:
    """State and tries of every letter, by its number."""
    async with db.read() as conn:
        rows = await conn.fetch("select (body ->> 'number')::int as number, state, attempts from outbox")
    return {row["number"]: (row["state"], row["attempts"]) for row in rows}


async def due_now(db: Database) -> None:
    """As if the pause, or the lease, had passed."""
    async with db.transaction() as tx:
        await tx.execute("update outbox set next_try_at = clock_timestamp() where state = 'waiting'")


async def until(true: Callable[[], bool], seconds: float = SOON) -> None:
    """Wait for it."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, "it did not come"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def running(one: Relay) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(one.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_letters_of_one_key_leave_in_order(db: Database) -> None:
    receiver = Receiver()
    await put(db, 1, 2, 3)
    await put(db, 4)
    await receiver.relay(db).drain()
    assert receiver.got == [1, 2, 3, 4]


async def test_a_later_letter_of_a_key_waits_for_the_one_before(db: Database) -> None:
    receiver = Receiver(failing={1: NotYet("not there")})
    await put(db, 1, 2)
    await put(db, 9, key="another")
    await receiver.relay(db).drain()
    assert (receiver.got, 2 in receiver.tried) == ([9], False)


async def test_what_was_rolled_back_is_never_sent(db: Database) -> None:
    receiver = Receiver()
    with suppress(ZeroDivisionError):
        async with db.transaction() as tx:
            await outbox.signal(tx, key="1", workflow_id="document/1", name="fact", message=Fact(number=1))
            raise ZeroDivisionError
    await receiver.relay(db).drain()
    assert receiver.tried == []


async def test_two_relays_at_once_deliver_nothing_twice(db: Database, db_for: DbFor) -> None:
    receiver = Receiver(seconds=0.002)
    for number in range(60):
        await put(db, number, key=f"key {number % 20}")
    await asyncio.gather(receiver.relay(db).drain(), receiver.relay(await db_for("review")).drain())
    while len(receiver.got) < 60:
        await receiver.relay(db).drain()
    assert sorted(receiver.tried) == list(range(60))
    for key in range(20):
        assert [number for number in receiver.got if number % 20 == key] == [key, key + 20, key + 40]


async def test_what_a_killed_relay_had_taken_is_delivered_after_its_lease(db: Database) -> None:
    slow, receiver = Receiver(seconds=60), Receiver()
    await put(db, 1)
    killed = asyncio.create_task(slow.relay(db).drain())
    await until(lambda: slow.tried == [1])
    killed.cancel()
    with suppress(asyncio.CancelledError):
        await killed
    await receiver.relay(db).drain()
    assert receiver.got == [], "its lease still runs"
    await due_now(db)
    await receiver.relay(db).drain()
    assert receiver.got == [1]


async def test_a_letter_under_way_is_leased_for_longer_than_a_try_may_take(db: Database) -> None:
    assert relay.LEASE_SECONDS > relay.SEND_SECONDS


async def test_an_outage_never_parks_a_letter(db: Database) -> None:
    receiver = Receiver(failing={1: Unavailable("temporal")})
    await put(db, 1)
    for _ in range(TRIES_BEFORE_PARKING + 3):
        await due_now(db)
        await receiver.relay(db).drain()
    assert (await states(db))[1][0] == "waiting"
    receiver.failing.clear()
    await due_now(db)
    await receiver.relay(db).drain()
    assert receiver.got == [1]


async def test_who_is_not_there_after_all_tries_is_given_up_with_the_reason(db: Database) -> None:
    receiver = Receiver(failing={1: NotYet("document/1 is not there")})
    await put(db, 1)
    for _ in range(TRIES_BEFORE_PARKING):
        assert (await states(db))[1][0] == "waiting"
        await due_now(db)
        await receiver.relay(db).drain()
    assert await states(db) == {1: ("parked", TRIES_BEFORE_PARKING)}
    assert [letter.last_error for letter in await outbox.parked(db)] == ["document/1 is not there"]


async def test_what_nobody_will_take_is_parked_at_once_and_lets_the_next_pass(db: Database) -> None:
    receiver = Receiver(failing={1: Undeliverable("it has ended"), 2: Refused()})
    await put(db, 1, 2, 3)
    await receiver.relay(db).drain()
    assert receiver.got == [3]
    assert [letter.body["number"] for letter in await outbox.parked(db)] == [1, 2]


async def test_a_letter_whose_news_was_read_meanwhile_is_not_parked(db: Database) -> None:
    (letter_id,) = await put(db, 1)

    async def ended(letter: Letter) -> None:
        async with db.transaction() as tx:
            await outbox.settle(tx, workflow_id=letter.target, name=letter.name)
        raise Undeliverable("it has ended")

    await Relay(db, {outbox.SIGNAL: ended}).drain()

    async with db.read() as conn:
        assert await conn.fetchval("select state from outbox where id = $1", letter_id) == "delivered"


async def test_a_letter_that_breaks_its_deliverer_stops_no_other(db: Database) -> None:
    receiver = Receiver(failing={1: RuntimeError("a fault of ours")})
    await put(db, 1, key="broken")
    await put(db, 2, key="whole")
    await receiver.relay(db).drain()
    assert receiver.got == [2]
    assert (await states(db))[1] == ("waiting", 1)


async def test_a_letter_of_an_unknown_kind_is_tried_again_and_not_lost(db: Database) -> None:
    await put(db, 1)
    await Relay(db, {}).drain()
    assert (await states(db))[1] == ("waiting", 1)


async def test_a_parked_letter_can_be_sent_again(db: Database) -> None:
    receiver = Receiver(failing={1: Undeliverable("it has ended")})
    (letter,) = await put(db, 1)
    await receiver.relay(db).drain()
    receiver.failing.clear()
    async with db.transaction() as tx:
        assert await outbox.retry(tx, letter)
    await receiver.relay(db).drain()
    assert receiver.got == [1]
    async with db.transaction() as tx:
        assert not await outbox.retry(tx, letter)


async def test_pauses_grow_up_to_a_minute() -> None:
    assert [pause(tries) for tries in (1, 2, 3, 9, 40)] == [0.25, 0.5, 1.0, 60.0, 60.0]


async def test_a_notification_wakes_the_relay_before_its_poll(
    db: Database, owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "POLL_SECONDS", 600.0)
    receiver = Receiver()
    async with running(receiver.relay(db)):
        await listening(owner)
        await put(db, 0)
        await until(lambda: receiver.got == [0])
        await asyncio.sleep(0.2)
        await put(db, 1)
        await until(lambda: receiver.got == [0, 1])


async def test_a_letter_whose_notification_is_lost_is_found_by_the_poll(db: Database, owner: Connection) -> None:
    await owner.execute("alter table review.outbox disable trigger outbox_wake")
    receiver = Receiver()
    async with running(receiver.relay(db)):
        await asyncio.sleep(0.3)
        await put(db, 1)
        await until(lambda: receiver.got == [1], relay.POLL_SECONDS + SOON)


async def test_a_relay_lives_on_when_its_connections_are_cut(db: Database, owner: Connection) -> None:
    receiver = Receiver()
    async with running(receiver.relay(db)):
        await listening(owner)
        await owner.execute(CUT_ALL)
        await asyncio.sleep(0.1)
        with suppress(Unavailable):
            await put(db, 1)
        if not await states(db):
            await put(db, 1)
        await until(lambda: receiver.got == [1], 4 * relay.POLL_SECONDS + SOON)


async def test_a_relay_lives_on_when_it_is_cut_before_it_listens(
    db: Database, owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = db.listen

    async def cut() -> asyncpg.Connection[asyncpg.Record]:
        connection = await connect()
        await owner.execute("select pg_terminate_backend($1)", connection.get_server_pid())
        await asyncio.sleep(0.1)
        return connection

    monkeypatch.setattr(db, "listen", cut)
    async with living(Receiver().relay(db)) as task:
        await asyncio.sleep(0.5)
        assert not task.done()


CUT_ALL = """
select pg_terminate_backend(pid) from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
LISTENING = """
select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%' and state = 'idle'
"""


async def listening(owner: Connection) -> None:
    """Wait until the relay listens."""
    begun = time.monotonic()
    while not await owner.fetchval(LISTENING) and time.monotonic() - begun < SOON:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


@asynccontextmanager
async def living(one: Relay) -> AsyncIterator[asyncio.Task[None]]:
    """A relay whose death is looked at, not raised."""
    task = asyncio.create_task(one.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_relay_wakes_only_for_the_outbox_of_its_own_service(db: Database) -> None:
    one = Receiver().relay(db)
    one._on_notify(None, 0, "outbox", "intake")
    assert not one._woken.is_set()
    one._on_notify(None, 0, "outbox", "review")
    assert one._woken.is_set()

"""The relay over a real Temporal: what it says of a receiver that has ended."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest_asyncio
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from services.kernel.runtime import outbox
from services.kernel.runtime.db import Database
from services.kernel.runtime.relay import Relay, to_temporal
from services.kernel.runtime.temporal import Temporal
from tests.conftest import DbFor
from tests.kernel.runtime.test_relay import due_now, put, states


@workflow.defn(name="OneFact")
class OneFact:
    """Ends with the first fact that it hears."""

    def __init__(self) -> None:
        self._heard: dict[str, Any] | None = None

    @workflow.run
    async def run(self) -> int:
        await workflow.wait_condition(lambda: self._heard is not None)
        return int(self._heard["number"])

    @workflow.signal
    def fact(self, message: dict[str, Any]) -> None:
        self._heard = message


class Here(Temporal):
    """The connection that a test already has."""

    def __init__(self, client: Client) -> None:
        self._here = client

    async def client(self) -> Client:
        return self._here


@pytest_asyncio.fixture
async def db(db_for: DbFor) -> Database:
    return await db_for("review")


@pytest_asyncio.fixture
async def client(temporal_client: Client) -> AsyncIterator[Client]:
    """With a receiver under way that ends with the first fact."""
    queue = f"one-fact-{uuid4()}"
    async with Worker(
        temporal_client, task_queue=queue, workflows=[OneFact], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        await temporal_client.start_workflow("OneFact", id="document/1", task_queue=queue)
        yield temporal_client


async def ended(client: Client) -> int:
    return int(await client.get_workflow_handle("document/1").result())


async def test_a_letter_that_arrived_before_its_relay_was_killed_is_not_parked(db: Database, client: Client) -> None:
    relay = Relay(db, to_temporal(Here(client)))
    await put(db, 1)
    for letter in await relay._claim():
        await relay._try(letter)  # and the relay dies before it notes so
    assert await ended(client) == 1
    await due_now(db)
    await relay.drain()
    assert await states(db) == {1: ("delivered", 2)}


async def test_a_letter_that_its_receiver_never_heard_is_parked_when_it_has_ended(db: Database, client: Client) -> None:
    relay = Relay(db, to_temporal(Here(client)))
    await put(db, 1)
    await relay.drain()
    assert await ended(client) == 1
    await put(db, 2)
    await relay.drain()
    assert await states(db) == {1: ("delivered", 1), 2: ("parked", 1)}
    assert [letter.kind for letter in await outbox.parked(db)] == [outbox.SIGNAL]

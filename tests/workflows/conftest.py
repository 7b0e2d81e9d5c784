"""A town at work on a server whose time skips."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.workflows.builders import at_work
from tests.workflows.town import Town


@pytest_asyncio.fixture
async def town(temporal_env: WorkflowEnvironment) -> AsyncIterator[Town]:
    """A town at work."""
    town = Town(temporal_env.client)
    async with at_work(temporal_env.client, town):
        yield town


@pytest_asyncio.fixture
async def quick_town(temporal_client: Client) -> AsyncIterator[Town]:
    """A town at work in real time, whose comment windows close as soon as they have opened."""
    town = Town(temporal_client)
    town.sweeps = True
    async with at_work(temporal_client, town):
        yield town

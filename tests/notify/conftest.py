"""Notify over a database of this test's own, with the demo directory."""

from __future__ import annotations

import pytest_asyncio

from services.kernel.runtime import directory
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.settings import Settings
from tests.conftest import DbFor
from tests.notify.builders import Office, a_context


@pytest_asyncio.fixture
async def people(owner: Connection) -> Connection:
    """The owner's connection, after the demo directory has been imported."""
    async with owner.transaction():
        await directory.import_demo(owner)
    return owner


@pytest_asyncio.fixture
async def office(db_for: DbFor, blobs: Blobs, settings: Settings, people: Connection) -> Office:
    return Office(a_context(await db_for("notify"), blobs, settings))

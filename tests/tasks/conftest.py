"""The tasks service over a database of its own, with the directory of 云溪区."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import asyncpg
import pytest
import pytest_asyncio

from services.kernel.runtime import directory
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.tasks.activities import Activities
from tests.conftest import DbFor

Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest_asyncio.fixture
async def db(db_for: DbFor, owner: Owner) -> Database:
    """The database as the service sees it."""
    await directory.import_demo(owner)
    return await db_for("tasks")


@pytest.fixture
def activities(db: Database, blobs: Blobs) -> Activities:
    """What the worker serves."""
    return Activities(db, blobs)


@pytest.fixture
def look(owner: Owner) -> Callable[..., Awaitable[list[asyncpg.Record]]]:
    """Look into the tables of the service as the owner of the database."""

    async def fetch(statement: str, *arguments: object) -> list[asyncpg.Record]:
        await owner.execute("set search_path to tasks, directory")
        return await owner.fetch(statement, *arguments)

    return fetch

"""Notify over a database of this test's own, with the demo directory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.kernel.runtime import directory
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.settings import Settings
from services.notify.web import app_of
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


@pytest.fixture
def app(office: Office) -> FastAPI:
    return app_of(office.context)


@pytest_asyncio.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor. Sends no Accept header: a program."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client

"""The probe service over a fresh database with the demo directory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.kernel.runtime import directory
from services.kernel.runtime.db import Connection
from services.kernel.runtime.settings import Settings
from tests.kernel.runtime.probe import probe_app, visiting


@pytest_asyncio.fixture
async def people(owner: Connection) -> Connection:
    """The owner's connection, after the demo directory has been imported."""
    async with owner.transaction():
        await directory.import_demo(owner)
    return owner


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return probe_app(settings)


@pytest_asyncio.fixture
async def client(app: FastAPI, people: Connection) -> AsyncIterator[httpx.AsyncClient]:
    async with visiting(app) as client:
        yield client

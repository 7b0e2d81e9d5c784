"""A desk for each test: intake on its own database, with the demo directory; and its app with keys."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest_asyncio

from services.intake.web import app_of
from services.kernel.runtime import directory
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.process import opened
from services.kernel.runtime.settings import Settings
from tests.conftest import DbFor
from tests.intake.builders import Desk, Web

PEOPLE = (("he-xu", "urban"), ("tang-shuyao", "housing"), ("lu-wenxi", "justice"), ("cheng-lingyi", "inspection"))


@pytest_asyncio.fixture
async def people(owner: asyncpg.Connection[asyncpg.Record]) -> asyncpg.Connection[asyncpg.Record]:
    """The owner's connection, after the demo directory has been imported."""
    async with owner.transaction():
        await directory.import_demo(owner)
    return owner


@pytest_asyncio.fixture
async def desk(db_for: DbFor, people: object, blobs: Blobs) -> Desk:
    """Intake, and the people of 云溪区."""
    return Desk(await db_for("intake"), blobs)


@pytest_asyncio.fixture
async def web(settings: Settings, people: asyncpg.Connection[asyncpg.Record], desk: Desk) -> AsyncIterator[Web]:
    """The app of intake; programs act by key. It shares the desk's content store."""
    keys = {}
    for person, unit in PEOPLE:
        made = await directory.create_key(people, unit_id=unit, person_id=person, label="tests")
        keys[person] = made.secret
    async with opened("intake", settings) as context:
        transport = httpx.ASGITransport(app=app_of(context))
        async with httpx.AsyncClient(transport=transport, base_url=settings.public_url) as client:
            yield Web(client, keys, desk)

"""The tasks service over a database of its own, with the directory of 云溪区."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

import asyncpg
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from lxml import html

from services.kernel.runtime import directory
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.process import opened
from services.kernel.runtime.settings import Settings
from services.tasks.activities import Activities
from services.tasks.web import build_at
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


@dataclass
class Office:
    """The running app, a clock that tests set, and people who come to it."""

    app: FastAPI
    owner: Owner
    now: datetime

    @asynccontextmanager
    async def visitor(self, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        """Somebody at the door."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=headers) as client:
            yield client

    @asynccontextmanager
    async def program(self, who: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
        """A program with the key of a person's office."""
        made = await directory.create_key(self.owner, unit_id=who["unit_id"], person_id=who["person_id"], label="测试")
        async with self.visitor(Authorization=f"Bearer {made.secret}") as client:
            yield client

    @asynccontextmanager
    async def person(self, who: dict[str, str], language: str = "zh") -> AsyncIterator[Browser]:
        """A person with a browser that runs no script."""
        async with self.visitor(**{"Accept": "text/html", "Accept-Language": language}) as client:
            chosen = {"person_id": who["person_id"], "unit_id": who["unit_id"]}
            answer = await client.post("/sign-in", data=chosen)
            assert answer.status_code == 303
            yield Browser(client)


@dataclass
class Browser:
    """Opens pages and sends the forms that it finds there."""

    client: httpx.AsyncClient

    async def open(self, path: str) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def send(self, page: str, action: str, **fields: str) -> httpx.Response:
        """Fill in and send the form with that action on the page at `page`."""
        forms = html.fromstring(await self.open(page)).xpath(f"//form[@method='post'][@action='{action}']")
        assert forms, f"no form for {action}"
        hidden = {field.name: field.value for field in forms[0].xpath(".//input[@type='hidden']")}
        return await self.client.post(action, data={**hidden, **fields})


@pytest_asyncio.fixture
async def office(settings: Settings, owner: Owner, db: Database) -> AsyncIterator[Office]:
    """The service on the web. Its clock stands at Monday, 23 November 2026, 10:20."""
    async with opened("tasks", settings) as context:
        made = Office(FastAPI(), owner, datetime(2026, 11, 23, 2, 20, tzinfo=UTC))
        made.app = build_at(context, lambda: made.now)
        async with made.app.router.lifespan_context(made.app):
            yield made

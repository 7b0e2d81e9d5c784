"""Fixtures of review: its database with the people of 云溪区 in it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import asyncpg
import httpx
import pytest
import pytest_asyncio
import uvicorn

from services.kernel.runtime import outbox
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.directory import create_key
from services.kernel.runtime.process import opened
from services.kernel.runtime.relay import Relay
from services.kernel.runtime.settings import Settings
from services.review.actions.desk import sit_at
from services.review.activities import ReviewActivities
from services.review.mailing import Post
from services.review.web import build
from tests.conftest import DbFor
from tests.notify.builders import a_context
from tests.notify.sink import Sink, free_port, listening
from tests.review.builders import (
    BOOK,
    CHENG_YIAN,
    DESK,
    GU_NIANCI,
    HE_XU,
    LU_WENXI,
    SONG_HAORAN,
    SU_HE,
    WEN_ZHIYUAN,
    XU_QINGYUAN,
    ZONE,
    with_people,
)


@pytest_asyncio.fixture
async def db(db_for: DbFor, owner: asyncpg.Connection[asyncpg.Record]) -> Database:
    await with_people(owner)
    sit_at(DESK)
    return await db_for("review")


@pytest_asyncio.fixture
async def activities(db: Database) -> ReviewActivities:
    return ReviewActivities(db, ZONE, BOOK)


@dataclass(frozen=True)
class Web:
    """The app of review, asked as a program or as a signed-in person would."""

    client: httpx.AsyncClient
    keys: dict[str, str]

    def as_program(self, actor: Actor) -> dict[str, str]:
        """Headers of a program that acts for somebody."""
        return {"Authorization": f"Bearer {self.keys[actor.person_id]}"}


@pytest_asyncio.fixture
async def web(settings: Settings, owner: asyncpg.Connection[asyncpg.Record]) -> AsyncIterator[Web]:
    await with_people(owner)
    people = (HE_XU, LU_WENXI, SU_HE, CHENG_YIAN, WEN_ZHIYUAN, XU_QINGYUAN, GU_NIANCI, SONG_HAORAN)
    keys = {}
    for actor in people:
        key = await create_key(owner, unit_id=actor.unit_id, person_id=actor.person_id, label="tests")
        keys[actor.person_id] = key.secret
    async with opened("review", settings) as context:
        transport = httpx.ASGITransport(app=build(context))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
            yield Web(client, keys)


@pytest_asyncio.fixture
async def site(settings: Settings, owner: asyncpg.Connection[asyncpg.Record]) -> AsyncIterator[str]:
    """Review on a port of its own, called localhost: an address of numbers has no passkeys."""
    await with_people(owner)
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://localhost:{listening.getsockname()[1]}"
    async with opened("review", settings.model_copy(update={"public_url": url})) as context:
        server = uvicorn.Server(uvicorn.Config(build(context), log_level="warning"))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        for _ in range(1000):
            if server.started:
                break
            await asyncio.sleep(0.01)
        yield url
        server.should_exit = True
        await task


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(port: int) -> Iterator[Sink]:
    sink = Sink()
    with listening(sink, port):
        yield sink


@pytest_asyncio.fixture
async def relay(db: Database, blobs: Blobs, settings: Settings, port: int) -> AsyncIterator[Relay]:
    mailing = settings.model_copy(update={"smtp_port": port, "mail_from": "发文 <fawen@yunxi.example>"})
    yield Relay(db, {outbox.MAIL: Post(a_context(db, blobs, mailing)).deliver})

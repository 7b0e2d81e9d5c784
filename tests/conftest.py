"""What the tests stand on: a real PostgreSQL and a real Temporal, one of each for a worker of pytest-xdist.

A test gets a database of its own, cloned in some 20 ms from one that was migrated once. Everything
asynchronous, fixtures and tests, runs on one event loop for the whole session.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from jinja2 import Environment, FileSystemBytecodeCache
from playwright.async_api import Browser, Page
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from fawen.stack import Stack
from fawen.stack.folder import fresh
from fawen.stack.postgres import FLEETING, Postgres
from fawen.stack.temporal import Temporal, program
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language, pages, process
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.migrate import PRIVATE, migrate_all
from services.kernel.runtime.settings import ROLE, Settings
from tests.broken import BROKEN, listen
from tests.browser import launched
from workflows import almanac

TEMPLATE = "fawen_template"
MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there has a name that nobody can guess
ROOM = 2 << 30
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Clone:
    """One test's own database: the owner's address, and that of every service's role."""

    server: Postgres
    name: str

    @property
    def admin_url(self) -> str:
        return self.server.url(self.name)

    @property
    def url(self) -> str:
        """As in FAWEN_DATABASE_URL: {role} stands for the role."""
        return self.server.url(self.name, user=ROLE)

    def url_for(self, role: str) -> str:
        return self.server.url(self.name, user=f"fawen_{role}")


# Whoever asks for one of these is marked, so that `make fast` can leave it out.
MARKS = {"browser": pytest.mark.browser, "stack": pytest.mark.slow}


# Fixtures and marks: files whose tests stand on the first of these run first, so that none is left alone at the end.
HEAVIEST_FIRST = ("stack", "slow", "browser", "temporal_client", "temporal_env", "database")
# The folder whose files share one stack, and so one worker of pytest-xdist: they mostly wait, for windows to close.
JOURNEYS = "tests/journeys/"


def pytest_configure() -> None:
    """Before anything of ours runs."""
    listen()


@pytest.fixture(autouse=True)
def nothing_breaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """No page answers with a failure that nobody foresaw, whatever else the test looks at."""
    BROKEN.clear()
    yield
    assert request.node.get_closest_marker("breaks") or BROKEN == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they stand on, and put the files that stand on the heaviest things first."""
    weights: dict[Path, int] = {}
    for item in items:
        stands_on = {*getattr(item, "fixturenames", ()), *(mark.name for mark in item.iter_markers())}
        for fixture, mark in MARKS.items():
            if fixture in stands_on:
                item.add_marker(mark)
        weight = min((at for at, name in enumerate(HEAVIEST_FIRST) if name in stands_on), default=len(HEAVIEST_FIRST))
        weights[item.path] = min(weight, weights.get(item.path, weight))
    items.sort(key=lambda item: weights[item.path])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """A file goes to one worker, and so do all that share the stack: to start one costs half a minute of a core."""

    class ByStack(LoadFileScheduling):  # type: ignore[misc]  # it says no types
        def _split_scope(self, nodeid: str) -> str:
            return JOURNEYS if nodeid.startswith(JOURNEYS) else super()._split_scope(nodeid)

    return ByStack(config, log)


DbFor = Callable[[str], Awaitable[Database]]


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A short folder: pytest's own are too long for a Unix socket and closed to other users.

    In memory where there is enough of it: a database of a thousand small files is cloned there at a third of the cost.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    folder = fresh(MEMORY if roomy else None)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


class Shelf:
    """The rule books as packaged: a process reads them once, so a worker need not read them for each of its apps."""

    load = staticmethod(cache(RuleBook.load))


@pytest.fixture(scope="session", autouse=True)
def prepared_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Templates are compiled, words and rule books read once for a worker, not once for each app that a test builds."""
    compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "Environment", partial(Environment, bytecode_cache=compiled))
        patch.setattr(language, "_read", cache(lambda path, read=language._read: tuple(read(path))))
        for user in (process, almanac):
            patch.setattr(user, "RuleBook", Shelf)
        yield


@pytest.fixture(scope="session")
def pg_server(home: Path) -> Iterator[Postgres]:
    """A PostgreSQL server that forgets everything in a power cut, and is the faster for it."""
    server = Postgres.at(home, settings=FLEETING)
    asyncio.run(server.start())
    yield server
    asyncio.run(server.stop())
    server.remove()


@pytest_asyncio.fixture(scope="session")
async def migrated(pg_server: Postgres) -> str:
    """The name of a database that has every migration; cloned, never used itself."""
    await pg_server.create_database(TEMPLATE)
    await migrate_all(pg_server.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
def migrated_clone(pg_server: Postgres, migrated: str) -> Clone:
    """The migrated database itself, for tests that only look. Nobody else may be connected while it is cloned."""
    return Clone(pg_server, migrated)


@pytest_asyncio.fixture
async def database(pg_server: Postgres, migrated: str) -> AsyncIterator[Clone]:
    """A fresh migrated database for this test alone."""
    clone = Clone(pg_server, f"test_{next(_numbers)}")
    await _as_owner(pg_server, f"create database {clone.name} template {migrated} strategy file_copy")
    yield clone
    await _as_owner(pg_server, f"drop database {clone.name} with (force)")


@pytest_asyncio.fixture
async def empty_database(pg_server: Postgres) -> AsyncIterator[Clone]:
    """A database in which nothing was migrated yet."""
    clone = Clone(pg_server, f"empty_{next(_numbers)}")
    await _as_owner(pg_server, f"create database {clone.name}")
    yield clone
    await _as_owner(pg_server, f"drop database {clone.name} with (force)")


@pytest_asyncio.fixture
async def db_for(database: Clone) -> AsyncIterator[DbFor]:
    """`await db_for("review")`: this test's database as that role sees it."""
    async with AsyncExitStack() as closing:

        async def connect(role: str) -> Database:
            schema = next((service for service, private in PRIVATE.items() if role in private), role)
            db = await Database.connect(database.url_for(role), schema=schema)
            closing.push_async_callback(db.close)
            return db

        yield connect


@pytest_asyncio.fixture
async def owner(database: Clone) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection as the owner of the database, who may see every schema: for arranging and looking."""
    connection = await asyncpg.connect(database.admin_url)
    yield connection
    await connection.close()


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    """A content store in a folder of this test."""
    return Blobs.at(str(tmp_path / "blobs"))


@pytest.fixture
def settings(database: Clone, tmp_path: Path) -> Settings:
    """Settings of a local process over this test's database; Temporal and mail are not there."""
    return Settings(
        profile="local",
        database_url=database.url,
        admin_url=database.admin_url,
        blobs=str(tmp_path / "blobs"),
        temporal_address="127.0.0.1:1",
        smtp_port=1,
        secret="a secret for tests only",
        comment_form_seconds=0,
        comment_proof_work=200,
    )


@pytest_asyncio.fixture
async def temporal_env() -> AsyncIterator[WorkflowEnvironment]:
    """A server whose time skips ahead; a fresh one each time (0.1 s), so that every test begins today."""
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(program("temporal-test-server")),
        data_converter=pydantic_data_converter,
    )
    async with environment:
        yield environment


@pytest_asyncio.fixture(scope="session")
async def temporal_server() -> AsyncIterator[Temporal]:
    """The development server of the local stack, for what the time-skipping one cannot do."""
    folder = Path(tempfile.mkdtemp(prefix="fawen-"))
    server = Temporal.at(folder)
    await server.start_somewhere()
    yield server
    await server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(scope="session")
async def temporal_client(temporal_server: Temporal) -> Client:
    """A client of that server which reads and writes our messages."""
    return await Client.connect(temporal_server.address, data_converter=pydantic_data_converter)


@pytest_asyncio.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    """The whole local stack with demo windows, shared by a worker's journeys. Slow to come: 10 s or so."""
    async with Stack.start(None, overlays=("demo",), keep=False) as running:
        yield running


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Headless Chromium, one for a worker; without one the test is skipped, which the summary says."""
    async with launched() as running:
        yield running


@pytest_asyncio.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of a browser profile of its own, in Chinese."""
    context = await browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    yield await context.new_page()
    await context.close()


async def _as_owner(server: Postgres, statement: str) -> None:
    """Run one statement outside any test's database."""
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()

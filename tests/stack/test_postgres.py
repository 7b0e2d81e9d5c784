"""The embedded PostgreSQL: from any folder, started twice, several at once."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from fawen.stack.folder import fresh
from fawen.stack.postgres import DURABLE, Postgres


@pytest.fixture
def folder() -> Iterator[Path]:
    path = fresh()
    yield path
    shutil.rmtree(path)


@asynccontextmanager
async def _running(home: Path) -> AsyncIterator[Postgres]:
    server = Postgres.at(home, settings=DURABLE)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()
        server.remove()


async def _ask(server: Postgres, question: str, database: str = "postgres") -> str:
    connection = await asyncpg.connect(server.url(database))
    try:
        return str(await connection.fetchval(question))
    finally:
        await connection.close()


async def test_it_answers_by_a_socket_only(pg_server: Postgres) -> None:
    assert await _ask(pg_server, "show listen_addresses") == ""


async def test_text_sorts_as_in_production(pg_server: Postgres) -> None:
    query = "select datlocprovider::text || datlocale from pg_database where datname = 'postgres'"
    assert await _ask(pg_server, query) == "bC.UTF-8"


async def test_a_folder_with_a_long_chinese_name_is_no_obstacle(folder: Path) -> None:
    home = folder / "，".join(["行政规范性文件 合法性审核"] * 4)
    home.mkdir()
    async with _running(home) as server:
        assert await _ask(server, "select 1") == "1"
        assert len(str(server.sockets)) < 100


async def test_a_folder_that_others_may_not_enter_is_no_obstacle(folder: Path) -> None:
    folder.chmod(0o700)
    async with _running(folder) as server:
        assert await _ask(server, "select 1") == "1"


async def test_data_outlive_a_restart(folder: Path) -> None:
    async with _running(folder) as server:
        await server.create_database("fawen")
        await _ask(server, "create table kept as select 7 as n", "fawen")
        await server.restart()
        assert await _ask(server, "select n from kept", "fawen") == "7"


async def test_data_outlive_a_power_cut(folder: Path) -> None:
    async with _running(folder) as server:
        await server.create_database("fawen")
        await _ask(server, "create table kept as select 7 as n", "fawen")
        await server.child.kill()
        await server.start()
        assert await _ask(server, "select n from kept", "fawen") == "7"

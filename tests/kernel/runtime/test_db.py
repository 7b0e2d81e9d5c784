"""A connection that is lost: the caller is told, and nobody gets it a second time."""

from __future__ import annotations

import asyncio
import socket

import asyncpg
import pytest

from services.kernel.contracts.refusals import Unavailable
from services.kernel.runtime.db import Connection, Database
from tests.conftest import Clone


def lose(connection: Connection) -> None:
    """The server goes away between two statements; the loop has not noticed it."""
    connection._transport.get_extra_info("socket").shutdown(socket.SHUT_WR)


async def test_a_connection_lost_in_a_statement_is_not_lent_to_who_waits(database: Clone) -> None:
    db = await Database.connect(database.url_for("notify"), schema="notify", size=1)

    async def one() -> int:
        async with db.read() as connection:
            return int(await connection.fetchval("select 1"))

    with pytest.raises(Unavailable):
        async with db.read() as connection:
            await connection.fetchval("select 1")
            waiting = asyncio.create_task(one())
            await asyncio.sleep(0)
            lose(connection)
            await connection.fetchval("select 1")
    assert await waiting == 1
    await db.close()


async def test_a_transaction_on_a_lost_connection_is_unavailable_and_leaves_nothing(database: Clone) -> None:
    db = await Database.connect(database.url_for("notify"), schema="notify", size=1)
    with pytest.raises(Unavailable):
        async with db.transaction() as tx:
            await tx.execute("create temporary table kept (n int)")
            lose(tx)
            await tx.execute("insert into kept values (1)")
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.UndefinedTableError):
            await tx.execute("select n from kept")
    await db.close()


async def test_a_connection_that_is_held_stays_the_same_until_it_is_lost_and_another_takes_its_place(
    database: Clone,
) -> None:
    db = await Database.connect(database.url_for("notify"), schema="notify", size=1)
    held = db.held()

    async def backend() -> int:
        async with held.read() as connection:
            return int(await connection.fetchval("select pg_backend_pid()"))

    first = await backend()
    assert await backend() == first
    with pytest.raises(Unavailable):
        async with held.read() as connection:
            lose(connection)
            await connection.fetchval("select 1")
    second = await backend()
    assert second != first

    async with held.read() as connection:
        pass
    connection.terminate()
    await asyncio.sleep(0)
    assert await backend() not in (first, second)
    await asyncio.wait_for(db.close(), timeout=4)


async def test_a_refused_statement_leaves_no_transaction_open_on_the_connection_that_is_held(database: Clone) -> None:
    db = await Database.connect(database.url_for("notify"), schema="notify", size=1)
    held = db.held()
    with pytest.raises(asyncpg.UndefinedTableError):
        async with held.read() as connection, connection.transaction():
            await connection.execute("select n from nowhere")
    async with held.read() as connection:
        assert not connection.is_in_transaction()
    await db.close()

"""Postgres: one pool for each service, in its own role and schema. Transactions are visible where they happen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg

from services.kernel.contracts.refusals import Unavailable

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    _Plain: TypeAlias = asyncpg.Connection[asyncpg.Record]
else:
    _Plain = asyncpg.Connection

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

CUT = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalClientError,  # the driver lost its place in a conversation that broke off
)
GONE = (
    *CUT,
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.TooManyConnectionsError,
)
ACQUIRE_SECONDS = 10.0
CONNECT_SECONDS = 3.0
STATEMENT_SECONDS = 30.0
# A page of the inbox is read the same way for every reader: planning it anew costs more than reading it, and what it
# looks up by key lies in memory.
TUNED = {"tasks": {"plan_cache_mode": "force_generic_plan", "random_page_cost": "1.1"}}


class Session(_Plain):
    """A pooled connection. Nobody changes its settings but for one transaction, so that giving it back asks nothing
    of the server; an open transaction is still rolled back."""

    def get_reset_query(self) -> str:
        return ""


class Database:
    """The pool of one service. `read` lends a connection, `transaction` one with a transaction around it."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], schema: str, url: str) -> None:
        self._pool = pool
        self._held: list[Held] = []
        self.schema = schema
        self.url = url

    @classmethod
    async def connect(cls, url: str, *, schema: str, size: int = 8) -> Database:
        """A pool whose connections look into `schema`, then into the directory. Raises Unavailable."""
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=0,
                max_size=size,
                init=set_codecs,
                connection_class=Session,
                timeout=CONNECT_SECONDS,
                command_timeout=STATEMENT_SECONDS,
                server_settings=session_of(schema),
            )
        except GONE as gone:
            raise Unavailable("database") from gone
        return cls(pool, schema, url)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection without a transaction, for reading. Raises Unavailable when it cannot be had or is cut."""
        try:
            # To wait with a limit costs a task of its own; where one lies idle there is nothing to wait for.
            limit = None if self._pool.get_idle_size() else ACQUIRE_SECONDS
            connection = await self._pool.acquire(timeout=limit)
        except GONE as gone:
            raise Unavailable("database") from gone
        try:
            yield connection
        except CUT as cut:
            _end(connection)
            raise Unavailable("database") from cut
        except asyncpg.InterfaceError as error:
            if _is_lost(connection):
                raise Unavailable("database") from error
            raise
        finally:
            await self._pool.release(connection, timeout=ACQUIRE_SECONDS)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction: committed at the end of the block, rolled back by any error."""
        async with self.read() as connection, connection.transaction():
            yield connection

    def held(self) -> Held:
        """A connection that its only user keeps; see there."""
        self._held.append(Held(self))
        return self._held[-1]

    async def listen(self) -> asyncpg.Connection[asyncpg.Record]:
        """A connection of its own, outside the pool, for LISTEN. The caller closes it."""
        return await asyncpg.connect(self.url, timeout=CONNECT_SECONDS, server_settings=session_of(self.schema))

    async def close(self) -> None:
        """Give back every connection; those still busy are cut after a few seconds."""
        for held in self._held:
            await held.give_back()
        try:
            await asyncio.wait_for(self._pool.close(), timeout=5)
        except TimeoutError:
            self._pool.terminate()


class Held:
    """A connection that its only user keeps from one statement to the next: to borrow one anew costs more than a small
    statement. It goes back to the pool with the first error, which decides whether it is any good, and at the end."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._borrowed = AsyncExitStack()
        self._connection: Connection | None = None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """The connection, without a transaction. Raises what `Database.read` raises."""
        if self._connection is not None and _is_lost(self._connection):
            await self.give_back()
        if self._connection is None:
            self._connection = await self._borrowed.enter_async_context(self._db.read())
        try:
            yield self._connection
        except BaseException as failure:
            self._connection = None
            await self._borrowed.__aexit__(type(failure), failure, failure.__traceback__)
            raise

    async def give_back(self) -> None:
        """Let the pool have it."""
        self._connection = None
        await self._borrowed.aclose()


def _end(connection: PoolConnectionProxy[asyncpg.Record]) -> None:
    """The loop may not have noticed the loss yet: given back as it is, the next borrower would get it."""
    with suppress(asyncpg.InterfaceError):  # the pool was quicker, and took it away from us
        connection.terminate()


def _is_lost(connection: Connection) -> bool:
    """Whether it is closed, or was taken away because it is."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


def session_of(schema: str) -> dict[str, str]:
    """What every connection of a service sets: its search path, UTC for the instants it reads, how it plans."""
    look = {"search_path": f"{schema}, directory", "timezone": "UTC", "application_name": f"fawen-{schema}"}
    return look | TUNED.get(schema, {})


NOW = "select clock_timestamp()"


async def now(conn: Connection) -> datetime:
    """The database's clock, in UTC: the one that decides what was in time."""
    instant: datetime = await conn.fetchval(NOW)
    return instant


async def set_codecs(connection: Connection) -> None:
    """JSON columns read and write Python values."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=_dump, decoder=json.loads, schema="pg_catalog")


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)

"""One service as processes: `python -m services.<name> {web|worker|relay|migrate}`, or all of them in one."""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import uvicorn
import uvloop
from starlette.types import ASGIApp

from services.kernel.contracts.messages import Queue
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import migrate, telemetry
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.gauges import Gauges, Reading
from services.kernel.runtime.http import OnePiece
from services.kernel.runtime.relay import Deliver, Relay, to_temporal
from services.kernel.runtime.settings import Settings
from services.kernel.runtime.temporal import Temporal, serve

ROLES = ("web", "worker", "relay", "migrate")
DRAIN_SECONDS = 10
PRIVATE_POOL = 2


@dataclass(frozen=True)
class Context:
    """What a service stands on in one process."""

    settings: Settings
    db: Database
    blobs: Blobs
    temporal: Temporal
    book: RuleBook
    calendar: WorkCalendar
    opened_private: Database | None = None

    @property
    def private(self) -> Database:
        """The database under the role that reads personal data. Raises RuntimeError where the process may not."""
        if self.opened_private is None:
            raise RuntimeError("this process has no access to personal data")
        return self.opened_private


Job = Callable[[], Awaitable[None]]
Role = Callable[[Context], Awaitable[None]]


def _no_jobs(_context: Context) -> Sequence[Job]:
    return ()


def _no_deliveries(_context: Context) -> Mapping[str, Deliver]:
    return {}


@dataclass(frozen=True)
class Service:
    """How one service is put together; each service's `__main__` holds one of these.

    `roles` are processes that only this service has, beside those that all have.
    """

    name: str
    web: Callable[[Context], ASGIApp]
    activities: Callable[[Context], Sequence[Callable[..., Any]]]
    deliveries: Callable[[Context], Mapping[str, Deliver]] = field(default=_no_deliveries)
    jobs: Callable[[Context], Sequence[Job]] = field(default=_no_jobs)
    gauges: Sequence[Reading] = ()
    private: str | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)


@asynccontextmanager
async def opened(service: str, settings: Settings) -> AsyncIterator[Context]:
    """The context of `service`, closed at the end of the block."""
    db = await Database.connect(settings.url_for(service), schema=service, size=settings.pool_size)
    try:
        yield Context(
            settings=settings,
            db=db,
            blobs=Blobs.at(settings.blobs),
            temporal=Temporal.of(settings),
            book=RuleBook.load(settings.overlays, settings.rules_dir),
            calendar=WorkCalendar.load(settings.calendar_dir),
        )
    finally:
        await db.close()


@asynccontextmanager
async def with_private(service: Service, context: Context) -> AsyncIterator[Context]:
    """The context with the pool of the service's private role, where it has one: for the relay, never for pages."""
    if service.private is None:
        yield context
        return
    url = context.settings.private_url_for(service.private)
    private = await Database.connect(url, schema=service.name, size=PRIVATE_POOL)
    try:
        yield replace(context, opened_private=private)
    finally:
        await private.close()


async def run_worker(service: Service, context: Context) -> None:
    """Serve the activities of `service` until cancelled."""
    await serve(context.temporal, Queue(service.name), activities=service.activities(context))


async def run_relay(service: Service, context: Context) -> None:
    """Deliver the outbox of `service`, and run the jobs that must not depend on Temporal, until cancelled."""
    async with with_private(service, context) as trusted, asyncio.TaskGroup() as group:
        relay = Relay(trusted.db, {**to_temporal(trusted.temporal), **service.deliveries(trusted)})
        group.create_task(relay.run())
        group.create_task(Gauges(trusted.db, *service.gauges).run())
        for job in service.jobs(trusted):
            group.create_task(_as_task(job))


async def run_web(app: ASGIApp, settings: Settings) -> None:
    """Serve HTTP until cancelled; requests under way are finished first."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        http=OnePiece,
        proxy_headers=settings.profile == "production",
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    server = uvicorn.Server(config)
    handed = [socket.socket(fileno=settings.listen_fd)] if settings.listen_fd is not None else None
    serving = asyncio.create_task(server.serve(sockets=handed))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


async def until_stopped(*work: Awaitable[None]) -> None:
    """Run `work` until one of them ends or the process is asked to stop (SIGTERM, SIGINT)."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    tasks = [asyncio.ensure_future(part) for part in work]
    waiting = asyncio.ensure_future(stop.wait())
    done, _ = await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
    for task in (*tasks, waiting):
        task.cancel()
    await asyncio.gather(*tasks, waiting, return_exceptions=True)
    for task in done - {waiting}:
        await task


def main(service: Service, argv: Sequence[str] | None = None) -> None:
    """The command line of one service."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}")
    parser.add_argument("role", choices=(*ROLES, *service.roles), help="which process of the service to run")
    role = parser.parse_args(argv).role
    settings = Settings()
    telemetry.configure(settings, f"{service.name}-{role}")
    # Without it uvicorn stands on the loop that runs already: asyncio's own, slower for many small requests.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if role == "web" else None) as runner:
        runner.run(_run(service, role, settings))


async def _run(service: Service, role: str, settings: Settings) -> None:
    if role == "migrate":
        await run_migrations(settings)
        return
    async with AsyncExitStack() as stack:
        context = await stack.enter_async_context(opened(service.name, settings))
        match role:
            case "web":
                await until_stopped(run_web(service.web(context), settings))
            case "worker":
                await until_stopped(run_worker(service, context))
            case "relay":
                await until_stopped(run_relay(service, context))
            case _:
                await until_stopped(service.roles[role](context))


async def run_migrations(settings: Settings) -> None:
    """Migrate all schemas. Raises SystemExit when no owner's address is set."""
    if settings.admin_url is None:
        raise SystemExit("FAWEN_ADMIN_URL is not set: migrate needs the address of the database's owner")
    await migrate.migrate_all(settings.admin_url, passwords=migrate.passwords_of(settings))


async def _as_task(job: Job) -> None:
    await job()

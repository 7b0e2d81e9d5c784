"""All four services in one process, for one machine: `python -m services {all|migrate}`."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack

from services.intake.__main__ import SERVICE as INTAKE
from services.kernel.runtime import telemetry
from services.kernel.runtime.demo import load_demo_directory
from services.kernel.runtime.process import (
    Context,
    Role,
    Service,
    opened,
    run_migrations,
    run_relay,
    run_web,
    run_worker,
    until_stopped,
)
from services.kernel.runtime.settings import Settings
from services.kernel.runtime.web import compose
from services.notify.__main__ import SERVICE as NOTIFY
from services.review.__main__ import SERVICE as REVIEW
from services.tasks.__main__ import SERVICE as TASKS

SERVICES: tuple[Service, ...] = (INTAKE, TASKS, REVIEW, NOTIFY)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m services")
    parser.add_argument("what", choices=("all", "migrate"), help="run everything, or bring the database up to date")
    what = parser.parse_args().what
    settings = Settings()
    telemetry.configure(settings, what)
    asyncio.run(_migrate(settings) if what == "migrate" else _all(settings))


async def _migrate(settings: Settings) -> None:
    await run_migrations(settings)
    if settings.profile == "local" and settings.admin_url is not None:
        await load_demo_directory(settings.admin_url, settings.keys_file)


async def _all(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        contexts: list[tuple[Service, Context]] = [
            (service, await stack.enter_async_context(opened(service.name, settings))) for service in SERVICES
        ]
        app = compose({f"/{service.name}": service.web(context) for service, context in contexts})
        await until_stopped(
            run_web(app, settings),
            *(run_worker(service, context) for service, context in contexts),
            *(run_relay(service, context) for service, context in contexts),
            *(role(context) for service, context in contexts for role in _roles(service, settings)),
        )


def _roles(service: Service, settings: Settings) -> Iterable[Role]:
    """Processes of its own; without a domain for comments none receives mails."""
    return service.roles.values() if settings.comment_domain else ()


if __name__ == "__main__":
    main()

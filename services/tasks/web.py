"""The web app of this service: the interface for programs, and the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI

from services.kernel.runtime.process import Context
from services.kernel.runtime.web import build_app
from services.tasks import api, pages
from services.tasks.desk import Desk, by_the_clock


def build(context: Context) -> FastAPI:
    """The app over this context."""
    return build_at(context, by_the_clock)


def build_at(context: Context, now: Callable[[], datetime]) -> FastAPI:
    """The app whose pages read the time from `now`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.db = context.db
        yield

    app = build_app(
        "tasks",
        context.settings,
        routers=[*pages.ROUTERS, *api.ROUTERS],
        title="任务督办",
        description="待办、计划任务、进展和督办。",
        lifespan=lifespan,
    )
    app.state.desk = Desk(context.db, context.blobs, context.book, context.calendar, now)
    return app

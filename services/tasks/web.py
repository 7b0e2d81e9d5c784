"""The web app of this service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.kernel.runtime.process import Context
from services.kernel.runtime.web import build_app


def build(context: Context) -> FastAPI:
    """The app over this context."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.db = context.db
        yield

    return build_app(
        "tasks",
        context.settings,
        routers=[],
        title="任务督办",
        description="待办、计划任务、进展和督办。",
        lifespan=lifespan,
    )

"""Intake as processes: `python -m services.intake {web|worker|relay|migrate}`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from services.intake import api, pages
from services.intake.activities import Intake
from services.intake.books import Books
from services.intake.sweeper import Sweeper
from services.kernel.runtime.activities import served
from services.kernel.runtime.process import Context, Job, Service, main
from services.kernel.runtime.web import build_app


def web(context: Context) -> ASGIApp:
    """Pages and the interface for programs, under /intake."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.db = context.db
        yield

    app = build_app(
        "intake",
        context.settings,
        routers=[*api.ROUTERS, *pages.ROUTERS],
        title="发文：文件报送和征求意见",
        description="Drafts, versions, the dossier; the public's comments and the feedback on them.",
        lifespan=lifespan,
    )
    app.state.db = context.db
    app.state.context = context
    app.state.books = books_of(context)
    return app


def activities(context: Context) -> Sequence[Callable[..., Any]]:
    """What workflows may ask."""
    return served(Intake(context.db, context.blobs, books_of(context)))


def jobs(context: Context) -> Sequence[Job]:
    """What must not depend on Temporal: closing windows on time."""
    return (Sweeper(context.db).run,)


def books_of(context: Context) -> Books:
    """The rule books of documents, over the process's own."""
    return Books(context.book, context.settings.rules_dir)


SERVICE = Service(name="intake", web=web, activities=activities, jobs=jobs)

if __name__ == "__main__":
    main(SERVICE)

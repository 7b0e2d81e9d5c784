"""The web app of intake, put together over what a process stands on."""

from __future__ import annotations

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from services.intake import api, pages
from services.intake.api import commenting
from services.intake.books import Books
from services.intake.domain.submission import SeveralWrong
from services.intake.door import Door
from services.kernel.runtime import language, problems
from services.kernel.runtime import pages as frame
from services.kernel.runtime.process import Context
from services.kernel.runtime.web import build_app

TITLE = "文件报送"
DESCRIPTION = """Drafts, versions and the dossier; the public's comments and the feedback on them.

Every POST takes an `Idempotency-Key`. `POST /intake/documents` takes JSON or a multipart form with the same names."""


def app_of(context: Context) -> FastAPI:
    """The app over an open context; the process that opened the context closes it."""
    routers = [*api.ROUTERS, *pages.ROUTERS]
    door = Door(context.db, context.blobs, context.settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await door.drain()

    app = build_app(
        "intake",
        context.settings,
        routers=routers,
        title=TITLE,
        description=DESCRIPTION,
        lifespan=lifespan,
        unobserved=unobserved,
    )
    app.shorten(commenting.PATH, commenting.at_once, status=201, limit=context.settings.max_upload_bytes)
    app.state.door = door
    app.state.db = context.db
    app.state.context = context
    app.state.books = books_of(context)
    app.add_exception_handler(SeveralWrong, _several)
    return app


def unobserved(scope: MutableMapping[str, Any]) -> bool:
    """Comments are traced by hand; the address of a receipt is the key to somebody's own words, and stays out."""
    path: str = scope.get("path", "")
    commented = scope.get("method") == "POST" and (
        path.endswith("/comments") or path.startswith("/intake/consultation/")
    )
    return commented or path.startswith("/intake/receipt")


def books_of(context: Context) -> Books:
    """The rule books of documents, over the process's own."""
    return Books(context.book, context.settings.rules_dir)


async def _several(request: Request, failure: Exception) -> Response:
    """Several refusals at once, each with its field."""
    wrong = cast(SeveralWrong, failure)
    reader = language.current()
    each = [
        problems.FieldProblem(
            field=one.field or "", code=one.code, detail=one.detail.of(reader), remedy=one.how.of(reader)
        )
        for one in wrong.each
    ]
    problem = problems.describe(request, wrong).model_copy(update={"errors": each})
    if frame.wants_page(request):
        return frame.render(request, "problem.html", status=problem.status, problem=problem)
    body = problem.model_dump(exclude_none=True)
    return JSONResponse(body, problem.status, media_type=problems.MEDIA_TYPE)

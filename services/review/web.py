"""The web app of review, put together over what a process stands on."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware import Middleware

from services.kernel.runtime.process import Context
from services.kernel.runtime.web import build_app
from services.review import api, pages
from services.review.actions.desk import AtDesk, Desk, ring_of, site_of
from services.review.precheck import register_of
from services.review.sheets import routes

TITLE = "审查决定"
DESCRIPTION = """Rounds: people decide about one stage of one document and one exact text.

Every deciding POST names the `text_hash` it is about, and takes an `Idempotency-Key`."""


def build(context: Context) -> FastAPI:
    """The app over an open context; the process that opened the context closes it."""
    register = register_of(context.settings)
    own = ring_of(context.settings), site_of(context.settings)
    desk = Desk(*own, context.book, context.blobs, register, context.calendar)
    app = build_app(
        "review",
        context.settings,
        routers=[*api.routers, *pages.routers, *routes.routers],
        title=TITLE,
        description=DESCRIPTION,
        innermost=[Middleware(AtDesk, desk=desk)],
    )
    app.state.db = context.db
    app.state.context = context
    app.state.register = register
    return app

"""The web app of review, put together from what a process stands on."""

from __future__ import annotations

from fastapi import FastAPI

from services.kernel.runtime.process import Context
from services.kernel.runtime.web import build_app

DESCRIPTION = """Rounds: people decide about one stage of one document and one exact text.

Every deciding POST names the `text_hash` it is about, and takes an `Idempotency-Key`."""


def build(context: Context) -> FastAPI:
    """The app over the process's own database, content store, rule book and calendar."""
    app = build_app("review", context.settings, routers=[], title="Fawen review", description=DESCRIPTION)
    app.state.db = context.db
    app.state.blobs = context.blobs
    app.state.book = context.book
    app.state.calendar = context.calendar
    return app

"""The web app of notify: the home page, the gazette, the register, the messages."""

from __future__ import annotations

from fastapi import FastAPI

from services.kernel.runtime.process import Context
from services.kernel.runtime.web import build_app
from services.notify.api import router as api
from services.notify.pages import gazette, home, staff

TITLE = "公报查询"
DESCRIPTION = "文号、公报、公告和邮件。Numbers, the gazette, public notices and mail."


def app_of(context: Context) -> FastAPI:
    """The app over an open context; the process that opened the context closes it."""
    routers = [api, home.router, gazette.router, staff.router]
    app = build_app("notify", context.settings, routers=routers, title=TITLE, description=DESCRIPTION)
    app.state.db = context.db
    app.state.context = context
    return app

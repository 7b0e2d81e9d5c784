"""A shortcut to one hot route: past the framework's routing and its stacks, with the same answers as through them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from services.kernel.contracts.refusals import Refused, Unavailable
from services.kernel.runtime import problems

Endpoint = Callable[[Request, str], Awaitable[Response]]


class ShortcutApp(FastAPI):
    """An app that may have one shortcut. The route stands in its router as well, where it is described and guarded."""

    _path: re.Pattern[str] | None = None
    _short: ASGIApp

    def shorten(self, path: re.Pattern[str], endpoint: Endpoint) -> None:
        """Have `endpoint` answer POST requests whose path fits, with its first group, within the app's middlewares."""
        self._path = path
        self._short = _within(self.user_middleware, _answering(endpoint))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hot = self._path is not None and scope["type"] == "http" and scope["method"] == "POST"
        if hot and self._path and (found := self._path.fullmatch(scope["path"])):
            scope["app"], scope["path_params"] = self, {"hot": found[1]}
            await self._short(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _within(middlewares: Iterable[Middleware], app: ASGIApp) -> ASGIApp:
    for each, args, kwargs in reversed(list(middlewares)):
        app = each(app, *args, **kwargs)
    return app


def _answering(endpoint: Endpoint) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            response = await endpoint(request, scope["path_params"]["hot"])
        except (Refused, Unavailable, RequestValidationError, HTTPException) as failure:
            response = problems.answer(request, failure)
        finally:
            await request.close()
        await response(scope, receive, send)

    return answer

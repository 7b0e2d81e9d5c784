"""A shortcut to one hot route: past the framework's routing and its stacks, with the same answers as through them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from services.kernel.contracts.refusals import Refused, Unavailable
from services.kernel.runtime import problems

Endpoint = Callable[[Request, str], Awaitable[Response]]


class Shortcut:
    """Calls `endpoint` with the first group of `path` for POST requests that fit it; everything else goes on inward.

    The route stands in its router as well, where it is described and guarded; this is only a faster way to it.
    """

    def __init__(self, app: ASGIApp, path: re.Pattern[str], endpoint: Endpoint) -> None:
        self.app, self.path, self.endpoint = app, path, endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self.path.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            response = await self.endpoint(request, found[1])
        except (Refused, Unavailable, RequestValidationError, HTTPException) as failure:
            response = problems.answer(request, failure)
        finally:
            await request.close()
        await response(scope, receive, send)

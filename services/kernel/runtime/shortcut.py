"""A shortcut to one hot route: past the framework's routing and its stacks, with the same answers as through them.

Only a plain request goes it, one whose head asks for nothing that the stacks would look after.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kernel.contracts.refusals import Refused, Unavailable
from services.kernel.runtime import problems
from services.kernel.runtime.auth import TELLING
from services.kernel.runtime.language import ASKED

JSON = b"application/json"
# Who somebody is, in which language they read, or that the body's length is not stated.
NOT_PLAIN = TELLING.union(ASKED, (b"transfer-encoding",))
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain request: JSON of a stated length, from nobody in particular, in the first language."""

    app: FastAPI
    path: str
    address: str
    headers: Mapping[bytes, bytes]
    body: bytes


# The JSON of an answer, and what is said beside it.
Endpoint = Callable[[Plain, str], Awaitable[tuple[bytes, Mapping[str, str]]]]


class ShortcutApp(FastAPI):
    """An app that may have one shortcut. The route stands in its router as well, where it is described and guarded."""

    _shortcut: Shortcut | None = None

    def shorten(self, path: re.Pattern[str], endpoint: Endpoint, *, status: int, limit: int) -> None:
        """Have `endpoint` answer plain POST requests of at most `limit` bytes whose path fits, with its first group."""
        self._shortcut = Shortcut(self, path, endpoint, status, limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._shortcut is None or not await self._shortcut.answers(scope, receive, send):
            await super().__call__(scope, receive, send)


class Shortcut:
    """What answers plain requests of one app."""

    def __init__(self, app: FastAPI, path: re.Pattern[str], endpoint: Endpoint, status: int, limit: int) -> None:
        self._app, self._path, self._endpoint, self._status, self._limit = app, path, endpoint, status, limit
        self._added: Headers | None = None

    async def answers(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answer a request, if it is one of those that go this way."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["query_string"]:
            return False
        found = self._path.fullmatch(scope["path"])
        # Of a header that is given twice the first counts.
        headers = dict(reversed(scope["headers"]))
        if found is None or not self._is_plain(headers):
            return False
        body = await _body(receive)
        if body is not None:
            client = scope.get("client")
            asked = Plain(self._app, scope["path"], client[0] if client else "", headers, body)
            await self._answer(asked, found[1], scope, receive, send)
        return True

    def _is_plain(self, headers: Mapping[bytes, bytes]) -> bool:
        length = headers.get(b"content-length", b"")
        return (
            headers.get(b"content-type") == JSON
            and length.isdigit()
            and int(length) <= self._limit
            and NOT_PLAIN.isdisjoint(headers)
        )

    async def _answer(self, asked: Plain, named: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body, beside = await self._endpoint(asked, named)
        except Exception as failure:
            scope["app"] = self._app
            await _within(self._app.user_middleware, _telling(failure))(scope, receive, send)
            return
        if self._added is None:
            self._added = await _added(self._app.user_middleware, scope, self._status)
        said = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in beside.items()]
        length = b"%d" % len(body)
        headers = [*said, (b"content-length", length), (b"content-type", JSON), *self._added]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive) -> bytes | None:
    """The body of a request; None when who sent it has gone."""
    pieces = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def _added(middlewares: Iterable[Middleware], scope: Scope, status: int) -> Headers:
    """What the app's middlewares say to a plain request beside what is answered: asked of themselves, once."""
    found: Headers = []

    async def note(message: Message) -> None:
        if message["type"] == "http.response.start":
            found.extend(message["headers"])

    bare = Response(b"", status, media_type=JSON.decode())
    # Counted before, for they add to the very same list.
    own = len(bare.raw_headers)
    await _within(middlewares, bare)({**scope, "state": {}}, _nothing, note)
    return found[own:]


async def _nothing() -> Message:
    return {"type": "http.request", "body": b""}


def _within(middlewares: Iterable[Middleware], app: ASGIApp) -> ASGIApp:
    for each, args, kwargs in reversed(list(middlewares)):
        app = each(app, *args, **kwargs)
    return app


def _telling(failure: Exception) -> ASGIApp:
    async def tell(scope: Scope, receive: Receive, send: Send) -> None:
        if not isinstance(failure, Refused | Unavailable | RequestValidationError | HTTPException):
            raise failure
        await problems.answer(Request(scope, receive), failure)(scope, receive, send)

    return tell

"""Several apps behind one port, by path prefix: the local stack's gateway. Prefixes are real, nothing is rewritten."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

GATEWAY = "/"


def compose(apps: Mapping[str, ASGIApp]) -> ASGIApp:
    """Dispatch by the longest prefix that fits. The app at "/" answers the rest: home, sign-in, static files.

    Without an app at "/", the last one does. One app may stand at two prefixes.
    """
    *_, last = apps.values()
    return _Composed({**apps, GATEWAY: apps.get(GATEWAY, last)})


class _Composed:
    def __init__(self, apps: Mapping[str, ASGIApp]) -> None:
        self._apps = sorted(apps.items(), key=lambda pair: -len(pair[0]))
        # One app may stand at two prefixes; its lifespan still runs once.
        self._lives = {id(app): _Life(app) for app in apps.values()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        app = next(app for prefix, app in self._apps if _claims(prefix, scope["path"]))
        state = self._lives[id(app)].state
        await app({**scope, "state": {**scope.get("state", {}), **state}}, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        started: list[_Life] = []
        for life in self._lives.values():
            reply = await life.tell("startup")
            if reply["type"] == "lifespan.startup.failed":
                for other in reversed(started):
                    await other.tell("shutdown")
                await send(reply)
                return
            started.append(life)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for life in reversed(started):
            await life.tell("shutdown")
        await send({"type": "lifespan.shutdown.complete"})


def _claims(prefix: str, path: str) -> bool:
    return prefix == GATEWAY or path == prefix or path.startswith(prefix + "/")


class _Life:
    """The lifespan of one app, held in a task of its own between startup and shutdown."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._task: asyncio.Task[None] | None = None
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()
        self.state: dict[str, Any] = {}

    async def tell(self, what: str) -> Message:
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        await self._to_app.put({"type": f"lifespan.{what}"})
        return await self._from_app.get()

    async def _run(self) -> None:
        scope: Scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self._app(scope, self._to_app.get, self._from_app.put)
        except Exception as failure:  # an app that knows no lifespan raises here
            await self._from_app.put({"type": "lifespan.startup.failed", "message": str(failure)})

"""The web app of a service: the same guards, headers, language, problems and look for all four."""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kernel.runtime import auth, parked, problems, signin
from services.kernel.runtime.compose import compose
from services.kernel.runtime.language import LanguageMiddleware
from services.kernel.runtime.pages import STATIC, Assets, Pages, render
from services.kernel.runtime.settings import Settings
from services.kernel.runtime.shortcut import ShortcutApp

__all__ = ["build_app", "compose"]

SERVICES = Path(__file__).parents[2]
POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
))  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STRICT_TRANSPORT = "max-age=31536000"
FOREVER = "public, max-age=31536000, immutable"
PROBLEM_ANSWERS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "The request is refused: why, under which article, and what to do",
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    },
    "503": {
        "description": "Try again after Retry-After seconds",
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    },
}


class Lifespan(Protocol):
    """Opens what the app needs (`app.state.db` at least) and closes it again."""

    def __call__(self, app: FastAPI) -> AbstractAsyncContextManager[None]: ...


def build_app(
    service: str,
    settings: Settings,
    *,
    routers: Sequence[APIRouter],
    title: str,
    description: str,
    lifespan: Lifespan | None = None,
    home: Path | None = None,
    unobserved: Callable[[MutableMapping[str, Any]], bool] | None = None,
    innermost: Sequence[Middleware] = (),
) -> ShortcutApp:
    """One service on the web. Its routers carry their real prefix (`/intake/...`); `lifespan` sets `app.state.db`.

    `home` is the folder with the service's `templates/` and `locale/`; `unobserved` says of which requests the
    framework makes no span, because their address says too much or because they are traced by hand; `innermost`
    are the service's own middlewares.
    """
    app = ShortcutApp(
        telemetry={"logs": False, "operation_spans": False, "exclude": unobserved},
        title=title,
        description=description,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses=PROBLEM_ANSWERS,
        middleware=[
            Middleware(SecurityHeaders, secure=settings.profile != "local"),
            Middleware(LanguageMiddleware),
            Middleware(problems.FailureMiddleware),
            Middleware(BodyLimit, limit=settings.max_upload_bytes),
            *innermost,
        ],
    )
    app.state.settings = settings
    app.state.pages = Pages(service, settings, home or SERVICES / service)
    problems.install(app)
    app.include_router(_own_routes(service))
    for router in (*routers, parked.router_for(service)):
        app.include_router(router)
    if settings.profile == "local":
        app.include_router(signin.router_for(settings))
    app.mount("/static", HashedFiles(app.state.pages.assets), name="static")
    return app


def _own_routes(service: str) -> APIRouter:
    router = APIRouter(prefix=f"/{service}", include_in_schema=False)
    router.add_api_route("/healthz", health, methods=["GET"])
    router.add_api_route("/readyz", readiness, methods=["GET"])
    router.add_api_route("/openapi.json", openapi, methods=["GET"])
    router.add_api_route("/docs", docs, methods=["GET"])
    return router


async def health(request: Request, actor: auth.Visitor) -> dict[str, str]:
    """The process answers. It asks nothing of the database, so that a restart is not the cure for an outage there."""
    return {"status": "ok"}


async def readiness(request: Request, actor: auth.Visitor) -> dict[str, str]:
    """The process can work: its database answers."""
    async with auth.database(request).read() as conn:
        await conn.fetchval("select 1")
    return {"status": "ready"}


async def openapi(request: Request, actor: auth.Visitor) -> Response:
    """The description of this service's interface for programs."""
    return JSONResponse(_described(request.app))


async def docs(request: Request, actor: auth.Visitor) -> Response:
    """The same for people, drawn here: no script from elsewhere."""
    described = _described(request.app)
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in described.get("paths", {}).items()
        for method, operation in methods.items()
    ]
    return render(request, "api.html", described=described, operations=operations)


def _described(app: FastAPI) -> dict[str, Any]:
    described = app.openapi()
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in _problem_schemas().items():
        schemas.setdefault(name, schema)
    return described


def _problem_schemas() -> dict[str, Any]:
    schema = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), "Problem": schema}


class HashedFiles(StaticFiles):
    """Files of the look. An address with the right hash never changes its content and is kept for good."""

    said_public = True  # read by auth.routes: files ask nobody who they are

    def __init__(self, assets: Assets) -> None:
        super().__init__(directory=STATIC)
        self._assets = assets

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        asked = re.search(rb"(?:^|&)v=([0-9a-f]+)", scope["query_string"])
        fresh = asked is not None and asked[1].decode() == self._assets.version(path)
        response.headers["Cache-Control"] = FOREVER if fresh else "no-cache"
        return response


class SecurityHeaders:
    """What every answer says to the browser, written out; pages of signed-in persons are not stored."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app = app
        said = {**HEADERS, **({"Strict-Transport-Security": STRICT_TRANSPORT} if secure else {})}
        headers = [(name.lower().encode(), value.encode()) for name, value in said.items()]
        self.for_all = [*headers, (b"cache-control", b"no-cache")]
        self.for_one = [*headers, (b"cache-control", b"no-store")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                signed = scope.get("state", {}).get("actor") is not None
                there = dict(message["headers"])
                said = [header for header in (self.for_one if signed else self.for_all) if header[0] not in there]
                message["headers"] = [*message["headers"], *said]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses a body that is too large, by its stated length or as soon as it has become too long."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        stated = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if stated.isdigit() and int(stated) > self.limit:
            await problems.answer(Request(scope, receive), HTTPException(413))(scope, receive, send)
            return
        seen = 0

        async def receive_within_limit() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_within_limit, send)

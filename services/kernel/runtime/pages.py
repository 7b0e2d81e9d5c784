"""Pages: the service's templates over the kernel's, one look and one navigation for all."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from services.kernel.runtime import csrf, display, language, navigation
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.settings import Settings

KERNEL = Path(__file__).parent
STATIC = KERNEL / "static"

_page: ContextVar[Request] = ContextVar("page")


class Pages:
    """The templates of one service. Built once, at `app.state.pages`."""

    def __init__(self, service: str, settings: Settings, home: Path) -> None:
        self.service = service
        self.settings = settings
        self.catalogue = language.Catalogue.load([KERNEL, home])
        self.assets = Assets(STATIC)
        self.environment = self._environment(home)

    def _environment(self, home: Path) -> Environment:
        environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(home / "templates"), FileSystemLoader(KERNEL / "templates")]),
            autoescape=select_autoescape(("html", "jinja"), default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        )
        i18n = cast(Any, environment)
        i18n.install_gettext_callables(self.catalogue.gettext, self.catalogue.ngettext, newstyle=True)
        clock = display.Clock(self.settings.zone)
        for filter_ in (
            clock.when,
            clock.day,
            clock.when_exact,
            clock.when_short,
            clock.local,
            clock.until,
            display.diff,
            display.lang_of,
            display.title_breaks,
        ):
            environment.filters[filter_.__name__] = filter_
        environment.filters["hash"] = display.short_hash
        environment.globals.update(
            asset=self.assets.url, csrf=csrf_field, idempotency=idempotency_field, in_language=in_language
        )
        return environment

    def render(
        self,
        request: Request,
        template: str,
        context: Mapping[str, Any],
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """Draw `template` for the reader of `request`."""
        token = _page.set(request)
        try:
            text = self.environment.get_template(template).render(**self._frame(request), **context)
        finally:
            _page.reset(token)
        return HTMLResponse(text, status_code=status, headers=dict(headers or {}))

    def _frame(self, request: Request) -> dict[str, Any]:
        actor = actor_of(request)
        return {
            "actor": actor,
            "service": self.service,
            "office_name": self.settings.office_name,
            "demo": "demo" in self.settings.overlays,
            "local": self.settings.profile == "local",
            "language": language.current(),
            "language_tag": language.TAGS[language.current()],
            "places": navigation.places(request.url.path, actor),
            "rooms": navigation.rooms(request.url.path, actor),
            "sign_in": "/sign-in?" + urlencode({"next": request.url.path}),
            "htmx_headers": json.dumps({csrf.HEADER: getattr(request.state, "csrf_token", "")}),
            "now": datetime.now(UTC),
        }


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """Draw a page of the service that answers `request`. `context` adds to what `base.html` already knows."""
    pages = cast(Pages, request.app.state.pages)
    return pages.render(request, template, context, status=status, headers=headers)


def actor_of(request: Request) -> Actor | None:
    """Who the guard of this route found; None on a route whose guard found nobody."""
    return cast("Actor | None", getattr(request.state, "actor", None))


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks, rather than a program."""
    accept = request.headers.get("accept", "")
    return "text/html" in accept or "application/xhtml+xml" in accept


def wants_fragment(request: Request) -> bool:
    """Whether htmx asks, for a piece of the page."""
    return request.headers.get("hx-request") == "true"


def csrf_field() -> Markup:
    """The hidden field that every form by session carries; empty for anonymous visitors."""
    token = getattr(_page.get().state, "csrf_token", "")
    return Markup('<input type="hidden" name="{}" value="{}">').format(csrf.FIELD, token) if token else Markup("")


def idempotency_field() -> Markup:
    """A hidden key made with the page, so that a form sent twice is carried out once."""
    return Markup('<input type="hidden" name="idempotency_key" value="{}">').format(secrets.token_urlsafe(18))


def in_language(tag: str) -> str:
    """This page's address in another language."""
    url = _page.get().url
    return url.include_query_params(lang=tag).replace(scheme="", netloc="").components.geturl()


class Assets:
    """Files of the look, each at an address that changes with its content."""

    def __init__(self, folder: Path) -> None:
        self._versions = {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def url(self, name: str) -> str:
        """The address of a file, with the hash of its content."""
        return f"/static/{name}?v={self._versions[name]}"

    def version(self, name: str) -> str | None:
        """The hash that stands in the address of `name`."""
        return self._versions.get(name)


def as_download(data: bytes, name: str) -> Response:
    """Bytes that somebody uploaded: never shown in place, always saved."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(data, media_type="application/octet-stream", headers=headers)

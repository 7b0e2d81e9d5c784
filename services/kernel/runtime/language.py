"""Which language a reader gets, and the catalogues behind it. Chinese is the source; English comes from `.po` files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from babel.messages.pofile import read_po
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Language = Literal["zh", "en"]
COOKIE = "fawen_language"
PARAMETER = "lang"
ASKED = (b"cookie", b"accept-language")
VARY = "Accept-Language, Cookie"
YEAR = 365 * 24 * 3600
TAGS: dict[Language, str] = {"zh": "zh-CN", "en": "en"}

_current: ContextVar[Language] = ContextVar("language", default="zh")


@dataclass(frozen=True)
class Catalogue:
    """English words by their Chinese source; a word without translation reads as its source."""

    words: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, homes: Iterable[Path]) -> Catalogue:
        """Read `locale/en.po` of each home; later homes win."""
        words: dict[str, tuple[str, ...]] = {}
        for path in (home / "locale" / "en.po" for home in homes):
            if path.is_file():
                words.update(_read(path))
        return cls(words)

    def gettext(self, source: str) -> str:
        """`source` in the language of this request."""
        if current() == "zh":
            return source
        return self.words.get(source, (source,))[0]

    def ngettext(self, source: str, plural: str, number: int) -> str:
        """Chinese has one form; English picks the second for any number but 1."""
        forms = self.words.get(source) if current() == "en" else None
        if forms is None:
            return source if number == 1 else plural
        return forms[0] if number == 1 else forms[-1]


def _read(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    with path.open("rb") as file:
        for message in read_po(file, locale="en"):
            source = message.id if isinstance(message.id, str) else message.id[0]
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            if source and forms and all(forms):
                yield source, forms


def current() -> Language:
    """The language of the request being answered."""
    return _current.get()


@contextmanager
def reading(language: Language) -> Iterator[None]:
    """Within the block, words come in `language`."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def choose(connection: HTTPConnection) -> Language:
    """`?lang=`, then the cookie, then Accept-Language; Chinese when in doubt."""
    said = {name: value.decode("latin-1") for name, value in connection.scope["headers"] if name in ASKED}
    if not said and not connection.scope["query_string"]:
        return "zh"
    if connection.scope["query_string"] and (language := _known(connection.query_params.get(PARAMETER))):
        return language
    if b"cookie" in said and (language := _known(connection.cookies.get(COOKIE))):
        return language
    ranked = sorted(_accepted(said.get(b"accept-language", "")), key=lambda pair: -pair[1])
    return next((language for tag, _ in ranked if (language := _known(tag))), "zh")


def _known(tag: str | None) -> Language | None:
    primary = (tag or "").strip().lower().partition("-")[0]
    return "zh" if primary == "zh" else "en" if primary == "en" else None


def _accepted(header: str) -> Iterator[tuple[str, float]]:
    for part in header.split(","):
        tag, _, weight = part.partition(";q=")
        try:
            yield tag.strip(), float(weight or 1)
        except ValueError:
            continue


class LanguageMiddleware:
    """Sets the language of each request, says it in the answer, and remembers a choice made by `?lang=`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        language = choose(connection)
        scope.setdefault("state", {})["language"] = language
        chosen = _known(connection.query_params.get(PARAMETER)) if scope["query_string"] else None

        async def send_with_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                _say(message, language)
                if chosen:
                    cookie = f"{COOKIE}={chosen}; Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly"
                    MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        with reading(language):
            await self.app(scope, receive, send_with_language)


def _say(message: Message, language: Language) -> None:
    there = {name for name, _ in message["headers"]}
    if b"content-language" not in there:
        message["headers"].append((b"content-language", TAGS[language].encode()))
    if b"vary" in there:
        MutableHeaders(scope=message).add_vary_header(VARY)
    else:
        message["headers"].append((b"vary", VARY.encode()))

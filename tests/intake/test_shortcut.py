"""The shortcut of comments: byte for byte what the framework answers on its own, longer way."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.types import Message

from services.intake.web import app_of
from services.kernel.runtime.process import opened
from services.kernel.runtime.settings import Settings
from services.kernel.runtime.shortcut import ShortcutApp
from tests.intake.builders import Web

PLAIN = {"content-type": "application/json", "accept": "application/json"}
# It asks for what is the rule, and goes the long way for it.
LONG = {**PLAIN, "accept-language": "zh"}
# What no two answers have in common: numbers of traces, and what the clock and the counters say.
OWN = re.compile(rb"\b[0-9a-f]{32}\b|(?<=;[rt]=)[0-9]+|<time.*?</time>")
Answered = tuple[int, list[tuple[bytes, bytes]], bytes]


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[ShortcutApp]:
    async with opened("intake", settings.model_copy(update={"comment_period_seconds": 1_000_000_000})) as context:
        app = app_of(context)
        assert isinstance(app, ShortcutApp)
        yield app


async def asks(app: ShortcutApp, path: str, said: Mapping[str, str], body: bytes) -> Answered:
    """What the server is told to send: status, head and body."""
    headers = [(name.encode(), value.encode("latin-1")) for name, value in said.items()]
    headers += [] if "content-length" in said else [(b"content-length", b"%d" % len(body))]
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "server": ("test", 80), "client": ("203.0.113.5", 1), "root_path": "", "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": headers, "state": {},
    }  # fmt: skip
    await app(scope, receive, send)
    start, *pieces = sent
    told = [(name, OWN.sub(b"_", value)) for name, value in start["headers"] if name != b"retry-after"]
    return start["status"], told, OWN.sub(b"_", b"".join(piece.get("body", b"") for piece in pieces))


def a_path(window_id: UUID | str) -> str:
    return f"/intake/windows/{window_id}/comments"


def says(body: str = "应当按月清洗。", **given: Any) -> bytes:
    return json.dumps({"body": body, **given}).encode()


async def test_a_comment_gets_the_same_receipt_both_ways(web: Web, app: ShortcutApp) -> None:
    path = a_path(await web.desk.opens_window(await web.desk.submits()))
    key = {"idempotency-key": str(uuid4())}

    first = await asks(app, path, {**PLAIN, **key}, says())
    short = await asks(app, path, {**PLAIN, **key}, says())
    long = await asks(app, path, {**LONG, **key}, says())

    assert short == long
    assert (first[0], first[2]) == (201, short[2])
    assert {b"content-security-policy", b"x-frame-options", b"content-language", b"vary"} <= dict(first[1]).keys()


@pytest.mark.parametrize(
    ("said", "body", "status"),
    [
        ({}, b"{", 422),
        ({}, b'{"body": 3}', 422),
        ({}, says("  "), 422),
        ({}, says(clause="第九十九条"), 422),
        ({}, says(proof="made up"), 422),
        ({"accept": "text/html"}, says(" "), 422),
        ({"idempotency-key": ""}, says(), 422),
        ({"idempotency-key": "two words"}, says(), 422),
        ({"content-length": "99999999999"}, says(), 413),
    ],
)
async def test_a_refusal_is_told_the_same_both_ways(
    web: Web, app: ShortcutApp, said: dict[str, str], body: bytes, status: int
) -> None:
    path = a_path(await web.desk.opens_window(await web.desk.submits()))

    short = await asks(app, path, {**PLAIN, **said}, body)

    assert short == await asks(app, path, {**LONG, **said}, body)
    assert short[0] == status


@pytest.mark.parametrize(
    ("named", "status"), [("01900000-0000-7000-8000-000000000000", 404), ("-" * 36, 422), ("x", 422)]
)
async def test_an_unknown_window_is_unknown_both_ways(app: ShortcutApp, named: str, status: int) -> None:
    short = await asks(app, a_path(named), PLAIN, says())

    assert short == await asks(app, a_path(named), LONG, says())
    assert short[0] == status


async def test_too_many_are_told_so_both_ways(web: Web, app: ShortcutApp) -> None:
    path = a_path(await web.desk.opens_window(await web.desk.submits()))
    answers = [await asks(app, path, said, says()) for said in [PLAIN] * 20 + [LONG, PLAIN]]

    assert answers[-1] == answers[-2]
    assert answers[-1][0] == 429


@pytest.mark.breaks
async def test_what_nobody_foresaw_is_told_without_its_insides_both_ways(web: Web, app: ShortcutApp) -> None:
    path = a_path(await web.desk.opens_window(await web.desk.submits()))
    app.state.door = object()

    short = await asks(app, path, PLAIN, says())

    assert short == await asks(app, path, LONG, says())
    assert short[0] == 500


async def test_who_goes_away_before_the_last_piece_is_not_answered(web: Web, app: ShortcutApp) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())
    pieces: list[Message] = [
        {"type": "http.request", "body": says()[:5], "more_body": True}, {"type": "http.disconnect"},
    ]  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        return pieces.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": a_path(window_id), "query_string": b"", "client": None,
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(says()))],
    }  # fmt: skip
    await app(scope, receive, send)

    assert sent == []
    async with web.desk.db.read() as conn:
        assert await conn.fetchval("select count(*) from comments") == 0

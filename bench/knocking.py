"""Clients of the public endpoint in a closed loop: each sends its next comment once the last one was answered."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import cast
from uuid import UUID

from fawen.proof import solve
from services.kernel.contracts import proof

WORDS = "建议把清洗的间隔改为每两个月一次，并公布检查的结果。"
LASTS = timedelta(minutes=10)
SECRET = "a secret for benches only"
LENGTH = re.compile(rb"(?i)\r\ncontent-length: ([0-9]+)")


def a_comment(number: int) -> str:
    """Words of the usual length (77 characters), different every time."""
    return f"{WORDS}第{number}位住户的意见：街面餐饮服务场所的油烟应当先净化后排放，达不到标准的限期改正{secrets.token_hex(4)}。"


def with_everything(window_id: UUID, number: int) -> bytes:
    """A whole request to the product: a key, a proof, an address of its own behind the gateway."""
    asked = proof.challenge(SECRET.encode(), window_id, hardest=0, expires_at=datetime.now(UTC) + LASTS)
    body = json.dumps({"body": a_comment(number), "proof": solve(asked)}).encode()
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    headers = f"X-Forwarded-For: {address}\r\nIdempotency-Key: {secrets.token_urlsafe(12)}\r\n"
    return _request(f"/intake/windows/{window_id}/comments", headers, body)


def with_words(window_id: UUID, number: int) -> bytes:
    """A whole request to the bare handler."""
    return _request(f"/windows/{window_id}/comments", "", json.dumps({"body": a_comment(number)}).encode())


async def knock(ports: Sequence[int], requests: Iterator[bytes], *, clients: int, seconds: float) -> int:
    """How many were accepted in so many seconds, each client sending the next of the requests that were made before.

    Clients are dealt out over the ports in turn, as a gateway does.

    Raises SystemExit where one was not accepted, RuntimeError where there were too few requests.
    """
    loop, until = asyncio.get_running_loop(), time.monotonic() + seconds
    statuses = Counter[bytes]()
    opened = [
        await loop.create_connection(
            partial(Client, requests, until, statuses), "127.0.0.1", ports[number % len(ports)]
        )
        for number in range(clients)
    ]
    await asyncio.gather(*(client.done for _, client in opened))
    if set(statuses) - {b"201"}:
        raise SystemExit(f"not all were accepted: {dict(statuses)}")
    return statuses[b"201"]


class Client(asyncio.Protocol):
    """One connection. It does little beside waiting, for it shares its cores with those that are measured."""

    def __init__(self, requests: Iterator[bytes], until: float, statuses: Counter[bytes]) -> None:
        self._requests, self._until, self._statuses = requests, until, statuses
        self._answer = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do all that asyncio's do, and are no kind of them.
        self._transport = cast("asyncio.Transport", transport)
        self._go_on()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, ended, body = self._answer.partition(b"\r\n\r\n")
        if not ended:
            return
        length = LENGTH.search(head)
        if len(body) >= int(length[1] if length else 0):
            self._statuses[head[9:12]] += 1
            self._answer = b""
            self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def _go_on(self) -> None:
        if time.monotonic() >= self._until:
            self.done.set_result(None)
        elif request := next(self._requests, None):
            self._transport.write(request)
            return
        else:
            self.done.set_exception(RuntimeError("too few requests were made"))
        self._transport.close()


def made(make: Callable[[UUID, int], bytes], window_id: UUID, count: int) -> Iterator[bytes]:
    """So many requests, made now."""
    start = secrets.randbelow(1 << 23)
    return iter([make(window_id, start + number) for number in range(count)])


def _request(path: str, headers: str, body: bytes) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        f"{headers}Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body

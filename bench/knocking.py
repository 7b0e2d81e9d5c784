"""Clients of the public endpoint in a closed loop: each sends its next comment once the last one was answered."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from fawen.proof import solve
from services.intake.domain import proof

WORDS = "建议把清洗的间隔改为每两个月一次，并公布检查的结果。"
LASTS = timedelta(minutes=10)
SECRET = "a secret for benches only"


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


async def knock(port: int, requests: Iterator[bytes], *, clients: int, seconds: float) -> int:
    """How many were accepted in so many seconds, each client sending the next of the requests that were made before.

    Raises SystemExit where one was not accepted, or where there were too few requests.
    """
    until = time.monotonic() + seconds
    statuses = Counter[bytes]()

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < until:
            writer.write(next(requests))
            statuses[await _status(reader)] += 1
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    if set(statuses) - {b"201"}:
        raise SystemExit(f"not all were accepted: {dict(statuses)}")
    return statuses[b"201"]


def made(make: Callable[[UUID, int], bytes], window_id: UUID, count: int) -> Iterator[bytes]:
    """So many requests, made now."""
    start = secrets.randbelow(1 << 23)
    return iter([make(window_id, start + number) for number in range(count)])


async def _status(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length or 0))
    return head[9:12]


def _request(path: str, headers: str, body: bytes) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        f"{headers}Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body

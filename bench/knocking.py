"""Clients of the public endpoint in a closed loop: each sends its next comment once the last one was answered."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import Callable
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


async def knock(port: int, window_id: UUID, make: Callable[[UUID, int], bytes], *, clients: int, seconds: float) -> int:
    """How many were accepted in so many seconds. Raises SystemExit where one was not."""
    until = time.monotonic() + seconds
    statuses = Counter[bytes]()
    start = secrets.randbelow(1 << 23)

    async def client(first: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        number = first
        while time.monotonic() < until:
            number += clients
            writer.write(make(window_id, number))
            statuses[await _status(reader)] += 1
        writer.close()

    await asyncio.gather(*(client(start + each) for each in range(clients)))
    if set(statuses) - {b"201"}:
        raise SystemExit(f"not all were accepted: {dict(statuses)}")
    return statuses[b"201"]


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

"""An answer leaves in one piece; what is large or slow leaves as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from fawen.stack.ports import free_ports
from services.kernel.runtime.http import MOST_GATHERED, OnePiece

LARGE = "字" * MOST_GATHERED


async def small(request: Request) -> PlainTextResponse:
    return PlainTextResponse("收到")


async def large(request: Request) -> StreamingResponse:
    async def pieces() -> AsyncIterator[str]:
        for start in range(0, len(LARGE), 1000):
            yield LARGE[start : start + 1000]

    return StreamingResponse(pieces())


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    (port,) = free_ports(1)
    app = Starlette(routes=[Route("/small", small), Route("/large", large)])
    server = uvicorn.Server(uvicorn.Config(app, port=port, http=OnePiece, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by no event
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        await serving


async def test_head_and_body_come_together() -> None:
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(20):
            writer.write(b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await reader.read(65536)).endswith("收到".encode())
        writer.close()


async def test_one_who_asks_for_the_end_of_the_connection_gets_the_whole_answer_first() -> None:
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /small HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).endswith("收到".encode())
        writer.close()


async def test_a_large_answer_comes_whole() -> None:
    async with served() as port, httpx.AsyncClient() as client:
        assert (await client.get(f"http://127.0.0.1:{port}/large")).text == LARGE

"""How a web process speaks HTTP: as uvicorn does, with the head and the body of an answer in one piece."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_GATHERED = 64 * 1024


class OnePiece(HttpToolsProtocol):
    """Uvicorn's protocol over a transport that hands on at once what was written within one turn of the loop.

    Two small packets wake the other side twice and cost two calls of the system.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", Gathering(cast("asyncio.Transport", transport), self.loop)))


class Gathering:
    """A transport that gathers what is written till the loop comes round; the rest is the transport's own."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._pieces: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Have `data` sent after what was written before it."""
        if not self._pieces:
            self._loop.call_soon(self._hand_on)
        self._pieces.append(data)
        self._size += len(data)
        if self._size > MOST_GATHERED:
            self._hand_on()

    def close(self) -> None:
        """Send what was written, and close."""
        self._hand_on()
        self._transport.close()

    def _hand_on(self) -> None:
        if self._pieces:
            pieces, self._pieces, self._size = self._pieces, [], 0
            self._transport.write(b"".join(pieces))

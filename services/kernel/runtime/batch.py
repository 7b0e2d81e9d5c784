"""Group commit: what arrives while a batch is being written makes up the next one. There is no timer to wait for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
# Smaller ones cost more in statements than is won by not waiting.
WORTH_A_BATCH = 16
Run = Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]]


class Batcher(Generic[T, R]):
    """`run` gets one batch after another and answers item by item, in their order.

    An item that was handed over is carried out even if who handed it over has gone away. Beyond `room` waiting items,
    and once drained, the next is refused with what `refusal` makes.
    """

    def __init__(self, run: Run[T, R], *, most: int, room: int, refusal: Callable[[], Exception]) -> None:
        self._run, self._most, self._room, self._refusal = run, most, room, refusal
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._working: asyncio.Task[None] | None = None
        self._shut = False

    async def do(self, item: T) -> R:
        """The answer to `item`, once its batch is done. Raises what `run` answered for it, or the refusal."""
        if self._shut or len(self._waiting) >= self._room:
            raise self._refusal()
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return await answer

    async def drain(self) -> None:
        """Take nothing more, and finish what was handed over."""
        self._shut = True
        if self._working is not None:
            await asyncio.shield(self._working)

    async def _work(self) -> None:
        try:
            answered = 0
            while self._waiting:
                await self._gathered()
                batch = [self._waiting.popleft() for _ in range(self._share(answered))]
                for (_, answer), found in zip(batch, await self._answers([item for item, _ in batch]), strict=True):
                    _tell(answer, found)
                answered = len(batch)
        finally:
            self._working = None

    async def _gathered(self) -> None:
        """Let in what has arrived already and was not read yet: as long as each turn of the loop brings more."""
        seen = 0
        while seen < len(self._waiting) < min(self._most, WORTH_A_BATCH):
            seen = len(self._waiting)
            await asyncio.sleep(0)

    def _share(self, answered: int) -> int:
        """Half of what is under way, those just answered included: one half is prepared while the other is written."""
        half = (len(self._waiting) + answered + 1) // 2
        return min(self._most, len(self._waiting), max(WORTH_A_BATCH, half))

    async def _answers(self, items: Sequence[T]) -> Sequence[R | Exception]:
        try:
            return await self._run(items)
        except Exception as failure:
            return [failure] * len(items)


def _tell(answer: asyncio.Future[R], found: R | Exception) -> None:
    if answer.done():
        return
    if isinstance(found, Exception):
        answer.set_exception(found)
    else:
        answer.set_result(found)

"""People who act through the product's API as soon as they look: every office of the demonstration, many documents."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from uuid import UUID

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from fawen.client import Problem
from fawen.demo.acts import act_of, actor_of
from fawen.demo.people import DRAFTER, Town
from fawen.demo.receiving import receive
from fawen.demo.sheets import fill
from fawen.demo.story import answer_to
from fawen.demo.submission import built_in
from fawen.replies import Round, Window
from services.kernel.contracts.lifecycle import lifecycle_id

# How often people look, on both sides of the comparison.
LOOK_SECONDS = 0.25
HANDS = 8
COMMENT = "建议把清洗频次改为每季度一次。"
MEANWHILE = ("round.closed", "signoff.already", "window.still_open", "window.being_closed")


async def next_look() -> None:
    """Wait until people next look."""
    await asyncio.sleep(LOOK_SECONDS - time.monotonic() % LOOK_SECONDS)


class People:
    """All who have a part in the documents of one batch."""

    def __init__(self, town: Town, client: Client) -> None:
        self._town, self._client = town, client
        self._office = town.of(DRAFTER)
        self._documents: set[UUID] = set()
        self._done: set[UUID] = set()
        self._hands = asyncio.Semaphore(HANDS)

    async def live(self, count: int, tell: Callable[[], None]) -> list[str]:
        """So many documents from submission to filing, side by side; the answer is their workflow ids."""
        receipts = await asyncio.gather(*(self._office.submit(built_in()) for _ in range(count)))
        ids = [receipt.document_id for receipt in receipts]
        self._documents.update(ids)
        ending = asyncio.gather(*(self._ended(id_, tell) for id_ in ids))
        while not ending.done():
            await asyncio.gather(self._rounds(), self._windows())
            await next_look()
        await ending
        return [lifecycle_id(id_) for id_ in ids]

    async def _ended(self, document_id: UUID, tell: Callable[[], None]) -> None:
        handle = self._client.get_workflow_handle(lifecycle_id(document_id))
        while True:
            try:
                await handle.result()
            except RPCError as error:
                # The letter that starts the lifecycle is still on its way.
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                await next_look()
                continue
            self._documents.discard(document_id)
            tell()
            return

    async def _rounds(self) -> None:
        open_ = await self._office.rounds()
        ours = [round_ for round_ in open_ if round_.document_id in self._documents and round_.id not in self._done]
        await asyncio.gather(*(self._decide(round_) for round_ in ours))

    async def _decide(self, round_: Round) -> None:
        act, words = act_of(round_, None)
        async with self._hands:
            try:
                await fill(self._town, round_)
                await receive(self._town, DRAFTER, actor_of(round_), round_)
                await self._town.of(actor_of(round_)).decide(round_, act, **words)
            except Problem as problem:
                if problem.code not in MEANWHILE:
                    raise
        self._done.add(round_.id)

    async def _windows(self) -> None:
        windows = [one for one in await self._town.public.windows() if one.document_id in self._documents]
        await asyncio.gather(*(self._at(window) for window in windows))

    async def _at(self, window: Window) -> None:
        async with self._hands:
            if window.state == "open" and window.window_id not in self._done:
                self._done.add(window.window_id)
                await self._town.public.comment(window.window_id, COMMENT)
            if window.state == "closed":
                await self._answer(window)

    async def _answer(self, window: Window) -> None:
        waiting = [one for one in await self._office.opinions(window.window_id) if one.answer is None]
        if not waiting:
            return
        try:
            await self._office.answer(window.window_id, [answer_to(opinion) for opinion in waiting])
        except Problem as problem:
            if problem.code not in MEANWHILE:
                raise

"""Playing a document through fair weather and foul: the demonstration's people, with patience and a time limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import httpx

from fawen.client import Problem, Submission
from fawen.demo.people import DRAFTER, Town
from fawen.demo.story import Beat, Script, Story
from fawen.replies import Dossier, Round, Window
from tests.journeys.record import Letters, Record

PAUSE = 0.1
PATIENCE = 90.0
# What a client meets while a part of the stack is away; it may simply ask again.
AWAY = (httpx.TransportError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, ConnectionError)
UNAVAILABLE = 503


async def until(what: str, holds: Callable[[], Awaitable[object]], *, within: float = PATIENCE) -> None:
    """Wait until `holds`. Raises TimeoutError, which says in words what did not come."""
    deadline = time.monotonic() + within
    while not await _tried(holds):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within:g} s: {what}")
        await asyncio.sleep(PAUSE)


async def submitted(town: Town, draft: Submission) -> UUID:
    """Hand in a draft; its document's id."""
    return (await town.of(DRAFTER).submit(draft)).document_id


def story_of(town: Town, document_id: UUID, script: Script | None = None) -> Story:
    """The people who will play a document; what they tell is not printed."""
    return Story(town, document_id, script or Script(), _hush)


async def played(story: Story, *, within: float = PATIENCE) -> Dossier:
    """Play to the end, whatever breaks meanwhile: people come again when the service was away."""
    async with asyncio.timeout(within):
        while True:
            try:
                return await story.play()
            except AWAY:
                await asyncio.sleep(PAUSE)
            except Problem as problem:
                if problem.status != UNAVAILABLE:
                    raise
                await asyncio.sleep(PAUSE)


@asynccontextmanager
async def playing(story: Story) -> AsyncIterator[asyncio.Task[Dossier]]:
    """The people at work in the background; a fault of theirs ends the wait of whoever awaits the task."""
    task = asyncio.create_task(played(story, within=2 * PATIENCE))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def the_window(town: Town, document_id: UUID) -> Window:
    """A document's comment window, once it is open."""
    found: list[Window] = []

    async def opened() -> bool:
        found[:] = await town.public.windows(document_id)
        return bool(found)

    await until("the comment window opens", opened)
    return found[0]


async def the_round(town: Town, document_id: UUID, stage: str) -> Round:
    """The open round of a stage, once there is one."""
    found: list[Round] = []

    async def opened() -> bool:
        rounds = await town.of(DRAFTER).rounds(document_id)
        found[:] = [round_ for round_ in rounds if round_.stage == stage]
        return bool(found)

    await until(f"a round of {stage} opens", opened)
    return found[0]


async def settled(record: Record, letters: Letters, document_id: UUID) -> None:
    """Wait until every letter has left and every mail has arrived, then: nothing lost, nothing twice."""

    async def delivered() -> bool:
        return not await record.undelivered()

    async def nothing_lost() -> bool:
        return not await record.lost(document_id) and not await record.message_ids(document_id) - letters.ids().keys()

    try:
        await until("every letter is delivered", delivered)
        await until("nothing is missing", nothing_lost)
    except TimeoutError as error:
        left = [*await record.undelivered(), *await record.lost(document_id)]
        raise AssertionError(f"{error}: {left}") from error
    assert await record.doubled(document_id) == []


def mailed_twice(letters: Letters, wanted: set[str]) -> dict[str, int]:
    """Mails of a document that arrived more than once."""
    return {one: n for one, n in letters.ids().items() if one in wanted and n > 1}


async def _tried(holds: Callable[[], Awaitable[object]]) -> bool:
    try:
        return bool(await holds())
    except AWAY:
        return False
    except Problem as problem:
        if problem.status != UNAVAILABLE:
            raise
        return False


def _hush(_beat: Beat) -> None:
    """Nobody listens."""

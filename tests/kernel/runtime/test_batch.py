"""Group commit by itself: who gets which answer, what is refused, and that nothing handed over is left undone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from services.kernel.runtime.batch import WORTH_A_BATCH, Batcher


class Full(Exception):
    """No room."""


class Desk:
    """Doubles numbers, a batch at a time, each only when it is let."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.let = asyncio.Event()

    async def run(self, items: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(items))
        await self.let.wait()
        return [ValueError(item) if item < 0 else item * 2 for item in items]


def a_batcher(desk: Desk, *, most: int = 10, room: int = 10) -> Batcher[int, int]:
    return Batcher(desk.run, most=most, room=room, refusal=Full)


async def _under_way(desk: Desk) -> None:
    while not desk.batches:  # noqa: ASYNC110
        await asyncio.sleep(0)


async def test_what_arrives_during_a_batch_makes_up_the_next() -> None:
    desk = Desk()
    batcher = a_batcher(desk)
    first = asyncio.create_task(batcher.do(1))
    await _under_way(desk)
    rest = [asyncio.create_task(batcher.do(number)) for number in (2, 3, 4)]
    await asyncio.sleep(0)

    desk.let.set()

    assert await asyncio.gather(first, *rest) == [2, 4, 6, 8]
    assert desk.batches == [[1], [2, 3, 4]]


async def test_of_many_one_half_is_written_while_the_other_waits_for_its_turn() -> None:
    desk = Desk()
    desk.let.set()
    batcher = a_batcher(desk, most=100, room=100)

    assert await asyncio.gather(*(batcher.do(number) for number in range(60))) == list(range(0, 120, 2))
    assert [len(batch) for batch in desk.batches] == [30, 30]


async def test_what_is_hardly_worth_a_batch_is_not_cut_in_half() -> None:
    desk = Desk()
    desk.let.set()
    batcher = a_batcher(desk, most=100, room=100)

    await asyncio.gather(*(batcher.do(number) for number in range(WORTH_A_BATCH)))
    assert [len(batch) for batch in desk.batches] == [WORTH_A_BATCH]


async def test_a_failure_is_told_to_its_own_sender_only() -> None:
    desk = Desk()
    desk.let.set()
    batcher = a_batcher(desk)

    answers = await asyncio.gather(*(batcher.do(number) for number in (1, -1, 2)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [int, ValueError, int]


async def test_beyond_its_room_the_next_is_refused() -> None:
    desk = Desk()
    batcher = a_batcher(desk, room=2)
    waiting = [asyncio.create_task(batcher.do(1))]
    await _under_way(desk)
    waiting += [asyncio.create_task(batcher.do(number)) for number in (2, 3)]
    await asyncio.sleep(0)

    with pytest.raises(Full):
        await batcher.do(4)

    desk.let.set()
    assert await asyncio.gather(*waiting) == [2, 4, 6]


async def test_draining_finishes_what_was_handed_over_and_takes_no_more() -> None:
    desk = Desk()
    batcher = a_batcher(desk, most=1)
    waiting = [asyncio.create_task(batcher.do(number)) for number in (1, 2, 3)]
    await _under_way(desk)
    draining = asyncio.create_task(batcher.drain())
    await asyncio.sleep(0)

    with pytest.raises(Full):
        await batcher.do(4)

    desk.let.set()
    await draining
    assert [task.result() for task in waiting if task.done()] == [2, 4, 6]


async def test_who_goes_away_changes_nothing_for_the_others() -> None:
    desk = Desk()
    batcher = a_batcher(desk)
    gone = asyncio.create_task(batcher.do(1))
    await _under_way(desk)
    stays = asyncio.create_task(batcher.do(2))
    await asyncio.sleep(0)

    gone.cancel()
    desk.let.set()

    assert await stays == 4
    assert desk.batches == [[1], [2]]


async def test_a_batch_that_breaks_breaks_for_all_of_it_and_the_next_goes_on() -> None:
    calls = 0

    async def breaks_once(items: Sequence[int]) -> Sequence[int | Exception]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("down")
        return list(items)

    batcher = Batcher[int, int](breaks_once, most=10, room=10, refusal=Full)
    broken = await asyncio.gather(batcher.do(1), batcher.do(2), return_exceptions=True)

    assert [type(each) for each in broken] == [RuntimeError, RuntimeError]
    assert await batcher.do(3) == 3

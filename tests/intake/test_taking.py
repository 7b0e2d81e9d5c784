"""Taking comments in groups: each by its own window, key and words, and nothing lost or late in the race with a close."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.intake.actions.comment import Opinion, arrival_of
from services.intake.actions.taking import Arrival, Taker
from services.intake.actions.window import close_due
from services.intake.domain.comments import Channel
from services.intake.domain.windows import WindowClosed, WindowNotOpen, WindowUnknown
from services.intake.store.taking import Claim, Taken
from services.kernel.contracts.intake import RecordSummary
from services.kernel.contracts.refusals import Refused, Unavailable
from services.kernel.runtime.db import Database
from services.kernel.runtime.idempotency import KeyReused
from tests.conftest import DbFor
from tests.intake.builders import Desk

COUNT = "select count(*) from comments where window_id = $1"
SHUT_IN = "update windows set closes_at = clock_timestamp() + make_interval(secs => $2) where id = $1"
LOCK = "select id from windows where id = $1 for update"
ACTOR = "public:0123456789abcdef"


def a_taker(db: Database, *, room: int = 2000) -> Taker:
    return Taker(db, room=room)


async def a_window(desk: Desk, *, starts_in: float = -60.0, phase: str = "public_comment/1") -> UUID:
    return await desk.opens_window(await desk.submits(), starts_in=starts_in, phase=phase)


def an_arrival(window_id: UUID, body: str = "建议延长清洗的间隔。", *, key: str = "", sent: str = "0") -> Arrival:
    claim = Claim(ACTOR, key, f"/intake/windows/{window_id}/comments", sent) if key else None
    return arrival_of(window_id, Opinion(body), Channel.API, claim)


def spoilt(arrival: Arrival) -> Arrival:
    """A row that slipped past every check and that the database cannot hold."""
    object.__setattr__(arrival.comment, "body", "零\x00字")
    return arrival


async def _all(taker: Taker, *arrivals: Arrival) -> list[Taken | BaseException]:
    return await asyncio.gather(*(taker.take(arrival) for arrival in arrivals), return_exceptions=True)


async def _count(desk: Desk, window_id: UUID) -> int:
    async with desk.db.read() as conn:
        count: int = await conn.fetchval(COUNT, window_id)
    return count


async def test_each_of_a_group_gets_the_receipt_of_its_own_words(desk: Desk) -> None:
    window_id = await a_window(desk)
    arrivals = [an_arrival(window_id, f"第{number}条意见") for number in range(40)]

    taken = await _all(a_taker(desk.db), *arrivals)

    async with desk.db.read() as conn:
        kept = {row["receipt"]: row["body"] for row in await conn.fetch("select receipt, body from comments")}
    assert [kept[each.receipt] for each in taken if isinstance(each, Taken)] == [a.comment.body for a in arrivals]


async def test_a_group_over_several_windows_is_judged_window_by_window(desk: Desk) -> None:
    first, ahead = await a_window(desk), await a_window(desk, starts_in=60)
    closed = await a_window(desk)
    await desk.closes_now(closed)

    found = await _all(a_taker(desk.db), *(an_arrival(each) for each in (ahead, first, closed, first, uuid4())))

    assert [type(each) for each in found] == [WindowNotOpen, Taken, WindowClosed, Taken, WindowUnknown]


async def test_a_suspended_window_takes_nothing(desk: Desk) -> None:
    window_id = await a_window(desk)
    async with desk.db.transaction() as tx:
        await tx.execute("update windows set suspended_at = clock_timestamp() where id = $1", window_id)

    (found,) = await _all(a_taker(desk.db), an_arrival(window_id))

    assert isinstance(found, Refused)
    assert await _count(desk, window_id) == 0


async def test_a_row_that_cannot_be_kept_fails_alone(desk: Desk) -> None:
    window_id = await a_window(desk)
    arrivals = [an_arrival(window_id, f"第{number}条") for number in range(9)]
    long = an_arrival(window_id)
    object.__setattr__(long.comment, "body", "长" * 5001)

    found = await _all(a_taker(desk.db), *arrivals[:4], spoilt(an_arrival(window_id)), long, *arrivals[4:])

    assert sum(isinstance(each, Taken) for each in found) == 9
    assert [isinstance(each, Taken) for each in found[4:6]] == [False, False]
    assert await _count(desk, window_id) == 9


async def test_one_key_twice_in_one_group_is_one_comment_and_one_receipt(desk: Desk) -> None:
    window_id = await a_window(desk)

    first, again = await _all(
        a_taker(desk.db), an_arrival(window_id, "只说一次", key="k1"), an_arrival(window_id, "只说一次", key="k1")
    )

    assert isinstance(first, Taken)
    assert isinstance(again, Taken)
    assert (first.receipt, first.received_at, again.again) == (again.receipt, again.received_at, True)
    assert await _count(desk, window_id) == 1


async def test_a_key_sent_again_with_other_words_is_refused(desk: Desk) -> None:
    window_id = await a_window(desk)
    taker = a_taker(desk.db)
    await taker.take(an_arrival(window_id, key="k1"))

    with pytest.raises(KeyReused):
        await taker.take(an_arrival(window_id, "另一句话", key="k1", sent="1"))


async def test_a_key_sent_again_after_the_close_still_finds_its_receipt(desk: Desk) -> None:
    window_id = await a_window(desk)
    taker = a_taker(desk.db)
    first = await taker.take(an_arrival(window_id, key="k1"))
    await desk.closes_now(window_id)

    assert (await taker.take(an_arrival(window_id, key="k1"))).receipt == first.receipt


async def test_a_key_that_came_late_is_not_claimed(desk: Desk) -> None:
    window_id = await a_window(desk)
    await desk.closes_now(window_id)
    with pytest.raises(WindowClosed):
        await a_taker(desk.db).take(an_arrival(window_id, key="k1"))

    async with desk.db.read() as conn:
        assert await conn.fetchval("select count(*) from idempotency") == 0


async def test_two_processes_take_one_key_once(desk: Desk, db_for: DbFor) -> None:
    window_id = await a_window(desk)
    takers = [a_taker(desk.db), a_taker(await db_for("intake"))]

    found = await asyncio.gather(
        *(taker.take(an_arrival(window_id, key=f"k{n % 20}")) for n in range(60) for taker in takers)
    )

    assert len({taken.receipt for taken in found}) == 20
    assert await _count(desk, window_id) == 20


async def test_a_close_in_the_midst_of_groups_loses_nothing_and_takes_nothing_late(desk: Desk, db_for: DbFor) -> None:
    window_id = await a_window(desk)
    takers = [a_taker(desk.db), a_taker(await db_for("intake"))]
    async with desk.db.transaction() as tx:
        await tx.execute(SHUT_IN, window_id, 0.3)

    async def knock(taker: Taker) -> int:
        taken = 0
        while True:
            try:
                await taker.take(an_arrival(window_id))
            except WindowClosed:
                return taken
            taken += 1

    async def close() -> None:
        while not await close_due(desk.db):  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    *accepted, _ = await asyncio.gather(*(knock(taker) for taker in takers for _ in range(6)), close())
    summary = await desk.activities.record_summary(RecordSummary(window_id=window_id))

    async with desk.db.read() as conn:
        late = await conn.fetchval(
            "select count(*) from comments c join windows w on w.id = c.window_id where c.received_at >= w.closes_at"
        )
    assert (summary.received, late) == (sum(each for each in accepted if each), 0)


async def test_a_group_that_waits_for_a_close_is_refused_after_it(desk: Desk, db_for: DbFor) -> None:
    window_id, other = await a_window(desk), await db_for("intake")
    async with other.transaction() as tx:
        await tx.fetchval(LOCK, window_id)
        waiting = asyncio.create_task(_all(a_taker(desk.db), an_arrival(window_id), an_arrival(window_id)))
        await _somebody_waits(desk)
        await tx.execute(
            "update windows set closed_at = clock_timestamp(), ended_early = true where id = $1", window_id
        )

    assert all(isinstance(each, Refused) for each in await waiting)
    assert await _count(desk, window_id) == 0


async def _somebody_waits(desk: Desk) -> None:
    async with desk.db.read() as conn:
        while not await conn.fetchval("select count(*) from pg_locks where not granted"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_draining_answers_what_was_handed_over(desk: Desk) -> None:
    window_id = await a_window(desk)
    taker = a_taker(desk.db)
    waiting = [asyncio.create_task(taker.take(an_arrival(window_id))) for _ in range(30)]
    await asyncio.sleep(0)

    await taker.drain()

    assert len({(await each).receipt for each in waiting}) == await _count(desk, window_id) == 30
    with pytest.raises(Refused):
        await taker.take(an_arrival(window_id))


async def test_who_goes_away_before_the_commit_leaves_the_others_unharmed(desk: Desk) -> None:
    window_id = await a_window(desk)
    taker = a_taker(desk.db)
    gone, stays = (asyncio.create_task(taker.take(an_arrival(window_id, key=key))) for key in ("k1", "k2"))
    await asyncio.sleep(0)
    gone.cancel()

    await stays

    assert (await taker.take(an_arrival(window_id, key="k1"))).again
    assert await _count(desk, window_id) == 2


async def test_without_its_database_it_says_so_and_loses_nothing(desk: Desk, db_for: DbFor) -> None:
    window_id, cut = await a_window(desk), await db_for("intake")
    await cut.close()

    with pytest.raises(Unavailable):
        await a_taker(cut).take(an_arrival(window_id))


async def test_contacts_of_a_group_go_with_their_own_comments(
    desk: Desk, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    window_id = await a_window(desk)
    given = [Opinion(f"意见{n}", name=f"周女士{n}" if n % 2 else "") for n in range(6)]

    await _all(a_taker(desk.db), *(arrival_of(window_id, each, Channel.WEB) for each in given))

    rows = await owner.fetch(
        "select c.body, k.name from intake.comments c join intake.comment_contacts k on k.comment_id = c.id"
    )
    assert {tuple(row) for row in rows} == {(f"意见{n}", f"周女士{n}") for n in (1, 3, 5)}

"""The comment window: in time to the millisecond, closed once, and nothing lost in the race between the two."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from services.intake import sweeper
from services.intake.actions import window as acts
from services.intake.actions import window_acts as deeds
from services.intake.actions.comment import Opinion, enter_for_public, take_comment
from services.intake.actions.taking import refusal_of
from services.intake.actions.versions import withdraw
from services.intake.domain.comments import BadChannel, BadComment, Channel
from services.intake.domain.documents import NotOurs
from services.intake.domain.windows import (
    DraftWithdrawn,
    NotExtended,
    OutsideWindow,
    ReasonMissing,
    SummaryRecordedAlready,
    WindowClosed,
    WindowNotOpen,
)
from services.intake.store import rates, window_acts, windows
from services.intake.sweeper import Sweeper
from services.kernel.contracts.intake import RecordSummary
from services.kernel.contracts.lifecycle import WindowChanged
from services.kernel.contracts.lifecycle import WindowClosed as ClosedLetter
from tests.intake.builders import Desk, an_actor, close_of

LETTERS = "select target, name, body, trace from outbox where kind = 'signal' order by position"
MOVE = "update windows set closes_at = clock_timestamp() + make_interval(secs => $2) where id = $1"
COUNT = "select count(*) from comments where window_id = $1"


async def a_window(desk: Desk, *, starts_in: float = -60.0, lasts: float = 3600.0) -> UUID:
    return await desk.opens_window(await desk.submits(), starts_in=starts_in, lasts=lasts)


async def test_a_phase_opens_its_window_once(desk: Desk) -> None:
    handed_in = await desk.submits()
    first = await desk.opens_window(handed_in)

    again = await desk.opens_window(handed_in, lasts=7200)

    assert again == first


async def test_the_window_carries_the_notice_and_the_reason(desk: Desk) -> None:
    window_id = await a_window(desk)

    async with desk.db.read() as conn:
        window = await windows.get(conn, window_id)
    assert window.notice["contact"]["unit"] == "区城市管理局政策法规科"
    assert window.is_open


async def test_a_comment_in_time_gets_a_receipt_and_the_databases_instant(desk: Desk) -> None:
    window_id = await a_window(desk)

    taken = await desk.comments(window_id)

    async with desk.db.read() as conn:
        window = await windows.get(conn, window_id)
    assert len(taken.receipt) == 24
    assert window.opens_at <= taken.received_at < window.closes_at


@pytest.mark.parametrize("milliseconds", [-1, 0])
async def test_at_the_closing_instant_and_after_it_a_comment_is_late(desk: Desk, milliseconds: int) -> None:
    window_id = await a_window(desk)
    async with desk.db.transaction() as tx:
        await tx.execute(MOVE, window_id, milliseconds / 1000)

        with pytest.raises(WindowClosed) as refused:
            await take_comment(tx, window_id, Opinion("晚了"), Channel.WEB)

    assert refused.value.late_by >= -milliseconds / 1000
    assert "秒" in refused.value.detail.zh


async def test_just_before_the_closing_instant_a_comment_is_taken(desk: Desk) -> None:
    window_id = await a_window(desk)
    async with desk.db.transaction() as tx:
        await tx.execute(MOVE, window_id, 0.2)

        taken = await take_comment(tx, window_id, Opinion("刚好赶上"), Channel.WEB)

    assert taken.receipt


async def test_nothing_kept_bears_an_instant_at_or_after_the_close(desk: Desk) -> None:
    window_id = await a_window(desk)
    async with desk.db.transaction() as tx:
        await tx.execute(MOVE, window_id, 0.15)

    async def knock() -> None:
        for _ in range(40):
            try:
                await desk.comments(window_id)
            except WindowClosed:
                return

    await asyncio.gather(*(knock() for _ in range(4)))

    async with desk.db.read() as conn:
        last = await conn.fetchval(
            "select max(c.received_at) < w.closes_at from comments c join windows w on w.id = c.window_id group by w.id"
        )
    assert last is True


async def test_a_comment_before_the_opening_is_refused(desk: Desk) -> None:
    window_id = await a_window(desk, starts_in=60)

    with pytest.raises(WindowNotOpen):
        await desk.comments(window_id)


@pytest.mark.parametrize("body", ["", "  \n", "长" * 5001, "零\x00字"])
async def test_a_comment_that_is_no_text_is_refused(desk: Desk, body: str) -> None:
    window_id = await a_window(desk)

    with pytest.raises(BadComment):
        await desk.comments(window_id, body)


async def test_five_thousand_characters_are_taken(desk: Desk) -> None:
    window_id = await a_window(desk)

    assert await desk.comments(window_id, "长" * 5000)


async def test_a_due_window_closes_and_its_phase_is_told(desk: Desk) -> None:
    window_id = await a_window(desk)
    await desk.comments(window_id)

    await desk.closes_now(window_id)

    async with desk.db.read() as conn:
        letter = await conn.fetchrow(LETTERS)
    told = ClosedLetter.model_validate(letter["body"])
    assert (letter["name"], told.window_id, told.received) == ("window_closed", window_id, 1)
    assert letter["target"].endswith("public_comment/1")


async def test_a_window_is_not_closed_before_its_instant(desk: Desk) -> None:
    window_id = await a_window(desk)

    state = await desk.activities.close_window(close_of(window_id))

    assert not state.closed


async def test_two_closings_at_once_close_once(desk: Desk) -> None:
    window_id = await a_window(desk)
    async with desk.db.transaction() as tx:
        await tx.execute(MOVE, window_id, 0)

    states = await asyncio.gather(*(desk.activities.close_window(close_of(window_id)) for _ in range(4)))

    async with desk.db.read() as conn:
        assert len(await conn.fetch(LETTERS)) == 1
    assert len({state.closed_at for state in states}) == 1


async def test_closing_waits_for_a_comment_in_flight_and_counts_it(desk: Desk) -> None:
    window_id = await a_window(desk)
    async with desk.db.transaction() as tx:
        await take_comment(tx, window_id, Opinion("还在路上"), Channel.WEB)
        async with desk.db.read() as other:
            await other.execute("set lock_timeout = '100ms'")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await other.execute("select 1 from windows where id = $1 for update", window_id)
            await other.execute("reset lock_timeout")

    await desk.closes_now(window_id)

    async with desk.db.read() as conn:
        letter = await conn.fetchrow(LETTERS)
    assert letter["body"]["received"] == 1


async def test_a_sweep_with_comments_in_flight_misses_none(desk: Desk) -> None:
    window_id = await a_window(desk)
    async with desk.db.transaction() as tx:
        await tx.execute(MOVE, window_id, 2.0)
    flying, sweeping = asyncio.Event(), asyncio.Event()

    async def fly() -> None:
        async with desk.db.transaction() as tx:
            await take_comment(tx, window_id, Opinion("踩着点到的"), Channel.WEB)
            flying.set()
            await sweeping.wait()
            await asyncio.sleep(0.4)

    async def sweep() -> None:
        await flying.wait()
        await asyncio.sleep(2.1)
        sweeping.set()
        await acts.close_due(desk.db)

    await asyncio.gather(fly(), sweep())

    async with desk.db.read() as conn:
        letter = await conn.fetchrow(LETTERS)
        assert letter["body"]["received"] == await conn.fetchval(COUNT, window_id) == 1


async def test_a_comment_that_waits_for_the_close_is_refused(desk: Desk) -> None:
    window_id = await a_window(desk)

    async with desk.db.transaction() as closing:
        await closing.execute("select 1 from windows where id = $1 for update", window_id)
        knocking = asyncio.create_task(desk.comments(window_id))
        await asyncio.sleep(0.1)
        await closing.execute(
            "update windows set closes_at = clock_timestamp(), closed_at = clock_timestamp() where id = $1", window_id
        )

    with pytest.raises(WindowClosed):
        await knocking


async def _found(desk: Desk, window_id: UUID) -> windows.Window:
    async with desk.db.read() as conn:
        return await windows.get(conn, window_id)


async def test_the_sweeper_closes_by_itself_at_the_instant(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "LONGEST_SLEEP", 600.0)
    sweeping = asyncio.create_task(Sweeper(desk.db).run())
    window_id = await a_window(desk, starts_in=-1, lasts=2.0)

    async with asyncio.timeout(60):
        while not (window := await _found(desk, window_id)).closed_at:  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(0.02)
    sweeping.cancel()

    assert window.closed_at is not None
    assert window.closed_at - window.closes_at < timedelta(seconds=30)


async def test_one_sweep_closes_every_due_window(desk: Desk) -> None:
    handed_in = await desk.submits()
    for round_ in range(12):
        await desk.opens_window(handed_in, starts_in=-60, lasts=59, phase=f"public_comment/{round_}")

    assert await acts.close_due(desk.db) == 12


async def test_a_late_attempt_is_counted_without_its_words(desk: Desk) -> None:
    window_id = await a_window(desk)
    await desk.closes_now(window_id)

    async with desk.db.transaction() as tx:
        await rates.count_refused(tx, {(window_id, Channel.WEB, "comment.window_closed"): 1})

    summary = await desk.activities.record_summary(RecordSummary(window_id=window_id))
    assert (summary.received, summary.late) == (0, 1)


async def test_an_extension_needs_its_public_reason(desk: Desk) -> None:
    window_id = await a_window(desk)

    with pytest.raises(ReasonMissing):
        await _extend(desk, window_id, hours=2, reason=" ")


async def test_an_extension_moves_the_close_and_tells_the_phase(desk: Desk) -> None:
    window_id = await a_window(desk)

    window = await _extend(desk, window_id, hours=2)

    async with desk.db.read() as conn:
        letter = await conn.fetchrow(LETTERS)
        changes = await window_acts.changes_of(conn, window_id)
    assert letter["name"] == "window_changed"
    assert WindowChanged.model_validate(letter["body"]).closes_at == window.closes_at
    assert [change.reason for change in changes] == ["应群众要求延长。"]


async def test_a_window_cannot_be_made_shorter_by_extending(desk: Desk) -> None:
    window_id = await a_window(desk)

    with pytest.raises(NotExtended):
        await _extend(desk, window_id, hours=0)


async def test_a_closed_window_never_opens_again(desk: Desk) -> None:
    window_id = await a_window(desk)
    await desk.closes_now(window_id)

    with pytest.raises(NotExtended):
        await _extend(desk, window_id, hours=2)


async def test_another_unit_does_not_extend(desk: Desk) -> None:
    window_id = await a_window(desk)

    with pytest.raises(NotOurs):
        await _extend(desk, window_id, hours=2, unit="housing")


async def _extend(
    desk: Desk, window_id: UUID, *, hours: int, reason: str = "应群众要求延长。", unit: str = "urban"
) -> windows.Window:
    async with desk.db.transaction() as tx:
        to = datetime.now(UTC) + timedelta(hours=hours)
        return await deeds.extend(tx, an_actor(unit=unit), window_id, closes_at=to, reason=reason)


async def test_a_letter_counts_by_its_arrival_also_after_the_close(desk: Desk) -> None:
    window_id = await a_window(desk)
    arrived = datetime.now(UTC) - timedelta(seconds=30)
    await desk.closes_now(window_id)

    async with desk.db.transaction() as tx:
        taken = await enter_for_public(
            tx, an_actor(), window_id, Opinion("来信建议"), channel=Channel.LETTER, received_at=arrived
        )

    assert taken.received_at == arrived


async def test_a_letter_from_outside_the_window_is_refused(desk: Desk) -> None:
    window_id = await a_window(desk)

    with pytest.raises(OutsideWindow):
        await _enters(desk, window_id, ago=timedelta(hours=2))


async def test_nothing_is_entered_once_the_summary_is_recorded(desk: Desk) -> None:
    window_id = await a_window(desk)
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    with pytest.raises(SummaryRecordedAlready):
        await _enters(desk, window_id, ago=timedelta(seconds=30))


async def test_staff_do_not_enter_web_comments(desk: Desk) -> None:
    window_id = await a_window(desk)

    with pytest.raises(BadChannel):
        await _enters(desk, window_id, ago=timedelta(seconds=30), channel=Channel.WEB)


async def _enters(desk: Desk, window_id: UUID, *, ago: timedelta, channel: Channel = Channel.VISIT) -> None:
    async with desk.db.transaction() as tx:
        await enter_for_public(
            tx, an_actor(), window_id, Opinion("当面提的"), channel=channel, received_at=datetime.now(UTC) - ago
        )


async def test_a_withdrawn_draft_takes_no_more_comments(desk: Desk) -> None:
    handed_in = await desk.submits()
    window_id = await desk.opens_window(handed_in)
    async with desk.db.transaction() as tx:
        await withdraw(tx, an_actor(), handed_in.document.id, reason="需要重新调研。")

    with pytest.raises(DraftWithdrawn):
        await desk.comments(window_id)


async def test_the_refusal_says_by_how_much_and_when_it_closed(desk: Desk) -> None:
    window_id = await a_window(desk)
    await desk.closes_now(window_id)

    async with desk.db.read() as conn:
        refused = refusal_of(await windows.get(conn, window_id))

    assert isinstance(refused, WindowClosed)
    assert "截止时间是20" in refused.detail.zh


@pytest.mark.parametrize(
    "statement",
    [
        "update windows set closes_at = opens_at where id = $1",
        "update windows set closed_at = opens_at where id = $1",
        "update windows set answers_published_at = clock_timestamp() where id = $1",
        "delete from comments where window_id = $1",
        "update comments set body = '改过' where window_id = $1",
        "update comments set received_at = received_at - interval '1 day' where window_id = $1",
    ],
)
async def test_the_database_refuses_what_would_falsify_a_window(desk: Desk, statement: str) -> None:
    window_id = await a_window(desk)
    await desk.comments(window_id)

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with desk.db.transaction() as tx:
            await tx.execute(statement, window_id)

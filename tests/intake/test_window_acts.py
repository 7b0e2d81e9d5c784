"""Acts on a window: suspended, resumed, ended early, reopened, each with its reason, its line and its letter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.intake.actions import window as closings
from services.intake.actions import window_acts as acts
from services.intake.actions.comment import Opinion, enter_for_public
from services.intake.actions.versions import withdraw
from services.intake.actions.window_acts import Grounds
from services.intake.domain.comments import Channel
from services.intake.domain.documents import NotOurs
from services.intake.domain.window_acts import (
    NotReopened,
    NotResumed,
    NotStopped,
    NotSuspended,
    StopsTooSoon,
)
from services.intake.domain.windows import (
    NotExtended,
    OutsideWindow,
    ReasonMissing,
    WindowBackwards,
    WindowClosed,
    WindowState,
    WindowSuspended,
)
from services.intake.store import dossier, summaries, window_acts, windows
from services.intake.store.windows import Window
from services.kernel.contracts.intake import RecordSummary
from services.kernel.contracts.lifecycle import WindowChanged
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from tests.intake.builders import BOOK, CALENDAR, Desk, an_actor, close_of

NATIONAL = Grounds(BOOK, CALENDAR)
SECONDS = Grounds(RuleBook.load(("demo",)), CALENDAR)
LETTERS = "select body from outbox where kind = 'signal' and name = 'window_changed' order by position"
CLOSED = "select body from outbox where kind = 'signal' and name = 'window_closed' order by position"
PAST = "update windows set closes_at = clock_timestamp() where id = $1"
WHY = "草案与新公布的条例不一致，需要核对。"


async def a_window(desk: Desk, *, starts_in: float = -60.0, lasts: float = 3600.0) -> UUID:
    return await desk.opens_window(await desk.submits(), starts_in=starts_in, lasts=lasts)


async def act(desk: Desk, how: Callable[[Connection], Awaitable[Window]]) -> Window:
    async with desk.db.transaction() as tx:
        return await how(tx)


async def suspend(desk: Desk, window_id: UUID, *, actor: Actor | None = None, reason: str = WHY) -> Window:
    return await act(desk, lambda tx: acts.suspend(tx, actor or an_actor(), window_id, reason=reason))


async def resume(desk: Desk, window_id: UUID, *, until: datetime | None = None, grounds: Grounds = SECONDS) -> Window:
    return await act(
        desk,
        lambda tx: acts.resume(tx, an_actor(), window_id, reason="已经核对。", closes_at=until, grounds=grounds),
    )


async def stop(desk: Desk, window_id: UUID, *, grounds: Grounds = SECONDS) -> Window:
    return await act(desk, lambda tx: acts.stop(tx, an_actor(), window_id, reason="期限已满。", grounds=grounds))


async def reopen(desk: Desk, window_id: UUID, *, hours: float = 1) -> Window:
    until = datetime.now(UTC) + timedelta(hours=hours)
    return await act(
        desk, lambda tx: acts.reopen(tx, an_actor(), window_id, closes_at=until, reason="有人反映来不及。")
    )


async def the_window(desk: Desk, window_id: UUID) -> Window:
    async with desk.db.read() as conn:
        return await windows.get(conn, window_id)


async def letters(desk: Desk) -> list[WindowChanged]:
    async with desk.db.read() as conn:
        return [WindowChanged.model_validate(row["body"]) for row in await conn.fetch(LETTERS)]


async def test_a_suspended_window_takes_nothing_and_says_why(desk: Desk) -> None:
    window_id = await a_window(desk)

    window = await suspend(desk, window_id)

    assert (window.state, window.is_open) == (WindowState.SUSPENDED, False)
    with pytest.raises(WindowSuspended) as refused:
        await desk.comments(window_id)
    assert WHY in refused.value.detail.zh


async def test_a_suspended_window_is_not_closed_though_its_instant_has_passed(desk: Desk) -> None:
    window_id = await a_window(desk)
    await suspend(desk, window_id)
    async with desk.db.transaction() as tx:
        await tx.execute(PAST, window_id)

    state = await desk.activities.close_window(close_of(window_id))

    assert await closings.close_due(desk.db) == 0
    assert (state.closed, state.suspended) == (False, True)


async def test_resuming_moves_the_close_by_at_least_the_pause(desk: Desk) -> None:
    window_id = await a_window(desk)
    before = await suspend(desk, window_id)

    after = await resume(desk, window_id)

    (_, change) = await _history(desk, window_id)
    assert after.is_open
    assert before.suspended_at is not None
    assert after.closes_at - before.closes_at >= timedelta()
    assert change.gap_from == before.suspended_at
    assert await desk.comments(window_id)


async def test_resuming_never_ends_earlier_than_asked(desk: Desk) -> None:
    window_id = await a_window(desk)
    await suspend(desk, window_id)
    asked = datetime.now(UTC) + timedelta(hours=9)

    assert (await resume(desk, window_id, until=asked)).closes_at == asked


async def test_resuming_keeps_the_statutory_minimum_with_the_pause_left_out(desk: Desk) -> None:
    window_id = await a_window(desk)
    before = await suspend(desk, window_id)

    after = await resume(desk, window_id, grounds=NATIONAL)

    assert after.closes_at - before.opens_at > timedelta(weeks=1)


async def test_every_act_leaves_its_line_its_entry_and_its_letter(desk: Desk) -> None:
    window_id = await a_window(desk)
    await suspend(desk, window_id)
    await resume(desk, window_id)

    history = await _history(desk, window_id)
    told = await letters(desk)

    assert [(change.kind, change.unit, change.reason) for change in history] == [
        ("suspended", "urban", WHY),
        ("resumed", "urban", "已经核对。"),
    ]
    assert [(letter.kind, letter.ordinal) for letter in told] == [("suspended", 1), ("resumed", 2)]
    window = await the_window(desk, window_id)
    async with desk.db.read() as conn:
        assert await dossier.has(conn, window.document_id, f"window/{window_id}/suspended/1")
        assert await dossier.has(conn, window.document_id, f"window/{window_id}/resumed/2")


async def test_an_act_needs_its_public_reason(desk: Desk) -> None:
    with pytest.raises(ReasonMissing):
        await suspend(desk, await a_window(desk), reason=" \n")


async def test_a_legality_reviewer_may_halt_a_consultation(desk: Desk) -> None:
    reviewer = an_actor("lu-wenxi", "justice", roles=("legality_reviewer",))

    assert (await suspend(desk, await a_window(desk), actor=reviewer)).suspended_at


async def test_another_unit_does_not_suspend(desk: Desk) -> None:
    with pytest.raises(NotOurs):
        await suspend(desk, await a_window(desk), actor=an_actor(unit="housing"))


async def test_what_is_not_open_is_not_suspended(desk: Desk) -> None:
    window_id = await a_window(desk)
    await suspend(desk, window_id)

    with pytest.raises(NotSuspended):
        await suspend(desk, window_id)


async def test_what_is_not_suspended_is_not_resumed(desk: Desk) -> None:
    with pytest.raises(NotResumed):
        await resume(desk, await a_window(desk))


async def test_a_suspended_window_is_resumed_before_it_is_extended(desk: Desk) -> None:
    window_id = await a_window(desk)
    await suspend(desk, window_id)

    with pytest.raises(NotExtended):
        await act(
            desk,
            lambda tx: acts.extend(
                tx, an_actor(), window_id, closes_at=datetime.now(UTC) + timedelta(hours=3), reason="延长。"
            ),
        )


async def test_a_letter_that_came_during_the_pause_came_outside_the_window(desk: Desk) -> None:
    window_id = await a_window(desk)
    suspended = await suspend(desk, window_id)
    assert suspended.suspended_at is not None
    during, before = suspended.suspended_at, suspended.suspended_at - timedelta(seconds=20)

    with pytest.raises(WindowSuspended):
        await _letter(desk, window_id, during)
    await _letter(desk, window_id, before)
    await resume(desk, window_id)
    with pytest.raises(OutsideWindow):
        await _letter(desk, window_id, during)


async def test_a_withdrawn_draft_ends_a_suspended_window(desk: Desk) -> None:
    handed_in = await desk.submits()
    window_id = await desk.opens_window(handed_in)
    await suspend(desk, window_id)
    async with desk.db.transaction() as tx:
        await tx.execute(PAST, window_id)
        await withdraw(tx, an_actor(), handed_in.document.id, reason="需要重新调研。")

    assert (await the_window(desk, window_id)).state is WindowState.ENDED


async def test_a_window_does_not_end_before_its_statutory_minimum(desk: Desk) -> None:
    window_id = await a_window(desk)

    with pytest.raises(StopsTooSoon) as refused:
        await stop(desk, window_id, grounds=NATIONAL)

    assert refused.value.rule_id == "comment.shortening"


async def test_once_the_minimum_is_served_a_window_ends_at_the_databases_instant(desk: Desk) -> None:
    window_id = await a_window(desk)
    taken = await desk.comments(window_id)

    window = await stop(desk, window_id)

    async with desk.db.read() as conn:
        (closed,) = await conn.fetch(CLOSED)
    assert window.closed_at is not None
    assert window.stopped_at == window.closes_at
    assert taken.received_at < window.closes_at <= window.closed_at
    assert closed["body"]["received"] == 1
    with pytest.raises(WindowClosed):
        await desk.comments(window_id)


async def test_a_pause_does_not_count_towards_the_minimum(desk: Desk) -> None:
    window_id = await a_window(desk, starts_in=-5.5)
    await suspend(desk, window_id)
    await resume(desk, window_id)

    async with desk.db.read() as conn:
        window = await windows.get(conn, window_id)
        served = await acts.served_at(conn, window, SECONDS)

    (_, change) = await _history(desk, window_id)
    assert change.gap_from is not None
    assert served == window.opens_at + timedelta(seconds=6) + (change.changed_at - change.gap_from)


async def test_what_is_closed_is_not_ended(desk: Desk) -> None:
    window_id = await a_window(desk)
    await desk.closes_now(window_id)

    with pytest.raises(NotStopped):
        await stop(desk, window_id)


async def test_a_reopened_window_takes_comments_and_is_summarised_anew(desk: Desk) -> None:
    window_id = await a_window(desk)
    await desk.comments(window_id)
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    window = await reopen(desk, window_id)
    await desk.comments(window_id, "再补充一条。")
    await desk.closes_now(window_id)
    again = await desk.activities.record_summary(RecordSummary(window_id=window_id))

    assert (window.is_open, window.summary_at) == (True, None)
    assert again.received == 2
    async with desk.db.read() as conn:
        assert [one.received for one in await summaries.of_window(conn, window_id)] == [1, 2]
        for key in ("closed", "closed/2", "summary", "summary/2"):
            assert await dossier.has(conn, window.document_id, f"window/{window_id}/{key}")
        first, second = await conn.fetch(CLOSED)
    assert first["body"]["event_id"] != second["body"]["event_id"]


async def test_a_letter_from_between_close_and_reopening_came_outside_the_window(desk: Desk) -> None:
    window_id = await a_window(desk)
    await desk.closes_now(window_id)
    closed = await the_window(desk, window_id)
    await reopen(desk, window_id)

    with pytest.raises(OutsideWindow):
        await _letter(desk, window_id, closed.closes_at)
    await _letter(desk, window_id, closed.closes_at - timedelta(milliseconds=1))


async def test_an_open_window_is_not_reopened(desk: Desk) -> None:
    with pytest.raises(NotReopened):
        await reopen(desk, await a_window(desk))


async def test_after_the_result_that_nobody_wrote_the_procedure_has_gone_on(desk: Desk) -> None:
    window_id = await a_window(desk)
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    with pytest.raises(NotReopened):
        await reopen(desk, window_id)


async def test_a_window_is_reopened_to_a_later_instant_only(desk: Desk) -> None:
    window_id = await a_window(desk)
    await desk.closes_now(window_id)

    with pytest.raises(WindowBackwards):
        await reopen(desk, window_id, hours=-1)


async def _history(desk: Desk, window_id: UUID) -> list[window_acts.Change]:
    async with desk.db.read() as conn:
        return await window_acts.changes_of(conn, window_id)


async def _letter(desk: Desk, window_id: UUID, at: datetime) -> None:
    async with desk.db.transaction() as tx:
        await enter_for_public(tx, an_actor(), window_id, Opinion("来信建议"), channel=Channel.LETTER, received_at=at)

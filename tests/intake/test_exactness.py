"""To the millisecond: both ends of a window by the database's clock alone, whatever other clocks say."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.actions import window as closings
from services.intake.actions import window_acts as acts
from services.intake.domain.windows import (
    WindowClosed,
    WindowNotOpen,
    WindowState,
    WindowSuspended,
    last_second,
    last_second_words,
    state_of,
)
from services.intake.store import windows
from services.intake.sweeper import Sweeper
from services.kernel.contracts.intake import RecordSummary
from services.kernel.procedure.deadlines import end_of
from tests.intake.builders import Desk, Web, an_actor, close_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
MS = timedelta(milliseconds=1)
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)

# The predicate itself, asked about an instant that is named: nothing here depends on how fast a machine is.
IS_OPEN = """
select window_is_open(jsonb_populate_record(null::windows, jsonb_build_object(
    'opens_at', $1::timestamptz, 'closes_at', $2::timestamptz, 'closed_at', $3::timestamptz,
    'suspended_at', $4::timestamptz)), $5::timestamptz)
"""
# In one statement: the window is moved so that this very statement's instant lies so far from its end or beginning.
SHIFT = """
with moment as materialized (select clock_timestamp() as at)
update windows w
   set opens_at = case when $2 = 'opens' then m.at + $3::interval else m.at - interval '1 hour' end,
       closes_at = case when $2 = 'closes' then m.at + $3::interval else m.at + interval '1 hour' end
  from moment m
 where w.id = $1
returning w.opens_at, w.closes_at
"""
STAMPS = """
select c.received_at, w.opens_at, w.closes_at from comments c join windows w on w.id = c.window_id
 where w.id = $1 order by c.received_at
"""
LETTERS = "select body from outbox where name = 'window_closed'"


async def a_window(desk: Desk, *, starts_in: float = -60.0, lasts: float = 3600.0) -> UUID:
    return await desk.opens_window(await desk.submits(), starts_in=starts_in, lasts=lasts)


@pytest.mark.parametrize(
    ("from_close", "is_open"), [(-MS, True), (timedelta(), False), (MS, False)], ids=["-1 ms", "0", "+1 ms"]
)
async def test_the_closing_instant_itself_is_closed(desk: Desk, from_close: timedelta, *, is_open: bool) -> None:
    opens, closes = NOW, NOW + timedelta(hours=8)

    async with desk.db.read() as conn:
        assert await conn.fetchval(IS_OPEN, opens, closes, None, None, closes + from_close) is is_open


@pytest.mark.parametrize(
    ("from_opening", "is_open"), [(-MS, False), (timedelta(), True), (MS, True)], ids=["-1 ms", "0", "+1 ms"]
)
async def test_the_opening_instant_itself_is_open(desk: Desk, from_opening: timedelta, *, is_open: bool) -> None:
    opens, closes = NOW, NOW + timedelta(hours=8)

    async with desk.db.read() as conn:
        assert await conn.fetchval(IS_OPEN, opens, closes, None, None, opens + from_opening) is is_open


@pytest.mark.parametrize("end", ["opens", "closes"])
@pytest.mark.parametrize("milliseconds", [-1, 0, 1])
async def test_at_both_ends_what_is_taken_came_within_and_what_is_refused_did_not(
    desk: Desk, end: str, milliseconds: int
) -> None:
    window_id = await a_window(desk)
    async with desk.db.transaction() as tx:
        await tx.fetchrow(SHIFT, window_id, end, milliseconds * MS)

    late, taken = None, None
    try:
        taken = await desk.comments(window_id)
    except WindowClosed as refused:
        late = refused
    except WindowNotOpen:
        pass

    window = await _window(desk, window_id)
    if taken is not None:
        assert window.opens_at <= taken.received_at < window.closes_at
    elif late is not None:
        assert late.arrived >= window.closes_at
    else:
        assert end == "opens"


@pytest.mark.parametrize("end", ["opens", "closes"])
async def test_knocking_through_an_end_draws_one_exact_line(desk: Desk, end: str) -> None:
    window_id = await a_window(desk)
    async with desk.db.transaction() as tx:
        opens_at, closes_at = await tx.fetchrow(SHIFT, window_id, end, timedelta(milliseconds=250))  # type: ignore[misc]
    refused: list[datetime] = []

    async def knock() -> None:
        for _ in range(200):
            try:
                await desk.comments(window_id)
            except WindowClosed as late:
                refused.append(late.arrived)
                return
            except WindowNotOpen:
                continue
            if end == "opens":
                return

    await asyncio.gather(*(knock() for _ in range(4)))

    async with desk.db.read() as conn:
        stamps = [row["received_at"] for row in await conn.fetch(STAMPS, window_id)]
    assert all(opens_at <= stamp < closes_at for stamp in stamps)
    assert all(arrived >= closes_at for arrived in refused)


@pytest.mark.parametrize("hours", [-9, 9], ids=["slow", "fast"])
async def test_a_wrong_application_clock_decides_nothing(web: Web, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    desk = web.desk
    open_, closed = await a_window(desk), await a_window(desk)
    await desk.closes_now(closed)
    skew = timedelta(hours=hours).total_seconds()
    _skew_every_clock(monkeypatch, skew)

    taken = await web.posts(f"/intake/windows/{open_}/comments", {"body": "建议"}, person=None)
    refused = await web.posts(f"/intake/windows/{closed}/comments", {"body": "建议"}, person=None)
    states = [(await web.gets(f"/intake/windows/{each}", person=None)).json()["state"] for each in (open_, closed)]
    listed = (await web.gets("/intake/windows", person=None, state="open")).json()["items"]
    page = await web.client.get(f"/intake/consultation/{open_}", headers={"Accept": "text/html"})
    state = await desk.activities.close_window(close_of(open_))

    assert (taken.status_code, refused.status_code) == (201, 409)
    assert states == ["open", "closed"]
    assert [one["window_id"] for one in listed] == [str(open_)]
    assert 'id="say"' in page.text
    assert not state.closed


def _skew_every_clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    real = dt.datetime

    class Wrong(real):  # type: ignore[misc, valid-type]
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return real.fromtimestamp(real.now(UTC).timestamp() + seconds, tz)

        @classmethod
        def utcnow(cls) -> datetime:
            return cls.now()

    for name, module in list(sys.modules.items()):
        if name.startswith("services.") and getattr(module, "datetime", None) is real:
            monkeypatch.setattr(module, "datetime", Wrong)


class Case(NamedTuple):
    """A window by its instants, in seconds from a fixed one, and the instant at which it is looked at."""

    opens: int
    lasts: int
    closed_after: int | None
    suspended_after: int | None
    look: int


cases = st.builds(
    Case,
    opens=st.integers(-20, 20),
    lasts=st.integers(1, 30),
    closed_after=st.none() | st.integers(0, 10),
    suspended_after=st.none() | st.integers(0, 10),
    look=st.integers(-60, 60),
)


@given(case=cases)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_state_in_words_and_the_predicate_in_sql_never_differ(desk: Desk, case: Case) -> None:
    opens, now = NOW + timedelta(seconds=case.opens), NOW + timedelta(seconds=case.look)
    closes = opens + timedelta(seconds=case.lasts)
    closed = None if case.closed_after is None else closes + timedelta(seconds=case.closed_after)
    suspended = None
    if case.suspended_after is not None and closed is None:
        suspended = opens + timedelta(seconds=case.suspended_after)

    async with desk.db.read() as conn:
        is_open = await conn.fetchval(IS_OPEN, opens, closes, closed, suspended, now)
    state = state_of(
        now=now, opens_at=opens, closes_at=closes, closed_at=closed, suspended_at=suspended, ended_early=False,
        summary_at=None, answers_published_at=None,
    )  # fmt: skip

    assert is_open is (state in (WindowState.OPEN, WindowState.CLOSING))


async def test_page_interface_list_form_and_insert_say_the_same(web: Web) -> None:
    opened, paused, ahead = [await a_window(web.desk, starts_in=start) for start in (-60, -60, 60)]
    async with web.desk.db.transaction() as tx:
        await acts.suspend(tx, an_actor(), paused, reason="核对。")

    for window_id in (opened, paused, ahead):
        is_open = window_id == opened
        shown = await web.gets(f"/intake/windows/{window_id}", person=None)
        page = await web.client.get(f"/intake/consultation/{window_id}", headers={"Accept": "text/html"})
        listed = (await web.gets("/intake/windows", person=None, state="open")).json()["items"]
        insert = await web.posts(f"/intake/windows/{window_id}/comments", {"body": "建议"}, person=None)

        assert (shown.status_code == 200 and shown.json()["state"] == "open") is is_open
        assert ('id="say"' in page.text) is is_open
        assert (str(window_id) in [one["window_id"] for one in listed]) is is_open
        assert (insert.status_code == 201) is is_open


@pytest.mark.parametrize(
    ("day", "last", "zone"),
    [
        (date(2026, 12, 21), "2026-12-21T23:59:59+08:00", "UTC+8"),
        (date(2026, 7, 1), "2026-07-01T23:59:59+08:00", "UTC+8"),
        (date(1988, 7, 1), "1988-07-01T23:59:59+09:00", "UTC+9"),
        (date(1988, 9, 10), "1988-09-10T23:59:59+09:00", "UTC+9"),
        (date(1991, 12, 31), "1991-12-31T23:59:59+08:00", "UTC+8"),
    ],
    ids=["winter", "summer", "summer time of 1988", "the day before summer time ended", "winter of 1991"],
)
def test_the_last_day_counts_to_its_last_second(day: date, last: str, zone: str) -> None:
    closes = end_of(day)

    assert last_second(closes) == last
    words = last_second_words(closes)
    assert words.zh == f"{day.isoformat()} 23:59:59 北京时间（{zone}），即{day.month}月{day.day}日24:00前"
    assert zone in words.en


def test_a_stated_hour_is_said_as_it_is() -> None:
    closes = datetime(2026, 12, 21, 18, tzinfo=SHANGHAI)

    assert last_second_words(closes).zh == "2026-12-21 17:59:59 北京时间（UTC+8），即12月21日18:00前"


@given(day=st.dates(date(1986, 1, 1), date(2100, 12, 31)))
def test_on_every_day_of_the_calendar_the_last_second_lies_on_it(day: date) -> None:
    last = datetime.fromisoformat(last_second(end_of(day)))

    assert (last.date(), f"{last:%H:%M:%S}") == (day, "23:59:59")
    assert end_of(day) - last == timedelta(seconds=1)


async def test_an_extension_while_comments_arrive_loses_none_and_takes_them_on(desk: Desk) -> None:
    window_id = await a_window(desk)
    async with desk.db.transaction() as tx:
        await tx.fetchrow(SHIFT, window_id, "closes", timedelta(seconds=2))
    stop = asyncio.Event()
    receipts: list[str] = []

    async def knock() -> None:
        while not stop.is_set():
            receipts.append((await desk.comments(window_id)).receipt)

    knocking = [asyncio.create_task(knock()) for _ in range(3)]
    async with desk.db.transaction() as tx:
        to = datetime.now(UTC) + timedelta(hours=1)
        await acts.extend(tx, an_actor(), window_id, closes_at=to, reason="应群众要求延长。")
    before = len(receipts)
    while len(receipts) < before + 5:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.gather(*knocking)
    await desk.closes_now(window_id)

    summary = await desk.activities.record_summary(RecordSummary(window_id=window_id))

    assert summary.received == len(receipts) == len(set(receipts))


async def test_a_suspension_while_comments_arrive_keeps_exactly_what_came_before(desk: Desk) -> None:
    window_id = await a_window(desk)

    async def knock() -> None:
        for _ in range(60):
            try:
                await desk.comments(window_id)
            except WindowSuspended:
                return

    knocking = [asyncio.create_task(knock()) for _ in range(3)]
    await asyncio.sleep(0.05)
    async with desk.db.transaction() as tx:
        window = await acts.suspend(tx, an_actor(), window_id, reason="核对。")
    await asyncio.gather(*knocking)

    assert window.suspended_at is not None
    async with desk.db.read() as conn:
        stamps = [row["received_at"] for row in await conn.fetch(STAMPS, window_id)]
    assert all(stamp < window.suspended_at for stamp in stamps)


async def test_two_sweepers_and_the_net_of_the_workflow_close_once(desk: Desk) -> None:
    handed_in = await desk.submits()
    ids = [await desk.opens_window(handed_in, starts_in=-60, lasts=60.2, phase=f"public_comment/{n}") for n in range(8)]
    sweeping = [asyncio.create_task(Sweeper(desk.db).run()) for _ in range(2)]

    async def until_closed(window_id: UUID) -> None:
        while not (await desk.activities.close_window(close_of(window_id))).closed:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    await asyncio.gather(*(until_closed(each) for each in ids))
    for task in sweeping:
        task.cancel()
    await asyncio.gather(*sweeping, return_exceptions=True)

    async with desk.db.read() as conn:
        told = [row["body"]["window_id"] for row in await conn.fetch(LETTERS)]
    assert sorted(told) == sorted(str(each) for each in ids)
    assert await closings.close_due(desk.db) == 0


async def _window(desk: Desk, window_id: UUID) -> windows.Window:
    async with desk.db.read() as conn:
        return await windows.get(conn, window_id)

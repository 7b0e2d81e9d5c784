"""When a round is due: pauses are left out, unknown years are said, not guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.deadlines import FROM_ACCEPTANCE
from services.kernel.procedure.overlays import Parameter
from services.kernel.runtime.db import Database
from services.review.domain.rounds import Round
from services.review.pages.due import DueView, due_view
from services.review.store import rounds
from services.review.store.papers import Supplement
from tests.review.builders import BOOK, a_round, opened

CALENDAR = WorkCalendar.load()
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.fixture
async def round_(db: Database) -> Round:
    round_id = await opened(db, a_round())
    async with db.read() as conn:
        return await rounds.get_round(conn, round_id)


def a_pause(start: datetime, end: datetime | None) -> Supplement:
    why = "answered" if end else None
    return Supplement(uuid4(), uuid4(), ("结论",), "", "lu-wenxi", "陆闻溪", start, "he-xu", "已补", end, why)


LOCAL = replace(BOOK, parameters={**BOOK.parameters, FROM_ACCEPTANCE: Parameter(name=FROM_ACCEPTANCE, value=True)})
FIRST, THIRD = datetime(2026, 11, 16, 2, tzinfo=UTC), datetime(2026, 11, 18, 2, tzinfo=UTC)


def seen(round_: Round, *pauses: Supplement, now: datetime = MONDAY) -> DueView:
    return due_view(round_, pauses, now, book=BOOK, calendar=CALENDAR)


async def test_the_light_counts_working_days(round_: Round) -> None:
    assert seen(round_).mark.words == "还有5个工作日"


async def test_days_spent_on_missing_papers_are_not_counted(round_: Round) -> None:
    pause = a_pause(datetime(2026, 11, 16, 2, tzinfo=UTC), datetime(2026, 11, 18, 2, tzinfo=UTC))
    view = seen(round_, pause)
    assert (view.paused_days, view.last_day) == (2, date(2026, 12, 2))


async def test_an_open_request_is_shown_as_a_pause(round_: Round) -> None:
    view = seen(round_, a_pause(datetime(2026, 11, 20, 2, tzinfo=UTC), None))
    assert (view.is_paused, view.mark.words) == (True, "计时已暂停")


async def test_what_is_late_says_so(round_: Round) -> None:
    assert seen(round_, now=datetime(2026, 12, 2, 2, tzinfo=UTC)).mark.state == "stop"


async def test_a_round_without_a_day_is_not_given_one(round_: Round) -> None:
    view = seen(replace(round_, due=None, due_on=None))
    assert (view.last_day, view.mark.words) == (None, "暂不能确定")


async def test_a_day_that_was_unknown_is_counted_once_its_year_is_loaded(round_: Round) -> None:
    due = {"rule_id": "legality.term", "provisional": True}
    view = seen(replace(round_, due=due, due_on=None, opened_at=datetime(2026, 11, 9, 2, tzinfo=UTC)))
    assert view.last_day == date(2026, 11, 30)


async def test_where_time_counts_from_acceptance_the_days_before_it_are_left_out(round_: Round) -> None:
    late = replace(round_, opened_at=FIRST)
    view = due_view(late, (), MONDAY, book=LOCAL, calendar=CALENDAR, accepted_at=THIRD)
    assert (view.last_day, view.paused_days) == (date(2026, 12, 2), 2)


async def test_days_before_acceptance_on_which_papers_were_missing_count_once(round_: Round) -> None:
    late, pause = replace(round_, opened_at=FIRST), a_pause(FIRST, THIRD)
    view = due_view(late, (pause,), MONDAY, book=LOCAL, calendar=CALENDAR, accepted_at=THIRD)
    assert (view.last_day, view.paused_days) == (date(2026, 12, 2), 2)


async def test_before_acceptance_nothing_is_counted_yet(round_: Round) -> None:
    view = due_view(replace(round_, opened_at=FIRST), (), MONDAY, book=LOCAL, calendar=CALENDAR)
    assert (view.mark.words, view.last_day) == ("受理后开始计时", date(2026, 12, 7))

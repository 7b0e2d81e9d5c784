"""Received = answered + withdrawn, whatever is done in whatever order; until it holds nothing goes out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from temporalio.exceptions import ApplicationError

from services.intake.actions.answering import answer
from services.intake.domain.answers import AnswersPublished, AnswerTarget
from services.intake.domain.submission import SeveralWrong
from services.intake.store import answers, comments, lines
from services.intake.store.lines import Line
from services.kernel.contracts.intake import PublishAnswers, RecordSummary
from services.kernel.runtime.db import Connection
from tests.intake.builders import Desk, an_actor
from tests.intake.test_answering import adopted, grouped, ids_of, refused

BODIES = ("按月清洗", "按月清洗。", "不同意", "同意")
STEP = st.tuples(st.sampled_from(["one", "line", "withdraw", "hide", "group", "change", "publish"]), st.integers(0, 3))
HIDE = "update comments set hidden_at = now(), hidden_by = 'he-xu', hidden_reason = 'advert' where id = $1"
WITHDRAW = """
update comments set withdrawn_at = now()
 where id = $1 and withdrawn_at is null
   and not exists (select 1 from windows w where w.id = window_id and w.answers_published_at is not null)
"""

# What pages read from kept figures, counted: one line for each answer in a group, one for each opinion with its own.
LINES_COUNTED = """
select coalesce(case when a.own then c.id end, m.group_id)::text as key, coalesce(a.revision, 0) as revision,
       count(*) as size,
       coalesce(min(c.id::text) filter (where c.hidden_at is null), min(c.id::text)) as shown
  from comments c
  join opinion_members m on m.comment_id = c.id
  left join answers a on a.comment_id = c.id
 where c.window_id = $1 and c.withdrawn_at is null
 group by 1, 2
 order by size desc, key, revision
"""
TO_ANSWER_COUNTED = """
select coalesce(case when a.own then c.id end, m.group_id)::text as key, coalesce(max(a.revision), 0) as revision,
       count(*) as size,
       coalesce(min(c.id::text) filter (where c.hidden_at is null), min(c.id::text)) as shown
  from comments c
  join opinion_members m on m.comment_id = c.id
  left join answers a on a.comment_id = c.id
 where c.window_id = $1 and c.withdrawn_at is null
 group by 1
having not $2 or count(a.comment_id) < count(*)
 order by size desc, key
"""


class Play:
    """One window under acts in any order, with what must hold after each."""

    def __init__(self, desk: Desk, window_id: UUID, ids: list[UUID]) -> None:
        self.desk, self.window_id, self.ids, self.published = desk, window_id, ids, False

    async def act(self, what: str, which: int) -> None:
        comment_id = self.ids[which]
        match what:
            case "one":
                await self._answers(adopted(comment_id=comment_id))
            case "change":
                await self._answers(refused("改了。", comment_id=comment_id))
            case "line":
                async with self.desk.db.read() as conn:
                    found = await lines.live(conn, self.window_id)
                if found:
                    await self._answers(refused(group=found[which % len(found)].key))
            case "withdraw" | "hide":
                async with self.desk.db.transaction() as tx:
                    await tx.execute(WITHDRAW if what == "withdraw" else HIDE, comment_id)
            case "group":
                await grouped(self.desk, self.window_id, [comment_id, self.ids[(which + 1) % len(self.ids)]])
            case _:
                await self._publish()

    async def _answers(self, given: Any) -> None:
        try:
            async with self.desk.db.transaction() as tx:
                await answer(tx, an_actor(), self.window_id, (given,))
        except (AnswerTarget, SeveralWrong):
            pass
        except AnswersPublished:
            assert self.published

    async def _publish(self) -> None:
        left = await self.left()
        if left:
            with pytest.raises(ApplicationError):
                await self.desk.activities.publish_answers(PublishAnswers(window_id=self.window_id))
        else:
            await self.desk.activities.publish_answers(PublishAnswers(window_id=self.window_id))
            self.published = True

    async def left(self) -> int:
        async with self.desk.db.read() as conn:
            counts = await comments.counts_of(conn, self.window_id)
            tally = await answers.tally(conn, self.window_id)
            found = await lines.live(conn, self.window_id)
            shown = await lines.published(conn, self.window_id)
            await self._lines_are_as_counted(conn, found)
        standing = counts.received - counts.withdrawn
        assert counts.received == len(self.ids)
        assert sum(line.size for line in found) == standing
        assert sum(line.size for line in found if line.disposition) == tally.answered <= standing
        assert tally.adopted + tally.partly + tally.not_adopted == tally.answered
        if self.published:
            assert standing == tally.answered == sum(one.line.size for one in shown)
        return standing - tally.answered

    async def _lines_are_as_counted(self, conn: Connection, found: list[Line]) -> None:
        assert _told(found) == _rows(await conn.fetch(LINES_COUNTED, self.window_id))
        assert [line async for line in _paged(partial(lines.live, conn, self.window_id))] == found
        for unanswered in (False, True):
            to_answer = partial(lines.to_answer, conn, self.window_id, unanswered=unanswered)
            every = await to_answer()
            assert _told(every) == _rows(await conn.fetch(TO_ANSWER_COUNTED, self.window_id, unanswered))
            assert [line async for line in _paged(to_answer)] == every


def _told(found: list[Line]) -> list[tuple[Any, ...]]:
    return [(line.key, line.revision, line.size, str(line.comment_id)) for line in found]


def _rows(counted: list[Any]) -> list[tuple[Any, ...]]:
    return [(row["key"], row["revision"], row["size"], row["shown"]) for row in counted]


async def _paged(page_of: Callable[..., Awaitable[list[Line]]]) -> AsyncIterator[Line]:
    place = None
    while page := await page_of(after=place, limit=2):
        for line in page:
            yield line
        place = page[-1].place


async def test_the_balance_holds_after_every_act(desk: Desk) -> None:
    loop = asyncio.get_running_loop()

    async def played(steps: list[tuple[str, int]]) -> None:
        window_id = await desk.opens_window(await desk.submits())
        for body in BODIES:
            await desk.comments(window_id, body)
        await desk.closes_now(window_id)
        await desk.activities.record_summary(RecordSummary(window_id=window_id))
        play = Play(desk, window_id, await ids_of(desk, window_id))
        for what, which in [*steps, ("publish", 0)]:
            await play.act(what, which)
            await play.left()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEP, max_size=12))
    def holds(steps: list[tuple[str, int]]) -> None:
        asyncio.run_coroutine_threadsafe(played(steps), loop).result()

    await asyncio.to_thread(holds)

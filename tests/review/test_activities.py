"""What workflows may ask of review, asked once and asked again."""

from __future__ import annotations

from uuid import uuid4

import pytest
from temporalio.exceptions import ApplicationError

from services.kernel.contracts.messages import StoredFile
from services.kernel.contracts.review import OPINIONS_TABLES, CloseRound
from services.kernel.runtime.db import Database
from services.review.actions.opinions import give_opinion
from services.review.activities import ReviewActivities
from services.review.store import papers, rounds
from tests.review.builders import (
    BOOK,
    LU_WENXI,
    a_document,
    a_round,
    an_opinion,
    opened,
)


async def test_opening_a_round_twice_gives_the_same_round(activities: ReviewActivities) -> None:
    asked = a_round()
    first = await activities.open_round(asked)
    assert await activities.open_round(asked) == first


async def test_another_ordinal_is_another_round(activities: ReviewActivities) -> None:
    document = a_document()
    first = await activities.open_round(a_round(document=document))
    second = await activities.open_round(a_round(document=document, ordinal=2))
    assert first != second


async def test_opening_a_round_remembers_every_author(activities: ReviewActivities, db: Database) -> None:
    document = a_document()
    await activities.open_round(a_round(document=document, author_ids=("he-xu",)))
    await activities.open_round(a_round(document=document, ordinal=2, author_ids=("jiang-yumo",)))
    async with db.read() as conn:
        assert await rounds.authors_of(conn, document.document_id) == {"he-xu", "jiang-yumo"}


async def test_asking_leaves_a_round_open(activities: ReviewActivities, db: Database) -> None:
    round_id = (await activities.open_round(a_round())).round_id
    state = await activities.close_round(CloseRound(round_id=round_id, why="ask"))
    async with db.read() as conn:
        assert (state.decided, (await rounds.get_round(conn, round_id)).is_open) == (False, True)


async def test_voiding_closes_a_round_undecided(activities: ReviewActivities, db: Database) -> None:
    round_id = (await activities.open_round(a_round())).round_id
    state = await activities.close_round(CloseRound(round_id=round_id, why="voided"))
    async with db.read() as conn:
        assert (state.decided, (await rounds.get_round(conn, round_id)).why) == (False, "voided")


async def test_voiding_twice_is_harmless(activities: ReviewActivities) -> None:
    closing = CloseRound(round_id=(await activities.open_round(a_round())).round_id, why="voided")
    assert await activities.close_round(closing) == await activities.close_round(closing)


async def test_a_decided_round_stays_decided_when_it_is_voided_late(activities: ReviewActivities, db: Database) -> None:
    asked = a_round()
    round_id = await opened(db, asked)
    assert (await activities.open_round(asked)).round_id == round_id
    async with db.transaction() as tx:
        decided = await give_opinion(tx, LU_WENXI, round_id, an_opinion(), book=BOOK)
    state = await activities.close_round(CloseRound(round_id=round_id, why="voided"))
    assert (state.decided, state.outcome, state.record_hash) == (True, "lawful", decided.record_hash)


async def test_closing_a_round_that_is_not_there_is_not_retried(activities: ReviewActivities) -> None:
    with pytest.raises(ApplicationError) as raised:
        await activities.close_round(CloseRound(round_id=uuid4(), why="ask"))
    assert (raised.value.non_retryable, raised.value.type) == (True, "UnknownRound")


async def test_the_answered_opinions_lie_among_the_papers_of_the_round_once(
    activities: ReviewActivities, db: Database
) -> None:
    table = StoredFile(name="意见采纳情况表（第1次征求意见）.docx", file_hash="7a" * 32, size=4096)
    asked = a_round("meeting", papers=("送审稿", "意见采纳情况表"), opinions=(table,))

    first, again = await activities.open_round(asked), await activities.open_round(asked)

    async with db.read() as conn:
        (paper,) = await papers.papers_of(conn, asked.document.document_id)
    assert first == again
    assert (paper.role, paper.file_hash, paper.filed_by) == ("意见采纳情况表", table.file_hash, "system")


async def test_a_round_that_asks_for_no_opinions_gets_none(activities: ReviewActivities, db: Database) -> None:
    table = StoredFile(name="意见采纳情况表（第1次征求意见）.docx", file_hash="7a" * 32, size=4096)
    asked = a_round("signing", opinions=(table,))

    await activities.open_round(asked)

    async with db.read() as conn:
        assert await papers.papers_of(conn, asked.document.document_id) == []


def test_every_name_of_the_table_is_one_that_the_rules_ask_for() -> None:
    asked = {paper.zh for kind in BOOK.kinds.values() for stage in kind.stages for paper in stage.papers}

    assert set(OPINIONS_TABLES) <= asked

"""Amendments: the signed text is the deliberated text with the recorded wording, and with nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.contracts.review import CloseRound
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.text.normal import normalise, text_hash
from services.review.actions.deciding import Decided
from services.review.actions.meetings import record_meeting
from services.review.activities import ReviewActivities
from services.review.domain import amending
from services.review.domain.amending import amended_text
from services.review.domain.commands import Amendment
from services.review.store import meetings, sign_offs
from tests.review.builders import (
    BOOK,
    DELIBERATED,
    WEN_ZHIYUAN,
    ZONE,
    a_meeting,
    a_round,
    amendments,
    opened,
    speeches,
)

AS_AMENDED = DELIBERATED.replace("六十日", "三十个工作日")
WRONG: dict[type[Exception], tuple[Amendment, ...]] = {
    amending.WordingMissing: (Amendment(clause="第二条", new="三十日"),),
    amending.WordingUnknown: (Amendment(clause="第三条", old="六十日", new="三十日"),),
    amending.WordingTwice: (Amendment(old="六十日", new="三十日"), Amendment(old="六十日内", new="三十日内")),
    amending.WordingSecret: (Amendment(old=DELIBERATED, new=""),),
}


async def the_round(db: Database, blobs: Blobs) -> tuple[UUID, str]:
    digest = await blobs.put(DELIBERATED.encode())
    asked = a_round("meeting")
    return await opened(
        db, asked.model_copy(update={"text": asked.text.model_copy(update={"text_hash": digest})})
    ), digest


async def amended(db: Database, blobs: Blobs, **changes: Any) -> tuple[UUID, Decided]:
    round_id, digest = await the_round(db, blobs)
    spoken = speeches(*["amend"] * 5, chief="amend")
    fields = {"outcome": "passed_as_amended", "amendments": amendments(), "statements": spoken, "text_hash": digest}
    async with db.transaction() as tx:
        command = a_meeting(**{**fields, **changes})
        return round_id, await record_meeting(tx, WEN_ZHIYUAN, round_id, command, book=BOOK, blobs=blobs)


async def test_the_amended_text_lies_in_the_store_under_the_hash_that_was_signed(db: Database, blobs: Blobs) -> None:
    round_id, _ = await amended(db, blobs)
    async with db.read() as conn:
        signed = await sign_offs.find_sign_off(conn, round_id)
        recorded = await meetings.amended_hash(conn, round_id)
    assert signed is not None
    assert signed.record["details"]["amended_hash"] == recorded
    assert await blobs.text(str(recorded)) == AS_AMENDED


async def test_the_workflow_hears_which_text_was_made(db: Database, blobs: Blobs) -> None:
    round_id, _ = await amended(db, blobs)
    state = await ReviewActivities(db, ZONE, BOOK).close_round(CloseRound(round_id=round_id, why="ask"))
    async with db.read() as conn:
        letter = await conn.fetchval("select body from outbox where name = 'round_decided'")
    assert state.amended_hash == letter["amended_hash"] == text_hash(AS_AMENDED)


@pytest.mark.parametrize("refused", WRONG)
async def test_an_amendment_that_makes_no_one_text_is_refused(
    db: Database, blobs: Blobs, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        await amended(db, blobs, amendments=WRONG[refused])


async def test_an_amendment_that_changes_nothing_is_refused(db: Database, blobs: Blobs) -> None:
    with pytest.raises(amending.WordingTwice):
        await amended(db, blobs, amendments=(Amendment(old="六十日", new="六十日"),))


async def test_the_database_takes_no_amended_decision_without_its_text(db: Database, blobs: Blobs) -> None:
    await amended(db, blobs)
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.CheckViolationError, match="amendments_make_a_text"):
            await tx.execute(
                "insert into meeting_decisions (meeting_id, outcome, chief_id, against_majority, amendments) "
                "select id, 'passed_as_amended', 'xu-qingyuan', false, '[{}]' from meetings"
            )


WORDS = st.text("甲乙丙丁，。", min_size=1, max_size=6)


@given(st.lists(st.tuples(WORDS, st.one_of(st.none(), WORDS)), min_size=1, max_size=8), st.randoms())
def test_any_set_of_amendments_changes_exactly_its_words(parts: list[tuple[str, str | None]], random: Any) -> None:
    """Each part stands between its own marks, so that it comes once; some are amended, in any order."""
    marked = [(f"【{number}{old}】", new) for number, (old, new) in enumerate(parts)]
    changes = [Amendment(old=old, new=f"〔{new}〕") for old, new in marked if new is not None]
    random.shuffle(changes)
    before = normalise("".join(old for old, _ in marked))
    after = "".join(old if new is None else f"〔{new}〕" for old, new in marked)
    assert amended_text(before, changes) == normalise(after)

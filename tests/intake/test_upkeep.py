"""Upkeep: contacts are purged by rule after the answers are public, and never a comment's words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.intake.actions.answering import answer
from services.intake.domain.answers import Disposition, Given
from services.intake.domain.comments import RETENTION
from services.intake.upkeep import Upkeep
from services.kernel.contracts.intake import PublishAnswers, RecordSummary
from services.kernel.procedure.law import Rule
from tests.conftest import DbFor
from tests.intake.builders import BOOK, CALENDAR, Desk, an_actor

SIX_MONTHS = Rule.model_validate({
    "id": RETENTION, "modality": "MUST", "value": 6, "unit": "MONTH", "counting": "MAX_DEADLINE",
    "words": ("联系方式的保存期限", "How long contacts are kept"),
    "citation": {"instrument": ("个人信息保护法", "Personal Information Protection Law"), "article": "19"},
    "verified": "I",
})  # fmt: skip
WITH_RULE = replace(BOOK, rules={**BOOK.rules, RETENTION: SIX_MONTHS})
WITHOUT_RULE = replace(BOOK, rules={name: rule for name, rule in BOOK.rules.items() if name != RETENTION})
AGE = "update windows set answers_published_at = answers_published_at - $1::interval"


async def _published(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits())
    await desk.comments(window_id, "同意", name="周女士", contact="zhou@yunxi.example")
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))
    async with desk.db.transaction() as tx:
        comment_id = await tx.fetchval("select id from comments")
        await answer(tx, an_actor(), window_id, (Given(comment_id=comment_id, disposition=Disposition.ADOPTED),))
    await desk.activities.publish_answers(PublishAnswers(window_id=window_id))


async def test_contacts_stay_while_their_time_runs(desk: Desk, db_for: DbFor) -> None:
    await _published(desk)

    assert await Upkeep(desk.db, await db_for("contacts"), WITH_RULE, CALENDAR, desk.blobs).once() == 0


async def test_contacts_go_when_their_time_is_over_and_the_words_stay(desk: Desk, db_for: DbFor) -> None:
    await _published(desk)
    async with desk.db.transaction() as tx:
        await tx.execute(AGE, timedelta(weeks=30))

    assert await Upkeep(desk.db, await db_for("contacts"), WITH_RULE, CALENDAR, desk.blobs).once() == 1

    async with (await db_for("contacts")).read() as conn:
        assert await conn.fetchval("select count(*) from comment_contacts") == 0
        assert await conn.fetchval("select cause from contact_erasures") == "retention"
    async with desk.db.read() as conn:
        assert await conn.fetchval("select body from comments") == "同意"


async def test_without_a_rule_nothing_is_purged(desk: Desk, db_for: DbFor) -> None:
    await _published(desk)

    assert await Upkeep(desk.db, await db_for("contacts"), WITHOUT_RULE, CALENDAR, desk.blobs).once() == 0

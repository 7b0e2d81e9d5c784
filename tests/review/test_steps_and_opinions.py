"""Recorded steps and legality opinions: every outcome, every refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.kernel.contracts.messages import StoredFile
from services.kernel.contracts.refusals import Forbidden, Refused
from services.kernel.contracts.review import CloseRound
from services.kernel.runtime.db import Database
from services.review.actions.deciding import Decided
from services.review.actions.opinions import answer_supplement, give_opinion, request_supplement, withdraw_supplement
from services.review.actions.papers import attach, file_opinions
from services.review.actions.steps import declare_not_applicable, file_step
from services.review.activities import ReviewActivities
from services.review.domain import refusals
from services.review.domain.commands import AnswerSupplement, Exemption, Handled, WithdrawSupplement
from services.review.store import papers, rounds, sign_offs
from services.review.store.papers import NewPaper
from tests.review.builders import (
    BOOK,
    CHENG_YIAN,
    HE_XU,
    LU_WENXI,
    SEEN,
    SU_HE,
    a_declaration,
    a_document,
    a_point,
    a_request,
    a_round,
    a_step,
    an_actor,
    an_opinion,
    opened,
)

PAPER = NewPaper("审查结论", "ab" * 32, "审查结论.pdf", 1024)
FOUNDED = Exemption(
    limb="competition.limb_3_public_interest",
    ground="第十二条第三项",
    no_lesser_means="没有影响更小的方案。",
    end_condition="补贴期满",
)


async def filed(db: Database, round_id: UUID, **changes: Any) -> Decided:
    async with db.transaction() as tx:
        return await file_step(tx, CHENG_YIAN, round_id, a_step(**changes), book=BOOK)


async def reviewed(db: Database, round_id: UUID, outcome: str = "lawful", **changes: Any) -> Decided:
    async with db.transaction() as tx:
        return await give_opinion(tx, LU_WENXI, round_id, an_opinion(outcome, **changes), book=BOOK)


async def asked(db: Database, round_id: UUID) -> None:
    async with db.transaction() as tx:
        await request_supplement(tx, LU_WENXI, round_id, a_request())


@pytest.mark.parametrize("outcome", ["filed", "violates"])
async def test_a_step_ends_in_the_outcomes_of_its_stage(db: Database, outcome: str) -> None:
    decided = await filed(db, await opened(db, a_round("recorded_step")), outcome=outcome)
    assert decided.outcome == outcome


@pytest.mark.parametrize("outcome", ["lawful", "not_applicable", ""])
async def test_an_outcome_of_another_stage_is_refused(db: Database, outcome: str) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    with pytest.raises(refusals.UnknownOutcome):
        await filed(db, round_id, outcome=outcome)


async def test_a_step_without_paper_and_words_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    with pytest.raises(refusals.StepEmpty):
        await filed(db, round_id, conclusion="")


async def test_a_paper_is_enough_for_a_step(db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    async with db.transaction() as tx:
        await attach(tx, CHENG_YIAN, round_id, [PAPER])
    decided = await filed(db, round_id, conclusion="")
    async with db.read() as conn:
        signed = await sign_offs.find_sign_off(conn, decided.round_id)
    assert signed is not None
    assert [paper["hash"] for paper in signed.record["papers"]] == [PAPER.file_hash]


async def test_an_exception_without_its_grounds_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    with pytest.raises(refusals.ExemptionUnfounded):
        await filed(db, round_id, outcome="exempt", exemption=Exemption(ground="第十二条"))


async def test_an_exception_with_its_grounds_is_recorded(db: Database) -> None:
    decided = await filed(db, await opened(db, a_round("recorded_step")), outcome="exempt", exemption=FOUNDED)
    async with db.read() as conn:
        signed = await sign_offs.find_sign_off(conn, decided.round_id)
    assert signed is not None
    assert signed.record["details"]["exemption"]["end_condition"] == "补贴期满"


async def test_a_step_is_declared_not_applicable_by_name(db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    async with db.transaction() as tx:
        decided = await declare_not_applicable(tx, CHENG_YIAN, round_id, a_declaration(), book=BOOK)
        named = await tx.fetchval("select person_name from not_applicable where round_id = $1", round_id)
    assert (decided.outcome, named) == ("not_applicable", "程以安")


async def test_a_step_that_the_round_demands_is_not_declared_away(db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step", may_be_not_applicable=False))
    async with db.transaction() as tx:
        with pytest.raises(refusals.MustBeDone):
            await declare_not_applicable(tx, CHENG_YIAN, round_id, a_declaration(), book=BOOK)


async def test_a_step_that_the_law_demands_is_not_declared_away(db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step", stage="assessment", role="drafter"))
    async with db.transaction() as tx:
        with pytest.raises(refusals.MustBeDone):
            await declare_not_applicable(tx, HE_XU, round_id, a_declaration(), book=BOOK)


async def test_a_reason_of_a_word_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    async with db.transaction() as tx:
        with pytest.raises(refusals.ReasonTooShort):
            await declare_not_applicable(tx, CHENG_YIAN, round_id, a_declaration(reason="不涉及"), book=BOOK)


async def test_the_database_refuses_a_reason_of_a_word(db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.CheckViolationError):
            await tx.execute(
                "insert into not_applicable values ($1, 'cheng-yian', '程以安', 'market', '不涉及', now())", round_id
            )


async def test_papers_are_not_added_to_a_closed_round(db: Database, activities: ReviewActivities) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    await activities.close_round(CloseRound(round_id=round_id, why="voided"))
    async with db.transaction() as tx:
        with pytest.raises(refusals.RoundClosed):
            await attach(tx, CHENG_YIAN, round_id, [PAPER])


async def test_the_database_refuses_papers_for_a_closed_round(db: Database, activities: ReviewActivities) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    await activities.close_round(CloseRound(round_id=round_id, why="voided"))
    async with db.transaction() as tx:
        with pytest.raises(refusals.RoundClosed):
            await papers.add_paper(tx, round_id, PAPER, by=("cheng-yian", "程以安"))


@pytest.mark.parametrize("outcome", ["lawful", "amend", "unlawful", "return_procedure"])
async def test_every_legality_outcome_is_an_outcome(db: Database, outcome: str) -> None:
    assert (await reviewed(db, await opened(db, a_round()), outcome)).outcome == outcome


async def test_an_opinion_without_words_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round())
    with pytest.raises(refusals.OpinionMissing):
        await reviewed(db, round_id, opinion=" ")


@pytest.mark.parametrize("outcome", ["amend", "unlawful"])
async def test_what_must_change_is_said_item_by_item(db: Database, outcome: str) -> None:
    round_id = await opened(db, a_round())
    with pytest.raises(refusals.PointsMissing):
        await reviewed(db, round_id, outcome, points=())


async def test_a_point_without_words_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round())
    with pytest.raises(refusals.PointsMissing):
        await reviewed(db, round_id, "amend", points=(a_point(text=""),))


async def test_a_major_decision_is_reviewed_with_counsel(db: Database) -> None:
    round_id = await opened(db, a_round(document=a_document(kind="MAJOR_DECISION")))
    with pytest.raises(refusals.CounselMissing):
        await reviewed(db, round_id)


async def test_a_major_decision_with_counsel_is_reviewed(db: Database) -> None:
    round_id = await opened(db, a_round(document=a_document(kind="MAJOR_DECISION")))
    assert (await reviewed(db, round_id, counsel="苏禾")).outcome == "lawful"


async def test_earlier_points_are_settled_in_a_later_round(db: Database) -> None:
    document = a_document()
    await reviewed(db, await opened(db, a_round(document=document)), "amend")
    async with db.read() as conn:
        (point,) = await sign_offs.points_of(conn, document.document_id)
    second = await opened(db, a_round(document=document, ordinal=2))
    await reviewed(db, second, handled=(Handled(point_id=point.id, handling="done"),))
    async with db.read() as conn:
        (point,) = await sign_offs.points_of(conn, document.document_id)
    assert point.handling == "done"


async def test_a_point_is_settled_once(db: Database) -> None:
    document = a_document()
    await reviewed(db, await opened(db, a_round(document=document)), "amend")
    async with db.read() as conn:
        (point,) = await sign_offs.points_of(conn, document.document_id)
    settled = (Handled(point_id=point.id, handling="done"),)
    await reviewed(db, await opened(db, a_round(document=document, ordinal=2)), handled=settled)
    third = await opened(db, a_round(document=document, ordinal=3))
    with pytest.raises(refusals.PointsMissing):
        await reviewed(db, third, handled=settled)


async def test_a_point_keeps_its_words(db: Database) -> None:
    await reviewed(db, await opened(db, a_round()), "amend")
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"record\.append_only"):
            await tx.execute("update opinion_points set text = '改'")


async def test_an_opinion_waits_for_the_papers_asked_for(db: Database) -> None:
    round_id = await opened(db, a_round())
    await asked(db, round_id)
    with pytest.raises(refusals.SupplementOpen):
        await reviewed(db, round_id)


async def test_a_return_need_not_wait_for_papers(db: Database) -> None:
    round_id = await opened(db, a_round())
    await asked(db, round_id)
    await reviewed(db, round_id, "return_procedure")
    async with db.read() as conn:
        (request,) = await papers.supplements_of(conn, round_id)
    assert request.ended_why == "decided"


async def test_an_answer_ends_the_pause(db: Database) -> None:
    round_id = await opened(db, a_round())
    await asked(db, round_id)
    async with db.transaction() as tx:
        await answer_supplement(tx, HE_XU, round_id, AnswerSupplement(answer="已补公平竞争审查结论。"))
    decided = await reviewed(db, round_id)
    async with db.read() as conn:
        signed = await sign_offs.find_sign_off(conn, decided.round_id)
    assert signed is not None
    (pause,) = signed.record["details"]["pauses"]
    assert pause["from"] <= pause["to"]


def a_withdrawal() -> WithdrawSupplement:
    return WithdrawSupplement(**SEEN, reason="材料已在卷内。")


async def test_a_withdrawn_request_lets_the_clock_go_on(db: Database) -> None:
    round_id = await opened(db, a_round())
    await asked(db, round_id)
    async with db.transaction() as tx:
        await withdraw_supplement(tx, SU_HE, round_id, a_withdrawal())
    async with db.read() as conn:
        (request,) = await papers.supplements_of(conn, round_id)
        (said,) = await conn.fetch("select body from outbox where name = 'clock_resumed'")
    assert (request.ended_why, request.answered_by, request.answer) == ("withdrawn", "su-he", "材料已在卷内。")
    assert (said["body"]["why"], said["body"].get("since")) == ("withdrawn", None)
    assert await reviewed(db, round_id)


async def test_there_is_nothing_to_withdraw_without_a_request_or_after_its_answer(db: Database) -> None:
    round_id = await opened(db, a_round())
    for _ in range(2):
        async with db.transaction() as tx:
            with pytest.raises(refusals.SupplementNone):
                await withdraw_supplement(tx, LU_WENXI, round_id, a_withdrawal())
        await asked(db, round_id)
        async with db.transaction() as tx:
            await answer_supplement(tx, HE_XU, round_id, AnswerSupplement(answer="已补。"))


async def test_only_the_reviewing_office_withdraws_its_request(db: Database) -> None:
    round_id = await opened(db, a_round())
    await asked(db, round_id)
    async with db.transaction() as tx:
        with pytest.raises(Forbidden):
            await withdraw_supplement(tx, HE_XU, round_id, a_withdrawal())


async def test_the_database_wants_to_know_who_withdrew_and_why(db: Database) -> None:
    round_id = await opened(db, a_round())
    await asked(db, round_id)
    for by, why in ((None, "材料已在卷内。"), ("su-he", "")):
        async with db.transaction() as tx:
            with pytest.raises(asyncpg.CheckViolationError):
                await tx.execute(
                    "update supplements set ended_at = clock_timestamp(), ended_why = 'withdrawn', answered_by = $1,"
                    " answer = $2",
                    by,
                    why,
                )


async def test_papers_are_asked_for_once_at_a_time(db: Database) -> None:
    round_id = await opened(db, a_round())
    await asked(db, round_id)
    with pytest.raises(refusals.SupplementOpen):
        await asked(db, round_id)


async def test_a_request_names_its_papers(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        with pytest.raises(refusals.NothingMissing):
            await request_supplement(tx, LU_WENXI, round_id, a_request(missing=(" ",)))


async def test_an_answer_without_a_request_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        with pytest.raises(refusals.SupplementNone):
            await answer_supplement(tx, HE_XU, round_id, AnswerSupplement(answer="已补。"))


@pytest.mark.parametrize("actor", [SU_HE, an_actor("song-haoran", "宋浩然", "finance", "drafter")])
async def test_only_the_drafting_unit_answers(db: Database, actor: Any) -> None:
    round_id = await opened(db, a_round())
    await asked(db, round_id)
    async with db.transaction() as tx:
        with pytest.raises(Forbidden):
            await answer_supplement(tx, actor, round_id, AnswerSupplement(answer="已补。"))


async def test_the_request_of_a_voided_round_is_not_answered(db: Database, activities: ReviewActivities) -> None:
    round_id = await opened(db, a_round())
    await asked(db, round_id)
    await activities.close_round(CloseRound(round_id=round_id, why="voided"))
    async with db.transaction() as tx:
        with pytest.raises(refusals.RoundClosed):
            await answer_supplement(tx, HE_XU, round_id, AnswerSupplement(answer="已补。"))


async def test_a_pause_is_not_written_anew(db: Database) -> None:
    round_id = await opened(db, a_round())
    await asked(db, round_id)
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"record\.append_only"):
            await tx.execute("update supplements set asked_at = asked_at - interval '1 day'")


async def test_a_work_plan_may_be_declared_free_of_review(db: Database) -> None:
    round_id = await opened(db, a_round(document=a_document(kind="WORK_PLAN"), may_be_not_applicable=True))
    async with db.transaction() as tx:
        decided = await declare_not_applicable(tx, LU_WENXI, round_id, a_declaration(), book=BOOK)
        round_ = await rounds.get_round(tx, round_id)
    assert (decided.outcome, round_.why) == ("not_applicable", "decided")


def test_every_refusal_has_a_code_of_its_own_and_words_in_both_languages() -> None:
    from services.review.domain import meeting_refusals

    found = [
        value
        for module in (refusals, meeting_refusals)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Refused) and value.__module__ == module.__name__
    ]
    codes = [refusal.code for refusal in found]
    assert sorted(codes) == sorted(set(codes))
    assert all(refusal.title.zh and refusal.title.en for refusal in found)
    assert all(refusal.rule is None or refusal.rule in BOOK.rules for refusal in found)


async def test_filing_a_step_that_has_a_word_of_its_own_uses_that_word(db: Database) -> None:
    report = a_document(kind="ANNUAL_REPORT")
    round_id = await opened(
        db, a_round("recorded_step", document=report, stage="archiving", role="drafter", unit_id="urban")
    )
    async with db.transaction() as tx:
        assert (await file_step(tx, HE_XU, round_id, a_step(), book=BOOK)).outcome == "archived"


@pytest.mark.parametrize(
    ("kept_free", "early"), [(timedelta(hours=1), True), (timedelta(hours=-1), False), (None, False)]
)
async def test_an_opinion_before_the_least_time_is_over_says_so(
    db: Database, kept_free: timedelta | None, early: bool
) -> None:
    earliest = datetime.now(UTC) + kept_free if kept_free is not None else None
    round_id = await opened(db, a_round(earliest=earliest))
    await reviewed(db, round_id)
    async with db.read() as conn:
        said = await conn.fetchval("select record from sign_offs where round_id = $1", round_id)
    assert said["details"]["finished_early"] is early


async def test_a_workflow_that_has_read_the_decision_needs_no_letter_about_it(
    db: Database, activities: ReviewActivities
) -> None:
    round_id = await opened(db, a_round())
    await reviewed(db, round_id)

    state = await activities.close_round(CloseRound(round_id=round_id, why="ask"))

    async with db.read() as conn:
        letters = await conn.fetch("select name, state from outbox")
    assert state.decided
    assert [(row["name"], row["state"]) for row in letters] == [("round_decided", "delivered")]


async def test_a_table_that_the_machine_filed_is_not_the_units_own_paper(db: Database) -> None:
    table = StoredFile(name="意见采纳情况表.docx", file_hash="7a" * 32, size=4096)
    asked = a_round("recorded_step", stage="submission", role="drafter", unit_id="urban", papers=("意见采纳情况",),
                    document=a_document(kind="MAJOR_DECISION"), opinions=(table,))  # fmt: skip
    round_id = await opened(db, asked)
    async with db.transaction() as tx:
        await file_opinions(tx, round_id, asked)

    with pytest.raises(refusals.StepEmpty):
        async with db.transaction() as tx:
            await file_step(tx, HE_XU, round_id, a_step(conclusion=""), book=BOOK)

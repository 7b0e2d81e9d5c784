"""What workflows ask of intake: each fact written once, gates by the record, the result and its figures."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from uuid import UUID, uuid4

import asyncpg
import pytest
from temporalio.exceptions import ApplicationError

from services.intake.actions.answering import answer
from services.intake.actions.versions import withdraw
from services.intake.domain.answers import Disposition, Given
from services.intake.domain.report import PARTS, draft, empty_parts
from services.intake.store import documents, dossier
from services.kernel.contracts import chain
from services.kernel.contracts.facts import ExemptionFacts, Facts
from services.kernel.contracts.figures import AskFigures, Figure
from services.kernel.contracts.intake import (
    CheckGate,
    CloseWindow,
    ComposeReport,
    KeepFigures,
    PublishAnswers,
    RecordSummary,
)
from services.kernel.contracts.lifecycle import OpinionsAnswered, StartLifecycle
from services.kernel.procedure.deadlines import office_day
from tests.intake.builders import DRAFT, Desk, a_stage, an_actor, close_of

LETTERS = "select name, body from outbox where kind = $1 order by position"


async def test_a_stage_moves_the_document_and_is_written_down(desk: Desk) -> None:
    handed_in = await desk.submits()

    await desk.activities.record_stage(a_stage(handed_in, "assessment", state="assessment", rule_id="comment.notice"))

    async with desk.db.read() as conn:
        document = await documents.get(conn, handed_in.document.id)
        entries = await dossier.all_of(conn, handed_in.document.id)
    assert (document.stage, document.state, document.accepts_versions) == ("assessment", "assessment", False)
    assert (entries[-1].type, entries[-1].part) == ("stage_opened", 2)
    assert entries[-1].article


async def test_the_same_fact_is_written_once_and_moves_nothing_back(desk: Desk) -> None:
    handed_in = await desk.submits()
    first = a_stage(handed_in, "assessment", state="assessment")
    await desk.activities.record_stage(first)
    await desk.activities.record_stage(a_stage(handed_in, "public_comment", state="public_comment"))

    await desk.activities.record_stage(first)

    async with desk.db.read() as conn:
        document = await documents.get(conn, handed_in.document.id)
        assert await dossier.count(conn, handed_in.document.id) == 3
    assert document.stage == "public_comment"


async def test_facts_written_at_once_make_one_chain(desk: Desk) -> None:
    handed_in = await desk.submits()

    await asyncio.gather(*(desk.activities.record_stage(a_stage(handed_in, "assessment")) for _ in range(6)))

    async with desk.db.read() as conn:
        entries = await dossier.all_of(conn, handed_in.document.id)
    assert chain.verify([entry.sealed() for entry in entries]) == (7, entries[-1].entry_hash, None)


async def test_a_signer_is_named_with_unit_and_role(desk: Desk) -> None:
    handed_in = await desk.submits()
    signed = a_stage(handed_in, "legality_review", event="closed", outcome="lawful", actor_id="lu-wenxi")

    await desk.activities.record_stage(signed)

    async with desk.db.read() as conn:
        entries = await dossier.all_of(conn, handed_in.document.id)
    assert entries[-1].actor == {
        "person_id": "lu-wenxi",
        "unit_id": "justice",
        "role": "legality_reviewer",
        "on_behalf_of": None,
    }


async def test_a_withdrawn_document_stays_withdrawn(desk: Desk) -> None:
    handed_in = await desk.submits()
    async with desk.db.transaction() as tx:
        await withdraw(tx, an_actor(), handed_in.document.id, reason="需要重新调研。")

    await desk.activities.record_stage(a_stage(handed_in, "public_comment", event="voided", state="public_comment"))

    async with desk.db.read() as conn:
        assert (await documents.get(conn, handed_in.document.id)).state == "withdrawn"


async def test_an_unknown_document_is_never_tried_again(desk: Desk) -> None:
    handed_in = await desk.submits()

    with pytest.raises(ApplicationError) as refused:
        await desk.activities.record_stage(a_stage(handed_in, document_id=uuid4()))

    assert refused.value.non_retryable


async def _gate(desk: Desk, document_id: UUID, text_hash: str, stage: str) -> tuple[str, ...]:
    question = CheckGate(document_id=document_id, stage=stage, text_hash=text_hash)
    return (await desk.activities.check_gate(question)).codes


@pytest.mark.parametrize(
    "without",
    [
        "comment_plan - 'contact'",
        "comment_plan #- '{contact,unit}'",
        "comment_plan - 'channels'",
        "comment_plan - 'rule_id' - 'closes_at'",
    ],
)
async def test_the_notice_does_not_go_out_without_ways_period_and_contact(desk: Desk, without: str) -> None:
    handed_in = await desk.submits()
    await desk.activities.record_stage(a_stage(handed_in, "assessment", event="closed", outcome="filed"))
    async with desk.db.transaction() as tx:
        await tx.execute(f"update documents set comment_plan = {without} where id = $1", handed_in.document.id)

    codes = await _gate(desk, handed_in.document.id, handed_in.version.text_hash, "public_comment")

    assert codes == ("gate.notice_incomplete",)


@pytest.mark.parametrize(
    ("until", "lasts", "outlived"),
    [
        (date(2020, 1, 1), 2028, True),
        (date(2099, 1, 1), 2028, False),
        (None, 2028, False),
        # An end condition alone carries no text beyond the years of the rule book.
        (None, 2090, True),
    ],
)
async def test_a_text_may_not_outlast_the_exception_that_it_rests_on(
    desk: Desk, until: date | None, lasts: int, outlived: bool
) -> None:
    handed_in = await desk.submits(text=f"{DRAFT}\n\n本办法自2026年12月1日起施行，有效期至{lasts}年11月30日。\n")
    exemption = ExemptionFacts(
        limb="competition.limb_1_security", no_lesser_means=True, until=until, end_condition=until is None
    )
    review = a_stage(handed_in, "fair_competition_review", event="closed", outcome="exempt")
    await desk.activities.record_stage(review.model_copy(update={"facts": Facts(exemption=exemption)}))

    codes = await _gate(desk, handed_in.document.id, handed_in.version.text_hash, "registration_numbering")

    assert ("gate.exemption_outlived" in codes) == outlived
    assert "gate.exemption_unfounded" not in codes


async def test_a_gate_names_the_steps_that_are_to_be_done_again(desk: Desk) -> None:
    handed_in = await desk.submits()
    await desk.activities.record_stage(a_stage(handed_in, "assessment", event="closed", outcome="stop"))
    question = CheckGate(
        document_id=handed_in.document.id, stage="public_comment", text_hash=handed_in.version.text_hash
    )

    answer = await desk.activities.check_gate(question)

    assert (answer.passed, answer.again) == (False, ("assessment",))


async def test_a_gate_names_what_is_missing_and_opens_when_it_is_there(desk: Desk) -> None:
    handed_in = await desk.submits()
    document_id, text_hash = handed_in.document.id, handed_in.version.text_hash
    before = await _gate(desk, document_id, text_hash, "public_comment")

    await desk.activities.record_stage(a_stage(handed_in, "assessment", event="closed", outcome="filed"))

    assert before == ("gate.assessment_missing",)
    assert await _gate(desk, document_id, text_hash, "public_comment") == ()


async def test_a_decision_on_another_text_does_not_open_the_next_gate(desk: Desk) -> None:
    handed_in = await desk.submits()
    passed = a_stage(handed_in, "collective_deliberation", event="closed", outcome="passed", text_hash="1" * 64)
    await desk.activities.record_stage(passed)

    codes = await _gate(desk, handed_in.document.id, handed_in.version.text_hash, "signing")

    assert "gate.decision_other_text" in codes


async def _closed(desk: Desk, *bodies: str) -> UUID:
    window_id = await desk.opens_window(await desk.submits())
    for body in bodies:
        await desk.comments(window_id, body)
    await desk.closes_now(window_id)
    return window_id


async def test_zero_comments_are_a_result(desk: Desk) -> None:
    window_id = await _closed(desk)

    recorded = await desk.activities.record_summary(RecordSummary(window_id=window_id))

    summary = json.loads(await desk.blobs.get(recorded.summary_hash))
    assert (summary["received"], summary["statement"]) == (0, "未收到意见")


async def test_the_summary_counts_by_channel_clause_and_day_and_groups_equals(desk: Desk) -> None:
    window_id = await _closed(desk, "应当按月清洗。", "应当按月清洗！", "同意")

    recorded = await desk.activities.record_summary(RecordSummary(window_id=window_id))

    summary = json.loads(await desk.blobs.get(recorded.summary_hash))
    assert sum(summary["by_channel"].values()) == sum(row["count"] for row in summary["by_clause"]) == 3
    assert [group["count"] for group in summary["groups"]] == [2]
    assert summary["distinct"] == 2


async def test_the_summary_is_recorded_once(desk: Desk) -> None:
    window_id = await _closed(desk, "同意")
    first = await desk.activities.record_summary(RecordSummary(window_id=window_id))

    assert await desk.activities.record_summary(RecordSummary(window_id=window_id)) == first


async def test_an_open_window_has_no_summary(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits())

    with pytest.raises(ApplicationError):
        await desk.activities.record_summary(RecordSummary(window_id=window_id))


async def _answer_all(desk: Desk, window_id: UUID) -> None:
    async with desk.db.transaction() as tx:
        rows = await tx.fetch("select id from comments where window_id = $1 order by id", window_id)
        given = tuple(Given(comment_id=row["id"], disposition=Disposition.ADOPTED) for row in rows)
        await answer(tx, an_actor(), window_id, given)


async def test_the_last_answer_tells_the_phase_once(desk: Desk) -> None:
    window_id = await _closed(desk, "同意", "赞成")
    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    await _answer_all(desk, window_id)
    await _answer_all(desk, window_id)

    async with desk.db.read() as conn:
        letters = [row for row in await conn.fetch(LETTERS, "signal") if row["name"] == "opinions_answered"]
    assert [OpinionsAnswered.model_validate(row["body"]).answered for row in letters] == [2]


async def test_answers_are_not_published_while_one_is_missing(desk: Desk) -> None:
    window_id = await _closed(desk, "同意")
    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    with pytest.raises(ApplicationError) as refused:
        await desk.activities.publish_answers(PublishAnswers(window_id=window_id))

    assert refused.value.details == ("answers.incomplete",)


async def test_published_answers_are_counted_the_same_twice(desk: Desk) -> None:
    window_id = await _closed(desk, "同意")
    await desk.activities.record_summary(RecordSummary(window_id=window_id))
    await _answer_all(desk, window_id)
    first = await desk.activities.publish_answers(PublishAnswers(window_id=window_id))

    assert await desk.activities.publish_answers(PublishAnswers(window_id=window_id)) == first
    assert (first.answered, first.adopted) == (1, 1)


async def test_a_withdrawal_closes_the_window_before_its_time(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits())

    state = await desk.activities.close_window(CloseWindow(window_id=window_id, why="withdrawn"))

    assert state.closed
    assert state == await desk.activities.close_window(close_of(window_id))


async def _figures(desk: Desk) -> dict[str, Figure]:
    async with desk.db.read() as conn:
        year = office_day(await conn.fetchval("select clock_timestamp()")).year
    found = await desk.activities.figures(AskFigures(issuer_unit="yunxi", year=year))
    return {figure.code: figure for figure in found.figures}


async def test_figures_open_to_their_records(desk: Desk) -> None:
    window_id = await _closed(desk, "同意")
    await desk.activities.record_summary(RecordSummary(window_id=window_id))

    found = await _figures(desk)

    assert found["COMMENT_OPENED"].records == (window_id,)
    assert (found["COMMENT_RECEIVED"].value, found["COMMENT_UNANSWERED"].value) == (1, 1)
    assert found["DOC_NORMATIVE"].value == 1


async def test_figures_of_a_quiet_year_are_zero(desk: Desk) -> None:
    found = await desk.activities.figures(AskFigures(issuer_unit="yunxi", year=2001))

    assert {figure.value for figure in found.figures} == {0}


FIGURES = (
    Figure(code="COMMENT_OPENED", value=3),
    Figure(code="TASK_OVERDUE", value=2),
    Figure(code="TASK_TOTAL", value=30),
    Figure(code="OPEN_PUB", value=9, of=10, unit="%"),
)


async def _composed(desk: Desk) -> UUID:
    kept = await desk.activities.keep_figures(KeepFigures(issuer_unit="yunxi", year=2025, figures=FIGURES))
    message = ComposeReport(key="r", issuer_unit="yunxi", year=2025, figures_hash=kept.content_hash)
    return (await desk.activities.compose_report(message)).document_id


async def test_the_report_is_a_document_with_a_life_of_its_own(desk: Desk) -> None:
    document_id = await _composed(desk)

    async with desk.db.read() as conn:
        document = await documents.get(conn, document_id)
        letter = await conn.fetchrow(LETTERS, "start")
    start = StartLifecycle.model_validate(letter["body"])
    assert (document.kind, document.title) == ("ANNUAL_REPORT", "云溪区人民政府2025年法治政府建设情况报告")
    assert (start.report_year, start.document.document_id) == (2025, document_id)


async def test_a_unit_has_one_report_a_year(desk: Desk) -> None:
    assert await _composed(desk) == await _composed(desk)


async def test_two_composers_at_once_make_one_report(desk: Desk) -> None:
    first, second = await asyncio.gather(_composed(desk), _composed(desk))

    assert first == second


def test_every_number_of_the_report_is_bound_to_its_indicator() -> None:
    drafted = draft("云溪区人民政府", 2025, FIGURES)

    said = {binding.code: drafted.text[binding.start : binding.end] for binding in drafted.bindings}
    assert said["COMMENT_OPENED"] == "3次"
    assert said["TASK_OVERDUE"].startswith("2项")
    assert said["OPEN_PUB"] == "90.0%（9/10）"


def test_none_of_the_five_parts_is_empty_and_two_are_for_people() -> None:
    drafted = draft("云溪区人民政府", 2025, ())

    assert empty_parts(drafted.text) == ()
    assert drafted.to_complete == PARTS[1:3]


def test_a_part_without_words_is_named() -> None:
    text = draft("云溪区人民政府", 2025, ()).text
    cut = text.index("对照工作要求")

    assert empty_parts(text[:cut] + text[text.index("三、") :]) == (PARTS[1],)


COPY = """
insert into dossier_entries
select document_id, $position, 'x', part, type, stage, ordinal, occurred_at, recorded_at, actor, text_hash, record_hash,
       rule_id, article, detail, prev_hash, entry_hash
  from dossier_entries
"""


@pytest.mark.parametrize(
    "statement",
    [
        "update dossier_entries set detail = '{}'",
        "delete from dossier_entries",
        "update versions set text_hash = materials_hash",
        "delete from attachments",
        COPY.replace("$position", "9"),
        COPY.replace("$position", "2"),
    ],
    ids=["change", "delete", "other text", "papers", "gap", "wrong link"],
)
async def test_the_database_refuses_to_bend_the_record(desk: Desk, statement: str) -> None:
    await desk.submits()

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with desk.db.transaction() as tx:
            await tx.execute(statement)


async def test_the_dossier_is_not_emptied_either(desk: Desk, owner: asyncpg.Connection[asyncpg.Record]) -> None:
    await desk.submits()

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await owner.execute("truncate intake.dossier_entries")


async def test_an_answer_without_its_reason_is_refused_by_the_database(desk: Desk) -> None:
    window_id = await _closed(desk, "同意")

    with pytest.raises(asyncpg.CheckViolationError):
        async with desk.db.transaction() as tx:
            await tx.execute(
                "insert into answers (comment_id, window_id, disposition, answered_by) "
                "select id, window_id, 'partly', 'he-xu' from comments where window_id = $1",
                window_id,
            )

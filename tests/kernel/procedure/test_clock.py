"""The procedure clock: earliest lawful days, what waits for what, and what cannot be known yet."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.clock import Clock, OpenStage, procedure_clock
from services.kernel.procedure.record import ClosedStage
from services.kernel.procedure.rules import DocumentKind, RuleBook
from tests.kernel.procedure.builders import OTHER_TEXT, TEXT, closed_well

NORMATIVE, DECISION = DocumentKind.NORMATIVE, DocumentKind.MAJOR_DECISION
SUBMITTED = date(2026, 3, 2)
CALENDAR = WorkCalendar.load()


def all_no(book: RuleBook, kind: DocumentKind, **yes: bool) -> dict[str, bool]:
    return {predicate.id: False for predicate in book.kind(kind).predicates} | yes


def clock(book: RuleBook, kind: DocumentKind = NORMATIVE, **changes: Any) -> Clock:
    given: dict[str, Any] = {
        "submitted_on": SUBMITTED,
        "predicates": all_no(book, kind),
        "closed": {"drafting": ClosedStage(SUBMITTED, "submitted", TEXT)},
        "open_": {},
        "today": SUBMITTED,
        "calendar": CALENDAR,
    }
    return procedure_clock(book, kind, **{**given, **changes})


def test_a_normative_document_waits_for_its_window_and_its_review(book: RuleBook) -> None:
    found = clock(book)
    # Seven working days end on Wednesday 11 March; the review begins the day after and keeps five.
    assert found.step("public_comment").earliest == date(2026, 3, 12)
    assert found.step("legality_review").earliest == date(2026, 3, 19)
    assert found.earliest_publication == date(2026, 3, 19)
    assert (found.provisional, found.missing) == (False, ())


def test_a_matter_of_business_waits_thirty_days(book: RuleBook) -> None:
    found = clock(book, predicates=all_no(book, NORMATIVE, touches_market_entities=True))
    assert found.step("public_comment").earliest == date(2026, 4, 2)
    assert found.step("public_comment").rule is book.rule("comment.window_market")
    assert found.earliest_publication == date(2026, 4, 10)


def test_a_major_decision_waits_thirty_days_and_seven_working_days(book: RuleBook) -> None:
    found = clock(book, DECISION)
    assert found.step("legality_review").earliest == date(2026, 4, 14)
    assert found.step("party_report").missing == ("待“集体讨论决定”办结", "Waits for Collective decision")
    assert found.earliest_publication == date(2026, 4, 14)


def test_the_demonstration_may_publish_the_same_day() -> None:
    assert clock(RuleBook.load(["demo"])).earliest_publication == SUBMITTED


def test_each_step_has_its_state(book: RuleBook) -> None:
    found = clock(
        book,
        open_={"public_comment": OpenStage(date(2026, 3, 3), date(2026, 3, 12))},
        closed={
            "drafting": ClosedStage(SUBMITTED, "submitted", TEXT),
            "assessment": ClosedStage(date(2026, 3, 3), "filed", TEXT),
            "initiation": ClosedStage(SUBMITTED, "not_applicable", TEXT, "年度计划外"),
        },
        today=date(2026, 3, 4),
    )
    states = {step.stage.id: step.state for step in found.steps}
    assert [states[s] for s in ("initiation", "drafting", "assessment", "public_comment", "hearing", "signing")] == [
        "not_applicable", "done", "done", "now", "not_applicable", "ahead",
    ]  # fmt: skip
    assert found.step("assessment").earliest == date(2026, 3, 3)


def test_an_open_window_ends_on_the_day_it_announced(book: RuleBook) -> None:
    window = OpenStage(date(2026, 3, 3), date(2026, 3, 31))
    found = clock(book, open_={"public_comment": window}, today=date(2026, 3, 4))
    assert (found.step("public_comment").due, found.step("public_comment").earliest) == (
        date(2026, 3, 31),
        date(2026, 4, 1),
    )


def test_a_reviewer_who_finishes_early_moves_the_meeting_forward(book: RuleBook) -> None:
    everything = closed_well(book, NORMATIVE)
    done = {stage: everything[stage] for stage in ("assessment", "public_comment")}
    done["drafting"] = ClosedStage(SUBMITTED, "submitted", TEXT)
    under_way = clock(
        book, closed=done, open_={"legality_review": OpenStage(date(2026, 3, 12))}, today=date(2026, 3, 13)
    )
    assert under_way.step("collective_deliberation").earliest == date(2026, 3, 19)
    assert under_way.step("legality_review").due == date(2026, 4, 2)
    done["legality_review"] = ClosedStage(date(2026, 3, 16), "lawful", TEXT)
    early = clock(book, closed=done, today=date(2026, 3, 16))
    assert early.step("collective_deliberation").earliest == date(2026, 3, 16)


def test_nothing_lies_in_the_past(book: RuleBook) -> None:
    found = clock(book, today=date(2026, 6, 1))
    days = [step.earliest for step in found.steps if step.state == "ahead"]
    assert all(day is not None and day >= date(2026, 6, 1) for day in days)
    assert found.step("public_comment").earliest == date(2026, 6, 11)


def test_a_new_text_sends_the_review_back_but_not_what_is_behind_the_meeting(book: RuleBook) -> None:
    before_meeting = {
        "drafting": ClosedStage(SUBMITTED, "submitted", TEXT),
        "legality_review": ClosedStage(date(2026, 3, 20), "lawful", TEXT),
    }
    assert clock(book, closed=before_meeting, text_hash=OTHER_TEXT).step("legality_review").state == "again"
    assert clock(book, closed=before_meeting, text_hash=TEXT).step("legality_review").state == "done"
    amended = {
        **before_meeting,
        "collective_deliberation": ClosedStage(date(2026, 3, 23), "passed_as_amended", OTHER_TEXT),
    }
    after_meeting = clock(book, closed=amended, text_hash=OTHER_TEXT)
    assert after_meeting.step("legality_review").state == "done"
    assert after_meeting.step("collective_deliberation").state == "done"


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [("legality_review", "amend"), ("collective_deliberation", "deferred"), ("signing", "returned")],
)
def test_what_did_not_pass_is_done_again(book: RuleBook, stage: str, outcome: str) -> None:
    found = clock(book, closed={stage: ClosedStage(date(2026, 3, 20), outcome, TEXT)})
    assert found.step(stage).state == "again"


def test_an_open_question_counts_as_yes_and_is_asked(book: RuleBook) -> None:
    found = clock(book, predicates={})
    assert found.step("hearing").state == "ahead"
    assert found.step("hearing").missing is not None
    questions = [predicate.question for predicate in book.kind(NORMATIVE).predicates]
    assert list(found.missing) == questions


def test_a_year_without_a_calendar_gives_no_day_and_no_guess(book: RuleBook) -> None:
    found = clock(book, submitted_on=date(2026, 12, 25), today=date(2026, 12, 25))
    assert (found.earliest_publication, found.provisional) == (None, True)
    assert found.step("assessment").earliest == date(2026, 12, 25)
    assert found.step("public_comment").missing is not None
    assert found.step("legality_review").due is None


def test_publication_is_due_from_the_signature(book: RuleBook) -> None:
    done = closed_well(book, NORMATIVE)
    for behind in ("publication", "commencement", "filing"):
        del done[behind]
    found = clock(book, closed=done, today=date(2026, 3, 10))
    assert found.step("publication").due == date(2026, 3, 30)
    assert found.step("publication").earliest == date(2026, 3, 10)


def test_the_annual_report_has_its_two_days(book: RuleBook) -> None:
    found = clock(book, DocumentKind.ANNUAL_REPORT, submitted_on=date(2026, 1, 12), today=date(2026, 1, 12), closed={})
    assert found.step("dispatch").due == date(2026, 2, 28)
    assert found.step("publication").due == date(2026, 3, 31)


def test_a_plan_goes_straight_to_its_approval_when_nothing_else_is_asked(book: RuleBook) -> None:
    found = clock(book, DocumentKind.WORK_PLAN)
    assert found.earliest_publication == SUBMITTED
    assert found.step("legality_review").state == "not_applicable"


def test_a_step_of_another_kind_is_not_on_the_clock(book: RuleBook) -> None:
    with pytest.raises(KeyError):
        clock(book).step("party_report")

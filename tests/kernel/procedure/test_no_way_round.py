"""However people close the stages, no order of acts leads round the review, the meeting or the register."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.kernel.procedure.gates import refusals
from services.kernel.procedure.record import ClosedStage, Record
from services.kernel.procedure.rules import DocumentKind, RuleBook
from tests.kernel.procedure.builders import closed, with_closed

BOOK = RuleBook.load()
TEXTS = ("5f2b1c", "9e07aa")
OUTCOMES = sorted(BOOK.outcomes)
GOOD_LEGALITY, GOOD_MEETING = {"lawful"}, {"passed", "passed_as_amended"}


class Walk(RuleBasedStateMachine):
    """Stages are closed, reopened and declared away in any order; texts change under way."""

    kind: DocumentKind
    record: Record

    @initialize(kind=st.sampled_from([DocumentKind.NORMATIVE, DocumentKind.MAJOR_DECISION]))
    def begin(self, kind: DocumentKind) -> None:
        self.kind = kind
        answers = {predicate.id: False for predicate in BOOK.kind(kind).predicates}
        self.record = Record(text_hash=TEXTS[0], predicates=answers)

    @rule(stage=st.integers(0, 30), good=st.booleans(), outcome=st.sampled_from(OUTCOMES), text=st.sampled_from(TEXTS))
    def close(self, stage: int, good: bool, outcome: str, text: str) -> None:
        stages = BOOK.kind(self.kind).stages
        chosen = stages[stage % len(stages)]
        ended = chosen.outcomes[0] if good else outcome
        self.record = with_closed(self.record, {chosen.id: closed(ended, text, reason="依法不适用")})

    @rule()
    def close_all_that_may_begin(self) -> None:
        for stage in BOOK.kind(self.kind).stages:
            if not refusals(BOOK, self.kind, stage.id, self.record):
                done = closed(stage.outcomes[0], self.record.text_hash)
                self.record = with_closed(self.record, {stage.id: done})

    @rule(stage=st.integers(0, 30))
    def reopen(self, stage: int) -> None:
        stages = BOOK.kind(self.kind).stages
        self.record = with_closed(self.record, {stages[stage % len(stages)].id: None})

    @rule(text=st.sampled_from(TEXTS))
    def change_the_text(self, text: str) -> None:
        self.record = replace(self.record, text_hash=text)

    @rule(number=st.sampled_from([None, "新政办发〔2026〕31号", "新政办发〔2026〕031号"]))
    def number(self, number: str | None) -> None:
        self.record = replace(self.record, number=number)

    @rule(name=st.sampled_from(["reasons", "comments"]))
    def plead(self, name: str) -> None:
        pleas: dict[str, Any] = {"reasons": {f"H{n}": "情况紧急" for n in range(1, 41)}, "comments": None}
        self.record = replace(self.record, **{name: pleas[name]})

    def may_begin(self, stage: str) -> bool:
        return not refusals(BOOK, self.kind, stage, self.record)

    def ended(self, stage: str, outcomes: set[str]) -> bool:
        done = self.record.closed.get(stage)
        return done is not None and done.outcome in outcomes and done.text_hash == self.record.text_hash

    @invariant()
    def nothing_is_discussed_without_a_lawful_opinion_on_that_text(self) -> None:
        if self.may_begin("collective_deliberation"):
            assert self.ended("legality_review", GOOD_LEGALITY)

    @invariant()
    def nothing_is_signed_without_a_decision_on_that_text(self) -> None:
        if self.may_begin("signing"):
            assert self.ended("collective_deliberation", GOOD_MEETING)

    @invariant()
    def nothing_is_numbered_without_verification(self) -> None:
        if self.may_begin("registration_numbering"):
            assert self.ended("verification", {"ok"})
            assert self.ended("signing", {"signed"})

    @invariant()
    def nothing_is_published_without_a_number(self) -> None:
        if self.may_begin("publication"):
            assert self.record.number == "新政办发〔2026〕31号"
            assert self.ended("registration_numbering", {"numbered"})


Walk.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestNoWayRound = Walk.TestCase


@pytest.mark.parametrize("kind", [DocumentKind.NORMATIVE, DocumentKind.MAJOR_DECISION])
def test_the_regular_way_leads_to_publication(kind: DocumentKind) -> None:
    walk = Walk()
    walk.begin(kind)
    walk.number("新政办发〔2026〕31号")
    walk.close_all_that_may_begin()
    assert walk.ended("publication", {"published"})


def begun(walk: Walk) -> None:
    """The four sequences, each by the name that it is known by in docs/procedure.md."""
    walk.nothing_is_discussed_without_a_lawful_opinion_on_that_text()
    walk.nothing_is_signed_without_a_decision_on_that_text()
    walk.nothing_is_numbered_without_verification()
    walk.nothing_is_published_without_a_number()


def spoilt(done: ClosedStage) -> list[ClosedStage | None]:
    """What may be wrong with a step that was done: it is missing, about another text, or let nothing pass."""
    bad = (code for code in OUTCOMES if not BOOK.outcome(code).passes)
    return [None, replace(done, text_hash=TEXTS[1]), *(replace(done, outcome=code) for code in bad)]


@pytest.mark.parametrize("kind", [DocumentKind.NORMATIVE, DocumentKind.MAJOR_DECISION])
def test_whatever_one_step_lacks_no_way_leads_past_it(kind: DocumentKind) -> None:
    walk = Walk()
    walk.begin(kind)
    walk.number("新政办发〔2026〕31号")
    walk.close_all_that_may_begin()
    whole = walk.record
    for stage in BOOK.kind(kind).stages:
        for wrong in spoilt(whole.closed[stage.id]) if stage.id in whole.closed else ():
            walk.record = with_closed(whole, {stage.id: wrong})
            begun(walk)
    walk.record = replace(whole, number=None)
    begun(walk)

"""Gates: each invariant shuts its gate with its own refusal, and a whole record opens them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import pytest

from services.kernel.contracts.facts import (
    ConsultationFacts,
    ExemptionFacts,
    ExpertFacts,
    Facts,
    HearingFacts,
    MeetingFacts,
    ReviewFacts,
    SignatureFacts,
)
from services.kernel.contracts.messages import Message
from services.kernel.procedure import checks
from services.kernel.procedure.gates import GateClosed, blocking, closing_refusals, refusals, to_be_repeated
from services.kernel.procedure.record import (
    ChecklistFacts,
    CommentBalance,
    NoticeFacts,
    Record,
    ReportFacts,
    WindowFacts,
)
from services.kernel.procedure.rules import DocumentKind, RuleBook
from tests.kernel.procedure.builders import OTHER_TEXT, TEXT, a_record, closed, with_closed

NORMATIVE, DECISION = DocumentKind.NORMATIVE, DocumentKind.MAJOR_DECISION
PLAN, REPORT = DocumentKind.WORK_PLAN, DocumentKind.ANNUAL_REPORT
M = TypeVar("M", bound=Message)
HEARING = HearingFacts(materials_days=7, list_published=True, record_signed=True)


def found(book: RuleBook, kind: DocumentKind, stage: str, record: Record) -> list[tuple[str, str, str]]:
    return [(r.code, r.invariant, r.type) for r in refusals(book, kind, stage, record)]


def but(facts: M, **changes: object) -> M:
    return facts.model_copy(update=changes)


def cases(rows: Sequence[tuple[Any, ...]]) -> list[str]:
    """The name of each case: its invariant and its code, with a number from the second on; invariants.yaml names them."""
    seen: Counter[str] = Counter()
    names = []
    for row in rows:
        code = next(cell for cell in row if str(cell).startswith("gate."))
        name = f"{row[row.index(code) + 1]}-{code}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return names


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_whole_record_opens_every_gate(book: RuleBook, kind: DocumentKind) -> None:
    record = a_record(book, kind)
    assert [(stage.id, r) for stage in book.kind(kind).stages for r in refusals(book, kind, stage.id, record)] == []


MISSING: list[tuple[DocumentKind, str, str, str, str]] = [
    (NORMATIVE, "public_comment", "assessment", "gate.assessment_missing", "H2"),
    (NORMATIVE, "signing", "assessment", "gate.assessment_missing", "H2"),
    (NORMATIVE, "signing", "public_comment", "gate.comment_missing", "H2"),
    (NORMATIVE, "signing", "collective_deliberation", "gate.decision_missing", "H2"),
    (NORMATIVE, "collective_deliberation", "legality_review", "gate.legality_missing", "H3"),
    (DECISION, "collective_deliberation", "legality_review", "gate.legality_missing", "H3"),
    (PLAN, "collective_deliberation", "legality_review", "gate.legality_missing", "H3"),
    (DECISION, "collective_deliberation", "public_comment", "gate.comment_missing", "H7"),
    (NORMATIVE, "collective_deliberation", "fair_competition_review", "gate.fair_competition_missing", "H10"),
    (DECISION, "legality_review", "expert_argument", "gate.expert_missing", "H12"),
    (DECISION, "legality_review", "risk_assessment", "gate.risk_missing", "H13"),
    (DECISION, "legality_review", "hearing", "gate.hearing_missing", "H14"),
    (DECISION, "signing", "collective_deliberation", "gate.decision_missing", "H15"),
    (DECISION, "collective_deliberation", "submission", "gate.papers_missing", "H9"),
    (DECISION, "signing", "party_report", "gate.party_report_missing", "H17"),
    (NORMATIVE, "verification", "signing", "gate.signing_missing", "H19"),
    (NORMATIVE, "registration_numbering", "verification", "gate.verification_missing", "H20"),
    (DECISION, "publication", "registration_numbering", "gate.number_missing", "H20"),
    (NORMATIVE, "publication", "registration_numbering", "gate.number_missing", "H21"),
    (NORMATIVE, "publication", "sealing", "gate.seal_missing", "H40"),
    (PLAN, "publication", "sealing", "gate.seal_missing", "H40"),
    (NORMATIVE, "filing", "publication", "gate.publication_missing", "H22"),
    (REPORT, "publication", "dispatch", "gate.dispatch_missing", "H34"),
]


@pytest.mark.parametrize(("kind", "stage", "missing", "code", "invariant"), MISSING, ids=cases(MISSING))
def test_a_stage_waits_for_what_it_needs(
    book: RuleBook, kind: DocumentKind, stage: str, missing: str, code: str, invariant: str
) -> None:
    record = with_closed(a_record(book, kind), {missing: None})
    assert [(c, i) for c, i, _ in found(book, kind, stage, record)] == [(code, invariant)]


ENDED: list[tuple[DocumentKind, str, str, str, str, str]] = [
    (NORMATIVE, "collective_deliberation", "legality_review", "amend", "gate.legality_not_passed", "H3"),
    (NORMATIVE, "collective_deliberation", "legality_review", "unlawful", "gate.legality_not_passed", "H3"),
    (DECISION, "collective_deliberation", "legality_review", "return_procedure", "gate.legality_not_passed", "H3"),
    (NORMATIVE, "signing", "collective_deliberation", "deferred", "gate.decision_not_passed", "H2"),
    (DECISION, "signing", "collective_deliberation", "rediscuss", "gate.decision_not_passed", "H15"),
    (NORMATIVE, "legality_review", "fair_competition_review", "violates", "gate.fair_competition_not_passed", "H10"),
    (DECISION, "legality_review", "risk_assessment", "uncontrollable", "gate.risk_not_passed", "H13"),
    (NORMATIVE, "verification", "signing", "returned", "gate.signing_not_passed", "H19"),
    (
        NORMATIVE, "registration_numbering", "verification", "substantive_change",
        "gate.verification_not_passed", "H20",
    ),
    # H4: a consultation, a countersignature or an attendance filed in place of the opinion.
    (NORMATIVE, "collective_deliberation", "legality_review", "filed", "gate.legality_no_conclusion", "H4"),
    (NORMATIVE, "collective_deliberation", "legality_review", "signed", "gate.legality_no_conclusion", "H4"),
    (DECISION, "collective_deliberation", "legality_review", "not_applicable", "gate.legality_no_conclusion", "H4"),
    # H15: circulation in place of the meeting.
    (DECISION, "signing", "collective_deliberation", "signed", "gate.decision_no_conclusion", "H15"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "stage", "ended", "outcome", "code", "invariant"), ENDED, ids=cases(ENDED))
def test_a_conclusion_that_does_not_pass_holds_the_next_stage(
    book: RuleBook, kind: DocumentKind, stage: str, ended: str, outcome: str, code: str, invariant: str
) -> None:
    record = with_closed(a_record(book, kind), {ended: closed(outcome)})
    assert [(c, i) for c, i, _ in found(book, kind, stage, record)] == [(code, invariant)]


ABOUT_ANOTHER: list[tuple[DocumentKind, str, str, str, str]] = [
    (kind, stage, done, code, "H18")
    for kind in (NORMATIVE, DECISION)
    for stage, done, code in (
        ("collective_deliberation", "legality_review", "gate.legality_other_text"),
        ("signing", "collective_deliberation", "gate.decision_other_text"),
        ("verification", "signing", "gate.signing_other_text"),
        ("registration_numbering", "verification", "gate.verification_other_text"),
        ("publication", "registration_numbering", "gate.number_other_text"),
        ("publication", "signing", "gate.signing_other_text"),
        ("publication", "sealing", "gate.seal_other_text"),
    )
]


@pytest.mark.parametrize(("kind", "stage", "ended", "code", "invariant"), ABOUT_ANOTHER, ids=cases(ABOUT_ANOTHER))
def test_what_is_reviewed_decided_signed_and_published_is_one_text(
    book: RuleBook, kind: DocumentKind, stage: str, ended: str, code: str, invariant: str
) -> None:
    record = a_record(book, kind)
    changed = with_closed(record, {ended: replace(record.closed[ended], text_hash=OTHER_TEXT)})
    assert found(book, kind, stage, changed) == [(code, invariant, "B")]


def test_what_was_heard_on_an_older_text_need_not_be_heard_again_by_itself(book: RuleBook) -> None:
    record = with_closed(a_record(book, NORMATIVE), {"public_comment": closed("closed", OTHER_TEXT)})
    assert found(book, NORMATIVE, "legality_review", record) == []


TOO_SOON = ReviewFacts(guaranteed_until=date(2026, 3, 19), meeting_on=date(2026, 3, 18))
NOTICE = NoticeFacts(draft=True, explanation=True, way_to_comment=True, period=True)
MEETING = MeetingFacts(held_as_meeting=True, chief_spoke_last=True)
SIGNATURE = SignatureFacts(opinion=True, name=True, full_date=True)
EXEMPT = ExemptionFacts(limb="competition.limb_security", no_lesser_means=True, until=date(2027, 12, 31))
DISPUTE = ConsultationFacts(units=2, disputed=1)
EXPERTS = ExpertFacts(opinions=3, signed=3)
FACTS: list[tuple[DocumentKind, str, dict[str, Any], str, str, str]] = [
    (NORMATIVE, "drafting", {"issuer_type": "coordinating"}, "gate.issuer_unlawful", "H1", "B"),
    (NORMATIVE, "assessment", {"issuer_type": "internal"}, "gate.issuer_unlawful", "H1", "B"),
    (NORMATIVE, "collective_deliberation", {"drafted_by": ("legality_reviewer",)}, "gate.reviewer_is_drafter", "H5", "B"),
    (NORMATIVE, "collective_deliberation", {"facts": Facts(review=TOO_SOON)}, "gate.review_too_short", "H6", "R"),
    (DECISION, "collective_deliberation", {"facts": Facts(review=TOO_SOON)}, "gate.review_too_short", "H6", "R"),
    (DECISION, "public_comment", {"window": WindowFacts("comment.window_decision", shortened=True)},
     "gate.window_unexplained", "H7", "R"),
    (NORMATIVE, "public_comment", {"notice": replace(NOTICE, explanation=False)}, "gate.notice_incomplete", "H8", "B"),
    (NORMATIVE, "legality_review", {"comments": CommentBalance(12, 10, 1)}, "gate.comments_unanswered", "H9", "B"),
    (DECISION, "collective_deliberation", {"comments": CommentBalance(1, 0)}, "gate.comments_unanswered", "H9", "B"),
    (NORMATIVE, "legality_review", {"facts": Facts(consultation=DISPUTE)}, "gate.consultation_disputed", "H2", "B"),
    (NORMATIVE, "signing", {"facts": Facts(consultation=but(DISPUTE, reported=True))}, "gate.consultation_disputed", "H2", "B"),
    (PLAN, "collective_deliberation", {"facts": Facts(consultation=DISPUTE)}, "gate.consultation_disputed", "H2", "B"),
    (DECISION, "legality_review", {"facts": Facts(consultation=DISPUTE)}, "gate.consultation_unreported", "H2", "B"),
    (NORMATIVE, "legality_review", {"facts": Facts(exemption=but(EXEMPT, outlived=True))},
     "gate.exemption_outlived", "H11", "B"),
    (PLAN, "registration_numbering", {"facts": Facts(exemption=but(EXEMPT, outlived=True))},
     "gate.exemption_outlived", "H11", "B"),
    (DECISION, "legality_review", {"facts": Facts(experts=but(EXPERTS, interested=1))},
     "gate.expert_interested", "H12", "B"),
    (DECISION, "legality_review", {"facts": Facts(experts=but(EXPERTS, signed=2))}, "gate.expert_unsigned", "H12", "B"),
    (DECISION, "legality_review", {"facts": Facts(hearing=but(HEARING, materials_days=6))},
     "gate.hearing_irregular", "H14", "B"),
    (DECISION, "legality_review", {"facts": Facts(hearing=but(HEARING, record_signed=False))},
     "gate.hearing_irregular", "H14", "B"),
    (DECISION, "signing", {"facts": Facts(meeting=but(MEETING, held_as_meeting=False))}, "gate.no_meeting", "H15", "B"),
    (DECISION, "signing", {"facts": Facts(meeting=but(MEETING, chief_spoke_last=False))}, "gate.chief_not_last", "H16", "R"),
    (DECISION, "signing", {"facts": Facts(meeting=but(MEETING, dissent_recorded=False))}, "gate.chief_not_last", "H16", "R"),
    (DECISION, "signing", {"facts": Facts(meeting=but(MEETING, against_majority=True))}, "gate.chief_without_reasons", "H16", "R"),
    (NORMATIVE, "verification", {"facts": Facts(signature=but(SIGNATURE, full_date=False))}, "gate.signature_incomplete", "H19", "B"),
    (PLAN, "verification", {"facts": Facts(signature=but(SIGNATURE, missing_signers=1))},
     "gate.signature_incomplete", "H19", "B"),
    (NORMATIVE, "publication", {"number": "新政办发[2022]31号"}, "gate.number_malformed", "H20", "B"),
    (NORMATIVE, "publication", {"number_taken": True}, "gate.number_taken", "H20", "B"),
    (NORMATIVE, "publication", {"number": None}, "gate.number_not_given", "H21", "B"),
    (NORMATIVE, "legality_review", {"invalid_bases": ("惠仲委〔2018〕28号",)}, "gate.basis_invalid", "H22", "B"),
    (NORMATIVE, "legality_review", {"checklist": ChecklistFacts(5, 4)}, "gate.checklist_open", "H25", "B"),
    (REPORT, "collective_deliberation", {"report": ReportFacts(empty_parts=("不足和原因",))},
     "gate.report_incomplete", "H34", "B"),
    (REPORT, "publication", {"report": ReportFacts(pending_recipients=("市人大常委会",))},
     "gate.recipients_pending", "H34", "B"),
    (NORMATIVE, "drafting", {"secrecy_level": "秘密"}, "gate.classified", "H37", "B"),
    (REPORT, "publication", {"secrecy_level": "机密"}, "gate.classified", "H37", "B"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "stage", "facts", "code", "invariant", "force"), FACTS, ids=cases(FACTS))
def test_a_fact_out_of_order_shuts_the_gate(
    book: RuleBook, kind: DocumentKind, stage: str, facts: dict[str, Any], code: str, invariant: str, force: str
) -> None:
    assert found(book, kind, stage, a_record(book, kind, **facts)) == [(code, invariant, force)]


def test_facts_in_order_open_it(book: RuleBook) -> None:
    record = a_record(
        book, DECISION, notice=NOTICE, comments=CommentBalance(0, 0), checklist=ChecklistFacts(5, 5),
        facts=Facts(meeting=MEETING, signature=SIGNATURE, hearing=HEARING, experts=EXPERTS,
                    consultation=but(DISPUTE, reported=True)),
        window=WindowFacts("comment.window_decision", shortened=True, reason="防汛形势紧急"), issuer_type="government",
    )  # fmt: skip
    assert [r for stage in book.kind(DECISION).stages for r in refusals(book, DECISION, stage.id, record)] == []


def test_every_check_is_proved_and_used(book: RuleBook) -> None:
    used = {name for kind in book.kinds.values() for stage in kind.stages for name in stage.checks}
    assert used == set(checks.CHECKS)
    proved = {code for _, _, _, code, _, _ in FACTS} | {"gate.exemption_unfounded"}
    assert proved == {check.code for group in checks.CHECKS.values() for check in group}


class TestReasons:
    """R blocks until a reason is recorded; B is not lifted by any."""

    def test_a_recorded_reason_lifts_a_refusal_of_type_r(self, book: RuleBook) -> None:
        late = but(MEETING, chief_spoke_last=False)
        record = a_record(book, DECISION, facts=Facts(meeting=late), reasons={"H16": "记录人误记，已核对录音更正"})
        assert found(book, DECISION, "signing", record) == []

    def test_no_reason_lifts_a_refusal_of_type_b(self, book: RuleBook) -> None:
        record = a_record(book, NORMATIVE, number=None, reasons={"H21": "急用", "numbering.after_verification": "急用"})
        assert [code for code, _, _ in found(book, NORMATIVE, "publication", record)] == ["gate.number_not_given"]

    def test_an_exploratory_reform_goes_to_the_meeting_with_its_risk_stated(self, book: RuleBook) -> None:
        record = with_closed(a_record(book, DECISION), {"legality_review": closed("unlawful")})
        exploring = replace(record, predicates={**record.predicates, "exploratory_reform": True})
        assert len(found(book, DECISION, "collective_deliberation", exploring)) == 1
        stated = replace(
            exploring, reasons={"legality.required_decision": "属于国家级改革试点，法律风险已在送审材料中明示"}
        )
        assert found(book, DECISION, "collective_deliberation", stated) == []

    @pytest.mark.parametrize(("reform", "codes"), [(False, ["gate.legality_not_passed"]), (True, [])])
    def test_a_review_ends_as_exploratory_only_for_what_was_found_to_be_one(
        self, book: RuleBook, reform: bool, codes: list[str]
    ) -> None:
        record = with_closed(a_record(book, DECISION), {"legality_review": closed("exploratory")})
        answered = replace(record, predicates={**record.predicates, "exploratory_reform": reform})
        assert [code for code, _, _ in found(book, DECISION, "collective_deliberation", answered)] == codes

    def test_a_normative_document_has_no_such_exception(self, book: RuleBook) -> None:
        record = with_closed(a_record(book, NORMATIVE), {"legality_review": closed("unlawful")})
        record = replace(
            record, predicates={**record.predicates, "exploratory_reform": True}, reasons={"H3": "改革试点"}
        )
        assert [c for c, _, _ in found(book, NORMATIVE, "collective_deliberation", record)] == [
            "gate.legality_not_passed"
        ]

    @pytest.mark.parametrize(
        "given",
        [{"meeting_on": date(2026, 3, 19)}, {"finished_early": True}],
    )
    def test_a_reviewer_who_had_the_time_or_did_not_need_it_holds_nothing_up(
        self, book: RuleBook, given: dict[str, Any]
    ) -> None:
        record = a_record(book, NORMATIVE, facts=Facts(review=but(TOO_SOON, **given)))
        assert found(book, NORMATIVE, "collective_deliberation", record) == []


class TestNotApplicable:
    """H39: no blank, a reason for each."""

    def test_an_unanswered_question_holds_what_hangs_on_it(self, book: RuleBook) -> None:
        record = with_closed(a_record(book, DECISION), {"hearing": None})
        answers = {k: v for k, v in record.predicates.items() if k != "direct_interest_or_major_split"}
        blank = replace(record, predicates=answers)
        assert found(book, DECISION, "legality_review", blank) == [("gate.predicate_unanswered", "H39", "R")]
        assert found(book, DECISION, "hearing", blank) == [("gate.predicate_unanswered", "H39", "R")]

    def test_a_stage_answered_no_is_not_asked_for(self, book: RuleBook) -> None:
        record = with_closed(a_record(book, DECISION), {"hearing": None})
        answered = replace(record, predicates={**record.predicates, "direct_interest_or_major_split": False})
        assert found(book, DECISION, "legality_review", answered) == []

    @pytest.mark.parametrize(
        ("reason", "codes"), [("", ["gate.hearing_not_applicable_unexplained"]), ("未涉及切身利益", [])]
    )
    def test_a_declaration_needs_a_reason(self, book: RuleBook, reason: str, codes: list[str]) -> None:
        record = with_closed(a_record(book, DECISION), {"hearing": closed("not_applicable", reason=reason)})
        answers = {k: v for k, v in record.predicates.items() if k != "direct_interest_or_major_split"}
        assert [c for c, _, _ in found(book, DECISION, "legality_review", replace(record, predicates=answers))] == codes

    def test_a_declaration_against_the_answer_is_refused(self, book: RuleBook) -> None:
        record = with_closed(
            a_record(book, NORMATIVE), {"public_comment": closed("not_applicable", reason="时间来不及")}
        )
        codes = [c for c, _, _ in found(book, NORMATIVE, "signing", record)]
        assert codes == ["gate.comment_not_applicable_contradicted"]

    def test_what_the_law_keeps_from_the_public_is_not_put_to_comment(self, book: RuleBook) -> None:
        record = with_closed(a_record(book, NORMATIVE), {"public_comment": None})
        secret = replace(record, predicates={**record.predicates, "not_public_by_law": True})
        assert found(book, NORMATIVE, "legality_review", secret) == []

    def test_an_exemption_needs_its_ground(self, book: RuleBook) -> None:
        record = with_closed(a_record(book, NORMATIVE), {"fair_competition_review": closed("exempt")})
        assert found(book, NORMATIVE, "legality_review", record) == [("gate.exemption_unfounded", "H11", "B")]
        assert found(book, NORMATIVE, "legality_review", replace(record, facts=Facts(exemption=EXEMPT))) == []


class TestClosing:
    """A stage ends only as it can end."""

    def test_an_outcome_of_another_stage_is_refused(self, book: RuleBook) -> None:
        found = closing_refusals(book, NORMATIVE, "assessment", closed("lawful"), a_record(book, NORMATIVE))
        assert [r.code for r in found] == ["gate.assessment_no_conclusion"]

    def test_a_mandatory_stage_is_not_declared_away(self, book: RuleBook) -> None:
        waived = closed("not_applicable", reason="已电话沟通")
        found = closing_refusals(book, NORMATIVE, "legality_review", waived, a_record(book, NORMATIVE))
        assert [r.code for r in found] == ["gate.legality_no_conclusion"]

    def test_a_conclusion_that_does_not_pass_may_still_be_filed(self, book: RuleBook) -> None:
        assert closing_refusals(book, NORMATIVE, "legality_review", closed("unlawful"), a_record(book, NORMATIVE)) == ()


class TestSpeaking:
    """A refusal names its rule and its article, in both languages, and the remedy."""

    def test_it_says_what_is_wrong_and_what_to_do(self, book: RuleBook) -> None:
        record = with_closed(a_record(book, DECISION), {"legality_review": None})
        (refusal,) = refusals(book, DECISION, "collective_deliberation", record)
        assert refusal.words.zh.startswith("“合法性审查”尚未办结")
        assert refusal.remedy.zh == "请先办结“合法性审查”。"
        assert refusal.article.zh == "《重大行政决策程序暂行条例》（国务院令第713号）第二十五条"
        assert refusal.rule_id == "legality.required_decision"
        assert refusal.words.en.startswith("Legality review is not closed")

    def test_they_can_be_raised_together(self, book: RuleBook) -> None:
        shut = refusals(book, NORMATIVE, "signing", Record(text_hash=TEXT))
        error = GateClosed(blocking(shut))
        assert (error.code, error.status, error.rule_id) == ("gate.closed", 409, shut[0].rule_id)
        assert error.refusals == shut


class TestRepeating:
    """What ended in a conclusion that lets nothing pass is done again, on an adjusted text."""

    def test_a_risk_beyond_control_is_assessed_again_before_the_review(self, book: RuleBook) -> None:
        record = with_closed(a_record(book, DECISION), {"risk_assessment": closed("uncontrollable")})
        assert to_be_repeated(book, DECISION, "legality_review", record) == ("risk_assessment",)
        assert found(book, DECISION, "legality_review", record) == [("gate.risk_not_passed", "H13", "B")]

    @pytest.mark.parametrize("outcome", ["revise", "stop"])
    def test_an_assessment_that_stops_is_filed_anew_before_the_public_is_heard(
        self, book: RuleBook, outcome: str
    ) -> None:
        record = with_closed(a_record(book, NORMATIVE), {"assessment": closed(outcome)})
        assert to_be_repeated(book, NORMATIVE, "public_comment", record) == ("assessment",)
        assert found(book, NORMATIVE, "public_comment", record) == [("gate.assessment_not_passed", "H2", "B")]

    def test_what_passes_is_not_repeated(self, book: RuleBook) -> None:
        assert to_be_repeated(book, NORMATIVE, "legality_review", a_record(book, NORMATIVE)) == ()

    def test_a_review_has_a_round_of_its_own_and_is_not_repeated_by_a_gate(self, book: RuleBook) -> None:
        record = with_closed(a_record(book, NORMATIVE), {"legality_review": closed("amend")})
        assert to_be_repeated(book, NORMATIVE, "collective_deliberation", record) == ()

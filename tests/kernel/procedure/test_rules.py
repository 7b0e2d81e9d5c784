"""The rule book: whole, pinned by its hash, and never weakened by a local book."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.kernel.procedure.law import chinese_numeral
from services.kernel.procedure.rules import (
    BadRuleBook,
    Counting,
    DocumentKind,
    LaxerThanNational,
    Modality,
    RuleBook,
    Unit,
    UnknownOverlay,
    UnknownParameter,
    UnknownRule,
    UnknownStage,
)

ROOT = Path(__file__).parents[3]
PARAMETERS = [
    "registration_authority",
    "third_unification_word",
    "normative_number_format",
    "validity_normal_years",
    "validity_trial_years",
    "validity_mandatory",
    "unmarked_default_years",
    "evaluation_lead_months",
    "expiry_action",
    "renewal_needs_new_number",
    "cleanup_period_years",
    "filing_days_gov",
    "filing_days_npc",
    "filing_copies",
    "filing_paper_required",
    "filing_formal_check_days",
    "filing_review_days",
    "filing_extension_days",
    "comment_days_normal",
    "comment_days_market",
    "comment_days_decision",
    "comment_feedback_days",
    "legality_min_wd",
    "legality_max_wd",
    "supplement_pauses_clock",
    "hearing_notice_days",
    "hearing_material_days",
    "expert_min_count",
    "publish_days",
    "commence_gap_days",
    "archive_handover_days",
    "emergency_signing_allowed",
    "normative_vs_decision",
    "report_due_up",
    "report_due_public",
    "working_calendar_id",
    "ethnic_holidays",
    "quorum_ratio",
]


def overlay(directory: Path, rules: str, *, profile: str = "overlay") -> Path:
    (directory / "here.yaml").write_text(f"profile: {profile}\njurisdiction: here\nrules:\n{rules}\n", "utf-8")
    return directory


def a_rule(rule_id: str, rest: str, modality: str = "MUST") -> str:
    return f"  - {{id: {rule_id}, modality: {modality}, verified: M, citation: {{of: local}}, words: [地方, Local], {rest}}}"


class TestTheNationalBook:
    """What ships."""

    @pytest.mark.parametrize(
        ("rule_id", "modality", "value", "unit", "article"),
        [
            ("comment.window", Modality.NORMALLY, 7, Unit.WD, "第24项"),
            ("comment.window_market", Modality.NORMALLY, 30, Unit.CD, "62.2"),
            ("comment.window_decision", Modality.NORMALLY, 30, Unit.CD, "15"),
            ("legality.minimum", Modality.NORMALLY, 5, Unit.WD, ""),
            ("legality.term", Modality.NORMALLY, 15, Unit.WD, ""),
            ("legality.minimum_decision", Modality.NORMALLY, 7, Unit.WD, "26"),
            ("hearing.materials", Modality.MUST, 7, Unit.CD, "16"),
            ("publication.term", Modality.MUST, 20, Unit.WD, "26"),
            ("inspection.objection", Modality.MAY, 30, Unit.CD, "17"),
        ],
    )
    def test_it_holds_the_numbers_of_the_instruments(
        self, book: RuleBook, rule_id: str, modality: Modality, value: int, unit: Unit, article: str
    ) -> None:
        rule = book.rule(rule_id)
        assert (rule.modality, rule.value, rule.unit, rule.citation.article) == (modality, value, unit, article)

    def test_normally_asks_for_a_reason_and_a_short_window_for_a_public_one(self, book: RuleBook) -> None:
        windows = [book.rule(f"comment.window{suffix}") for suffix in ("", "_market", "_decision")]
        assert all(rule.reason_required and rule.reason_public for rule in windows)

    def test_every_rule_with_a_period_says_what_it_counts_from(self, book: RuleBook) -> None:
        silent = [r.id for r in book.rules.values() if r.value is not None and r.counting and not r.start_event]
        assert silent == []

    def test_what_was_not_verified_says_so(self, book: RuleBook) -> None:
        assert book.rule("legality.minimum").standing == ("待核", "to be confirmed")
        assert book.rule("deliberation.meeting").standing.zh == "已核对原文"

    def test_a_citation_reads_as_lawyers_write_it(self, book: RuleBook) -> None:
        citation = book.rule("legality.required_decision").citation
        assert citation.words("zh") == "《重大行政决策程序暂行条例》（国务院令第713号）第二十五条"
        assert citation.words("en").endswith("(State Council Order 713), art. 25")
        assert book.rule("comment.window_market").article.zh.endswith("第六十二条第二款")
        assert book.rule("hearing.procedure").article.en.endswith("arts. 16, 17")
        assert book.rule("plan.approval").article.zh == "工作惯例"

    def test_every_parameter_of_a_jurisdiction_has_a_default(self, book: RuleBook) -> None:
        assert set(PARAMETERS) <= set(book.parameters)
        assert book.parameter("comment_days_normal") == 7
        assert book.parameter("report_due_public") == "04-01"
        assert book.parameter("normative_vs_decision") == "BOTH"

    def test_what_it_does_not_hold_it_says(self, book: RuleBook) -> None:
        with pytest.raises(UnknownRule):
            book.rule("no.such.rule")
        with pytest.raises(UnknownParameter):
            book.parameter("no_such_parameter")
        with pytest.raises(UnknownStage):
            book.kind("DECREE")
        with pytest.raises(UnknownStage):
            book.kind("NORMATIVE").stage("coffee")
        with pytest.raises(UnknownOverlay):
            RuleBook.load(["atlantis"])

    def test_a_loaded_rule_cannot_be_changed(self, book: RuleBook) -> None:
        with pytest.raises(ValidationError):
            book.rule("comment.window").value = 1  # type: ignore[misc]


class TestTheHash:
    """Two books with one hash say the same."""

    def test_it_is_the_same_for_the_same_book(self, book: RuleBook) -> None:
        assert book.hash == RuleBook.load().hash
        assert re.fullmatch("[0-9a-f]{64}", book.hash)

    def test_it_differs_with_one_number(self, book: RuleBook, tmp_path: Path) -> None:
        rules = a_rule("publication.term", "value: 19, unit: WD, counting: MAX_DEADLINE, start_event: document_formed")
        assert RuleBook.load(["here"], overlay(tmp_path, rules)).hash != book.hash


class TestOverlays:
    """A local book replaces by id; stricter is welcome, laxer is not."""

    def test_the_demonstration_book_lasts_seconds_and_says_so(self, book: RuleBook) -> None:
        demo = RuleBook.load(["demo"])
        rule = demo.rule("comment.window")
        assert (rule.value, rule.unit, rule.jurisdiction) == (6, Unit.SECOND, "demo")
        assert demo.rule("legality.minimum").value == 0
        assert demo.rule("legality.term") == book.rule("legality.term")
        assert (demo.is_demonstration, book.is_demonstration) == (True, False)

    def test_a_city_replaces_a_rule_by_id_and_another_by_overriding_it(self) -> None:
        city = RuleBook.load(["huizhou"])
        assert (city.rule("comment.window").value, city.rule("comment.window").jurisdiction) == (10, "huizhou")
        assert city.rule("filing.government") is city.rule("huizhou.filing")
        assert city.parameter("filing_days_gov") == 15
        assert city.parameter("expiry_action") == "REVIEW"
        assert city.parameters["expiry_action"].words.zh == "届满的处理"

    def test_the_later_book_wins(self) -> None:
        assert RuleBook.load(["huizhou", "demo"]).rule("comment.window").value == 6
        assert RuleBook.load(["demo", "huizhou"]).rule("comment.window").value == 10

    @pytest.mark.parametrize(
        "rule",
        [
            a_rule("publication.term", "value: 21, unit: WD, counting: MAX_DEADLINE"),
            a_rule("publication.term", "value: 10, unit: WD, counting: MAX_DEADLINE", "NORMALLY"),
            a_rule("publication.term", "value: 1, unit: MONTH, counting: MAX_DEADLINE"),
            a_rule("hearing.materials", "value: 6, unit: CD, counting: MIN_WINDOW"),
            a_rule("hearing.materials", "note: none"),
            a_rule("report.upward", "month_day: [3, 2], unit: DATE, counting: FIXED_DATE"),
            a_rule("report.upward", "month_day: [3, 1], inclusive: true, unit: DATE, counting: FIXED_DATE"),
            a_rule("legality.no_substitute", "note: none", "MAY"),
        ],
    )
    def test_a_local_rule_laxer_than_a_national_must_is_refused(self, tmp_path: Path, rule: str) -> None:
        with pytest.raises(LaxerThanNational) as refused:
            RuleBook.load(["here"], overlay(tmp_path, rule))
        assert "here" in refused.value.detail.zh
        assert refused.value.article

    @pytest.mark.parametrize(
        "rule",
        [
            a_rule("publication.term", "value: 10, unit: WD, counting: MAX_DEADLINE"),
            a_rule("publication.term", "value: 20, unit: CD, counting: MAX_DEADLINE"),
            a_rule("hearing.materials", "value: 7, unit: WD, counting: MIN_WINDOW"),
            a_rule("hearing.materials", "value: 1, unit: MONTH, counting: MIN_WINDOW"),
            a_rule("report.upward", "month_day: [2, 15], unit: DATE, counting: FIXED_DATE"),
            a_rule("comment.window", "value: 5, unit: WD, counting: MIN_WINDOW", "NORMALLY"),
            a_rule("here.own", "note: new"),
        ],
    )
    def test_a_stricter_one_a_new_one_and_one_below_no_must_are_taken(self, tmp_path: Path, rule: str) -> None:
        RuleBook.load(["here"], overlay(tmp_path, rule))

    def test_a_demonstration_may_be_laxer(self, tmp_path: Path) -> None:
        rule = a_rule("hearing.materials", "value: 0, unit: CD, counting: MIN_WINDOW")
        assert RuleBook.load(["here"], overlay(tmp_path, rule, profile="local")).is_demonstration

    @pytest.mark.parametrize(
        "rules",
        [
            a_rule("here.own", "value: 3"),
            a_rule("here.own", "value: 3, unit: WD, colour: red"),
            a_rule("here.own", "unit: DATE, counting: FIXED_DATE"),
            a_rule("here.own", "value: -1, unit: WD, counting: MAX_DEADLINE"),
            a_rule("here.own", "overrides: no.such.rule"),
            a_rule("here.own", "note: one") + "\n" + a_rule("here.own", "note: two"),
            "  - {id: here.own, modality: MUST, verified: M, citation: {of: nowhere}, words: [甲, A]}",
            "  - [",
        ],
    )
    def test_a_file_that_cannot_be_meant_is_refused(self, tmp_path: Path, rules: str) -> None:
        with pytest.raises(BadRuleBook):
            RuleBook.load(["here"], overlay(tmp_path, rules))


class TestTheKinds:
    """Stages in the order of the statute."""

    @pytest.mark.parametrize("kind", DocumentKind)
    def test_every_need_stands_before_what_needs_it_and_every_reference_holds(
        self, book: RuleBook, kind: DocumentKind
    ) -> None:
        assert book.kind(kind).faults(book.outcomes, book.rules) == []

    @pytest.mark.parametrize("kind", DocumentKind)
    def test_every_stage_that_others_need_rests_on_a_rule(self, book: RuleBook, kind: DocumentKind) -> None:
        stages = book.kind(kind).stages
        needed = {need for stage in stages for need in (*stage.needs, *stage.same_text)}
        assert [stage.id for stage in stages if stage.id in needed and not stage.rules] == []

    @pytest.mark.parametrize("kind", DocumentKind)
    def test_every_stage_can_end_well_and_is_named_in_both_languages(self, book: RuleBook, kind: DocumentKind) -> None:
        for stage in book.kind(kind).stages:
            assert any(book.outcome(code).passes for code in stage.outcomes), stage.id
            assert stage.name.zh
            assert stage.name.en
            assert ("not_applicable" in stage.outcomes) <= stage.may_be_declared_not_applicable, stage.id

    def test_a_normative_document_walks_the_chain_of_the_organic_law(self, book: RuleBook) -> None:
        ids = [stage.id for stage in book.kind(DocumentKind.NORMATIVE).stages]
        chain = ["assessment", "public_comment", "legality_review", "collective_deliberation", "publication", "filing"]
        assert [stage for stage in ids if stage in chain] == chain

    def test_a_major_decision_is_reported_before_it_is_signed_and_published(self, book: RuleBook) -> None:
        procedure = book.kind("MAJOR_DECISION")
        assert "party_report" in procedure.stage("signing").needs
        assert {"collective_deliberation", "party_report"} <= set(procedure.stage("publication").needs)

    def test_the_orders_are_those_of_the_procedure(self, book: RuleBook) -> None:
        def orders(kind: DocumentKind, letter: str) -> set[int]:
            marks = [re.match(rf"{letter}(\d+)", stage.order) for stage in book.kind(kind).stages]
            return {int(mark[1]) for mark in marks if mark}

        assert orders(DocumentKind.NORMATIVE, "N") == set(range(16))
        assert orders(DocumentKind.MAJOR_DECISION, "D") == set(range(17))
        assert orders(DocumentKind.WORK_PLAN, "P") == set(range(1, 12))

    def test_a_business_matter_keeps_its_comment_open_longer(self, book: RuleBook) -> None:
        stage = book.kind("NORMATIVE").stage("public_comment")
        assert stage.minimum_for({}) == "comment.window"
        market = book.minimum(stage, {"touches_market_entities": True})
        assert market is not None
        assert (market.value, market.counting) == (30, Counting.MIN_WINDOW)

    def test_a_stage_applies_by_its_question(self, book: RuleBook) -> None:
        procedure = book.kind("NORMATIVE")
        hearing, comment = procedure.stage("hearing"), procedure.stage("public_comment")
        assert hearing.applies({}) is None
        assert hearing.applies({"direct_interest_or_major_split": True}) is True
        assert hearing.applies({"direct_interest_or_major_split": False}) is False
        assert comment.applies({}) is True
        assert comment.applies({"not_public_by_law": True}) is False

    def test_names_of_kinds_in_both_languages(self) -> None:
        assert DocumentKind.NORMATIVE.words == ("行政规范性文件", "Normative document")


class TestInvariants:
    """Forty, each on a rule, and kept by whom it says."""

    def test_there_are_forty(self, book: RuleBook) -> None:
        assert set(book.invariants) == {f"H{number}" for number in range(1, 41)}

    def test_the_module_that_keeps_one_exists(self, book: RuleBook) -> None:
        for invariant in book.invariants.values():
            if invariant.enforced_by:
                import_module(invariant.enforced_by)

    def test_what_blocks_refuses_under_a_code_or_by_the_lack_of_a_right(self, book: RuleBook) -> None:
        silent = {one.id for one in book.invariants.values() if one.type in "BR" and not one.codes}
        assert silent == {"H36"}

    def test_every_stage_names_an_invariant_that_exists(self, book: RuleBook) -> None:
        named = {stage.invariant for kind in book.kinds.values() for stage in kind.stages} - {""}
        assert named <= set(book.invariants)


@pytest.mark.parametrize(
    ("number", "spelt"),
    [(1, "一"), (10, "十"), (15, "十五"), (20, "二十"), (64, "六十四"), (109, "一百零九"), (1259, "一千二百五十九")],
)
def test_articles_are_numbered_in_chinese(number: int, spelt: str) -> None:
    assert chinese_numeral(number) == spelt

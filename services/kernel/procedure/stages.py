"""Kinds of documents and the stages each of them walks, in the order of its statute."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Literal

from services.kernel.contracts.almanac import before
from services.kernel.contracts.refusals import NotFound, Words
from services.kernel.procedure.law import Citation, Frozen

Form = Literal[
    "submission", "recorded_step", "comment", "legality", "meeting", "signing", "verification",
    "numbering", "publication", "follow_up", "statistics", "dispatch", "archive",
]  # fmt: skip
Role = Literal[
    "drafter", "legality_reviewer", "market_regulator", "meeting_clerk", "chief", "registrar",
    "party_clerk", "supervisor", "filing_clerk", "secrecy_reviewer",
]  # fmt: skip
Phase = Literal["before_publication", "after_publication", "standing"]
NOT_APPLICABLE = "not_applicable"


class DocumentKind(StrEnum):
    """The four kinds of documents."""

    NORMATIVE = "NORMATIVE"
    MAJOR_DECISION = "MAJOR_DECISION"
    WORK_PLAN = "WORK_PLAN"
    ANNUAL_REPORT = "ANNUAL_REPORT"

    @property
    def words(self) -> Words:
        """The kind's name in Chinese and English."""
        return KIND_WORDS[self]


KIND_WORDS: dict[DocumentKind, Words] = {
    DocumentKind.NORMATIVE: Words("行政规范性文件", "Normative document"),
    DocumentKind.MAJOR_DECISION: Words("重大行政决策", "Major administrative decision"),
    DocumentKind.WORK_PLAN: Words("工作要点（实施方案）", "Work plan"),
    DocumentKind.ANNUAL_REPORT: Words("法治政府建设年度报告", "Annual report on rule of law"),
}


class UnknownStage(NotFound):
    """A stage id that the kind's procedure does not hold."""

    code = "stage.unknown"
    title = Words("该类文件没有这个环节", "This kind of document has no such stage")


class Outcome(Frozen):
    """How a stage may end. `passes` says whether what depends on the stage may go on.

    An outcome with a `ground` is open only to documents that answered this predicate with yes.
    """

    code: str
    words: Words
    passes: bool
    ground: str = ""


class Invariant(Frozen):
    """What must hold at every moment, the rule it rests on, the module that keeps it, and the tests that prove it.

    `type` B blocks, R blocks until a reason is recorded, A happens by itself, W warns. `codes` are those under which
    it refuses, each with the test that fails without the refusal; what happens by itself has none, nor has what is
    refused by the lack of a right. `proved_by` are further tests.
    """

    id: str
    type: Literal["B", "R", "A", "W"]
    rule: str
    words: Words
    enforced_by: str = ""
    codes: Mapping[str, str] = {}
    proved_by: tuple[str, ...] = ()


class Predicate(Frozen):
    """A question that must be answered yes or no, with a reason, before what hangs on it."""

    id: str
    question: Words
    citation: Citation
    applies_to: tuple[str, ...] = ()


class Stage(Frozen):
    """One stage of a procedure.

    It applies only if `predicate` is answered yes (when it names one) and `unless` is not answered
    yes. `needs` must be closed before it may begin; the outcomes of `same_text` must be about the
    very text it acts on. `checks` name further conditions in `checks.py`. `short` is the stage's
    name in refusal codes, `invariant` the invariant that a lack of this stage offends.
    `minimum_if` gives, by predicate answered yes, the window that then replaces `minimum`.
    """

    id: str
    order: str
    name: Words
    form: Form
    phase: Phase = "before_publication"
    mandatory: bool = True
    predicate: str | None = None
    unless: str | None = None
    may_be_declared_not_applicable: bool = False
    actor_role: Role
    needs: tuple[str, ...] = ()
    same_text: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    deadline: str | None = None
    minimum: str | None = None
    minimum_if: Mapping[str, str] = {}
    outcomes: tuple[str, ...]
    papers: tuple[Words, ...] = ()
    citation: Citation
    short: str = ""
    invariant: str = ""

    @property
    def key(self) -> str:
        """The stage's name in refusal codes."""
        return self.short or self.id

    def applies(self, predicates: Mapping[str, bool]) -> bool | None:
        """Whether the stage applies; None while the question it hangs on is unanswered."""
        if self.unless and predicates.get(self.unless):
            return False
        return predicates.get(self.predicate) if self.predicate else True

    def minimum_for(self, predicates: Mapping[str, bool]) -> str | None:
        """The id of the window rule that holds under these answers, or None."""
        for predicate, rule_id in self.minimum_if.items():
            if predicates.get(predicate):
                return rule_id
        return self.minimum


class KindProcedure(Frozen):
    """The whole procedure of one kind of document. Stages stand in an order that obeys `needs`."""

    code: DocumentKind
    name: Words
    stages: tuple[Stage, ...]
    predicates: tuple[Predicate, ...]

    def stage(self, stage_id: str) -> Stage:
        """The stage of that id. Raises UnknownStage."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise UnknownStage(Words(f"没有“{stage_id}”这个环节", f"No stage {stage_id!r}"))

    def predicate(self, predicate_id: str) -> Predicate:
        """The question of that id. Raises UnknownStage."""
        for predicate in self.predicates:
            if predicate.id == predicate_id:
                return predicate
        raise UnknownStage(Words(f"没有“{predicate_id}”这个判断", f"No question {predicate_id!r}"))

    def before(self, stage_id: str) -> tuple[Stage, ...]:
        """All stages that must be closed before that one, directly or not, in the order of the statute."""
        names = before({stage.id: stage.needs for stage in self.stages}, stage_id)
        return tuple(stage for stage in self.stages if stage.id in names)

    def before_publication(self) -> tuple[Stage, ...]:
        """The stages up to and including publication."""
        return tuple(stage for stage in self.stages if stage.phase == "before_publication")

    def faults(self, outcomes: Mapping[str, Outcome], rules: Mapping[str, object]) -> list[str]:
        """What is wrong with the data, as sentences; empty when all references hold."""
        seen: set[str] = set()
        asked = {predicate.id for predicate in self.predicates}
        found: list[str] = []
        for stage in self.stages:
            lacking: dict[str, Collection[str | None]] = {
                "need not listed before it": {*stage.needs, *stage.same_text} - seen,
                "unknown outcome": set(stage.outcomes) - set(outcomes),
                "unknown rule": {*stage.rules, *stage.minimum_if.values()} - set(rules),
                "unknown time rule": {stage.deadline, stage.minimum} - {None} - set(rules),
                "unknown predicate": {stage.predicate, stage.unless, *stage.minimum_if} - {None} - asked,
                "listed twice": {stage.id} & seen,
            }
            found += [f"{self.code}.{stage.id}: {w}: {sorted(str(name) for name in x)}"
                      for w, x in lacking.items() if x]  # fmt: skip
            seen.add(stage.id)
        return found

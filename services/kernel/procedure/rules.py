"""The rule book: the law as data, pinned by its hash.

`RuleBook.load(["demo"])` reads the national rules and lays the named books over them. A document
keeps the book it started under; two books with the same hash say the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import rfc8785
from pydantic import ValidationError

from services.kernel.contracts.refusals import NotFound, Words
from services.kernel.procedure.law import (
    Citation,
    Counting,
    Modality,
    MonthDay,
    Rule,
    Unit,
    UnknownRule,
    Verified,
)
from services.kernel.procedure.overlays import (
    BadRuleBook,
    LaxerThanNational,
    Parameter,
    ParameterValue,
    UnknownOverlay,
    find_overlay,
    lay_over,
    packaged,
    read_sheet,
    read_yaml,
    with_citation,
)
from services.kernel.procedure.stages import (
    DocumentKind,
    Invariant,
    KindProcedure,
    Outcome,
    Predicate,
    Stage,
    UnknownStage,
)

__all__ = [
    "BadRuleBook", "Citation", "Counting", "DocumentKind", "Invariant", "KindProcedure", "LaxerThanNational",
    "Modality", "MonthDay", "Outcome", "Parameter", "ParameterValue", "Predicate", "Rule",
    "RuleBook", "Stage", "Unit", "UnknownOverlay", "UnknownParameter", "UnknownRule",
    "UnknownStage", "Verified",
]  # fmt: skip

KIND_FILES = {
    DocumentKind.NORMATIVE: "normative.yaml",
    DocumentKind.MAJOR_DECISION: "major_decision.yaml",
    DocumentKind.WORK_PLAN: "work_plan.yaml",
    DocumentKind.ANNUAL_REPORT: "annual_report.yaml",
}


class UnknownParameter(NotFound):
    """A parameter that the rule book does not hold."""

    code = "parameter.unknown"
    title = Words("规则库中没有这个参数", "The rule book holds no such parameter")


@dataclass(frozen=True, eq=False)
class RuleBook:
    """National rules with their overlays laid on, in the order given. A book equals only itself; `hash` compares them."""

    overlays: tuple[str, ...]
    profile: str
    rules: Mapping[str, Rule]
    parameters: Mapping[str, Parameter]
    kinds: Mapping[DocumentKind, KindProcedure]
    outcomes: Mapping[str, Outcome]
    invariants: Mapping[str, Invariant]

    @classmethod
    def load(cls, overlays: Sequence[str] = (), directory: Path | None = None) -> Self:
        """Reads the national book, then each overlay, from `directory` or as packaged.

        Raises UnknownOverlay, BadRuleBook, LaxerThanNational.
        """
        instruments = read_yaml(packaged("instruments.yaml"))
        national = read_sheet("national", read_yaml(packaged("national.yaml")), instruments)
        settings = read_sheet("parameters", {"parameters": read_yaml(packaged("parameters.yaml"))}, instruments)
        rules, parameters = dict(national.rules), dict(settings.parameters)
        profile = national.profile
        for name in overlays:
            sheet = read_sheet(name, read_yaml(find_overlay(name, directory)), instruments)
            rules = lay_over(rules, sheet)
            parameters |= {k: _renamed(p, parameters.get(k)) for k, p in sheet.parameters.items()}
            profile = sheet.profile if sheet.profile == "local" else profile
        outcomes = {code: Outcome(code=code, **entry) for code, entry in read_yaml(packaged("outcomes.yaml")).items()}
        invariants = {key: Invariant(id=key, **entry) for key, entry in read_yaml(packaged("invariants.yaml")).items()}
        kinds = {kind: _read_kind(kind, instruments) for kind in KIND_FILES}
        book = cls(tuple(overlays), profile, rules, parameters, kinds, outcomes, invariants)
        book._check()
        return book

    @cached_property
    def hash(self) -> str:
        """SHA-256, in hex, of the book's whole content in canonical JSON (RFC 8785)."""
        content: Any = {
            "profile": self.profile,
            "rules": _dumped(self.rules),
            "parameters": _dumped(self.parameters),
            "kinds": _dumped(self.kinds),
            "outcomes": _dumped(self.outcomes),
            # Where our own code keeps and proves them is no part of the law that a document is pinned to.
            "invariants": _dumped(self.invariants, leaving_out={"enforced_by", "codes", "proved_by"}),
        }
        return hashlib.sha256(rfc8785.dumps(content)).hexdigest()

    @property
    def is_demonstration(self) -> bool:
        """Whether windows are shortened for show; pages then carry a banner."""
        return self.profile == "local"

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id. Raises UnknownRule."""
        if rule_id not in self.rules:
            raise UnknownRule(Words(f"没有规则“{rule_id}”", f"No rule {rule_id!r}"), rule=rule_id)
        return self.rules[rule_id]

    def parameter(self, name: str) -> ParameterValue:
        """The value of a parameter; where it points at a rule, the rule's number.

        For a rule with a fixed day it is that day as "MM-DD". Raises UnknownParameter.
        """
        parameter = self.parameters.get(name)
        if parameter is None:
            raise UnknownParameter(Words(f"没有参数“{name}”", f"No parameter {name!r}"), field=name)
        if parameter.rule is None:
            return parameter.value if parameter.value is not None else ""
        rule = self.rule(parameter.rule)
        if rule.month_day is not None:
            return f"{rule.month_day.month:02}-{rule.month_day.day:02}"
        return rule.value if rule.value is not None else 0

    def kind(self, code: DocumentKind | str) -> KindProcedure:
        """The procedure of a kind of document. Raises UnknownStage for an unknown kind."""
        try:
            return self.kinds[DocumentKind(code)]
        except ValueError as error:
            raise UnknownStage(Words(f"没有文件类型“{code}”", f"No kind {code!r}")) from error

    def outcome(self, code: str) -> Outcome:
        """What an outcome code means. Raises UnknownStage."""
        if code not in self.outcomes:
            raise UnknownStage(Words(f"没有结论“{code}”", f"No outcome {code!r}"))
        return self.outcomes[code]

    def minimum(self, stage: Stage, predicates: Mapping[str, bool]) -> Rule | None:
        """The window that the stage must leave under these answers, if any."""
        rule_id = stage.minimum_for(predicates)
        return self.rule(rule_id) if rule_id else None

    def deadline(self, stage: Stage) -> Rule | None:
        """The limit on the stage's actor, if any."""
        return self.rule(stage.deadline) if stage.deadline else None

    def _check(self) -> None:
        faults = [f for kind in self.kinds.values() for f in kind.faults(self.outcomes, self.rules)]
        faults += [
            f"parameter {p.name}: unknown rule {p.rule}"
            for p in self.parameters.values()
            if p.rule is not None and p.rule not in self.rules
        ]
        faults += [f"{i.id}: unknown rule {i.rule}" for i in self.invariants.values() if i.rule not in self.rules]
        if faults:
            raise BadRuleBook(Words("；".join(faults), "; ".join(faults)))


def _read_kind(kind: DocumentKind, instruments: Mapping[str, Mapping[str, Any]]) -> KindProcedure:
    content = read_yaml(packaged("kinds", KIND_FILES[kind]))
    for part in ("stages", "predicates"):
        content[part] = [with_citation(entry, instruments) for entry in content[part]]
    for predicate in content["predicates"]:
        predicate["applies_to"] = [
            stage["id"]
            for stage in content["stages"]
            if predicate["id"] in (stage.get("predicate"), stage.get("unless"))
            or predicate["id"] in stage.get("minimum_if", {})
        ]
    try:
        return KindProcedure.model_validate(content)
    except ValidationError as error:
        raise BadRuleBook(Words(f"{kind}：{error}", f"{kind}: {error}")) from error


def _renamed(parameter: Parameter, below: Parameter | None) -> Parameter:
    if below is None or parameter.words != Words("", ""):
        return parameter
    return parameter.model_copy(update={"words": below.words})


def _dumped(models: Mapping[Any, Any], *, leaving_out: AbstractSet[str] = frozenset()) -> dict[str, Any]:
    return {str(key): model.model_dump(mode="json", exclude=set(leaving_out)) for key, model in models.items()}

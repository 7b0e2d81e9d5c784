"""Reading rule books from YAML, and laying one over another.

An overlay replaces rules and parameters by name. It may be stricter than a national MUST, never
laxer, unless it says `profile: local`, which is for demonstrations and shows a banner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from services.kernel.contracts.refusals import Invalid, NotFound, Words
from services.kernel.procedure.law import Citation, Counting, Frozen, Modality, Rule, Unit, Verified

ParameterValue = int | float | str | bool | tuple[str, ...]
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BOUND = (Modality.MUST, Modality.MUST_NOT)
# The fewest and the most calendar days that one of a unit can span; None has no useful bound.
SPAN: Mapping[Unit, tuple[float, float | None]] = {
    Unit.CD: (1, 1), Unit.WD: (1, None), Unit.MONTH: (28, 31), Unit.YEAR: (365, 366),
    Unit.SECOND: (0, 0),
}  # fmt: skip


class Parameter(Frozen):
    """A setting that differs from place to place; its number may stand in a rule."""

    name: str
    words: Words = Words("", "")
    value: ParameterValue | None = None
    rule: str | None = None
    verified: Verified = "I"


class BadRuleBook(Invalid):
    """A rule file cannot be read, or contradicts itself."""

    code = "rules.bad"
    title = Words("规则文件有误", "A rule file is wrong")


class LaxerThanNational(BadRuleBook):
    """An overlay asks for less than a national MUST."""

    code = "rules.laxer"
    title = Words("地方规则宽于国家强制性规定", "A local rule is laxer than a national MUST")


class UnknownOverlay(NotFound):
    """No rule book of that name is packaged or stands in the directory given."""

    code = "rules.overlay_unknown"
    title = Words("没有这个规则库", "No such rule book")


@dataclass(frozen=True)
class Sheet:
    """One rule file, read: its rules and parameters by name."""

    name: str
    profile: str
    jurisdiction: str
    rules: Mapping[str, Rule]
    parameters: Mapping[str, Parameter]


def packaged(*parts: str) -> Traversable:
    """A file that ships with the rule books."""
    return files("services.kernel.procedure").joinpath("rules", *parts)


def read_yaml(source: Traversable | Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises BadRuleBook when it is none."""
    try:
        content = yaml.load(source.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506 - a safe loader, in C where built
    except (yaml.YAMLError, ValueError) as error:
        raise _bad(source.name, str(error)) from error
    if not isinstance(content, dict):
        raise _bad(source.name, "not a mapping")
    return content


def with_citation(entry: Mapping[str, Any], instruments: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The entry with `citation: {of, article}` resolved against the table of instruments."""
    cited = entry.get("citation")
    if not isinstance(cited, Mapping) or "of" not in cited:
        return dict(entry)
    instrument = instruments.get(str(cited["of"]))
    if instrument is None:
        raise _bad(str(entry.get("id", "")), f"unknown instrument {cited['of']}")
    resolved = {
        "instrument": instrument["name"],
        "number": instrument.get("number", ""),
        "article": cited.get("article", ""),
        "titled": instrument.get("titled", True),
    }
    return {**entry, "citation": Citation.model_validate(resolved)}


def read_sheet(name: str, content: Mapping[str, Any], instruments: Mapping[str, Mapping[str, Any]]) -> Sheet:
    """One rule file as rules and parameters. Raises BadRuleBook naming the entry at fault."""
    known = {**instruments, **content.get("instruments", {})}
    jurisdiction = str(content.get("jurisdiction", name))
    rules: dict[str, Rule] = {}
    for entry in content.get("rules") or []:
        rule = _rule({"jurisdiction": jurisdiction, **with_citation(entry, known)})
        if rule.id in rules:
            raise _bad(name, f"{rule.id} stands twice")
        rules[rule.id] = rule
    parameters = {key: _parameter(key, entry) for key, entry in (content.get("parameters") or {}).items()}
    return Sheet(name, str(content.get("profile", "overlay")), jurisdiction, rules, parameters)


def find_overlay(name: str, directory: Path | None) -> Traversable | Path:
    """The file of an overlay: the directory given first, then what is packaged."""
    candidates: list[Traversable | Path] = [] if directory is None else [directory / f"{name}.yaml"]
    candidates += [packaged(f"{name}.yaml"), packaged("examples", f"{name}.yaml")]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise UnknownOverlay(Words(f"没有“{name}”规则库", f"No rule book {name!r}"), field="overlays")


def lay_over(base: Mapping[str, Rule], overlay: Sheet) -> dict[str, Rule]:
    """The rules of `base` with those of the overlay in their place.

    A rule that had ended before the national one began replaces nothing: it stands under its own id, for old cases.
    Raises LaxerThanNational when a national MUST would be weakened.
    """
    merged = dict(base)
    for rule in overlay.rules.values():
        replaced = rule.overrides or rule.id
        if rule.overrides and rule.overrides not in base:
            raise _bad(overlay.name, f"{rule.id} overrides {rule.overrides}, which is unknown")
        below = base.get(replaced)
        if below is not None and is_history(rule, below):
            if rule.id == replaced:
                raise _bad(overlay.name, f"{rule.id} has ended: give it an id of its own")
            merged[rule.id] = rule
            continue
        if below is not None and overlay.profile != "local" and is_laxer(rule, below):
            raise LaxerThanNational(
                Words(
                    f"“{overlay.name}”中的{rule.id}宽于{below.article.zh}",
                    f"{rule.id} in {overlay.name!r} is laxer than {below.article.en}",
                ),
                rule=below.id,
                article=below.citation.words("zh"),
            )
        merged[replaced] = rule
        merged[rule.id] = rule
    return merged


def is_history(local: Rule, below: Rule) -> bool:
    """Whether `local` had ended before the rule below it came into force."""
    ended, began = local.in_force_to, below.in_force_from
    return ended is not None and began is not None and ended < began


def is_laxer(local: Rule, below: Rule) -> bool:
    """Whether `local` asks for less than the MUST below it; incomparable periods count as laxer."""
    if below.modality not in BOUND:
        return False
    if local.modality is not below.modality or local.counting is not below.counting:
        return True
    if below.counting is Counting.FIXED_DATE:
        return _last(local) > _last(below)
    if below.value is None or below.unit is None:
        return False
    if local.value is None or local.unit is None:
        return True
    if below.counting is Counting.MIN_WINDOW:
        return not _surely_at_least(local.value, local.unit, below.value, below.unit)
    return not _surely_at_least(below.value, below.unit, local.value, local.unit)


def _surely_at_least(longer: int, unit: Unit, shorter: int, than: Unit) -> bool:
    if unit is than:
        return longer >= shorter
    most = SPAN[than][1]
    return most is not None and longer * SPAN[unit][0] >= shorter * most


def _last(rule: Rule) -> tuple[int, int, bool]:
    month, day = rule.month_day or (0, 0)
    return month, day, rule.inclusive


def _rule(entry: Mapping[str, Any]) -> Rule:
    try:
        return Rule.model_validate(entry)
    except ValidationError as error:
        raise _bad(str(entry.get("id", "")), str(error)) from error


def _parameter(name: str, entry: Mapping[str, Any]) -> Parameter:
    try:
        return Parameter.model_validate({"name": name, **entry})
    except ValidationError as error:
        raise _bad(name, str(error)) from error


def _bad(where: str, what: str) -> BadRuleBook:
    return BadRuleBook(Words(f"规则文件有误（{where}）：{what}", f"{where}: {what}"), field=where)

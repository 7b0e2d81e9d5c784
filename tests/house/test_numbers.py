"""No statutory number outside the rules: STYLE.md rule 9."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.tree import Module, source

# Where dates are reckoned and where numbers are data.
ALLOWED = ("services/kernel/procedure/",)
COUNTED = {"days", "weeks"}
NEIGHBOURS = {0, 1}  # no time at all, and the day before or after


def test_no_bare_number_of_days_stands_in_code() -> None:
    assert [place for module in _bound() for place in _bare_days(module)] == []


def test_workflow_code_reads_no_clock_of_its_own() -> None:
    wrong = {"datetime.now", "date.today", "time.time", "datetime.utcnow"}
    calls = [
        module.at(node)
        for module in _bound()
        if module.name.startswith("workflows/") and not module.name.endswith("__main__.py")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in wrong
    ]
    assert calls == []


def _bound() -> Iterator[Module]:
    for module in source():
        if module.name.startswith(("services/", "workflows/")) and not module.name.startswith(ALLOWED):
            yield module


def _bare_days(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("timedelta"):
            continue
        positional = [argument for argument in node.args[:1] if _is_number(argument)]
        named = [k for k in node.keywords if k.arg in COUNTED and _is_number(k.value)]
        if positional or named:
            yield f"{module.at(node)}: {ast.unparse(node)}"


def _is_number(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value not in NEIGHBOURS

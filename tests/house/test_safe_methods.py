"""A link only opens a page: what answers a GET changes nothing, so that no mail, preview or crawler ever decides."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.tree import Module, source

CHANGES = {"transaction", "carry_out", "once"}
READS = {"get", "head"}


def test_no_handler_of_a_get_opens_a_transaction_or_carries_anything_out() -> None:
    found = [f"{module.at(function)} {function.name}" for module, function in _readers() if _changes(function)]
    assert found == []


def test_the_handlers_are_found() -> None:
    assert len(list(_readers())) > 50


def _readers() -> Iterator[tuple[Module, ast.AsyncFunctionDef | ast.FunctionDef]]:
    for module in source():
        for function in module.functions():
            names = {each.func.attr for each in function.decorator_list if _is_route(each)}  # type: ignore[attr-defined]
            if names & READS:
                yield module, function


def _is_route(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and isinstance(decorator.func.value, ast.Name)
        and decorator.func.value.id.endswith("router")
    )


def _changes(function: ast.AsyncFunctionDef | ast.FunctionDef) -> bool:
    called = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(
        (target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")) in CHANGES
        for target in called
    )

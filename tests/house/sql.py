"""The statements of the product, found where they stand: constants in capitals that hold SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.tree import SERVICES, Module, source

VERB = re.compile(r"^\s*(select|insert|update|delete|with|merge|lock|refresh)\s", re.IGNORECASE)
LOOKS_LIKE_SQL = re.compile(
    r"\b(select\b.+\bfrom|insert\s+into|update\s+\w+\s+set|delete\s+from)\b", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True)
class Statement:
    """One constant, and whose it is."""

    module: Module
    name: str
    text: str
    line: int

    @property
    def where(self) -> str:
        return f"{self.module.name}:{self.line} {self.name}"

    @property
    def service(self) -> str | None:
        """The service whose role runs it; None for the kernel, whose statements run in any."""
        parts = self.module.name.split("/")
        return parts[1] if parts[0] == "services" and parts[1] in SERVICES else None

    @property
    def role(self) -> str | None:
        """The database role that runs it: that of its service, or the one its module names in AS_ROLE."""
        named = (node.value for node in self.module.tree.body if isinstance(node, ast.Assign) and _is_role(node))
        return next((str(value.value) for value in named if isinstance(value, ast.Constant)), self.service)


def _is_role(node: ast.Assign) -> bool:
    return isinstance(node.targets[0], ast.Name) and node.targets[0].id == "AS_ROLE"


def statements() -> Iterator[Statement]:
    """Every SQL constant of services, at module or class level."""
    for module in source():
        if module.name.startswith("services/"):
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Assign | ast.AnnAssign):
                    yield from _in_assignment(module, node)


def _in_assignment(module: Module, node: ast.Assign | ast.AnnAssign) -> Iterator[Statement]:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    value = node.value
    if not isinstance(target, ast.Name) or not target.id.lstrip("_").isupper():
        return
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and VERB.match(value.value):
        yield Statement(module, target.id, value.value, node.lineno)


def built(module: Module) -> Iterator[str]:
    """Places where SQL is put together from strings: f-strings, +, %, format."""
    for node in ast.walk(module.tree):
        text = _pieces(node)
        if text is not None and LOOKS_LIKE_SQL.search(text):
            yield f"{module.name}:{getattr(node, 'lineno', 0)}"


def _pieces(node: ast.AST) -> str | None:
    """The fixed part of a string that is put together at run time."""
    match node:
        case ast.JoinedStr(values=values) if any(isinstance(v, ast.FormattedValue) for v in values):
            return "".join(str(v.value) for v in values if isinstance(v, ast.Constant))
        case ast.BinOp(left=ast.Constant(value=str(left)), op=ast.Mod() | ast.Add()):
            return left
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(left)), attr="format")):
            return left
        case _:
            return None

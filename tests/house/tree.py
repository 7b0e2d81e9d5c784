"""The project's own files, and its Python read once: what the tests about the house look at."""

from __future__ import annotations

import ast
import io
import subprocess
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ("fawen", "services", "workflows")
SERVICES = ("intake", "tasks", "review", "notify")
VENDORED = ("tests/vendor/", "services/kernel/runtime/static/vendor/", "samples/", "tests/samples/")
TEXT = (".py", ".sql", ".yaml", ".yml", ".toml", ".md", ".html", ".css", ".js", ".conf", ".sh", ".lock", ".json",
        ".txt", ".csv", ".po", ".xml", "Makefile", "Dockerfile")  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file of ours."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def dotted(self) -> str:
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @property
    def comments(self) -> int:
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return sum(token.type == tokenize.COMMENT for token in tokens)

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def at(self, node: ast.expr | ast.stmt) -> str:
        return f"{self.name}:{node.lineno}"


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that belongs to the project: what git holds or would, else what lies here."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        found = subprocess.run(listing, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        found = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not _hidden(path)]
    return tuple(ROOT / name for name in sorted(set(found)) if name and (ROOT / name).is_file())


def _hidden(path: Path) -> bool:
    return any(part.startswith(".venv") or part in {".git", "__pycache__"} for part in path.parts)


@cache
def texts() -> tuple[Path, ...]:
    """Tracked files that people read, without what others wrote."""
    return tuple(path for path in tracked() if path.name.endswith(TEXT) and not is_vendored(path))


def is_vendored(path: Path) -> bool:
    return path.relative_to(ROOT).as_posix().startswith(VENDORED)


@cache
def source() -> tuple[Module, ...]:
    """The modules of the product."""
    return _modules(SOURCE)


@cache
def modules_of_tests() -> tuple[Module, ...]:
    """The modules of the tests."""
    return _modules(("tests",))


def _modules(rooms: tuple[str, ...]) -> tuple[Module, ...]:
    inside = (path for path in tracked() if path.suffix == ".py" and not is_vendored(path))
    return tuple(Module(path) for path in inside if path.relative_to(ROOT).parts[0] in rooms)


def function_length(function: Function) -> int:
    """Lines of its body, without the docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    if not body:
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1

"""The star: who may import whom. The contracts stand in pyproject.toml."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT, source

# What is fixed at start-up and may not be looked up in the middle of things.
ENVIRONMENT = {"os.environ", "os.getenv"}
READS_ENVIRONMENT = (
    "fawen/",
    "services/kernel/runtime/settings.py",
    "services/kernel/runtime/telemetry.py",
    "services/kernel/runtime/extract/worker.py",  # hands a few names on to the process that opens strangers' files
)


def test_the_contracts_of_import_linter_are_kept() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_services_never_call_each_other_over_http() -> None:
    callers = [
        module.name
        for module in source()
        if module.name.startswith(("services/", "workflows/"))
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and _imports(node, "requests", "aiohttp", "urllib.request")
    ]
    assert callers == []


def test_only_settings_read_the_environment() -> None:
    readers = [
        module.at(node)
        for module in source()
        if not module.name.startswith(READS_ENVIRONMENT)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ENVIRONMENT
    ]
    assert readers == []


def _imports(node: ast.Import | ast.ImportFrom, *modules: str) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return any(name == module or name.startswith(module + ".") for name in names for module in modules)

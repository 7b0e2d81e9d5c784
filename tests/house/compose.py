"""docker-compose.yml as Compose would read it: anchors merged, variables filled in, secrets made."""

from __future__ import annotations

import re
import runpy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.house.tree import ROOT

FILE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / "deploy" / "example.env"
VARIABLE = re.compile(r"\$\{(\w+)(?::(\?|-)([^}]*))?\}")


@dataclass(frozen=True)
class Block:
    """One service of the file."""

    name: str
    content: dict[str, Any]

    @property
    def is_ours(self) -> bool:
        return str(self.content.get("image", "")).startswith("fawen:")

    @property
    def command(self) -> list[str]:
        return [str(word) for word in self.content.get("command", [])]

    @property
    def environment(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.content.get("environment", {}).items()}

    @property
    def secret_files(self) -> list[str]:
        return [Path(str(path)).stem for path in self.content.get("env_file", [])]


def variables() -> dict[str, str]:
    """The values of the example."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def document() -> dict[str, Any]:
    """The whole file, with the example's values."""
    given = variables()

    def fill(match: re.Match[str]) -> str:
        name, operator, rest = match.groups()
        if name in given:
            return given[name]
        if operator != "-":
            raise KeyError(f"{name} has no default and is not in {EXAMPLE.name}")
        return str(rest)

    loaded: dict[str, Any] = yaml.safe_load(VARIABLE.sub(fill, FILE.read_text("utf-8")))
    return loaded


def blocks() -> list[Block]:
    return [Block(name, content) for name, content in document()["services"].items()]


def secrets() -> dict[str, dict[str, str]]:
    """What deploy/make_secrets.py would write, by file name without its ending."""
    made: dict[str, dict[str, str]] = runpy.run_path(str(ROOT / "deploy" / "make_secrets.py"))["settings"]()
    return made

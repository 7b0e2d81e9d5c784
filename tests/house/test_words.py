"""Words that no file of ours holds: postponed work, addresses of package indexes, paths of one machine."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, SERVICES, source, texts

# Put together here, so that this file does not hold them either.
POSTPONED = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK", "lorem" + " ipsum", "raise Not" + "ImplementedError")
INDEXES = ("py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js.org", "npm" + "mirror.com",
           "mirrors." + "aliyun", "pypi.tuna" + ".tsinghua", "index" + "-url =")  # fmt: skip
HOMES = re.compile(r"(?<![\w.])/(?:ho" + r"me|Us" + r"ers|ro" + r"ot|wo" + r"rk)/[\w.]")
# It looks for such words in the documents that offices hand in.
SEEKS_THEM = "services/kernel/text/checks.py"
VAGUE = {"utils", "util", "common", "helpers", "helper", "misc", "service", "services", "manager", "handlers"}
ROOMS = {"__main__", "__init__", "domain", "store", "actions", "activities", "api", "pages"}

FILES = [pytest.param(path, id=path.relative_to(ROOT).as_posix()) for path in texts()]


def test_there_are_files_to_look_at() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES)
def test_a_file_speaks_for_every_machine_and_postpones_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    found = [word for word in POSTPONED if re.search(rf"\b{word}\b", text) and not path.match(SEEKS_THEM)]
    found += [host for host in INDEXES if host in text]
    found += [match.group() for match in HOMES.finditer(text)]
    assert found == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [module.name for module in source() if module.path.stem in VAGUE] == []
    assert [module.name for module in source() if VAGUE & set(module.dotted.split(".")[1:-1])] == []


def test_every_service_has_the_same_rooms() -> None:
    missing = []
    for service in SERVICES:
        home = ROOT / "services" / service
        there = {path.stem for path in home.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
        missing += [f"{service}: {room}" for room in sorted(ROOMS - there)]
    assert missing == []


def test_every_module_opens_with_why_it_exists() -> None:
    silent = [m.name for m in source() if m.text.strip() and ast.get_docstring(m.tree) is None]
    assert silent == []

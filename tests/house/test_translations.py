"""Everything that a page says in Chinese it also says in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.translations import untranslated
from tests.house.tree import ROOT, SERVICES, texts

GROUND = ROOT / "services" / "kernel" / "runtime"
HOMES = [GROUND, *(ROOT / "services" / service for service in SERVICES)]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What Jinja reads as code, with the strings inside, and comments: only what is left is shown as it stands.
CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.DOTALL)
BILINGUAL = re.compile(r"<(\w+)[^>]*\blang=\"zh[^>]*>.*?</\1>", re.DOTALL)
TEMPLATES = [path for path in texts() if path.suffix in (".html", ".jinja") and "templates" in path.parts]


@pytest.mark.parametrize("home", [pytest.param(home, id=home.name) for home in HOMES])
def test_every_text_has_an_english_form(home: Path) -> None:
    assert untranslated(home, GROUND) == []


@pytest.mark.parametrize("path", [pytest.param(p, id=p.relative_to(ROOT).as_posix()) for p in TEMPLATES])
def test_a_template_shows_no_chinese_past_the_catalogue(path: Path) -> None:
    left = BILINGUAL.sub("", CODE.sub("", path.read_text("utf-8")))
    assert CHINESE.findall(left) == []

"""The written page and the rules say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.tables import kept_by, procedure_page

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_of_the_procedure_is_what_the_rules_write() -> None:
    assert (DOCS / "procedure.md").read_text("utf-8") == procedure_page()


@pytest.mark.parametrize(
    ("rule_id", "modules"),
    [
        ("legality.required_decision", ("gates",)),
        ("comment.window", ("deadlines", "clock")),
        ("comment.adoption", ("checks",)),
        ("text.identity", ("gates",)),
        ("comment.again", ()),
    ],
)
def test_each_rule_names_the_modules_that_keep_it(book: RuleBook, rule_id: str, modules: tuple[str, ...]) -> None:
    assert kept_by(book, book.rule(rule_id)) == modules


def test_the_glossary_names_every_stage_and_every_kind(book: RuleBook) -> None:
    glossary = (DOCS / "glossary.md").read_text("utf-8")
    names = {stage.id for kind in book.kinds.values() for stage in kind.stages} | set(book.kinds)
    assert sorted(name for name in names if f"`{name}`" not in glossary) == []

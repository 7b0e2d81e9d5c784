"""Forbidden content: every check finds its own examples, and leaves alone what only looks like them."""

from __future__ import annotations

import pytest

from services.kernel.precheck.patterns import Pattern, patterns
from services.kernel.text.normal import shadow

HITS = [(pattern, example) for pattern in patterns().values() for example in pattern.hits]
MISSES = [(pattern, example) for pattern in patterns().values() for example in pattern.misses]


def name(value: object) -> str:
    return value.code if isinstance(value, Pattern) else str(value)[:12]


@pytest.mark.parametrize(("pattern", "example"), HITS, ids=name)
def test_a_check_finds_its_examples(pattern: Pattern, example: str) -> None:
    assert pattern.match(shadow(example)) is not None


@pytest.mark.parametrize(("pattern", "example"), MISSES, ids=name)
def test_a_check_leaves_alone_what_only_looks_like_it(pattern: Pattern, example: str) -> None:
    assert pattern.match(shadow(example)) is None


def test_every_check_has_both_kinds_of_examples_and_an_article() -> None:
    for pattern in patterns().values():
        assert pattern.hits
        assert pattern.misses
        assert pattern.citation.words("zh")


def test_traditional_characters_and_full_width_marks_are_read_alike() -> None:
    assert patterns()["penalty"].match(shadow("亂倒垃圾的，處５０元以下罰款。")) is not None

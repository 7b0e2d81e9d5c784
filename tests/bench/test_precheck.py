"""The precheck's score: what was right, wrong and missed."""

from __future__ import annotations

import pytest
import yaml

from bench.precheck import CLAUSES, Score, found_in, score
from services.kernel.precheck.patterns import patterns


def test_a_score_counts_what_was_right_wrong_and_missed() -> None:
    cases = [
        {"clause": "乱停车的，处50元罚款。", "expect": ["penalty", "charge"]},
        {"clause": "逾期不拆的，由街道强制拆除。", "expect": []},
    ]

    found, faults = score(cases)

    assert found == Score(right=1, wrong=1, missed=1)
    assert (found.precision, found.recall) == (0.5, 0.5)
    assert faults == {"charge": ["-乱停车的，处50元罚款。"], "coercion": ["+逾期不拆的，由街道强制拆除。"]}


def test_the_labels_name_checks_that_there_are() -> None:
    cases = yaml.safe_load(CLAUSES.read_text("utf-8"))

    assert {code for case in cases for code in case["expect"]} <= set(patterns())
    assert len(cases) > 60


@pytest.mark.parametrize("case", yaml.safe_load(CLAUSES.read_text("utf-8")), ids=lambda case: case["clause"][:10])
def test_nothing_that_was_labelled_is_missed(case: dict[str, list[str]]) -> None:
    assert set(case["expect"]) <= found_in(str(case["clause"]))

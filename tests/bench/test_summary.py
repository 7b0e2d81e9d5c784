"""The bench of the summary in small: planted copies are found, figures become goals, the cost's growth is an exponent."""

from __future__ import annotations

import numpy as np
import pytest

from bench.opinions import opinions
from bench.summary import growth, measured, quality, report


def test_a_small_corpus_is_grouped_well() -> None:
    found = measured(3_000)

    assert found["precision"] >= 0.99
    assert found["recall"] >= 0.97


def test_the_corpus_is_the_same_each_time_and_two_fifths_are_copies() -> None:
    made = list(opinions(2_000))

    assert made == list(opinions(2_000))
    models = [model for _, model in made]
    alone = sum(models.count(model) == 1 for model in set(models))
    assert 0.55 <= alone / len(made) <= 0.65
    assert 70 <= sum(len(body) for body, _ in made) / len(made) <= 95


def test_precision_and_recall_count_pairs() -> None:
    precision, recall = quality(np.array([0, 0, 1, 2]), np.array([5, 5, 5, 6]))

    assert (precision, recall) == (1.0, 1 / 3)


def test_twice_the_comments_at_twice_the_cost_grow_linearly() -> None:
    small, large = ({"comments": n, "grouping_cpu_s": n / 1000} for n in (1000, 2000))

    assert growth(small, large) == pytest.approx(1)


def test_the_report_says_pass_or_fail_and_what_the_whole_took() -> None:
    pure = measured(500)

    printed = report([pure], {"comments": 500, "seconds": 1.0})

    assert printed["goals"]["precision"]["verdict"] == "pass"
    assert printed["whole"]["seconds"] == 1.0

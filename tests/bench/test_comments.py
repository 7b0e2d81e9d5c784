"""The bench of comments: its ratios, and a small run of all sides that ends with every comment accepted."""

from __future__ import annotations

import pytest

from bench import comments
from bench.comments import Contender, report


def a_contender(*turns: tuple[float, float]) -> Contender:
    """Comments a second and CPU microseconds for each, turn by turn."""
    made = Contender(lambda _: None, {})  # type: ignore[arg-type,return-value]
    for rate, cpu in turns:
        made.rates.append(rate)
        made.cpu_us.append(cpu)
        made.parts.append({"web": cpu})
    return made


def test_ratios_are_taken_turn_by_turn_and_their_median_counts() -> None:
    product = a_contender((700, 300), (1400, 300), (100, 300))
    raw, bare = a_contender((1000, 200), (2000, 300), (1000, 100)), a_contender((350, 1), (700, 1), (400, 1))

    found = report(product, raw, a_contender((2000, 100)), bare)["goals"]

    assert {name: goal["ratio"] for name, goal in found.items()} == {
        "rate_of_raw": 0.7, "rate_of_bare": 2.0, "cpu_of_raw": 1.5,
    }  # fmt: skip


@pytest.mark.slow
async def test_a_small_run_accepts_every_comment_of_all() -> None:
    found = await comments.run(["--turns", "1", "--seconds", "0.5", "--clients", "4"])

    assert set(found["goals"]) == {"rate_of_raw", "rate_of_bare", "cpu_of_raw"}
    assert all(found[side]["per_s"] > 0 for side in ("product", "raw", "raw_with_kept_connections", "bare"))

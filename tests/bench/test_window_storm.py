"""The storm in small: its claims hold, and its report says so; a claim that does not hold is not hidden."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest

from bench.window_storm import Claims, Lateness, Load, report, stormed

HOLDING = Claims(windows=600, too_late=0, missing=0, lost=0, unrecorded=0, untold=0)


async def test_a_small_storm_is_exact() -> None:
    late, claims, load = await stormed(12)

    assert claims.hold, claims
    assert claims.windows == 12
    assert sum(load.taken.values()) > 0
    assert load.refused > 0
    assert late.last >= late.p50 >= 0


@pytest.mark.parametrize("claim", ["too_late", "missing", "lost", "unrecorded", "untold"])
def test_one_comment_in_the_wrong_place_breaks_the_claims(claim: str) -> None:
    assert not Claims(**{**vars(HOLDING), claim: 1}).hold


def test_the_report_gives_the_ratio_as_measured_and_for_as_many_timers() -> None:
    load = Load(Counter({UUID(int=1): 5}), refused=2)

    said = report(HOLDING, Lateness(0.05, 0.1, 0.1), Lateness(4.0, 9.0, 10.0), load, timers=60)

    assert said["less_late"] == {"last": 100.0, "last_scaled": 1000.0}
    assert said["load"] == {"taken": 5, "refused": 2}
    assert said["goals"]["less_late"]["verdict"] == "pass"


def test_lateness_of_nothing_is_no_figure() -> None:
    with pytest.raises(ValueError, match="nothing was closed"):
        Lateness.of([])

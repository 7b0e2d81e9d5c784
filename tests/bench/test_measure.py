"""What the benches make of their figures: rates, CPU for each lifecycle, ratios and goals."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter

import pytest

from bench.__main__ import BENCHES, main
from bench.lifecycle import fitting, goals, report
from bench.measure import Batch, Goal, Meter, Side, ratio, spent


def a_side(*seconds: float, temporal: float, workers: float, events: float = 600, bytes_: float = 80_000) -> Side:
    """Eight lifecycles in each batch; CPU seconds for each batch."""
    cpu = {"temporal": temporal, "workers": workers, "postgres": 1.0}
    return Side([Batch(8, each, cpu) for each in seconds], events, bytes_, Counter(activities=90))


def test_the_rate_of_a_side_is_the_mean_of_its_turns() -> None:
    assert a_side(8, 16, temporal=8, workers=8).rate == pytest.approx(0.75)


def test_cpu_is_counted_for_each_lifecycle_over_all_turns() -> None:
    side = a_side(8, 16, temporal=16, workers=4)

    assert side.cpu_ms_of_each == {"postgres": 125, "temporal": 2_000, "workers": 500}
    assert side.cpu_ms(but="postgres") == 2_500


def test_goals_compare_the_product_with_the_skeleton() -> None:
    product = a_side(16, temporal=16, workers=8, events=660, bytes_=160_000)
    skeleton = a_side(8, temporal=16, workers=4)

    found = {goal.name: (round(goal.value, 2), goal.passed) for goal in goals(product, skeleton)}

    assert found == {"rate": (0.5, True), "cpu": (1.2, True), "events": (1.1, True), "bytes": (2.0, False)}


def test_the_report_says_pass_or_fail_in_words() -> None:
    side = a_side(8, temporal=8, workers=8)

    printed = report(side, side)["goals"]

    assert printed["rate"] == {"ratio": 1.0, "goal": ">= 0.5", "verdict": "pass"}
    assert printed["bytes"] == {"ratio": 1.0, "goal": "<= 1.5", "verdict": "pass"}


@pytest.mark.parametrize(("value", "passed"), [(1.5, True), (1.51, False)])
def test_a_bar_is_reached_when_it_is_touched(value: float, *, passed: bool) -> None:
    assert Goal("cpu", value, 1.5, "less").passed is passed


def test_a_floor_that_was_not_measured_gives_no_ratio() -> None:
    with pytest.raises(ValueError, match="not measured"):
        ratio(1.0, 0.0)


@pytest.mark.parametrize(("warm_up", "side_by_side"), [(10.0, 8), (25.0, 8), (50.0, 4), (400.0, 2)])
def test_fewer_lifecycles_run_side_by_side_on_a_busy_machine(warm_up: float, side_by_side: int) -> None:
    assert fitting(8, warm_up) == side_by_side


def test_the_meter_sees_the_work_of_a_process() -> None:
    meter = Meter({"us": os.getpid()})
    before = meter.read()
    while not spent(before, after := meter.read())["us"]:
        sum(range(100_000))

    assert after["us"] > before["us"]


def test_the_bench_itself_is_counted_without_those_whom_it_measures() -> None:
    ours = Meter({"us": os.getpid()})
    before = ours.read()
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as child:
        theirs = Meter({"child": child.pid})
        while theirs.read()["child"] < 0.5:
            time.sleep(0.05)
        running = spent(before, ours.read())["us"]
        child.kill()

    assert running < 0.4
    assert spent(before, ours.read())["us"] < 0.4


def test_the_benches_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main([])

    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(BENCHES)


def test_an_unknown_bench_is_refused() -> None:
    with pytest.raises(SystemExit, match="no such bench"):
        main(["speed"])

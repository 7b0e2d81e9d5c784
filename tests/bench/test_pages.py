"""The bench of the pages in small: every page answers in both windows; the one that grows most is named."""

from __future__ import annotations

from bench.pages import PAGES, report, run


async def test_every_page_opens_in_a_small_and_in_a_larger_window() -> None:
    printed = await run(["--small", "600", "--large", "900", "--tries", "1"])

    assert set(printed["pages_ms"]) == set(PAGES)
    assert (printed["small"], printed["large"]) == (600, 900)


def test_the_page_that_grows_most_decides() -> None:
    printed = report(1, 10, {"flat": (10.0, 11.0), "grows": (2.0, 20.0)})

    assert printed["worst"] == "grows"
    assert printed["goals"]["growth_of_worst_page"]["verdict"] == "fail"

"""The bench of the inbox, on a small town."""

from __future__ import annotations

from bench import inbox


async def test_a_small_run_reads_the_pages_of_many_readers() -> None:
    found = await inbox.run(["--items", "500", "--people", "40", "--tries", "5"])
    assert found["http"]["page"]["p50_ms"] > 0 < found["sql"]["page"]["p50_ms"]
    assert set(found["goals"]) == {"page_of_round_trip", "page_of_who_am_i"}

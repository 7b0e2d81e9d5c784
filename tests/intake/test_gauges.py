"""Windows as a duty officer sees them."""

from __future__ import annotations

import pytest

from services.intake.store import closing, mails
from services.kernel.runtime.gauges import Gauges
from tests.intake.builders import Desk


@pytest.mark.parametrize(
    ("starts_in", "lasts", "expected"),
    [(-60, 7200, (1, 1, 0)), (-60, 3 * 86400, (1, 0, 0)), (-60, 30, (0, 0, 1))],
    ids=["closes within a day", "closes later", "past its instant and not closed"],
)
async def test_windows_are_counted_by_what_the_clock_says(
    desk: Desk, starts_in: float, lasts: float, expected: tuple[int, int, int]
) -> None:
    await desk.opens_window(await desk.submits(), starts_in=starts_in, lasts=lasts)

    found = await Gauges(desk.db, closing.figures).read()

    assert tuple(found[f"fawen.windows.{name}"] for name in ("open", "closing", "past_due")) == expected


async def test_mails_that_did_not_arrive_are_counted(desk: Desk) -> None:
    found = await Gauges(desk.db, mails.figures).read()

    assert {name.rpartition(".")[2]: value for name, value in found.items() if "commenter_mails" in name} == {
        "waiting": 0.0, "failed": 0.0, "bounced": 0.0,
    }  # fmt: skip

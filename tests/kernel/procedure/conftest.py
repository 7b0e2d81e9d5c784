"""The national book and the packaged calendar, read once."""

from __future__ import annotations

import pytest

from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook


@pytest.fixture(scope="session")
def book() -> RuleBook:
    return RuleBook.load()


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return WorkCalendar.load()

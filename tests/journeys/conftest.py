"""What the journeys share: the people of the town, the record behind the services, the mail that arrived."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from fawen.demo.people import Town
from fawen.stack import Stack
from tests.journeys.record import Letters, Record

FORGET = "delete from intake.comment_rates"


@pytest_asyncio.fixture(scope="module", autouse=True)
async def as_if_later(stack: Stack) -> None:
    """Every file begins with the counters of comments at nothing, as they are ten minutes later: all share one address."""
    owner = await asyncpg.connect(stack.admin_url)
    try:
        await owner.execute(FORGET)
    finally:
        await owner.close()


@pytest_asyncio.fixture
async def town(stack: Stack) -> AsyncIterator[Town]:
    """A client for everybody, with connections of this test's own: storms cut them."""
    async with Town.at(stack.base_url, stack.keys_file) as people:
        yield people


@pytest.fixture
def record(stack: Stack) -> Record:
    """What the database holds."""
    return Record(stack.admin_url)


@pytest.fixture
def letters(stack: Stack) -> Letters:
    """What the local post office took."""
    return Letters(stack.home / "mail")

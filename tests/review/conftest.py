"""Fixtures of review: its database with the people of 云溪区 in it."""

from __future__ import annotations

import asyncpg
import pytest_asyncio

from services.kernel.runtime.db import Database
from services.review.activities import ReviewActivities
from tests.conftest import DbFor
from tests.review.builders import ZONE, with_people


@pytest_asyncio.fixture
async def db(db_for: DbFor, owner: asyncpg.Connection[asyncpg.Record]) -> Database:
    await with_people(owner)
    return await db_for("review")


@pytest_asyncio.fixture
async def activities(db: Database) -> ReviewActivities:
    return ReviewActivities(db, ZONE)

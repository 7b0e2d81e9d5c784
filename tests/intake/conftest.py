"""A desk for each test: intake on its own database, with the demo directory."""

from __future__ import annotations

import pytest_asyncio

from services.kernel.runtime import directory
from services.kernel.runtime.blobs import Blobs
from tests.conftest import Clone, DbFor
from tests.intake.builders import Desk


@pytest_asyncio.fixture
async def desk(database: Clone, db_for: DbFor, owner: object, blobs: Blobs) -> Desk:
    """Intake, and the people of 云溪区."""
    async with owner.transaction():  # type: ignore[attr-defined]
        await directory.import_demo(owner)  # type: ignore[arg-type]
    return Desk(await db_for("intake"), blobs)

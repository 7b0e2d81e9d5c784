"""The invented district 云溪区: its units, persons and offices, for the local profile."""

from __future__ import annotations

import asyncpg

from services.kernel.runtime import directory


async def load_demo_directory(admin_url: str) -> None:
    """Bring the demo directory into the database at `admin_url`, its owner's address. Twice is harmless."""
    connection = await asyncpg.connect(admin_url)
    try:
        async with connection.transaction():
            await directory.import_demo(connection)
    finally:
        await connection.close()

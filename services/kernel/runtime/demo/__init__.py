"""The invented district 云溪区: its units, persons, offices and keys, for the local profile."""

from __future__ import annotations

import json
import os
from pathlib import Path

import asyncpg

from services.kernel.runtime import directory
from services.kernel.runtime.db import Connection

LABEL = "demo"


async def load_demo_directory(admin_url: str, keys_file: Path | None = None) -> None:
    """Bring the demo directory into the database at `admin_url`, its owner's address. Twice is harmless.

    `keys_file`, if it does not exist yet, gets one API key for each person, as JSON: person id to key.
    """
    connection = await asyncpg.connect(admin_url)
    try:
        async with connection.transaction():
            await directory.import_demo(connection)
            if keys_file is not None and not keys_file.exists():
                _write(keys_file, await _keys(connection))
    finally:
        await connection.close()


async def _keys(tx: Connection) -> dict[str, str]:
    units = {office.person_id: office.unit_id for office in await directory.offices(tx)}
    made = {
        person: await directory.create_key(tx, unit_id=unit, person_id=person, label=LABEL)
        for person, unit in units.items()
    }
    return {person: key.secret for person, key in made.items()}


def _write(file: Path, keys: dict[str, str]) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(keys, out, indent=1)

"""The schema of each service as its migrations make it: `python -m tests.house.schema` writes schema.sql."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from pathlib import Path

from fawen.stack.folder import fresh
from fawen.stack.postgres import FLEETING, Postgres, binaries
from services.kernel.runtime.migrate import migrate_all
from tests.house.tree import ROOT, SERVICES

DATABASE = "fawen_schema"
HEAD = "-- The schema `{schema}` after all migrations. Written by `make sql`; a test compares it. Do not edit.\n\n"
NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)$\n?", re.MULTILINE)
BLANK = re.compile(r"\n{3,}")


def file_of(schema: str) -> Path:
    """Where the readable truth of a schema lies."""
    if schema in SERVICES:
        return ROOT / "services" / schema / "schema.sql"
    return ROOT / "services" / "kernel" / "runtime" / "migrations" / f"{schema}.schema.sql"


SCHEMAS = (*SERVICES, "directory")


def dump(server: Postgres, database: str, schema: str) -> str:
    """What pg_dump says of one schema, without what changes from run to run."""
    argv = [str(binaries() / "pg_dump"), "--schema-only", "--no-owner", "--no-privileges", "--schema", schema]
    said = subprocess.run([*argv, server.url(database)], capture_output=True, text=True, check=True)
    return HEAD.format(schema=schema) + BLANK.sub("\n\n", NOISE.sub("", said.stdout)).strip() + "\n"


async def write() -> None:
    """Migrate an empty database and write down what it became."""
    home = fresh()
    server = Postgres.at(home, settings=FLEETING)
    try:
        await server.start()
        await server.create_database(DATABASE)
        await migrate_all(server.url(DATABASE))
        for schema in SCHEMAS:
            file_of(schema).write_text(dump(server, DATABASE, schema), "utf-8")
            print(file_of(schema).relative_to(ROOT))
    finally:
        await server.stop()
        server.remove()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(write())

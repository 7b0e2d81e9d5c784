"""Roles, schemas and numbered migrations: forward only, one at a time, under an advisory lock."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import structlog
from pogo_core.util import migrate as pogo

from services.kernel.runtime.settings import Settings

log = structlog.get_logger()

SERVICES = ("intake", "tasks", "review", "notify")
# Roles beside a service's own; the service's grants.sql says what each of them may see.
PRIVATE = {"intake": ("contacts",)}
HERE = Path(__file__).parent / "migrations"
SERVICES_ROOT = Path(__file__).parents[2]
LOCK = 7_311_518_002
TIMEOUTS = "set lock_timeout = '4s'; set statement_timeout = '60s'"

ROLE_EXISTS = "select 1 from pg_roles where rolname = $1"
GRANTS = """
grant usage on schema {schema} to {role};
grant select, insert, update, delete on all tables in schema {schema} to {role};
grant usage, select on all sequences in schema {schema} to {role};
grant execute on all functions in schema {schema} to {role};
"""
DIRECTORY_GRANTS = """
grant usage on schema directory to {role};
grant select on all tables in schema directory to {role};
grant insert, update on directory.sessions to {role};
grant update (last_used_at) on directory.api_keys to {role};
"""


async def migrate_all(admin_url: str, *, passwords: dict[str, str] | None = None) -> None:
    """Bring the database at `admin_url` (its owner's address) to the newest form. Safe to run by several at once."""
    guard = await asyncpg.connect(admin_url)
    try:
        await guard.execute("select pg_advisory_lock($1)", LOCK)
        connection = await asyncpg.connect(admin_url)
        try:
            await _migrate(connection, passwords or {})
        finally:
            await connection.close()
    finally:
        await guard.close()


async def _migrate(connection: asyncpg.Connection[asyncpg.Record], passwords: dict[str, str]) -> None:
    await connection.execute(TIMEOUTS)
    await _apply(connection, "directory", [HERE / "directory"])
    for service in SERVICES:
        for role in roles_of(service):
            await _ensure_role(connection, role, passwords.get(role))
        await _apply(connection, service, [HERE / "service", SERVICES_ROOT / service / "migrations"])
        await _grant(connection, service)
    log.info("migrated", schemas=["directory", *SERVICES])


async def _grant(connection: asyncpg.Connection[asyncpg.Record], service: str) -> None:
    """What the service's role may do, then what its grants.sql takes away and gives to others, seen all at once."""
    role, exceptions = f"fawen_{service}", SERVICES_ROOT / service / "grants.sql"
    async with connection.transaction():
        await connection.execute(GRANTS.format(schema=service, role=role))
        await connection.execute(DIRECTORY_GRANTS.format(role=role))
        if exceptions.exists():
            await connection.execute(exceptions.read_text("utf-8"))


async def _apply(connection: asyncpg.Connection[asyncpg.Record], schema: str, folders: list[Path]) -> None:
    await connection.execute(f'create schema if not exists "{schema}"')
    await connection.execute(f'set search_path to "{schema}"')
    for folder in folders:
        if folder.is_dir():
            await pogo.apply(connection, folder, schema_name=schema)


async def _ensure_role(connection: asyncpg.Connection[asyncpg.Record], role: str, password: str | None) -> None:
    if await connection.fetchval(ROLE_EXISTS, role) is None:
        try:
            await connection.execute(f'create role "{role}" login')
        except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
            log.info("role.made_by_another", role=role)
    if password:
        quoted = password.replace("'", "''")
        await connection.execute(f"alter role \"{role}\" password '{quoted}'")


def roles_of(service: str) -> tuple[str, ...]:
    """The service's own role, then those that see what it may not."""
    return tuple(f"fawen_{name}" for name in (service, *PRIVATE.get(service, ())))


def passwords_of(settings: Settings) -> dict[str, str]:
    """The passwords for the services' roles, from `role=password,...`; empty when none are set."""
    if settings.database_passwords is None:
        return {}
    pairs = settings.database_passwords.get_secret_value().split(",")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)

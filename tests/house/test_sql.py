"""SQL stands as a constant, names its columns, and is understood by the migrated database."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from services.kernel.runtime.migrate import roles_of
from tests.conftest import Clone
from tests.house.sql import Statement, built, statements
from tests.house.tree import SERVICES, source

# Put together of constants (ADR 9): tests/tasks/test_list_contents.py has each of them run.
WOVEN = {"services/tasks/store/lists.py": {"LINES"}}
STATEMENTS = [
    pytest.param(statement, id=statement.where)
    for statement in statements()
    if statement.name not in WOVEN.get(statement.module.name, ())
]
STAR = re.compile(r"\bselect\s+(distinct\s+)?(\w+\.)?\*", re.IGNORECASE)


def test_there_are_statements_to_look_at() -> None:
    assert STATEMENTS


def test_every_statement_names_its_columns() -> None:
    assert [s.where for s in statements() if STAR.search(s.text)] == []


def test_no_statement_is_put_together_from_strings() -> None:
    assert [place for module in source() for place in built(module)] == []


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def seen_by(migrated_clone: Clone) -> AsyncIterator[dict[str, asyncpg.Connection[asyncpg.Record]]]:
    """A connection for each role: a statement about tables that are not for it is not understood."""
    connections = {
        role.removeprefix("fawen_"): await asyncpg.connect(
            migrated_clone.server.url(migrated_clone.name, user=role),
            server_settings={"search_path": f"{service}, directory"},
        )
        for service in SERVICES
        for role in roles_of(service)
    }
    yield connections
    for connection in connections.values():
        await connection.close()


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_the_database_understands_a_statement(
    statement: Statement, seen_by: dict[str, asyncpg.Connection[asyncpg.Record]]
) -> None:
    if re.search(r"\{\w+\}", statement.text):
        pytest.fail("a statement with a placeholder cannot be prepared")
    await seen_by[statement.role or SERVICES[0]].prepare(statement.text)

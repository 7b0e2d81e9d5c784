"""schema.sql is what the migrations make, and migrations only go forward."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.kernel.runtime.migrate import migrate_all
from tests.conftest import Clone
from tests.house.schema import SCHEMAS, dump, file_of
from tests.house.tree import ROOT, tracked

SCHEMA = "schema.sql"
NUMBERED = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")
FOLDERS = sorted({path.parent for path in tracked() if NUMBERED.match(path.name)})
APPLY, ROLLBACK = "-- migrate: apply", "-- migrate: rollback"
DANGEROUS = re.compile(
    r"(^|;)\s*(truncate|drop\s+table)\b|\bdrop\s+column\b|\balter\s+column\s+\w+\s+type\b", re.IGNORECASE
)
# Every service has the tables of the kernel first (0001 ...), then its own (0101 ...).
FIRST = (1, 101)


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_schema_sql_says_what_the_migrations_make(schema: str, migrated_clone: Clone) -> None:
    made = dump(migrated_clone.server, migrated_clone.name, schema)
    assert file_of(schema).read_text("utf-8") == made, "run `make sql`"


@pytest.mark.parametrize("folder", [pytest.param(f, id=str(f.relative_to(ROOT))) for f in FOLDERS])
class TestOneFolder:
    """The migrations of one schema."""

    def test_they_are_numbered_without_a_gap(self, folder: Path) -> None:
        numbers = [int(match.group(1)) for file in _files(folder) if (match := NUMBERED.match(file.name))]
        assert len(numbers) == len(_files(folder))
        assert numbers[0] in FIRST
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))

    def test_each_depends_on_the_one_before(self, folder: Path) -> None:
        before = ""
        for file in _files(folder):
            depends = re.search(r"^-- depends:(.*)$", file.read_text("utf-8"), re.MULTILINE)
            assert depends is not None, file.name
            assert depends.group(1).split() == before.split(), file.name
            before = file.stem

    def test_they_only_go_forward(self, folder: Path) -> None:
        for file in _files(folder):
            forward, _, back = file.read_text("utf-8").partition(ROLLBACK)
            assert APPLY in forward, file.name
            assert _without_comments(back) == "", f"{file.name} promises a way back"

    def test_they_lose_nothing(self, folder: Path) -> None:
        assert [file.name for file in _files(folder) if DANGEROUS.search(_without_comments(file.read_text()))] == []


async def test_migrating_twice_changes_nothing(empty_database: Clone) -> None:
    await migrate_all(empty_database.admin_url)
    first = [dump(empty_database.server, empty_database.name, schema) for schema in SCHEMAS]
    await migrate_all(empty_database.admin_url)
    assert [dump(empty_database.server, empty_database.name, schema) for schema in SCHEMAS] == first


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.sql")) if not path.name.endswith(SCHEMA)]


def _without_comments(sql: str) -> str:
    return re.sub(r"--.*", "", sql).strip()

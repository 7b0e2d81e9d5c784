"""Absences: days inclusive by the database's clock, no overlap, no chains, nothing rewritten."""

from __future__ import annotations

import asyncio
from typing import TypeAlias

import asyncpg
import pytest
import pytest_asyncio

from services.kernel.runtime import directory
from tests.conftest import Clone

Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
ADD = """
insert into directory.absences (person_id, unit_id, deputy_id, from_on, until_on, roles, made_by)
values ($1, 'justice', $2, directory.office_today() + $3::int, directory.office_today() + $4::int, $5, $1)
returning id
"""
LU, SU, ZHENG = "lu-wenxi", "su-he", "zheng-an"


@pytest_asyncio.fixture
async def desk(owner: Owner) -> Owner:
    """The directory of 云溪区 with three people in the justice department."""
    await directory.import_demo(owner)
    return owner


async def add(
    conn: Owner, person: str, deputy: str, first: int = -1, last: int = 1, roles: tuple[str, ...] = ()
) -> object:
    return await conn.fetchval(ADD, person, deputy, first, last, list(roles))


@pytest.mark.parametrize(("first", "last", "stands"), [(0, 0, True), (-3, 0, True), (0, 3, True), (1, 2, False), (-2, -1, False)])  # fmt: skip
async def test_the_first_and_the_last_day_count(desk: Owner, first: int, last: int, stands: bool) -> None:
    await add(desk, LU, SU, first, last)
    assert bool(await desk.fetch("select 1 from directory.deputies")) is stands


async def test_the_scope_is_what_the_absent_person_holds(desk: Owner) -> None:
    await add(desk, LU, SU, roles=("legality_reviewer", "registrar"))
    row = await desk.fetchrow("select roles, whole from directory.deputies")
    assert row is not None
    assert (row["roles"], row["whole"]) == (["legality_reviewer"], False)


async def test_what_is_done_in_person_is_not_passed_on(desk: Owner) -> None:
    await desk.execute(
        "insert into directory.absences (person_id, unit_id, deputy_id, from_on, until_on, made_by)"
        " values ('xu-qingyuan', 'yunxi', 'bai-jing', directory.office_today(), directory.office_today(), 'x')"
    )
    assert await desk.fetch("select 1 from directory.deputies") == []
    assert {"chief", "member", "operator"} == directory.IN_PERSON


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ((LU, SU), (LU, ZHENG), "absence.overlap"),
        ((LU, SU), (SU, ZHENG), "absence.chain"),
        ((LU, SU), (ZHENG, LU), "absence.chain"),
        ((LU, SU), (SU, LU), "absence.chain"),
    ],
)
async def test_overlaps_and_chains_are_refused(
    desk: Owner, first: tuple[str, str], second: tuple[str, str], code: str
) -> None:
    await add(desk, *first)
    with pytest.raises(asyncpg.RaiseError, match=code):
        await add(desk, *second, 1, 9)
    await add(desk, *second, 2, 9)


async def test_two_deputies_for_different_offices_are_no_overlap(desk: Owner) -> None:
    await add(desk, LU, SU, roles=("legality_reviewer",))
    await add(desk, LU, ZHENG, roles=("filing_clerk",))
    assert len(await desk.fetch("select 1 from directory.deputies")) == 2


async def test_a_deputy_works_in_the_unit(desk: Owner) -> None:
    with pytest.raises(asyncpg.RaiseError, match=r"absence\.deputy"):
        await add(desk, LU, "he-xu")


async def test_an_absence_is_ended_once_and_never_rewritten(desk: Owner) -> None:
    await add(desk, LU, SU)
    with pytest.raises(asyncpg.RestrictViolationError):
        await desk.execute("update directory.absences set until_on = until_on + 1")
    await desk.execute("update directory.absences set ended_at = now(), ended_by = $1", LU)
    assert await desk.fetch("select 1 from directory.deputies") == []
    for change in ("update directory.absences set ended_by = 'x'", "delete from directory.absences"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await desk.execute(change)
    await add(desk, LU, ZHENG)  # what has ended stands in nobody's way


async def test_of_two_that_would_make_a_chain_at_once_one_is_refused(desk: Owner, database: Clone) -> None:
    connections = [await asyncpg.connect(database.admin_url) for _ in range(2)]

    async def make(conn: Owner, person: str, deputy: str) -> str:
        try:
            async with conn.transaction():
                await add(conn, person, deputy)
                await asyncio.sleep(0.05)
        except asyncpg.RaiseError as error:
            return str(error)
        return "made"

    answers = await asyncio.gather(make(connections[0], LU, SU), make(connections[1], SU, ZHENG))
    for conn in connections:
        await conn.close()
    assert sorted(answers) == ["absence.chain", "made"]

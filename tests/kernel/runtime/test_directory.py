"""The directory: finding units by the names that documents use, and taking over lists."""

from __future__ import annotations

import pytest

from services.kernel.contracts.refusals import Invalid, NotFound
from services.kernel.runtime import directory
from services.kernel.runtime.db import Connection
from services.kernel.runtime.demo import load_demo_directory
from services.kernel.runtime.directory import Role
from tests.conftest import Clone

UNITS = "id,name,short_name,kind,parent_id,agency_code\n"
PERSONS = "id,name,email,phone\n"
OFFICES = "person_id,unit_id,role,title\n"


@pytest.mark.parametrize("name", ["云溪区城市管理局", "区城市管理局", " 区城市管理局 "])
async def test_a_unit_is_found_by_full_and_by_short_name(people: Connection, name: str) -> None:
    unit = await directory.unit_by_name(people, name)
    assert unit is not None
    assert unit.id == "urban"


async def test_a_name_without_the_district_in_front_is_found(people: Connection) -> None:
    unit = await directory.unit_by_name(people, "区市场监督管理局")

    assert unit is not None
    assert unit.id == "market"


async def test_an_ending_that_several_units_share_finds_neither(people: Connection) -> None:
    await people.execute(
        "insert into directory.units values ('x', '东区水务管理局', '东水务', 'department'), "
        "('y', '西区水务管理局', '西水务', 'department')"
    )

    assert await directory.unit_by_name(people, "水务管理局") is None


async def test_a_short_name_of_two_units_finds_neither(people: Connection) -> None:
    await people.execute(
        "insert into directory.units values ('b', '乙局', '综合局', 'department'), ('c', '丙局', '综合局', 'department')"
    )
    assert await directory.unit_by_name(people, "综合局") is None


async def test_the_demo_can_hold_an_executive_meeting(people: Connection) -> None:
    assert len(await directory.persons_of(people, "yunxi", Role.CHIEF)) == 1
    assert len(await directory.persons_of(people, "yunxi", Role.MEMBER)) >= 4


async def test_every_role_is_held_by_somebody_in_the_demo(people: Connection) -> None:
    assert {office.role for office in await directory.offices(people)} == set(Role)


async def test_loading_the_demo_twice_changes_nothing(database: Clone, people: Connection) -> None:
    before = await directory.offices(people)
    await load_demo_directory(database.admin_url)
    assert await directory.offices(people) == before


async def test_an_import_replaces_the_offices_and_keeps_the_persons(people: Connection) -> None:
    await directory.import_csv(people, UNITS, PERSONS, OFFICES + "su-he,justice,legality_reviewer,公职律师\n")
    assert [office.person_id for office in await directory.offices(people)] == ["su-he"]
    assert (await directory.get_person(people, "he-xu")).name == "何叙"


async def test_a_spreadsheets_byte_order_mark_is_no_part_of_a_column(people: Connection) -> None:
    await directory.import_csv(
        people, "\ufeff" + UNITS + "water,云溪区水务局,区水务局,department,yunxi\n", PERSONS, OFFICES
    )
    assert await directory.unit_by_name(people, "区水务局") is not None


async def test_a_missing_column_is_named(people: Connection) -> None:
    with pytest.raises(Invalid, match="parent_id"):
        await directory.import_csv(people, "id,name,short_name,kind\n", PERSONS, OFFICES)


async def test_an_unknown_role_is_named_with_its_line(people: Connection) -> None:
    with pytest.raises(Invalid, match="Line 2"):
        await directory.import_csv(people, UNITS, PERSONS, OFFICES + "su-he,justice,wizard,\n")


async def test_a_unit_may_come_before_its_parent(people: Connection) -> None:
    rows = "pool,云溪区游泳馆,区游泳馆,office,sports\nsports,云溪区体育局,区体育局,department,yunxi\n"
    async with people.transaction():
        await directory.import_csv(people, UNITS + rows, PERSONS, OFFICES)
    assert len([unit for unit in await directory.units(people) if unit.id in ("pool", "sports")]) == 2


async def test_who_is_unknown_is_not_found(people: Connection) -> None:
    with pytest.raises(NotFound):
        await directory.get_person(people, "nobody")

"""Saved filters: a name once, one default, shared within the unit to look at; by programs and by forms."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import asyncpg
import pytest

from services.kernel.runtime.db import Database
from services.tasks.actions import filters as actions
from services.tasks.activities import Activities
from services.tasks.domain.filters import MOST_KEPT, ChangeFilter, Kept, SaveFilter
from tests.tasks.builders import HE, LU, SU, a_document, an_item, reviewer
from tests.tasks.conftest import Office

Look = Callable[..., Awaitable[list[asyncpg.Record]]]
URGENT = {"name": "要紧的", "asked": {"view": "mine", "stage": "legality_review", "due": "soon"}}
HOME = "/tasks/inbox/filters"


async def test_a_name_is_a_persons_once(office: Office) -> None:
    async with office.program(LU) as one, office.program(SU) as other:
        assert (await one.post("/tasks/filters", json=URGENT)).status_code == 201
        again = await one.post("/tasks/filters", json=URGENT)
        assert (again.status_code, again.json()["code"], again.json()["field"]) == (409, "filter.name", "name")
        assert (await other.post("/tasks/filters", json=URGENT)).status_code == 201


async def test_a_new_default_takes_the_place_of_the_one_before(office: Office) -> None:
    async with office.program(LU) as client:
        first = (await client.post("/tasks/filters", json={**URGENT, "default": True})).json()
        second = (await client.post("/tasks/filters", json={**URGENT, "name": "另一个"})).json()
        assert (await client.post(f"/tasks/filters/{second['id']}", json={"default": True})).json()["default"] is True
        found = {each["id"]: each["default"] for each in (await client.get("/tasks/filters")).json()}
    assert found == {first["id"]: False, second["id"]: True}


async def test_the_database_keeps_one_default_for_each_person(db: Database) -> None:
    add = "insert into saved_filters (person_id, unit_id, name, asked, is_default) values ('p', 'u', $1, '{}', true)"
    async with db.read() as conn:
        await conn.execute(add, "甲")
        with pytest.raises(asyncpg.UniqueViolationError):
            await conn.execute(add, "乙")


async def test_two_defaults_chosen_at_once_leave_one(db: Database, look: Look) -> None:
    async def save(name: str) -> None:
        async with db.transaction() as tx:
            await actions.save(tx, reviewer(LU), SaveFilter(name=name, asked=Kept(), default=True))

    await asyncio.gather(*(save(name) for name in "甲乙丙丁"))
    rows = await look("select is_default from saved_filters")
    assert sorted(row["is_default"] for row in rows) == [False, False, False, True]


async def test_a_shared_filter_is_to_look_at_for_the_unit_alone(office: Office) -> None:
    async with office.program(LU) as owner, office.program(SU) as colleague, office.program(HE) as stranger:
        made = (await owner.post("/tasks/filters", json={**URGENT, "shared": True})).json()
        (seen,) = (await colleague.get("/tasks/filters")).json()
        assert (seen["name"], seen["mine"], seen["owner_name"]) == ("要紧的", False, "陆闻溪")
        assert (await stranger.get("/tasks/filters")).json() == []
        for path, body in (
            (f"/tasks/filters/{made['id']}", {"name": "改了"}),
            (f"/tasks/filters/{made['id']}/remove", {}),
        ):
            refused = await colleague.post(path, json=body)
            assert (refused.status_code, refused.json()["code"]) == (404, "filter.not_found")


async def test_whose_a_filter_is_stays(db: Database) -> None:
    async with db.transaction() as tx:
        made = await actions.save(tx, reviewer(LU), SaveFilter(name="甲", asked=Kept()))
    async with db.read() as conn:
        with pytest.raises(asyncpg.RestrictViolationError):
            await conn.execute("update saved_filters set person_id = 'su-he' where id = $1", made.id)


async def test_more_filters_than_a_bar_can_show_are_refused(db: Database, office: Office) -> None:
    async with db.transaction() as tx:
        for number in range(MOST_KEPT):
            await actions.save(tx, reviewer(LU), SaveFilter(name=f"筛选{number}", asked=Kept()))
    async with office.program(LU) as client:
        answer = await client.post("/tasks/filters", json=URGENT)
    assert (answer.status_code, answer.json()["code"]) == (409, "filter.too_many")


async def test_a_change_leaves_what_it_does_not_name(db: Database) -> None:
    async with db.transaction() as tx:
        made = await actions.save(tx, reviewer(LU), SaveFilter(name="甲", asked=Kept(q="油烟"), shared=True))
        changed = await actions.change(tx, reviewer(LU), made.id, ChangeFilter(name="乙"))
    assert (changed.name, changed.asked, changed.is_shared) == ("乙", Kept(q="油烟"), True)


async def test_the_inbox_opens_with_the_default_and_the_tab_still_shows_all(
    activities: Activities, office: Office
) -> None:
    await activities.post_item(an_item("soon", due=date(2026, 11, 24), document=a_document(title="油烟办法")))
    await activities.post_item(an_item("later", due=date(2027, 3, 1), document=a_document(title="托管指引")))
    async with office.person(LU) as browser:
        sent = await browser.send(
            f"{HOME}?view=mine&due=soon&by=arrival", HOME, name="要紧的", default="yes", shared="yes"
        )
        assert sent.headers["Location"] == f"{HOME}?did=saved"
        opened = await browser.client.get("/tasks/inbox")
        assert (opened.status_code, opened.headers["Location"]) == (303, "/tasks/inbox?view=mine&due=soon&by=arrival")
        page = await browser.open(opened.headers["Location"])
        assert "油烟办法" in page
        assert "托管指引" not in page
        assert "要紧的" in page
        assert "托管指引" in await browser.open("/tasks/inbox?view=mine")


async def test_a_taken_name_is_said_at_the_field(office: Office) -> None:
    async with office.person(LU) as browser:
        await browser.send(HOME, HOME, name="要紧的")
        again = await browser.send(f"{HOME}?stage=legality_review", HOME, name="要紧的")
        assert again.status_code == 422
        assert "您已经有同名的筛选" in again.text
        assert 'value="legality_review"' in again.text


async def test_filters_are_shared_and_removed_by_forms(office: Office, look: Look) -> None:
    async with office.person(LU) as browser:
        await browser.send(HOME, HOME, name="甲")
        (row,) = await look("select id from saved_filters")
        shared = await browser.send(HOME, f"{HOME}/{row['id']}/change")
        assert shared.status_code == 303
        gone = await browser.send(HOME, f"{HOME}/{row['id']}/remove")
        assert gone.headers["Location"] == f"{HOME}?did=removed"
    assert await look("select id from saved_filters") == []

"""Lists of the inbox: what stands in which, in which order, and that paging neither loses nor repeats a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.kernel.runtime.auth import Principal
from services.kernel.runtime.db import Database
from services.tasks.actions import asking, items, passing
from services.tasks.activities import Activities
from services.tasks.domain.verbs import Ask, Copy, PassOn
from services.tasks.shown.lists import PAGE, NotStandingIn, reader_of
from services.tasks.store import lists
from services.tasks.store.asked import Wanted
from tests.tasks.builders import HE, LU, SU, a_document, an_item, closing, reviewer
from tests.tasks.conftest import Office
from tests.tasks.test_verbs import CALENDAR


async def titles(client: httpx.AsyncClient, **asked: str) -> list[str]:
    answer = await client.get("/tasks/items", params=asked)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def every_page(client: httpx.AsyncClient, **asked: str) -> list[str]:
    """The ids of all lines of a list, page after page."""
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = (await client.get("/tasks/items", params={**asked, **after})).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            return seen
        after = {"after": page["next"]}


@pytest.mark.parametrize("by", ["due", "arrival", "document"])
async def test_every_order_shows_each_line_once(activities: Activities, office: Office, by: str) -> None:
    for number in range(2 * PAGE + 3):
        due = date(2026, 12, 1 + number % 3) if number % 4 else None
        await activities.post_item(an_item(f"item {number}", due=due, document=a_document(title=f"办法{number % 7}")))
    async with office.program(LU) as client:
        seen = await every_page(client, by=by)
    assert len(seen) == len(set(seen)) == 2 * PAGE + 3


async def test_closed_lines_are_paged_last_closed_first(activities: Activities, office: Office) -> None:
    for number in range(PAGE + 3):
        await activities.post_item(an_item(f"item {number}"))
        await activities.close_item(closing(f"item {number}"))
    async with office.program(LU) as client:
        seen = await every_page(client, view="done")
    assert len(seen) == len(set(seen)) == PAGE + 3


async def test_what_changes_meanwhile_moves_no_other_line(activities: Activities, office: Office) -> None:
    for number in range(PAGE + 5):
        await activities.post_item(an_item(f"item {number}", due=date(2026, 12, 1)))
    async with office.program(LU) as client:
        first = (await client.get("/tasks/items")).json()
        await activities.close_item(closing("item 3"))
        await activities.post_item(an_item("newer", due=date(2026, 11, 24)))
        second = (await client.get("/tasks/items", params={"after": first["next"]})).json()
    seen = [item["id"] for item in first["items"] + second["items"]]
    assert len(seen) == len(set(seen)) == PAGE + 5


async def test_a_place_in_another_order_is_refused(activities: Activities, office: Office) -> None:
    for number in range(PAGE + 1):
        await activities.post_item(an_item(f"item {number}"))
    async with office.program(LU) as client:
        after = (await client.get("/tasks/items")).json()["next"]
        answer = await client.get("/tasks/items", params={"by": "arrival", "after": after})
    assert (answer.status_code, answer.json()["code"]) == (422, "inbox.after")


async def test_all_that_waits_on_a_document_is_seen_by_its_drafting_unit(
    activities: Activities, office: Office
) -> None:
    document = a_document(title="办法甲")
    await activities.post_item(an_item("a", document=document))
    await activities.post_item(an_item("b", document=document, role="drafter", unit_id="urban", stage="drafting"))
    await activities.post_item(an_item("c", document=a_document(title="办法乙")))
    asked = {"view": "document", "document_id": str(document.document_id)}
    async with office.program(HE) as drafter, office.program(SU) as colleague:
        assert len(await titles(drafter, **asked)) == 2
        lines = (await drafter.get("/tasks/items", params=asked)).json()["items"]
        assert {line["stage"]: line["opens"] for line in lines}["legality_review"] is False
        assert await titles(colleague, **asked) == ["办法甲"]
        missing = await colleague.get("/tasks/items?view=document")
    assert (missing.status_code, missing.json()["code"]) == (422, "inbox.document")


async def test_what_i_asked_sent_on_or_got_a_copy_of_is_watched(
    db: Database, activities: Activities, office: Office
) -> None:
    posted = await activities.post_item(an_item())
    async with db.transaction() as tx:
        await items.claim(tx, reviewer(LU), posted.item_id)
        await asking.ask(tx, reviewer(LU), posted.item_id, Ask(version=2, to="su-he", question="？"), calendar=CALENDAR)
        await asking.copy(tx, reviewer(LU), posted.item_id, Copy(to=("su-he",)))
        await passing.hand_over(tx, reviewer(LU), posted.item_id, PassOn(version=3, to="su-he", reason="调离"))
    async with office.program(LU) as sender, office.program(SU) as receiver:
        sent = (await sender.get("/tasks/items?view=watched")).json()
        got = (await receiver.get("/tasks/items?view=watched")).json()
    assert sorted(line["sort"] for line in sent["items"]) == ["copy", "duty", "opinion"]
    assert [line["sort"] for line in got["items"]] == ["copy"]
    assert (sent["counts"]["watched"], got["counts"]["watched"]) == (3, 1)


async def test_what_i_closed_stands_in_a_list_of_its_own(db: Database, activities: Activities, office: Office) -> None:
    for key in ("mine", "other"):
        posted = await activities.post_item(an_item(key, document=a_document(title=key)))
        async with db.transaction() as tx:
            await items.claim(tx, reviewer(LU if key == "mine" else SU), posted.item_id)
        await activities.close_item(closing(key))
    async with office.program(LU) as client:
        assert await titles(client, view="by_me") == ["mine"]
        assert sorted(await titles(client, view="done")) == ["mine", "other"]


async def test_two_characters_are_found_in_the_title_and_in_the_number(
    activities: Activities, office: Office, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    document = uuid4()
    await activities.post_item(an_item("a", document=a_document(document_id=document, title="街面油烟管理办法")))
    await activities.post_item(an_item("b", document=a_document(title="校外托管指引")))
    await owner.execute(
        "insert into tasks.plans (document_id, title, kind, doc_number, issuer_unit, drafting_unit, structure_hash,"
        " text_hash, published_on, reply_to) values ($1, '方案', 'WORK_PLAN', '云政办发〔2026〕12号', 'yunxi', 'urban',"
        " 'h', 'h', '2026-02-12', 'r')",
        document,
    )
    async with office.program(LU) as client:
        assert await titles(client, q="油烟") == ["街面油烟管理办法"]
        assert await titles(client, q="〕12号") == ["街面油烟管理办法"]
        assert await titles(client, q="烟油") == []


def standing_in() -> Any:
    away = Principal("su-he", "苏禾", frozenset({"legality_reviewer"}), whole=True, until=date(2026, 12, 1))
    return replace(reviewer(LU), principals=(away,))


async def test_the_list_of_whom_i_stand_in_for_holds_only_theirs(db: Database, activities: Activities) -> None:
    for key, who in (("theirs", SU), ("own", LU)):
        posted = await activities.post_item(an_item(key))
        async with db.transaction() as tx:
            await items.claim(tx, reviewer(who), posted.item_id)
    async with db.read() as conn:
        reader = reader_of(standing_in(), "su-he")
        found = await lists.listed(conn, "mine", reader, Wanted(), by="due", after=None, limit=PAGE)
    assert [item.key for item in found] == ["theirs"]


def test_nobody_asks_for_the_list_of_whom_they_do_not_stand_in_for() -> None:
    with pytest.raises(NotStandingIn):
        reader_of(reviewer(LU), "su-he")

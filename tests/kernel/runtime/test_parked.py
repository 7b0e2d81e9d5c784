"""Parked letters: seen and sent again by operators, and by nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest_asyncio
from lxml import html
from pydantic import BaseModel

from services.kernel.runtime import outbox, parked
from services.kernel.runtime.db import Connection, Database
from services.kernel.runtime.settings import Settings
from tests.conftest import DbFor
from tests.kernel.runtime.probe import PAGE, key_for, probe_app, sign_in, visiting

REASON = "document/1 has ended: <b>it can hear nothing more</b>"
LIST = "/intake/outbox/parked"


class Fact(BaseModel):
    """A message of no consequence."""

    number: int = 1


@pytest_asyncio.fixture
async def db(db_for: DbFor) -> Database:
    return await db_for("intake")


@pytest_asyncio.fixture
async def visitor(settings: Settings, people: Connection) -> AsyncIterator[httpx.AsyncClient]:
    async with visiting(probe_app(settings, parked.router_for("intake"))) as client:
        yield client


async def a_parked_letter(db: Database, *, mail: bool = False) -> UUID:
    async with db.transaction() as tx:
        if mail:
            letter = await outbox.mail(tx, key="1", to="luwenxi@yunxi.example", name="assigned", message=Fact())
        else:
            letter = await outbox.signal(tx, key="1", workflow_id="document/1", name="withdrawn", message=Fact())
        await tx.execute(
            "update outbox set state = 'parked', attempts = 12, last_error = $2 where id = $1", letter, REASON
        )
    return letter


async def test_an_operator_sees_what_is_parked_and_why(
    db: Database, visitor: httpx.AsyncClient, people: Connection
) -> None:
    letter = await a_parked_letter(db)
    answer = await visitor.get(LIST, headers=await key_for(people, "gu-nianci", "gov-office"))
    found = answer.json()
    assert [(each["id"], each["attempts"], each["reason"]) for each in found] == [(str(letter), 12, REASON)]
    assert "body" not in found[0]


async def test_whose_mail_box_it_was_is_not_shown(db: Database, visitor: httpx.AsyncClient, people: Connection) -> None:
    await a_parked_letter(db, mail=True)
    answer = await visitor.get(LIST, headers=await key_for(people, "gu-nianci", "gov-office"))
    assert answer.json()[0]["target"] == "l***@yunxi.example"


async def test_nobody_else_sees_or_sends_letters(db: Database, visitor: httpx.AsyncClient, people: Connection) -> None:
    letter = await a_parked_letter(db)
    other = await key_for(people, "lu-wenxi", "justice")
    assert (await visitor.get(LIST, headers=other)).status_code == 403
    assert (await visitor.post(f"/intake/outbox/{letter}/retry", headers=other)).status_code == 403
    assert (await visitor.get(LIST)).status_code == 401


async def test_a_letter_sent_again_is_on_its_way(db: Database, visitor: httpx.AsyncClient, people: Connection) -> None:
    letter = await a_parked_letter(db)
    key = await key_for(people, "gu-nianci", "gov-office")
    answer = await visitor.post(f"/intake/outbox/{letter}/retry", headers=key)
    assert answer.json() == {"id": str(letter), "state": "waiting"}
    assert (await visitor.get(LIST, headers=key)).json() == []


async def test_a_letter_that_is_not_parked_is_refused(
    db: Database, visitor: httpx.AsyncClient, people: Connection
) -> None:
    key = await key_for(people, "gu-nianci", "gov-office")
    answer = await visitor.post(f"/intake/outbox/{uuid4()}/retry", headers=key)
    assert (answer.status_code, answer.json()["code"]) == (409, "outbox.not_parked")


async def test_the_same_key_sends_a_letter_once(db: Database, visitor: httpx.AsyncClient, people: Connection) -> None:
    letter = await a_parked_letter(db)
    headers = {**await key_for(people, "gu-nianci", "gov-office"), "Idempotency-Key": "again-1"}
    first = await visitor.post(f"/intake/outbox/{letter}/retry", headers=headers)
    second = await visitor.post(f"/intake/outbox/{letter}/retry", headers=headers)
    assert (first.status_code, second.json()) == (200, first.json())


async def test_the_page_escapes_the_reason_and_its_form_sends_again(db: Database, visitor: httpx.AsyncClient) -> None:
    letter = await a_parked_letter(db)
    await sign_in(visitor, "gu-nianci", "gov-office")
    page = html.fromstring((await visitor.get(LIST, headers=PAGE)).text)
    assert page.xpath("string(//td/small)") == REASON
    form = page.xpath(f"//form[@action='/intake/outbox/{letter}/retry']")[0]
    fields = {field.name: field.value for field in form.xpath(".//input")}
    answer = await visitor.post(form.get("action"), data=fields, headers=PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LIST}?did=retry")


async def test_an_empty_page_says_that_everything_was_delivered(visitor: httpx.AsyncClient) -> None:
    await sign_in(visitor, "gu-nianci", "gov-office")
    english = {**PAGE, "Accept-Language": "en"}
    assert "没有送不出去的消息" in (await visitor.get(LIST, headers=PAGE)).text
    assert "Nothing is undelivered" in (await visitor.get(LIST, headers=english)).text

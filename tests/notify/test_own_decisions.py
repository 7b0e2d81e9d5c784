"""Four eyes where documents get their numbers: who drafted does not take the number away."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.kernel.runtime.db import Connection
from services.notify.store import numbers
from tests.eyes import WHO, Who, author_for
from tests.house.decisions import decisions_of
from tests.notify.builders import Office, a_document, a_registration, a_text
from tests.notify.visits import BROWSER, key_for

OPERATOR, OTHER = "gu-nianci", "jiang-yumo"


async def numbered(office: Office, author_ids: Sequence[str]) -> UUID:
    """The number of a document that these have drafted."""
    document = a_document()
    asked = a_registration(document, await a_text(office.blobs))
    await office.activities.register_number(asked.model_copy(update={"author_ids": tuple(author_ids)}))
    async with office.db.read() as conn:
        number = await numbers.find_number_of(conn, document.document_id)
    assert number is not None
    return number.id


VOID = "/notify/numbers/{number_id}/void"


def test_every_decision_of_notify_is_driven() -> None:
    assert decisions_of("notify") == {VOID}


async def void(client: httpx.AsyncClient, number_id: UUID, key: dict[str, str]) -> httpx.Response:
    headers = {**key, "Idempotency-Key": str(uuid4())}
    return await client.post(VOID.format(number_id=number_id), json={"reason": "重复登记"}, headers=headers)


@pytest.mark.parametrize("who", WHO)
async def test_one_pair_of_eyes_voids_no_number(
    client: httpx.AsyncClient, office: Office, people: Connection, who: Who
) -> None:
    author = await author_for(people, who, decider=OPERATOR, other=OTHER, unit_id="gov-office")
    number_id = await numbered(office, ["he-xu", author])
    answer = await void(client, number_id, await key_for(people))
    assert (answer.status_code, answer.json()["code"]) == (409, "number.own")
    async with office.db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"^number\.own$"):
            await numbers.void_number(tx, number_id, reason="重复登记", by=OPERATOR, zone="Asia/Shanghai")


async def test_an_operator_who_did_not_draft_it_voids_it(
    client: httpx.AsyncClient, office: Office, people: Connection
) -> None:
    number_id = await numbered(office, ["he-xu"])
    assert (await void(client, number_id, await key_for(people))).json()["state"] == "void"


@pytest.mark.parametrize("statement", ["delete from {0}", "update {0} set person_id = 'x'", "truncate {0}"])
async def test_who_drafted_what_is_numbered_is_kept_for_good(
    office: Office, people: Connection, statement: str
) -> None:
    await numbered(office, ["he-xu"])
    with pytest.raises(asyncpg.RestrictViolationError):
        await people.execute(statement.format("notify.number_authors"))


async def test_who_drafted_it_is_told_before_the_form(
    client: httpx.AsyncClient, office: Office, people: Connection
) -> None:
    number_id = await numbered(office, [OPERATOR])
    answer = await client.get(f"/notify/numbers/{number_id}/voiding", headers={**await key_for(people), **BROWSER})
    assert (answer.status_code, "参加过这份文件的起草" in answer.text) == (409, True)
    assert "《重大行政决策程序暂行条例》" in answer.text

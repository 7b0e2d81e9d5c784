"""What happened to a published document since: the gazette shows it from its day on."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.kernel.contracts.messages import DocumentRef
from services.kernel.contracts.notify import PostStanding
from services.kernel.runtime.db import Connection
from services.notify.store import standings
from tests.notify.builders import PARKING, PARKING_TEXT, Office, a_document
from tests.notify.visits import see

LONG_AGO = date(2026, 1, 5)


def a_standing(document: DocumentRef, change: str, **changes: Any) -> PostStanding:
    fields = {
        "act_id": uuid4(),
        "document_id": document.document_id,
        "change": change,
        "effective_on": LONG_AGO,
        "link": f"/review/in-force/{document.document_id}",
    }
    return PostStanding.model_validate({**fields, **changes})


async def test_a_suspended_document_says_so_until_it_goes_on(office: Office, client: httpx.AsyncClient) -> None:
    document = a_document(kind="MAJOR_DECISION")
    gazette_id = await office.publish(document)
    told = a_standing(document, "suspended")
    for _ in range(2):
        await office.activities.post_standing(told)
    path = f"/notify/publications/{gazette_id}"
    assert (await client.get(path)).json()["validity"] == "suspended"
    page = await see(client, f"/notify/gazette/{gazette_id}")
    assert page.count("中止执行") == 2
    assert told.link in page
    await office.activities.post_standing(a_standing(document, "resumed"))
    assert (await client.get(path)).json()["validity"] != "suspended"


async def test_an_ended_document_names_what_ended_it(office: Office, client: httpx.AsyncClient) -> None:
    document, other = a_document(), a_document(title=PARKING)
    gazette_id, by = await office.publish(document), await office.publish(other, PARKING_TEXT)
    await office.activities.post_standing(a_standing(document, "ended", by_document=other.document_id))
    assert (await client.get(f"/notify/publications/{gazette_id}")).json()["validity"] == "ended"
    page = await see(client, f"/notify/gazette/{gazette_id}")
    assert f"/notify/gazette/{by}" in page
    listed = {item["id"]: item["validity"] for item in (await client.get("/notify/publications")).json()["items"]}
    assert listed[str(gazette_id)] == "ended"
    assert "已废止" in await see(client, "/notify/gazette")
    assert "已废止" in await see(client, "/")


async def test_sql_refuses_an_end_without_a_document_and_a_rewritten_history(office: Office, owner: Connection) -> None:
    document = a_document()
    await office.publish(document)
    with pytest.raises(asyncpg.CheckViolationError, match="standings_by_a_document"):
        async with office.db.transaction() as tx:
            await standings.add(tx, a_standing(document, "ended"))
    await office.activities.post_standing(a_standing(document, "suspended"))
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner.execute("delete from notify.standings")

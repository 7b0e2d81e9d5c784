"""Notify for programs: the gazette is public, the register is not, every POST is once."""

from __future__ import annotations

import hashlib
from urllib.parse import unquote
from uuid import UUID, uuid4

import httpx
import pytest

from services.kernel.runtime.db import Connection
from tests.notify.builders import LIFT_TEXT, PARKING, PARKING_TEXT, Office, a_document
from tests.notify.visits import key_for


async def _entry(client: httpx.AsyncClient, key: dict[str, str]) -> str:
    return str((await client.get("/notify/numbers", headers=key)).json()["items"][0]["id"])


async def test_anybody_may_search_the_gazette(office: Office, client: httpx.AsyncClient) -> None:
    gazette_id = await office.publish(a_document())
    await office.publish(a_document(title=PARKING), PARKING_TEXT)
    answer = (await client.get("/notify/publications", params={"q": "電梯"})).json()
    assert [UUID(item["id"]) for item in answer["items"]] == [gazette_id]
    assert answer["items"][0]["page"] == f"/notify/gazette/{gazette_id}"
    assert answer["after"] is None


@pytest.mark.parametrize("number", ["云政规〔2026〕1号", "云政规[2026]1號", "云政规(2026)1号"])
async def test_a_number_is_found_in_any_writing(office: Office, client: httpx.AsyncClient, number: str) -> None:
    await office.publish(a_document())
    answer = (await client.get("/notify/publications", params={"number": number})).json()
    assert [item["doc_number"] for item in answer["items"]] == ["云政规〔2026〕1号"]


async def test_one_publication_tells_its_dates_and_hash(office: Office, client: httpx.AsyncClient) -> None:
    gazette_id = await office.publish(a_document())
    found = (await client.get(f"/notify/publications/{gazette_id}")).json()
    assert found["text_hash"] == hashlib.sha256(LIFT_TEXT.encode()).hexdigest()
    assert (found["effective_on"], found["valid_to"]) == ("2026-12-21", "2031-12-20")


async def test_the_download_is_the_published_text_to_the_byte(office: Office, client: httpx.AsyncClient) -> None:
    gazette_id = await office.publish(a_document())
    answer = await client.get(f"/notify/publications/{gazette_id}/text")
    assert answer.content == LIFT_TEXT.encode()
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "云政规〔2026〕1号" in unquote(answer.headers["content-disposition"])


@pytest.mark.parametrize("path", ["", "/text"])
async def test_what_was_not_published_is_not_found(office: Office, client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/notify/publications/{uuid4()}{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "publication.unknown")


@pytest.mark.parametrize(
    "query",
    ["year=0", "year=abc", "q=" + "a" * 101, "unit=%00", "kind=%27", "after=1", "number=" + "1" * 61],
)
async def test_a_question_that_cannot_be_read_is_refused(office: Office, client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/notify/publications?{query}")).status_code == 422


@pytest.mark.parametrize("q", ["%00", "%27", "%5C", "%25", "%EF%BF%BE", "'%20%26%20!", "%F0%9F%98%80", "%C4%B0%C4%B0"])
async def test_no_question_breaks_the_search(office: Office, client: httpx.AsyncClient, q: str) -> None:
    await office.publish(a_document())
    assert (await client.get(f"/notify/publications?q={q}")).status_code == 200


async def test_pages_of_the_gazette_follow_each_other(office: Office, client: httpx.AsyncClient) -> None:
    for _ in range(21):
        await office.publish(a_document())
    first = (await client.get("/notify/publications")).json()
    second = (await client.get("/notify/publications", params={"after": first["after"]})).json()
    assert [len(page["items"]) for page in (first, second)] == [20, 1]
    assert second["after"] is None


async def test_the_register_is_for_staff(office: Office, client: httpx.AsyncClient) -> None:
    answer = await client.get("/notify/numbers")
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.required")


async def test_staff_read_the_register(office: Office, client: httpx.AsyncClient, owner: Connection) -> None:
    await office.number(a_document())
    key = await key_for(owner, "tang-shuyao", "housing")
    [item] = (await client.get("/notify/numbers", headers=key)).json()["items"]
    assert (item["doc_number"], item["state"]) == ("云政规〔2026〕1号", "given")


async def test_an_operator_voids_a_number_once(office: Office, client: httpx.AsyncClient, owner: Connection) -> None:
    await office.number(a_document())
    key = await key_for(owner)
    path = f"/notify/numbers/{await _entry(client, key)}/void"
    headers = {**key, "Idempotency-Key": "void-1"}
    answers = [await client.post(path, json={"reason": "重复登记"}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["void_reason"] == "重复登记"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reason": "  "}, 422, "number.reason"),
        ({"reason": "x" * 501}, 422, "input.invalid"),
        ({}, 422, "input.invalid"),
        ([], 422, "input.invalid"),
    ],
)
async def test_a_number_is_not_voided_without_reason(
    office: Office, client: httpx.AsyncClient, owner: Connection, body: object, status: int, code: str
) -> None:
    await office.number(a_document())
    key = await key_for(owner)
    answer = await client.post(f"/notify/numbers/{await _entry(client, key)}/void", json=body, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_who_is_no_operator_voids_nothing(office: Office, client: httpx.AsyncClient, owner: Connection) -> None:
    await office.number(a_document())
    key = await key_for(owner, "tang-shuyao", "housing")
    answer = await client.post(
        f"/notify/numbers/{await _entry(client, key)}/void", json={"reason": "重复登记"}, headers=key
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden")


async def test_a_refusal_names_its_rule_and_article(
    office: Office, client: httpx.AsyncClient, owner: Connection
) -> None:
    await office.publish(a_document())
    key = await key_for(owner)
    answer = await client.post(
        f"/notify/numbers/{await _entry(client, key)}/void", json={"reason": "重复登记"}, headers=key
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "number.published")
    assert problem["rule"] == "numbering.after_verification"
    assert problem["article"] == office.context.book.rule("numbering.after_verification").article.zh


async def test_the_process_says_that_it_is_well(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}

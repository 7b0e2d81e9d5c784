"""One act for one key: also at the same moment, also for forms, and a refusal does not use the key up."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from services.kernel.contracts.refusals import Conflict
from services.kernel.runtime import idempotency
from services.kernel.runtime.db import Database
from services.kernel.runtime.idempotency import Answer
from tests.conftest import DbFor


async def comment(db: Database, done: list[str], *, key: str | None = "7d3e41f0", pause: float = 0) -> Answer:
    """Carry out one act under the key, in a transaction of its own."""

    async def act() -> Answer:
        done.append("done")
        await asyncio.sleep(pause)
        return Answer(201, {"receipt": "YX26-4K7P-93QD"})

    async with db.transaction() as tx:
        return await idempotency.once(tx, key=key, actor="public", route="POST /c", body_hash="b", act=act)


async def test_two_at_the_same_moment_are_one_act(db_for: DbFor) -> None:
    db, done = await db_for("intake"), list[str]()
    first, second = await asyncio.gather(comment(db, done, pause=0.2), comment(db, done, pause=0.2))
    assert done == ["done"]
    assert first.body == second.body
    assert sorted(idempotency.REPLAYED in answer.headers for answer in (first, second)) == [False, True]


async def test_a_refused_act_leaves_the_key_free(db_for: DbFor) -> None:
    db, done = await db_for("intake"), list[str]()

    async def refuse() -> Answer:
        raise Conflict

    with pytest.raises(Conflict):
        async with db.transaction() as tx:
            await idempotency.once(tx, key="7d3e41f0", actor="public", route="POST /c", body_hash="b", act=refuse)
    assert idempotency.REPLAYED not in (await comment(db, done)).headers


async def test_without_a_key_every_request_is_carried_out(db_for: DbFor) -> None:
    db, done = await db_for("intake"), list[str]()
    for _ in range(2):
        await comment(db, done, key=None)
    assert done == ["done", "done"]


async def test_old_keys_are_forgotten(db_for: DbFor) -> None:
    db, done = await db_for("intake"), list[str]()
    await comment(db, done)
    async with db.transaction() as tx:
        await tx.execute("update idempotency set created_at = now() - interval '8 days'")
        await idempotency.forget_old(tx)
    await comment(db, done)
    assert done == ["done", "done"]


def form(boundary: str, text: str, *, token: str) -> Request:
    """A multipart form as a browser sends it, with a boundary of its own each time."""
    parts = {"text": text, "csrf_token": token, "idempotency_key": "k-1"}
    body = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    )
    headers = [(b"content-type", f"multipart/form-data; boundary={boundary}".encode())]

    async def receive() -> Message:
        return {"type": "http.request", "body": f"{body}--{boundary}--\r\n".encode(), "more_body": False}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}, receive)


async def test_a_form_sent_again_is_the_same_request() -> None:
    first, again = form("aaa", "二层的系数降到零点一", token="t"), form("bbb", "二层的系数降到零点一", token="u")
    assert await idempotency.hash_of(first) == await idempotency.hash_of(again)
    assert await idempotency.key_of(again) == "k-1"


async def test_a_form_with_other_words_is_another_request() -> None:
    first, other = form("aaa", "降到零点一", token="t"), form("aaa", "降到零点二", token="t")
    assert await idempotency.hash_of(first) != await idempotency.hash_of(other)

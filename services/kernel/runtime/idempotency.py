"""One act for one `Idempotency-Key`, however often the request arrives."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile

from services.kernel.contracts.refusals import Invalid, Words
from services.kernel.runtime import csrf
from services.kernel.runtime.db import Connection

HEADER = "Idempotency-Key"
FIELD = "idempotency_key"
REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(hours=168)


class KeyReused(Invalid):
    """The key has already stood for another request."""

    code = "idempotency.key_reused"
    title = Words("这个幂等键已经用于另一份内容", "This Idempotency-Key was used for another request")
    remedy = Words("内容不同的请求请换一个新的键。", "Use a new key for a different request.")


class BadIdempotencyKey(Invalid):
    """Not something that can be a key."""

    code = "idempotency.key"
    title = Words("幂等键应当是1至200个可见字符", "An Idempotency-Key is 1 to 200 visible characters")


@dataclass(frozen=True)
class Answer:
    """What a request was answered: kept, so that the same request gets the same again."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """As an HTTP response; without a body where there is none (a redirect)."""
        if self.body is None:
            return Response(status_code=self.status, headers=self.headers)
        return JSONResponse(self.body, self.status, headers=self.headers)


CLAIM = """
insert into idempotency (actor, key, route, body_hash) values ($1, $2, $3, $4)
on conflict (actor, key) do nothing returning key
"""
KEPT = "select route, body_hash, status, response from idempotency where actor = $1 and key = $2"
KEEP = "update idempotency set status = $3, response = $4 where actor = $1 and key = $2"


async def once(
    tx: Connection, *, key: str | None, actor: str, route: str, body_hash: str, act: Callable[[], Awaitable[Answer]]
) -> Answer:
    """Carry out `act` in `tx`, or give the answer it gave before under this key.

    A second request with the key waits at the insert until the first has committed; if the first was
    refused, its row went with its transaction and the second is carried out.
    """
    if key is None:
        return await act()
    if await tx.fetchval(CLAIM, actor, key, route, body_hash) is None:
        return await _again(tx, key=key, actor=actor, route=route, body_hash=body_hash)
    answer = await act()
    await tx.execute(KEEP, actor, key, answer.status, {"body": answer.body, "headers": answer.headers})
    return answer


async def _again(tx: Connection, *, key: str, actor: str, route: str, body_hash: str) -> Answer:
    row = await tx.fetchrow(KEPT, actor, key)
    if row is None or row["status"] is None or (row["route"], row["body_hash"]) != (route, body_hash):
        raise KeyReused(field=HEADER)
    kept = Answer(status=row["status"], **row["response"])
    return replace(kept, headers={**kept.headers, REPLAYED: "true"})


FORGET = "delete from idempotency where created_at < now() - $1::interval"


async def forget_old(tx: Connection) -> None:
    """Drop the keys that nobody will send again."""
    await tx.execute(FORGET, KEPT_FOR)


async def key_of(request: Request) -> str | None:
    """The key that came with a request: the header, or a form's hidden field. Raises BadIdempotencyKey."""
    key = request.headers.get(HEADER)
    if key is None and csrf.is_form(request):
        given = (await request.form()).get(FIELD)
        key = given if isinstance(given, str) and given else None
    return fitting(key)


def fitting(key: str | None) -> str | None:
    """A key that came with a request, or none. Raises BadIdempotencyKey."""
    if key is not None and not re.fullmatch(r"[\x21-\x7e]{1,200}", key):
        raise BadIdempotencyKey(field=HEADER)
    return key


async def hash_of(request: Request) -> str:
    """The hash of what was sent. A form is hashed by its fields: each sending makes another multipart boundary."""
    if not csrf.is_form(request):
        return hashlib.sha256(await request.body()).hexdigest()
    digest = hashlib.sha256()
    for name, value in (await request.form()).multi_items():
        if name not in (FIELD, csrf.FIELD):
            digest.update(f"{name}={await _content_hash(value)};".encode())
    return digest.hexdigest()


async def _content_hash(value: UploadFile | str) -> str:
    if isinstance(value, str):
        return hashlib.sha256(value.encode()).hexdigest()
    digest = hashlib.sha256((value.filename or "").encode())
    while piece := await value.read(1 << 20):
        digest.update(piece)
    await value.seek(0)
    return digest.hexdigest()


Key = Annotated[str | None, Depends(key_of)]
BodyHash = Annotated[str, Depends(hash_of)]

"""How every act of a program is carried out: in one transaction, once for its key, refused with its article."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError

from services.kernel.runtime.auth import Actor, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, once
from services.review.actions.deciding import citing
from services.review.wiring import book_of

Act = Callable[[Connection], Awaitable[BaseModel]]
M = TypeVar("M", bound=BaseModel)


async def command_of(request: Request, command: type[M]) -> M:
    """The body of a request as that command. Raises RequestValidationError."""
    try:
        return command.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


async def carried_out(request: Request, actor: Actor, key: str | None, body_hash: str, act: Act) -> Response:
    """Carry out one act in one transaction, once for its key; refusals name their article."""
    async with database(request).transaction() as tx:

        async def run() -> Answer:
            return Answer(201, (await act(tx)).model_dump(mode="json"))

        with citing(book_of(request)):
            answer = await once(
                tx, key=key, actor=actor.person_id, route=request.url.path, body_hash=body_hash, act=run
            )
    return answer.response()

"""How a page carries out an act: once for its key, in one transaction, refusals with their article, then somewhere else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key, once
from services.review.actions.deciding import citing
from services.review.pages.forms import form_of
from services.review.wiring import book_of

Run = Callable[[Connection], Awaitable[object]]
Form = Annotated[FormData, Depends(form_of)]


@dataclass(frozen=True)
class Posted:
    """A form on its way: whose it is, what is in it, under which key."""

    actor: Actor
    form: FormData
    key: str | None
    body_hash: str

    def text(self, name: str) -> str:
        """What was written in a field; empty where nothing was."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""


async def posted(actor: Signed, form: Form, key: Key, body_hash: BodyHash) -> Posted:
    """What every form brings with it."""
    return Posted(actor, form, key, body_hash)


FromPage = Annotated[Posted, Depends(posted)]


async def carried(request: Request, sent: Posted, run: Run, then: str) -> Response:
    """Carry out `run` and go to `then`; the second time only go there."""
    async with database(request).transaction() as tx:

        async def act() -> Answer:
            await run(tx)
            return Answer(303, headers={"Location": then})

        with citing(book_of(request)):
            answer = await once(
                tx,
                key=sent.key,
                actor=sent.actor.person_id,
                route=request.url.path,
                body_hash=sent.body_hash,
                act=act,
            )
    return answer.response()

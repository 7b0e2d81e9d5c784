"""Forms of a round on their way: carried out once for their key, or drawn again with what was wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.kernel.contracts.refusals import Refused, Words
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key, once
from services.kernel.runtime.problems import field_problems
from services.review.actions.deciding import citing
from services.review.pages import forms
from services.review.pages.labels import problem, problem_of
from services.review.pages.rounds import FIRST, Rows, draw
from services.review.pages.view import RoundView, round_view
from services.review.wiring import book_of

Form = Annotated[FormData, Depends(forms.form_of)]
NO_LABELS: Mapping[str, Words] = MappingProxyType({})


@dataclass(frozen=True)
class Sent:
    """A form on its way: whose it is, for which round, under which key."""

    actor: Actor
    round_id: UUID
    form: FormData
    key: str | None
    body_hash: str


async def sent(actor: Signed, round_id: UUID, form: Form, key: Key, body_hash: BodyHash) -> Sent:
    """What every form of a round brings with it."""
    return Sent(actor, round_id, form, key, body_hash)


FromForm = Annotated[Sent, Depends(sent)]
Run = Callable[[Connection], Awaitable[None]]


async def once_then(request: Request, sent: Sent, run: Run, then: str) -> Response:
    """Carry out in one transaction, once for the form's key, and go on to `then`."""
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


async def or_back(
    request: Request, sent: Sent, run: Run, said: str, *, labels: Mapping[str, Words] = NO_LABELS
) -> Response:
    """Carry out and come back to the round, saying `said`; or the page again, with what is wrong by its label."""
    try:
        return await once_then(request, sent, run, f"/review/round/{sent.round_id}?said={said}")
    except ValidationError as error:
        wrong, status = [problem(each.field, each.detail, labels) for each in field_problems(error.errors())], 422
    except Refused as refused:
        wrong, status = [problem_of(refused, labels)], refused.status
    view = await round_view(request, sent.actor, sent.round_id)
    return back(request, view, sent.form, wrong, status)


def back(
    request: Request, view: RoundView, form: FormData, problems: list[dict[str, str]], status: int = 422
) -> HTMLResponse:
    """The page again, with what was written and what is wrong with it."""
    return draw(request, view, form=forms.written(form), problems=problems, status=status, rows=rows_of(form))


def rows_of(form: FormData, *, more: int = 0) -> Rows:
    """How many rows of points and amendments the form comes back with."""
    points = len([name for name in form if name.startswith("point_") and name.endswith("_text")])
    amendments = len([name for name in form if name.startswith("amendment_") and name.endswith("_old")])
    return Rows(max(points, FIRST) + more, max(amendments, FIRST) + more)

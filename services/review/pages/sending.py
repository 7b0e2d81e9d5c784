"""Forms of a round on their way: carried out once for their key, or drawn again with what was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.kernel.contracts.refusals import Refused, Words
from services.kernel.runtime.auth import Signed
from services.kernel.runtime.idempotency import BodyHash, Key
from services.kernel.runtime.problems import field_problems
from services.review.pages import forms
from services.review.pages.carrying import Form, Posted, Run, carried
from services.review.pages.labels import problem, problem_of
from services.review.pages.rounds import FIRST, Rows, draw
from services.review.pages.view import RoundView, round_view

NO_LABELS: Mapping[str, Words] = MappingProxyType({})


@dataclass(frozen=True)
class Sent(Posted):
    """A form on its way, and the round that it is about."""

    round_id: UUID


async def sent(actor: Signed, round_id: UUID, form: Form, key: Key, body_hash: BodyHash) -> Sent:
    """What every form of a round brings with it."""
    return Sent(actor, form, key, body_hash, round_id)


FromForm = Annotated[Sent, Depends(sent)]


async def or_back(
    request: Request, sent: Sent, run: Run, said: str, *, labels: Mapping[str, Words] = NO_LABELS
) -> Response:
    """Carry out and come back to the round, saying `said`; or the page again, with what is wrong by its label."""
    try:
        return await carried(request, sent, run, f"/review/round/{sent.round_id}?said={said}")
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

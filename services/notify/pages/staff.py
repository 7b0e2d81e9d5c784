"""For staff: the register of numbers, and for the operator what was sent and what could not be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.kernel.runtime import auth, idempotency
from services.kernel.runtime.idempotency import Answer
from services.kernel.runtime.pages import render
from services.notify.actions import numbers as acts
from services.notify.asking import PAGE_SIZE, After, article, citing, context_of
from services.notify.domain import NoSuchNumber, ReasonMissing
from services.notify.shown import Tag, event_words, mail_tag, say
from services.notify.store import messages, numbers
from services.notify.store.messages import Told
from services.notify.store.numbers import Number, Series

router = APIRouter(include_in_schema=False)

OPERATOR = "operator"
UNHEARD_AT_MOST = 20


def register_page(
    request: Request,
    shown: Sequence[Number],
    series: Sequence[Series],
    *,
    code: str,
    year: int | None,
    after: UUID | None,
) -> Response:
    """The register as a page."""
    actor = request.state.actor
    parts = [f"code={code}"] * bool(code) + [f"year={year}"] * bool(year)
    return render(
        request,
        "numbers.html",
        numbers=shown,
        series=series,
        codes=sorted({each.agency_code for each in series}),
        years=sorted({each.year for each in series}, reverse=True),
        code=code,
        year=year,
        voided=request.query_params.get("voided", ""),
        may_void=OPERATOR in actor.roles,
        next_page="/notify/numbers?" + "&".join([*parts, f"after={after}"]) if after else None,
        article=article(context_of(request).book, "numbering.after_verification"),
    )


@router.get("/notify/numbers/{number_id}/voiding")
async def ask_voiding(request: Request, actor: auth.Signed, number_id: UUID) -> Response:
    """The page before a number is voided: it cannot be undone. Raises Forbidden, OwnNumber."""
    auth.require(actor, role=OPERATOR)
    with citing(context_of(request).book):
        async with context_of(request).db.read() as conn:
            await acts.refuse_own(conn, actor, number_id)
    return await _voiding_page(request, number_id, reason="", error=None, status=200)


@router.post("/notify/numbers/{number_id}/voiding")
async def do_voiding(
    request: Request,
    actor: auth.Signed,
    number_id: UUID,
    key: idempotency.Key,
    body: idempotency.BodyHash,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Void the number, back to the register. Without a reason the form comes back."""
    context = context_of(request)

    async def act() -> Answer:
        await acts.void_number(tx, actor, number_id, reason=reason, zone=context.settings.time_zone)
        return Answer(303, None, {"Location": f"/notify/numbers?voided={number_id}"})

    try:
        with citing(context.book):
            async with context.db.transaction() as tx:
                route = f"POST /notify/numbers/{number_id}/voiding"
                answer = await idempotency.once(
                    tx, key=key, actor=actor.person_id, route=route, body_hash=body, act=act
                )
    except ReasonMissing as missing:
        return await _voiding_page(request, number_id, reason=reason, error=say(missing.how), status=missing.status)
    return answer.response()


async def _voiding_page(request: Request, number_id: UUID, *, reason: str, error: str | None, status: int) -> Response:
    context = context_of(request)
    async with context.db.read() as conn:
        number = await numbers.find_number(conn, number_id)
    if number is None:
        raise NoSuchNumber(field="number_id")
    return render(
        request,
        "number_voiding.html",
        status=status,
        number=number,
        reason=reason,
        error=error,
        article=article(context.book, "numbering.after_verification"),
    )


@dataclass(frozen=True)
class MessageShown:
    """A message with its state in words."""

    told: Told
    event: str
    tag: Tag


@router.get("/notify/messages")
async def messages_page(
    request: Request,
    actor: auth.Signed,
    state: Literal["all", "sent", "waiting", "parked"] = "all",
    after: After = None,
) -> Response:
    """What was sent, what waits, what cannot be delivered, and whom nobody could be found for."""
    auth.require(actor, role=OPERATOR)
    async with context_of(request).db.read() as conn:
        found = await messages.told(conn, state=state, after=after, limit=PAGE_SIZE + 1)
        counts = await messages.counts(conn)
        unheard = await messages.unheard(conn, UNHEARD_AT_MOST)
    shown = found[:PAGE_SIZE]
    following = shown[-1].id if len(found) > PAGE_SIZE else None
    return render(
        request,
        "messages.html",
        messages=[MessageShown(each, event_words(each.event), mail_tag(each)) for each in shown],
        counts=counts,
        unheard=[(each, event_words(each.event)) for each in unheard],
        state=state,
        next_page=f"/notify/messages?state={state}&after={following}" if following else None,
    )

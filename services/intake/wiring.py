"""What a request stands on, and how an act is carried out once for its key."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from fastapi import Request
from fastapi.responses import Response

from services.intake.books import Books
from services.intake.domain.groups import CampaignRule
from services.kernel.contracts.refusals import Refused
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.auth import database
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, once
from services.kernel.runtime.process import Context
from services.kernel.runtime.settings import Settings

Act = Callable[[Connection], Awaitable[Answer]]


class _Fresh(Exception):
    """Nothing stands under this key yet."""


def context_of(request: Request) -> Context:
    """The process's context, which the app was built over."""
    context: Context = request.app.state.context
    return context


def books_of(request: Request) -> Books:
    """The rule books of documents."""
    books: Books = request.app.state.books
    return books


def blobs_of(request: Request) -> Blobs:
    """The content store."""
    return context_of(request).blobs


def campaign_of(settings: Settings) -> CampaignRule:
    """From when on a group of opinions is called a campaign."""
    return CampaignRule(settings.campaign_size, settings.campaign_an_hour)


def mail_domain_of(request: Request) -> str:
    """Where mail comes in; empty where it does not."""
    return context_of(request).settings.comment_domain


def calendar_of(request: Request) -> WorkCalendar:
    """The working days that are known."""
    return context_of(request).calendar


async def carried_out(request: Request, *, who: str, key: str | None, body_hash: str, act: Act) -> Response:
    """Carry out one act in one transaction, once for its key; refusals name their article."""
    with citing(books_of(request).own):
        async with database(request).transaction() as tx:
            answer = await once(
                tx, key=key, actor=who, route=request.url.path, body_hash=body_hash, act=lambda: act(tx)
            )
    return answer.response()


async def answered_before(request: Request, *, who: str, key: str | None, body_hash: str) -> Response | None:
    """What this key was answered, if it was: asked before a body is read and kept. Raises KeyReused."""
    if key is None:
        return None

    async def nothing() -> Answer:
        raise _Fresh

    try:
        async with database(request).transaction() as tx:
            answer = await once(tx, key=key, actor=who, route=request.url.path, body_hash=body_hash, act=nothing)
    except _Fresh:
        return None
    return answer.response()


@contextmanager
def citing(book: RuleBook) -> Iterator[None]:
    """Within the block every refusal that names a rule also names its article, in the reader's language."""
    try:
        yield
    except Refused as refused:
        for one in (refused, *getattr(refused, "each", ())):
            if one.rule_id is not None and one.rule_id in book.rules:
                one.article = book.rule(one.rule_id).article.of(language.current())
        raise


def holder_of(code: str) -> str:
    """Under which name the keys of a receipt's holder are kept: neither the receipt nor an address stands in it."""
    return "receipt:" + hashlib.sha256(code.encode()).hexdigest()[:32]

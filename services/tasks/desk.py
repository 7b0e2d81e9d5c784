"""What a request of this service stands on, and the one way in which a POST is carried out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from fastapi import Request

from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection, Database
from services.kernel.runtime.idempotency import Answer, hash_of, key_of, once
from services.tasks.store.names import Names


def by_the_clock() -> datetime:
    """The instant now."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """The record, the content store, the rule book, the calendar, the clock by which pages say what is late, and the
    names of units and persons."""

    db: Database
    blobs: Blobs
    book: RuleBook
    calendar: WorkCalendar
    now: Callable[[], datetime] = by_the_clock
    names: Names = field(default_factory=Names)


def desk_of(request: Request) -> Desk:
    """The desk that the app was built with."""
    return cast(Desk, request.app.state.desk)


Act = Callable[[Connection], Awaitable[Answer]]


async def carry_out(request: Request, actor: Actor, act: Act) -> Answer:
    """Run `act` in one transaction, once for each Idempotency-Key of this person."""
    key, body_hash = await key_of(request), await hash_of(request)
    async with desk_of(request).db.transaction() as tx:

        async def within() -> Answer:
            return await act(tx)

        return await once(tx, key=key, actor=actor.person_id, route=request.url.path, body_hash=body_hash, act=within)

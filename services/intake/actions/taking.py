"""Taking the public's comments in groups: those that arrive during a commit are taken by one statement in the next."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from services.intake.domain.gate import TooBusy
from services.intake.domain.plans import written
from services.intake.domain.windows import DraftWithdrawn, WindowClosed, WindowNotOpen, WindowSuspended
from services.intake.store import attachments, comments, taking, windows
from services.intake.store.attachments import Attachment
from services.intake.store.taking import Claim, Kept, NewComment, Taken
from services.intake.store.windows import Window
from services.kernel.contracts.refusals import NotFound, Refused, Unavailable
from services.kernel.runtime.batch import Batcher
from services.kernel.runtime.db import GONE, Connection, Database
from services.kernel.runtime.idempotency import HEADER, KeyReused

MOST_AT_ONCE = 256
# The database chose to give way; the comment can be sent again as it is.
GAVE_WAY = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A comment that passed every check but the window's own, and the key under which it may come again."""

    comment: NewComment
    name: str | None = None
    contact: str | None = None
    files: Sequence[Attachment] = ()
    claim: Claim | None = None


Outcome = Taken | Refused


class Taker:
    """Takes comments for one process, one group after the other; each answer waits for its commit."""

    def __init__(self, db: Database, *, room: int) -> None:
        self._held = db.held()
        self._batcher = Batcher[Arrival, Outcome](self._run, most=MOST_AT_ONCE, room=room, refusal=TooBusy)

    async def take(self, arrival: Arrival) -> Taken:
        """The receipt, once committed. Raises what `take_all` refuses with, TooBusy, Unavailable."""
        outcome = await self._batcher.do(arrival)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    async def drain(self) -> None:
        """Finish what was handed over; refuse what comes after."""
        await self._batcher.drain()

    async def _run(self, arrivals: Sequence[Arrival]) -> Sequence[Outcome | Exception]:
        try:
            # One statement is its own transaction; what goes into other tables needs one around it.
            alone = not any(arrival.name or arrival.contact or arrival.files for arrival in arrivals)
            async with self._held.read() as conn, nullcontext() if alone else conn.transaction():
                return await take_all(conn, arrivals)
        except GONE as gone:
            raise Unavailable("database") from gone
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            return await self._apart(arrivals, error)

    async def _apart(self, arrivals: Sequence[Arrival], error: Exception) -> Sequence[Outcome | Exception]:
        """One bad row fails its statement: the halves are tried again, down to the row itself."""
        if len(arrivals) == 1:
            return [Unavailable("database") if isinstance(error, GAVE_WAY) else error]
        middle = len(arrivals) // 2
        return [*await self._run(arrivals[:middle]), *await self._run(arrivals[middle:])]


async def take_all(tx: Connection, arrivals: Sequence[Arrival]) -> list[Outcome]:
    """Take what stands in its window at this instant; the receipt or the refusal of each, in their order.

    Refusals: WindowUnknown, WindowNotOpen, WindowClosed, WindowSuspended, DraftWithdrawn,
    KeyReused.
    """
    first = _first_of_their_keys(arrivals)
    taken = await taking.take(tx, [(arrival.comment, arrival.claim) for arrival in first])
    if contacts := [
        (a.comment.id, a.name, a.contact) for a in first if a.comment.id in taken and (a.name or a.contact)
    ]:
        await comments.add_contacts(tx, contacts)
    for arrival in first:
        if arrival.files and arrival.comment.id in taken:
            await attachments.add(tx, arrival.comment.id, arrival.files)
    left = [arrival for arrival in arrivals if arrival.comment.id not in taken]
    kept = await taking.kept(tx, claims) if (claims := [each.claim for each in left if each.claim]) else {}
    refusals = await _refusals(tx, {each.comment.window_id for each in left if _kept_for(each, kept) is None})
    return [
        receipt
        if (receipt := taken.get(arrival.comment.id))
        else again(arrival.claim, found)
        if arrival.claim and (found := _kept_for(arrival, kept))
        else refusals[arrival.comment.window_id]
        for arrival in arrivals
    ]


def again(claim: Claim, kept: Kept) -> Outcome:
    """What a key that was claimed answers: the same receipt for the same request, or KeyReused."""
    if (kept.route, kept.request_hash) != (claim.route, claim.request_hash) or kept.taken is None:
        return KeyReused(field=HEADER)
    return kept.taken


def refusal_of(window: Window) -> Refused:
    """Why the window takes nothing at the instant at which it was read."""
    if window.ended_early:
        return DraftWithdrawn()
    if window.suspended_at is not None and window.closed_at is None:
        return suspended(window)
    if window.closed_at is None and window.now < window.closes_at:
        # It knocked before the opening, which may have come while this was read.
        return WindowNotOpen(opens=window.opens_at, written=written(window.opens_at))
    return WindowClosed(closed=window.closes_at, arrived=window.now, written=written(window.closes_at))


def suspended(window: Window) -> WindowSuspended:
    """That a suspended window takes nothing, since when and why."""
    since = window.suspended_at or window.now
    return WindowSuspended(since=since, written=written(since), reason=window.suspension_reason or "")


def _first_of_their_keys(arrivals: Sequence[Arrival]) -> list[Arrival]:
    seen: set[tuple[str, str]] = set()
    first = []
    for arrival in arrivals:
        name = (arrival.claim.actor, arrival.claim.key) if arrival.claim else None
        if name is None or name not in seen:
            first.append(arrival)
        if name is not None:
            seen.add(name)
    return first


def _kept_for(arrival: Arrival, kept: dict[tuple[str, str], Kept]) -> Kept | None:
    return kept.get((arrival.claim.actor, arrival.claim.key)) if arrival.claim else None


async def _refusals(tx: Connection, window_ids: set[UUID]) -> dict[UUID, Refused]:
    found: dict[UUID, Refused] = {}
    for window_id in window_ids:
        try:
            found[window_id] = refusal_of(await windows.get(tx, window_id))
        except NotFound as unknown:
            found[window_id] = unknown
    return found

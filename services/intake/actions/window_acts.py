"""Extending, suspending, resuming, ending early, reopening: by a named person, with a reason that is public.

Each act is decided under the row's lock and carried out by a statement that looks at the clock once more. It leaves a
line in the window's history, an entry in the dossier and a letter to the phase, which posts the public notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.actions.versions import belongs_to
from services.intake.actions.window import close_locked
from services.intake.domain.dossier import Fact, actor_of
from services.intake.domain.ids import uuid7
from services.intake.domain.plans import PUBLIC_COMMENT
from services.intake.domain.window_acts import (
    Act,
    NotReopened,
    NotResumed,
    NotStopped,
    NotSuspended,
    Pause,
    minimum_served,
    refuses_extension,
    refuses_reopening,
    refuses_resumption,
    refuses_stop,
    refuses_suspension,
    resumed_close,
)
from services.intake.domain.windows import NotExtended, ReasonMissing
from services.intake.store import closing, documents, dossier, window_acts, windows
from services.intake.store.documents import Document
from services.intake.store.windows import Window
from services.kernel.contracts.lifecycle import WINDOW_CHANGED, WindowChanged
from services.kernel.procedure.calendar import Calendar
from services.kernel.procedure.law import Rule
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import outbox
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role

# A legality reviewer may halt a consultation that is held against the law, and let it go on.
REVIEWERS_ACTS = (Act.SUSPENDED, Act.RESUMED)
RULE_OF = {Act.STOPPED: "comment.shortening", Act.REOPENED: "comment.again"}


@dataclass(frozen=True)
class Grounds:
    """What an act is judged by beside the window: the rules of its document, and the working days that are known."""

    book: RuleBook
    calendar: Calendar


async def extend(tx: Connection, actor: Actor, window_id: UUID, *, closes_at: datetime, reason: str) -> Window:
    """Move the close of a window to a later instant. Raises NotOurs, ReasonMissing, NotExtended, WindowBackwards."""
    window, role = await _begin(tx, actor, window_id, Act.EXTENDED, reason)
    if refusal := refuses_extension(window, closes_at):
        raise refusal
    at = await window_acts.extend(tx, window_id, closes_at)
    if at is None:
        raise NotExtended
    return await _end(tx, actor, role, window, Act.EXTENDED, at=at, closes_at=closes_at, reason=reason)


async def suspend(tx: Connection, actor: Actor, window_id: UUID, *, reason: str) -> Window:
    """Take nothing from this instant on, until resumed. Raises NotOurs, ReasonMissing, NotSuspended."""
    window, role = await _begin(tx, actor, window_id, Act.SUSPENDED, reason)
    if refusal := refuses_suspension(window):
        raise refusal
    at = await window_acts.suspend(tx, window_id)
    if at is None:
        raise NotSuspended
    return await _end(tx, actor, role, window, Act.SUSPENDED, at=at, closes_at=window.closes_at, reason=reason)


async def resume(
    tx: Connection, actor: Actor, window_id: UUID, *, reason: str, closes_at: datetime | None, grounds: Grounds
) -> Window:
    """Take comments again, until the old close moved by the length of the pause, or the later instant that was asked.

    A window that was not shortened keeps its statutory minimum, with the pause left out.
    Raises NotOurs, ReasonMissing, NotResumed.
    """
    window, role = await _begin(tx, actor, window_id, Act.RESUMED, reason)
    if refusal := refuses_resumption(window):
        raise refusal
    assert window.suspended_at is not None
    pauses = [*await _pauses(tx, window_id), (window.suspended_at, window.now)]
    served = minimum_served(_minimum(window, grounds), window.opens_at, pauses, grounds.calendar)
    to = resumed_close(
        closes_at=window.closes_at,
        suspended_at=window.suspended_at,
        now=window.now,
        served=None if window.shortening_reason else served,
        asked=closes_at,
    )
    at = await window_acts.resume(tx, window_id, to)
    if at is None:
        raise NotResumed
    return await _end(
        tx, actor, role, window, Act.RESUMED, at=at, closes_at=to, reason=reason, gap_from=window.suspended_at
    )


async def stop(tx: Connection, actor: Actor, window_id: UUID, *, reason: str, grounds: Grounds) -> Window:
    """Let the close come now, once the statutory minimum is served; then it closes as every window does.

    Raises NotOurs, ReasonMissing, NotStopped, StopsTooSoon.
    """
    window, role = await _begin(tx, actor, window_id, Act.STOPPED, reason)
    if refusal := refuses_stop(window, await served_at(tx, window, grounds)):
        raise refusal
    at = await window_acts.stop(tx, window_id)
    if at is None:
        raise NotStopped
    await _end(tx, actor, role, window, Act.STOPPED, at=at, closes_at=at, reason=reason)
    await close_locked(tx, await closing.lock_one(tx, window_id))
    return await windows.get(tx, window_id)


async def reopen(tx: Connection, actor: Actor, window_id: UUID, *, closes_at: datetime, reason: str) -> Window:
    """Take comments once more after the close, while no answers are public; the next close summarises anew.

    Raises NotOurs, ReasonMissing, NotReopened, WindowBackwards.
    """
    window, role = await _begin(tx, actor, window_id, Act.REOPENED, reason)
    if refusal := refuses_reopening(window, closes_at):
        raise refusal
    at = await window_acts.reopen(tx, window_id, closes_at)
    if at is None:
        raise NotReopened
    return await _end(
        tx, actor, role, window, Act.REOPENED, at=at, closes_at=closes_at, reason=reason, gap_from=window.closes_at
    )


async def served_at(conn: Connection, window: Window, grounds: Grounds) -> datetime | None:
    """When the window's statutory minimum will have been served; None while no calendar says so."""
    return minimum_served(_minimum(window, grounds), window.opens_at, await _pauses(conn, window.id), grounds.calendar)


def role_for(actor: Actor, document: Document, act: Act) -> Role:
    """In which role this person may act so on a window. Raises NotOurs, Forbidden."""
    if act in REVIEWERS_ACTS and Role.LEGALITY_REVIEWER in actor.roles:
        return Role.LEGALITY_REVIEWER
    belongs_to(actor, document)
    return Role.DRAFTER


async def _begin(tx: Connection, actor: Actor, window_id: UUID, act: Act, reason: str) -> tuple[Window, Role]:
    window = await windows.get_locked(tx, window_id)
    role = role_for(actor, await documents.get_locked(tx, window.document_id), act)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    return window, role


async def _end(
    tx: Connection,
    actor: Actor,
    role: Role,
    window: Window,
    act: Act,
    *,
    at: datetime,
    closes_at: datetime,
    reason: str,
    gap_from: datetime | None = None,
) -> Window:
    ordinal = await window_acts.add_change(
        tx, window, act, at=at, by=actor.person_id, unit=actor.unit_id, closes_at=closes_at, reason=reason,
        gap_from=gap_from,
    )  # fmt: skip
    fact = Fact(
        key=f"window/{window.id}/{act}/{ordinal}",
        type=f"window_{act}",
        stage=PUBLIC_COMMENT,
        actor=actor_of(actor.person_id, actor.unit_id, role),
        text_hash=window.text_hash,
        rule_id=RULE_OF.get(act, window.rule_id),
        detail={
            "window_id": str(window.id),
            "from": window.closes_at.isoformat(),
            "to": closes_at.isoformat(),
            "reason": reason,
        },
    )
    await dossier.add(tx, window.document_id, fact)
    await outbox.signal(
        tx,
        key=str(window.document_id),
        workflow_id=window.reply_to,
        name=WINDOW_CHANGED,
        message=WindowChanged(
            event_id=uuid7(), window_id=window.id, closes_at=closes_at, kind=act.value, ordinal=ordinal
        ),
        trace=window.trace,
    )
    return await windows.get(tx, window.id)


async def _pauses(conn: Connection, window_id: UUID) -> list[Pause]:
    changes = await window_acts.changes_of(conn, window_id)
    return [(change.gap_from, change.changed_at) for change in changes if change.gap_from is not None]


def _minimum(window: Window, grounds: Grounds) -> Rule | None:
    return grounds.book.rules.get(window.rule_id)

"""The comment window: opened for a phase, closed by the row and never by a timer alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.intake.domain.documents import VersionUnknown
from services.intake.domain.dossier import Fact
from services.intake.domain.ids import uuid7
from services.intake.domain.plans import PUBLIC_COMMENT
from services.intake.store import closing, comments, documents, dossier, versions, window_acts, windows
from services.intake.store.documents import Document
from services.intake.store.windows import Window
from services.kernel.contracts.intake import CloseWindow, OpenWindow, WindowOpened, WindowState
from services.kernel.contracts.lifecycle import WINDOW_CLOSED
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import outbox, telemetry
from services.kernel.runtime.db import Connection, Database


async def open_window(tx: Connection, message: OpenWindow, book: RuleBook) -> WindowOpened:
    """Open the window of a phase, once. The draft of a withdrawn document takes no comments from the beginning.

    Raises VersionUnknown when the text is not the version that it says.
    """
    document = await documents.get_locked(tx, message.document.document_id)
    version = await versions.get(tx, document.id, message.text.version)
    if version.text_hash != message.text.text_hash:
        raise VersionUnknown
    held = await windows.of_document(tx, document.id)
    added = await windows.add(
        tx,
        window_id=uuid7(),
        document_id=document.id,
        version=version.version,
        text_hash=version.text_hash,
        rule_id=message.rule_id,
        opens_at=message.opens_at,
        closes_at=message.closes_at,
        # The reason stands in the notice of the window that it shortens, and of no later one.
        shortening_reason=None if held else document.comment_plan.get("shortening_reason") or None,
        notice=notice_of(document),
        reply_to=message.reply_to,
        trace=telemetry.carrier() or document.trace,
    )
    window = await windows.get_by_phase(tx, message.reply_to)
    if added:
        await dossier.add(tx, document.id, _opened(window, book))
        if document.withdrawn_at is not None:
            await windows.end_early(tx, [window.id])
    return WindowOpened(window_id=window.id, opens_at=window.opens_at, closes_at=window.closes_at)


def notice_of(document: Document) -> dict[str, Any]:
    """What the notice says beside the text: whom to ask, and how to comment."""
    plan = document.comment_plan
    return {"contact": plan.get("contact") or {}, "channels": list(plan.get("channels") or ["web"])}


async def close_window(db: Database, message: CloseWindow) -> WindowState:
    """Close a window if its instant has come by the database's clock, or find it closed, or say until when it is open."""
    async with db.transaction() as tx:
        if message.why == "withdrawn":
            window = await windows.get_locked(tx, message.window_id)
            await windows.end_early(tx, [window.id])
        elif locked := await closing.lock_one(tx, message.window_id):
            await close_locked(tx, locked)
        window = await windows.get(tx, message.window_id)
        received = await comments.received_by(tx, message.window_id)
        if window.closed_at is not None:
            await outbox.settle(tx, workflow_id=window.reply_to, name=WINDOW_CLOSED)
        return WindowState(
            window_id=window.id,
            closed=window.closed_at is not None,
            closes_at=window.closes_at,
            closed_at=window.closed_at,
            received=received,
            suspended=window.suspended_at is not None and window.closed_at is None,
            acts=await window_acts.count(tx, window.id),
        )


async def close_due(db: Database) -> int:
    """Close every window that is due; how many closed. Those with comments in flight come last, and are waited for."""
    closed = 0
    for waiting in (False, True):
        while True:
            async with db.transaction() as tx:
                done = await close_locked(tx, await closing.lock_due(tx, waiting=waiting))
            closed += done
            if done == 0:
                break
    return closed


async def close_locked(tx: Connection, locked: list[UUID]) -> int:
    """Close what is locked and tell the workflows; how many closed now. The summary writes it into the dossier."""
    return len(await closing.close(tx, locked)) if locked else 0


def _opened(window: Window, book: RuleBook) -> Fact:
    known = window.rule_id in book.rules
    return Fact(
        key=f"window/{window.id}/opened",
        type="window_opened",
        stage=PUBLIC_COMMENT,
        occurred_at=window.opens_at,
        text_hash=window.text_hash,
        rule_id=window.rule_id,
        article=book.rule(window.rule_id).article.zh if known else None,
        detail={
            "window_id": str(window.id),
            "version": window.version,
            "opens_at": window.opens_at.isoformat(),
            "closes_at": window.closes_at.isoformat(),
            "shortening_reason": window.shortening_reason,
            "notice": window.notice,
        },
    )

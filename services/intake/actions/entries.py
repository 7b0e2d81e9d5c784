"""Entering letters and visits from a sheet: all its rows or none, and the same sheet once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.intake.actions import previews
from services.intake.actions.comment import Opinion, enter_for_public
from services.intake.actions.previews import Kept, Rows
from services.intake.actions.versions import belongs_to
from services.intake.domain.comments import likeness
from services.intake.domain.entries import Span, Understood, alike, understand
from services.intake.domain.ids import uuid7
from services.intake.domain.sheets import SheetWrong
from services.intake.domain.windows import DraftWithdrawn, SummaryRecordedAlready
from services.intake.store import documents, windows
from services.intake.store import previews as kept_previews
from services.intake.store.windows import Window
from services.kernel.contracts.refusals import Words
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.text.clauses import Clause

KIND = "entries"


@dataclass(frozen=True)
class Previewed:
    """What a sheet would enter; `again` is the batch that the same sheet made before."""

    understood: Understood
    kept: Kept | None
    again: UUID | None = None


async def preview(
    tx: Connection, actor: Actor, window_id: UUID, *, name: str, rows: Rows, clauses: tuple[Clause, ...]
) -> Previewed:
    """Read a sheet without entering anything.

    Raises NotOurs, DraftWithdrawn, SummaryRecordedAlready, SheetHeader, SheetEmpty, TooManyEntries.
    """
    window = await _to_enter(tx, actor, window_id)
    found = await _understood(tx, window, rows, clauses)
    if found.errors:
        return Previewed(found, None)
    kept = await previews.keep(tx, actor, window_id, KIND, name=name, rows=rows)
    before = await kept_previews.batches(tx, window_id, content_hash=kept.content_hash)
    return Previewed(found, kept, before[0].id if before else None)


async def apply(
    tx: Connection, actor: Actor, window_id: UUID, preview_id: UUID, token: str, *, clauses: tuple[Clause, ...]
) -> UUID:
    """Enter every row of a previewed sheet, each with its receipt; the batch. A second time enters nothing more.

    Raises NotOurs, PreviewUnknown, SheetWrong, DraftWithdrawn, SummaryRecordedAlready, OutsideWindow.
    """
    opened = await previews.open_(tx, actor, window_id, KIND, preview_id, token)
    if opened.outcome is not None:
        return UUID(opened.outcome["batch_id"])
    window = await _to_enter(tx, actor, window_id)
    batch_id, content_hash = uuid7(), opened.preview.content_hash
    if await kept_previews.add_batch(
        tx, batch_id, window_id, content_hash=content_hash, name=opened.preview.name, by=actor.person_id
    ):
        found = await _understood(tx, window, opened.rows, clauses)
        if found.errors:
            raise SheetWrong(Words(f"{len(found.errors)}处有错误。", f"{len(found.errors)} mistakes."))
        await _enter(tx, actor, window_id, batch_id, found)
    else:
        batch_id = (await kept_previews.batches(tx, window_id, content_hash=content_hash))[0].id
    await kept_previews.mark_applied(tx, preview_id, {"batch_id": str(batch_id)})
    return batch_id


async def _enter(tx: Connection, actor: Actor, window_id: UUID, batch_id: UUID, found: Understood) -> None:
    receipts = []
    for entry in found.entries:
        opinion = Opinion(entry.body, entry.clause, entry.name, entry.contact)
        taken = await enter_for_public(
            tx, actor, window_id, opinion, channel=entry.channel, received_at=entry.received_at
        )
        receipts.append(taken.receipt)
    await kept_previews.add_rows(tx, batch_id, [entry.row for entry in found.entries], receipts)


async def _to_enter(tx: Connection, actor: Actor, window_id: UUID) -> Window:
    window = await windows.get(tx, window_id)
    belongs_to(actor, await documents.get(tx, window.document_id))
    if window.ended_early:
        raise DraftWithdrawn
    if window.summary_at is not None:
        raise SummaryRecordedAlready
    return window


async def _understood(tx: Connection, window: Window, rows: Rows, clauses: tuple[Clause, ...]) -> Understood:
    found = understand(rows, clauses, Span(window.opens_at, window.closes_at, window.now))
    said = {entry.row: likeness(entry.body) for entry in found.entries}
    known = await kept_previews.known_likenesses(tx, window.id, list(said.values()))
    return Understood(found.entries, (*found.faults, *(alike(row) for row, like in said.items() if like in known)))

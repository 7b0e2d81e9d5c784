"""After the close: the summary, which is public at once, and comments that are taken back."""

from __future__ import annotations

from uuid import UUID

import rfc8785

from services.intake.actions.answering import ADOPTION, settle
from services.intake.actions.comment import NotWithdrawn
from services.intake.actions.seal import seal_comments, sealed_fact
from services.intake.actions.versions import belongs_to
from services.intake.domain.comments import ReceiptUnknown, read_receipt
from services.intake.domain.dossier import Fact
from services.intake.domain.plans import PUBLIC_COMMENT
from services.intake.domain.summary import Heard, Shown, summarise
from services.intake.domain.windows import StillOpen, closing_key
from services.intake.store import comments, documents, dossier, summaries, window_acts, windows
from services.intake.store.windows import Window
from services.kernel.contracts.intake import SummaryRecorded
from services.kernel.contracts.seals import ALGORITHM
from services.kernel.procedure.deadlines import OFFICE_ZONE
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection

ZERO = "comment.zero"


async def record_summary(tx: Connection, window_id: UUID, blobs: Blobs) -> SummaryRecorded:
    """Count and seal what came, keep the summary, write it into the dossier; it is public from the commit on.

    The second time answers with what was recorded. Raises StillOpen.
    """
    window = await windows.get_locked(tx, window_id)
    if window.summary_at is not None and (recorded := await summaries.find(tx, window_id)) is not None:
        return await _recorded(tx, window_id, recorded.summary_hash, recorded.received, recorded.late)
    if window.closed_at is None:
        raise StillOpen
    counts = await comments.counts_of(tx, window_id)
    heard = [Heard(**vars(brief)) for brief in await comments.briefs_of(tx, window_id, OFFICE_ZONE.key)]
    summary = summarise(_shown(window), heard, withdrawn=counts.withdrawn, late=counts.late)
    seal = await seal_comments(tx, window, blobs)
    summary["seal"] = {"algorithm": ALGORITHM, "ordinal": seal.ordinal, "size": seal.size, "root": seal.root}
    summary_hash = await blobs.put(rfc8785.dumps(summary))
    ordinal = await summaries.add(tx, window_id, summary_hash=summary_hash, received=counts.received, late=counts.late)
    await windows.mark_summarised(tx, window_id)
    await dossier.add(tx, window.document_id, _closed(window, counts.received, ordinal))
    await dossier.add(tx, window.document_id, sealed_fact(window, seal))
    await dossier.add(tx, window.document_id, _summarised(window, summary_hash, counts, ordinal))
    return await _recorded(tx, window_id, summary_hash, counts.received, counts.late)


async def _recorded(tx: Connection, window_id: UUID, summary_hash: str, received: int, late: int) -> SummaryRecorded:
    acts = await window_acts.count(tx, window_id)
    return SummaryRecorded(summary_hash=summary_hash, received=received, late=late, acts=acts)


async def withdraw_comment(tx: Connection, actor: Actor, window_id: UUID, code: str) -> None:
    """Take a comment back for its author, who shows the receipt. Raises NotOurs, ReceiptUnknown, NotWithdrawn."""
    window = await windows.get_locked(tx, window_id)
    belongs_to(actor, await documents.get(tx, window.document_id))
    comment = await comments.by_receipt(tx, read_receipt(code))
    if comment.window_id != window_id:
        raise ReceiptUnknown(field="receipt")
    if await comments.withdraw(tx, comment.receipt) is None:
        raise NotWithdrawn
    if window.summary_at is not None:
        await settle(tx, window, actor.person_id, 0)


def _shown(window: Window) -> Shown:
    assert window.closed_at is not None
    return Shown(
        window_id=window.id,
        document_id=window.document_id,
        title=window.title,
        version=window.version,
        text_hash=window.text_hash,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        closed_at=window.closed_at,
    )


def _closed(window: Window, received: int, ordinal: int) -> Fact:
    return Fact(
        key=closing_key(window.id, "closed", ordinal),
        type="window_closed",
        stage=PUBLIC_COMMENT,
        occurred_at=window.closed_at,
        text_hash=window.text_hash,
        rule_id=window.rule_id,
        detail={"window_id": str(window.id), "closes_at": window.closes_at.isoformat(), "received": received},
    )


def _summarised(window: Window, summary_hash: str, counts: comments.Counts, ordinal: int) -> Fact:
    return Fact(
        key=closing_key(window.id, "summary", ordinal),
        type="summary",
        stage=PUBLIC_COMMENT,
        text_hash=window.text_hash,
        record_hash=summary_hash,
        rule_id=ADOPTION if counts.received else ZERO,
        detail={"window_id": str(window.id), "received": counts.received, "late": counts.late},
    )

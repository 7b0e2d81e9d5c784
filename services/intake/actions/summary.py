"""After the close, by itself: opinions are grouped, counted and sealed, and the summary is public from one commit on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import rfc8785

from services.intake.actions.grouping import Grouped, group_opinions
from services.intake.actions.seal import seal_comments, sealed_fact
from services.intake.domain.dossier import Fact
from services.intake.domain.groups import CampaignRule
from services.intake.domain.plans import PUBLIC_COMMENT
from services.intake.domain.summary import LISTED, Shown, summarise
from services.intake.domain.windows import StillOpen, closing_key
from services.intake.store import dossier, groups, summaries, window_acts, windows
from services.intake.store import grouping as grouped
from services.intake.store.seals import Seal
from services.intake.store.windows import Window
from services.kernel.contracts.intake import SummaryRecorded
from services.kernel.contracts.refusals import Unavailable
from services.kernel.contracts.seals import ALGORITHM
from services.kernel.procedure.deadlines import OFFICE_ZONE, office_day
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection, Database

ADOPTION, ZERO = "comment.adoption", "comment.zero"
# Letters may be entered until the summary: what came while opinions were grouped is grouped with them once more.
ATTEMPTS = 5


async def record_summary(
    db: Database, window_id: UUID, blobs: Blobs, *, campaign: CampaignRule, beat: Callable[[], None]
) -> SummaryRecorded:
    """Group, count and seal what came, keep the summary, write it into the dossier; public from the last commit on.

    The second time answers with what was recorded. Raises StillOpen, and Unavailable while others do the same or
    letters keep coming.
    """
    for _ in range(ATTEMPTS):
        async with db.read() as conn:
            window = await windows.get(conn, window_id)
            if recorded := await _recorded(conn, window):
                return recorded
            if window.closed_at is None:
                raise StillOpen
        made = await group_opinions(db, window_id, beat)
        async with db.transaction() as tx:
            window = await windows.get_locked(tx, window_id)
            if recorded := await _recorded(tx, window):
                return recorded
            if window.closed_at is None:
                raise StillOpen
            if await grouped.stand_of(tx, window_id) == made.stand:
                return await _record(tx, window, blobs, made, campaign)
    raise Unavailable("grouping")


async def _recorded(conn: Connection, window: Window) -> SummaryRecorded | None:
    found = await summaries.find(conn, window.id) if window.summary_at is not None else None
    if found is None:
        return None
    acts = await window_acts.count(conn, window.id)
    return SummaryRecorded(summary_hash=found.summary_hash, received=found.received, late=found.late, acts=acts)


async def _record(
    tx: Connection, window: Window, blobs: Blobs, made: Grouped, campaign: CampaignRule
) -> SummaryRecorded:
    if made.grown:
        await grouped.revive(tx, made.grown)
        await groups.count_again(tx, window.id, made.grown, OFFICE_ZONE.key)
    seal = await seal_comments(tx, window, blobs)
    summary = await _summary(tx, window, made, seal, campaign)
    received, late = summary["received"], summary["late"]
    summary_hash = await blobs.put(rfc8785.dumps(summary))
    ordinal = await summaries.add(tx, window.id, summary_hash=summary_hash, received=received, late=late)
    await grouped.tally_up(tx, window.id, made.stand, late)
    await groups.add_act(tx, window.id, act="grouped", by=None, detail={"groups": [], "kinds": summary["kinds"]})
    await windows.mark_summarised(tx, window.id)
    await dossier.add(tx, window.document_id, _closed(window, received, ordinal))
    await dossier.add(tx, window.document_id, sealed_fact(window, seal))
    await dossier.add(tx, window.document_id, _summarised(window, summary_hash, received, late, ordinal))
    acts = await window_acts.count(tx, window.id)
    return SummaryRecorded(summary_hash=summary_hash, received=received, late=late, acts=acts)


async def _summary(tx: Connection, window: Window, made: Grouped, seal: Seal, campaign: CampaignRule) -> dict[str, Any]:
    """All that the summary says, in one place."""
    counted = await summaries.counted(tx, window.id, zone=OFFICE_ZONE.key, last_day=office_day(_last_instant(window)))
    sizes = await summaries.sizes(tx, window.id, campaign, listed=LISTED, distinct=made.distinct)
    return {
        **summarise(_shown(window), counted, sizes, withdrawn=made.stand.withdrawn),
        "seal": {"algorithm": ALGORITHM, "ordinal": seal.ordinal, "size": seal.size, "root": seal.root},
    }


def _last_instant(window: Window) -> datetime:
    """The last instant at which comments were taken: a close at 24:00 ends the day before."""
    assert window.closed_at is not None
    return min(window.closes_at, window.closed_at) - timedelta(microseconds=1)


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


def _summarised(window: Window, summary_hash: str, received: int, late: int, ordinal: int) -> Fact:
    return Fact(
        key=closing_key(window.id, "summary", ordinal),
        type="summary",
        stage=PUBLIC_COMMENT,
        text_hash=window.text_hash,
        record_hash=summary_hash,
        rule_id=ADOPTION if received else ZERO,
        detail={"window_id": str(window.id), "received": received, "late": late},
    )

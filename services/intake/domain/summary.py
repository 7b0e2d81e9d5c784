"""The feedback summary of a closed window: counts that add up; that nobody wrote is a result too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.intake.domain.comments import Channel

NONE_RECEIVED = "未收到意见"


@dataclass(frozen=True)
class Heard:
    """One comment as the summary sees it: never its words, never its author."""

    id: UUID
    channel: str
    clause: str
    likeness: str
    day: date


@dataclass(frozen=True)
class Shown:
    """What the summary says of the window itself."""

    window_id: UUID
    document_id: UUID
    title: str
    version: int
    text_hash: str
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime


def summarise(window: Shown, comments: Sequence[Heard], *, withdrawn: int, late: int) -> dict[str, Any]:
    """The summary as a JSON object. `by_channel`, `by_clause` and `by_day` each add up to `counted`."""
    counted = len(comments)
    return {
        "window_id": str(window.window_id),
        "document_id": str(window.document_id),
        "title": window.title,
        "version": window.version,
        "text_hash": window.text_hash,
        "opens_at": window.opens_at.isoformat(),
        "closes_at": window.closes_at.isoformat(),
        "closed_at": window.closed_at.isoformat(),
        "received": counted + withdrawn,
        "withdrawn": withdrawn,
        "counted": counted,
        "late": late,
        "by_channel": {channel.value: sum(c.channel == channel for c in comments) for channel in Channel},
        "by_clause": _counted((c.clause for c in comments), "clause"),
        "by_day": sorted(_counted((c.day.isoformat() for c in comments), "day"), key=lambda row: str(row["day"])),
        "groups": _alike(comments),
        "distinct": len({c.likeness for c in comments}),
        "statement": NONE_RECEIVED if counted + withdrawn == 0 else None,
    }


def _counted(values: Iterable[str], name: str) -> list[dict[str, Any]]:
    return [{name: value, "count": count} for value, count in Counter(values).most_common()]


def _alike(comments: Sequence[Heard]) -> list[dict[str, Any]]:
    """Comments that say exactly the same once width, case, punctuation and blanks are set aside."""
    counts = Counter(comment.likeness for comment in comments)
    first: dict[str, UUID] = {}
    for comment in comments:
        first.setdefault(comment.likeness, comment.id)
    return [
        {"likeness": likeness, "count": count, "first": str(first[likeness])}
        for likeness, count in counts.most_common()
        if count > 1
    ]

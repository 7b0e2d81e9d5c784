"""The feedback summary of a closed window: counts that add up; that nobody wrote is a result too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.intake.domain.comments import Channel
from services.intake.domain.groups import CampaignRule

NONE_RECEIVED = "未收到意见"
LATE = "comment.window_closed"
# The summary names so many groups; the page of groups has them all.
LISTED = 100
# Groups of 1, 2, 3 to 9, 10 to 99, 100 to 999, and more opinions.
CLASSES = ((1, 1), (2, 2), (3, 9), (10, 99), (100, 999), (1000, None))


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


@dataclass(frozen=True)
class Counted:
    """The opinions that stand, counted: never their words, never their authors. `hours` are those of `last_day`."""

    channels: dict[str, int]
    clauses: Sequence[tuple[str, int]]
    days: Sequence[tuple[date, int]]
    last_day: date
    hours: Sequence[tuple[int, int]]
    hidden: Sequence[tuple[str, int]]
    refused: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Largest:
    """One of the largest groups, with the opinion that stands for it."""

    id: UUID
    name: str
    size: int
    representative: UUID
    clause: str


@dataclass(frozen=True)
class Campaign:
    """A group that is shown as a campaign, with its opinions by day."""

    id: UUID
    size: int
    busiest_hour: int
    profile: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Sizes:
    """The groups: how many of each class of size, with their opinions; the largest; the campaigns."""

    distinct: int
    classes: Sequence[tuple[int, int, int]]
    largest: Sequence[Largest]
    campaigns: Sequence[Campaign]
    campaign_groups: int
    campaign_opinions: int
    rule: CampaignRule


def summarise(window: Shown, counted: Counted, sizes: Sizes, *, withdrawn: int) -> dict[str, Any]:
    """The summary as a JSON object. Each `by_...` adds up to `counted`, and `refused` to its parts."""
    count = sum(counted.channels.values())
    return {
        "window_id": str(window.window_id),
        "document_id": str(window.document_id),
        "title": window.title,
        "version": window.version,
        "text_hash": window.text_hash,
        "opens_at": window.opens_at.isoformat(),
        "closes_at": window.closes_at.isoformat(),
        "closed_at": window.closed_at.isoformat(),
        "received": count + withdrawn,
        "withdrawn": withdrawn,
        "counted": count,
        **_refusals(counted),
        "hidden": sum(n for _, n in counted.hidden),
        "by_hiding": [{"reason": reason, "count": n} for reason, n in counted.hidden],
        "by_channel": {channel.value: counted.channels.get(channel, 0) for channel in Channel},
        "by_clause": [{"clause": clause, "count": n} for clause, n in counted.clauses],
        "by_day": [{"day": day.isoformat(), "count": n} for day, n in counted.days],
        "last_day": counted.last_day.isoformat(),
        "by_hour": [{"hour": hour, "count": n} for hour, n in counted.hours],
        **_groups(sizes),
        "statement": NONE_RECEIVED if count + withdrawn == 0 else None,
    }


def _refusals(counted: Counted) -> dict[str, Any]:
    return {
        "late": sum(n for code, n in counted.refused if code == LATE),
        "refused": sum(n for _, n in counted.refused),
        "by_refusal": [{"code": code, "count": n} for code, n in counted.refused],
    }


def _groups(sizes: Sizes) -> dict[str, Any]:
    """Opinions that say the same, in groups; those of one opinion are groups too."""
    by_class = {number: (groups, opinions) for number, groups, opinions in sizes.classes}
    return {
        "distinct": sizes.distinct,
        "kinds": sum(groups for groups, _ in by_class.values()),
        "by_size": [
            {"from": low, "to": high, "groups": by_class.get(n, (0, 0))[0], "count": int(by_class.get(n, (0, 0))[1])}
            for n, (low, high) in enumerate(CLASSES, start=1)
        ],
        "groups": [
            {
                "group": str(one.id),
                "name": one.name,
                "count": one.size,
                "first": str(one.representative),
                "clause": one.clause,
            }
            for one in sizes.largest
        ],
        "campaigns": {
            "size": sizes.rule.size,
            "an_hour": sizes.rule.an_hour,
            "groups": sizes.campaign_groups,
            "count": sizes.campaign_opinions,
            "largest": [
                {
                    "group": str(one.id),
                    "count": one.size,
                    "busiest_hour": one.busiest_hour,
                    "by_day": [{"day": day, "count": n} for day, n in one.profile],
                }
                for one in sizes.campaigns
            ],
        },
    }

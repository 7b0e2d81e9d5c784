"""Groups of opinions as programs and pages show them: words covered, likeness computed for those that are shown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.intake.domain.groups import CampaignRule
from services.intake.domain.paging import BadPlace
from services.intake.grouping import similarity
from services.intake.shown.words import readable
from services.intake.store.groups import Act, Group, Member
from services.kernel.contracts.refusals import Words

ACT_WORDS = {
    "grouped": Words("系统归组", "Grouped by the system"),
    "split": Words("拆出一组", "Split"),
    "moved": Words("移动意见", "Moved"),
    "merged": Words("合并", "Merged"),
    "named": Words("命名", "Named"),
}


def group_out(group: Group, rule: CampaignRule) -> dict[str, Any]:
    """A group for programs; its `representative` is one of its opinions, `body` what of that one may be read."""
    return {
        "group_id": str(group.id),
        "name": group.name,
        "size": group.size,
        "answered": group.answered,
        "revision": group.revision,
        "made_by": "person" if group.made_by else "machine",
        "campaign": rule.covers(size=group.size, busiest_hour=group.busiest_hour),
        "busiest_hour": group.busiest_hour,
        "by_day": [{"day": day, "count": count} for day, count in group.profile],
        "representative": str(group.representative) if group.representative else None,
        "clause": group.clause or "",
        "body": quoted(group),
    }


def quoted(group: Group) -> str:
    """The words of the opinion that stands for a group as they may be read; of a hidden one only why."""
    return readable(group.body or "", group.hidden_reason, group.decided)


def member_out(member: Member, group: Group) -> dict[str, Any]:
    """An opinion of a group for programs, with its likeness to the representative (0 to 1)."""
    return {
        "comment_id": str(member.id),
        "body": readable(member.body, member.hidden_reason, member.decided),
        "clause": member.clause,
        "channel": member.channel,
        "received_at": member.received_at.isoformat(),
        "withdrawn": member.withdrawn_at is not None,
        "moved": member.moved,
        "similarity": round(similarity(member.body, group.body), 3) if group.body else None,
        "disposition": member.disposition,
    }


def act_out(act: Act) -> dict[str, Any]:
    """One act of the history for programs; it names ids, never words of the public."""
    return {
        "ordinal": act.ordinal,
        "act": act.act,
        "by": act.acted_by,
        "at": act.acted_at.isoformat(),
        "detail": act.detail,
    }


def place_of(group: Group) -> str:
    """Where the next page of groups begins."""
    return f"{group.size}~{group.id}"


def after(place: str | None) -> tuple[int, UUID] | None:
    """The place as it was handed back. Raises BadPlace."""
    if not place:
        return None
    size, _, group_id = place.partition("~")
    try:
        found = int(size), UUID(group_id)
    except ValueError as error:
        raise BadPlace(field="after") from error
    if not 0 <= found[0] < 1 << 31:
        raise BadPlace(field="after")
    return found

"""The recorded result of a consultation as a page shows it: every breakdown with its sum, a picture and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from markupsafe import Markup

from services.intake.domain.comments import CHANNEL_WORDS, Channel
from services.intake.shown.charts import Bar, bars, columns
from services.intake.shown.clauses import label_of
from services.intake.shown.groups import quoted
from services.intake.store.groups import Group
from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language
from services.kernel.text.clauses import Clause

# What a picture shows; the table beside it has everything.
DRAWN, LISTED = 12, 10
CODE_WORDS = {
    "comment.window_closed": Words("截止后到达", "Arrived after the close"),
    "comment.window_not_open": Words("开始前到达", "Arrived before the opening"),
    "comment.draft_withdrawn": Words("草案已撤回", "The draft was withdrawn"),
    "comment.window_suspended": Words("暂停期间到达", "Arrived during a suspension"),
    "comment.body": Words("内容不合要求", "Empty, too long, or not text"),
    "comment.clause": Words("没有这一条", "No such clause"),
}


@dataclass(frozen=True)
class Row:
    """One line of a breakdown."""

    name: str
    count: int
    share: str


@dataclass(frozen=True)
class Breakdown:
    """One breakdown: its rows add up to `total`; the picture tells the same."""

    rows: Sequence[Row]
    total: int
    picture: Markup


@dataclass(frozen=True)
class Kind:
    """One group of opinions that say the same, with one of them as it may be read now."""

    id: UUID
    name: str
    about: str
    count: int
    body: str
    campaign: Mapping[str, Any] | None
    picture: Markup | None


def by_clause(summary: Mapping[str, Any], clauses: tuple[Clause, ...]) -> Breakdown:
    """Which clause the opinions are about, the most frequent first."""
    reader = language.current()
    found = [(label_of(clauses, row["clause"]).of(reader), row["count"]) for row in summary["by_clause"]]
    title = Words("各条收到的意见条数", "Opinions by clause").of(reader)
    return _breakdown("p-clause", title, found)


def by_channel(summary: Mapping[str, Any]) -> Breakdown:
    """By which way they came; a way by which none came is named too."""
    reader = language.current()
    counts = summary["by_channel"]
    found = [
        (CHANNEL_WORDS[way].of(reader), counts.get(way, 0)) for way in sorted(Channel, key=lambda w: -counts.get(w, 0))
    ]
    return _breakdown("p-channel", Words("各种方式收到的意见条数", "Opinions by way in").of(reader), found)


def by_day(summary: Mapping[str, Any]) -> Breakdown:
    """By day of the office, days without any included."""
    counts = {row["day"]: row["count"] for row in summary["by_day"]}
    found = [(_day(day), counts.get(day.isoformat(), 0)) for day in _days(counts)]
    title = Words("每日收到的意见条数", "Opinions by day").of(language.current())
    return _breakdown("p-day", title, found, in_time=True)


def by_hour(summary: Mapping[str, Any]) -> Breakdown | None:
    """By hour of the last day; None where an older summary does not say it, or nobody wrote on that day."""
    if not summary.get("by_hour"):
        return None
    counts = {row["hour"]: row["count"] for row in summary["by_hour"]}
    found = [(f"{hour}:00", counts.get(hour, 0)) for hour in range(24)]
    title = Words("最后一日每小时收到的意见条数", "Opinions by hour of the last day").of(language.current())
    return _breakdown("p-hour", title, found, in_time=True)


def by_refusal(summary: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Why attempts were refused, and how often."""
    reader = language.current()
    rows = summary.get("by_refusal") or [{"code": "comment.window_closed", "count": summary["late"]}]
    return [
        (CODE_WORDS[row["code"]].of(reader) if row["code"] in CODE_WORDS else row["code"], row["count"]) for row in rows
    ]


def by_size(summary: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """Groups by size: in words, how many groups, how many opinions."""
    reader = language.current()
    return [
        (_size(row["from"], row["to"]).of(reader), row["groups"], row["count"]) for row in summary.get("by_size", ())
    ]


def largest(summary: Mapping[str, Any]) -> list[UUID]:
    """The largest groups as recorded; none in a summary of before there were groups."""
    return [UUID(row["group"]) for row in summary["groups"][:LISTED] if "group" in row]


def kinds(summary: Mapping[str, Any], groups: Mapping[UUID, Group], clauses: tuple[Clause, ...]) -> list[Kind]:
    """The largest groups, with the sizes as recorded and one opinion of each as it may be read now."""
    reader = language.current()
    campaigns = {UUID(row["group"]): row for row in summary.get("campaigns", {}).get("largest", ())}
    found = []
    for row in summary["groups"][:LISTED]:
        group = groups.get(UUID(row["group"])) if "group" in row else None
        if group is None:
            continue
        campaign = campaigns.get(group.id)
        found.append(
            Kind(
                id=group.id,
                name=group.name,
                about=label_of(clauses, group.clause).of(reader),
                count=row["count"],
                body=quoted(group),
                campaign=campaign,
                picture=_profile(group.id, campaign) if campaign else None,
            )
        )
    return found


def _profile(group_id: UUID, campaign: Mapping[str, Any]) -> Markup:
    counts = {row["day"]: row["count"] for row in campaign["by_day"]}
    found = [Bar(_day(day), counts.get(day.isoformat(), 0), "", "hold") for day in _days(counts)]
    title = Words(
        f"这一组每日收到的条数，一小时内最多{campaign['busiest_hour']}条",
        f"This group by day; at most {campaign['busiest_hour']} within one hour",
    ).of(language.current())
    return columns(f"p-{group_id}", title, _said(found))


def _breakdown(chart_id: str, title: str, found: Sequence[tuple[str, int]], *, in_time: bool = False) -> Breakdown:
    total = sum(count for _, count in found)
    rows = [Row(name, count, f"{100 * count / (total or 1):.1f}%") for name, count in found]
    drawn = _said([Bar(name, count, "") for name, count in found])
    most = max(drawn, key=lambda one: one.count, default=None)
    if most is not None and most.count:
        title += Words(f"，最多的是{most.name}，{most.words}", f"; most: {most.name}, {most.words}").of(
            language.current()
        )
    about = "；".join(f"{one.name} {one.count}" for one in drawn[:DRAWN])
    picture = (
        columns(chart_id, title, drawn, about=about)
        if in_time
        else bars(chart_id, title, [one for one in drawn if one.count][:DRAWN], about=about)
    )
    return Breakdown(rows, total, picture)


def _said(found: Sequence[Bar]) -> list[Bar]:
    reader = language.current()
    return [Bar(one.name, one.count, Words(f"{one.count}条", f"{one.count}").of(reader), one.state) for one in found]


def _days(counts: Mapping[str, int]) -> list[date]:
    """Every day from the first to the last."""
    if not counts:
        return []
    first, last = date.fromisoformat(min(counts)), date.fromisoformat(max(counts))
    return [first + timedelta(days=1) * n for n in range((last - first).days + 1)]


def _day(day: date) -> str:
    return f"{day.month}-{day.day}"


def _size(low: int, high: int | None) -> Words:
    if high is None:
        return Words(f"{low}条以上", f"{low} and more")
    return Words(f"{low}条", f"{low}") if low == high else Words(f"{low}至{high}条", f"{low} to {high}")

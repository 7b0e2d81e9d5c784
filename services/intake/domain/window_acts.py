"""Acts on a window by a named person, each with a public reason: which of them are possible, and until when they move it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from services.intake.domain.windows import NotExtended, WindowBackwards
from services.kernel.contracts.refusals import Conflict, Invalid, Refused, Words
from services.kernel.procedure.calendar import Calendar
from services.kernel.procedure.deadlines import OFFICE_ZONE, due_after_pauses, earliest_close, end_of, office_day
from services.kernel.procedure.law import Rule, Unit

Pause = tuple[datetime, datetime]


class Act(StrEnum):
    """What a person may do about a window once it stands."""

    EXTENDED = "extended"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    STOPPED = "stopped"
    REOPENED = "reopened"


ACT_WORDS: dict[Act, tuple[Words, str]] = {
    Act.EXTENDED: (Words("延期", "Extended"), "now"),
    Act.SUSPENDED: (Words("暂停", "Suspended"), "hold"),
    Act.RESUMED: (Words("恢复", "Resumed"), "now"),
    Act.STOPPED: (Words("提前结束", "Ended early"), "warn"),
    Act.REOPENED: (Words("重新开始", "Reopened"), "now"),
}


class Standing(Protocol):
    """A window as the acts look at it; `now` is the database's clock, at which `is_open` was computed."""

    @property
    def now(self) -> datetime: ...
    @property
    def is_open(self) -> bool: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def suspended_at(self) -> datetime | None: ...
    @property
    def ended_early(self) -> bool: ...
    @property
    def summary_at(self) -> datetime | None: ...
    @property
    def answers_published_at(self) -> datetime | None: ...
    @property
    def received(self) -> int: ...


class NotSuspended(Conflict):
    """Only an open window can be suspended."""

    code = "window.not_suspended"
    rule = "comment.notice"
    title = Words("不能暂停", "It cannot be suspended")
    remedy = Words("只有正在征求意见的，才能暂停。", "Only an open window can be suspended.")


class NotResumed(Conflict):
    """Only a suspended window can be resumed."""

    code = "window.not_resumed"
    rule = "comment.notice"
    title = Words("不能恢复", "It cannot be resumed")
    remedy = Words("只有已经暂停的，才能恢复。", "Only a suspended window can be resumed.")


class NotStopped(Conflict):
    """Only an open window can be ended."""

    code = "window.not_stopped"
    rule = "comment.notice"
    title = Words("不能提前结束", "It cannot be ended early")
    remedy = Words("只有正在征求意见的，才能提前结束。", "Only an open window can be ended early.")


class StopsTooSoon(Conflict):
    """The statutory minimum has not been served, and the notice gave no reason for a shorter window."""

    code = "window.stops_too_soon"
    rule = "comment.shortening"
    title = Words("还没有满规定的期限，不能提前结束", "The minimum has not been served")
    remedy = Words(
        "缩短期限的理由应当在公告发布时写明，事后不能补。请等到满规定的期限。",
        "The reason for a shorter window stands in the notice from its publication. Wait for the minimum.",
    )


class NotReopened(Conflict):
    """Only a closed window whose result the procedure still waits on can be opened again."""

    code = "window.not_reopened"
    rule = "comment.again"
    title = Words("不能重新开始", "It cannot be reopened")
    remedy = Words(
        "答复公布以后，或者程序已经往下走的，请另行公开征求意见。",
        "Once the answers are public, or the procedure has gone on, consult the public anew.",
    )


class ActUnknown(Invalid):
    """No such act on a window."""

    code = "window.act_unknown"
    title = Words("没有这一项办理", "No such act on a window")


def refuses_extension(standing: Standing, to: datetime) -> Refused | None:
    """Why a window cannot be extended to `to`, or None."""
    if standing.suspended_at is not None and standing.closed_at is None:
        return NotExtended(
            Words("征求意见已经暂停，请先恢复。", "It is suspended: resume it first."), field="closes_at"
        )
    if standing.closed_at is not None or standing.now >= standing.closes_at:
        return NotExtended(Words("征求意见已经截止。", "The window has closed."), field="closes_at")
    if to <= standing.closes_at or to <= standing.now:
        return NotExtended(
            Words("新的截止时间应当晚于现在的截止时间。", "The new close must be later."), field="closes_at"
        )
    return WindowBackwards(field="closes_at") if to <= standing.opens_at else None


def refuses_suspension(standing: Standing) -> Refused | None:
    """Why a window cannot be suspended, or None."""
    if standing.suspended_at is not None and standing.closed_at is None:
        return NotSuspended(Words("已经暂停了。", "It is suspended already."))
    return None if standing.is_open else NotSuspended()


def refuses_resumption(standing: Standing) -> Refused | None:
    """Why a window cannot be resumed, or None."""
    return None if standing.suspended_at is not None and standing.closed_at is None else NotResumed()


def refuses_stop(standing: Standing, served: datetime | None) -> Refused | None:
    """Why a window cannot be ended now, or None; `served` is when its minimum ends, None while no calendar says so."""
    if not standing.is_open:
        return NotStopped()
    if served is None:
        return StopsTooSoon(
            Words("规定的最短期限所在年份的工作日还没有公布。", "The working days of that year are not known yet.")
        )
    if standing.now < served:
        until = served.astimezone(OFFICE_ZONE)
        return StopsTooSoon(
            Words(
                f"规定的最短期限到{until:%Y-%m-%d %H:%M:%S}（北京时间）才满。",
                f"The minimum is served at {until.isoformat()}.",
            )
        )
    return None


def refuses_reopening(standing: Standing, to: datetime | None) -> Refused | None:
    """Why a closed window cannot be opened again until `to` (None: asked before a close is named), or None."""
    if standing.ended_early:
        return NotReopened(Words("草案已经撤回。", "The draft was withdrawn."))
    if standing.closed_at is None:
        return NotReopened(Words("征求意见还没有截止。", "The window is not closed."))
    if standing.answers_published_at is not None:
        return NotReopened(Words("答复已经公布。", "The answers are public."))
    if standing.summary_at is not None and standing.received == 0:
        return NotReopened(
            Words(
                "没有收到意见的结果已经公布，程序已经往下走。", "That nobody wrote is published: the procedure went on."
            )
        )
    if to is not None and to <= max(standing.now, standing.closes_at):
        return WindowBackwards(field="closes_at")
    return None


def possible(standing: Standing, served: datetime | None) -> list[Act]:
    """The acts that this window allows now, for the page that offers them."""
    refusals = {
        Act.EXTENDED: refuses_extension(standing, max(standing.closes_at, standing.now) + timedelta.resolution),
        Act.SUSPENDED: refuses_suspension(standing),
        Act.RESUMED: refuses_resumption(standing),
        Act.STOPPED: refuses_stop(standing, served),
        Act.REOPENED: refuses_reopening(standing, None),
    }
    return [act for act, refusal in refusals.items() if refusal is None]


def minimum_served(
    rule: Rule | None, opens_at: datetime, pauses: Sequence[Pause], calendar: Calendar
) -> datetime | None:
    """When the rule's least time will have been served, pauses left out; None while the calendar cannot tell.

    Where no rule sets a least time, that is the opening itself.
    """
    if rule is None or rule.unit is None or rule.value is None:
        return opens_at
    if rule.unit is Unit.WD:
        return due_after_pauses(rule, counted_from=opens_at, pauses=pauses, calendar=calendar).ends_at
    ends = earliest_close(rule, opens_at, calendar).ends_at
    return None if ends is None else moved(ends, sum((until - since for since, until in pauses), timedelta()))


def resumed_close(
    *, closes_at: datetime, suspended_at: datetime, now: datetime, served: datetime | None, asked: datetime | None
) -> datetime:
    """The close after a pause: later by at least its length, not before the minimum is served nor before the asked."""
    least = moved(closes_at, now - suspended_at)
    return max(at for at in (least, served, asked) if at is not None)


def moved(ends_at: datetime, by: timedelta) -> datetime:
    """An end moved by a stretch of time; one that was the end of a day stays the end of a day."""
    here = ends_at.astimezone(OFFICE_ZONE)
    later = (ends_at + by).astimezone(OFFICE_ZONE)
    if here.time() != time.min or later.time() == time.min:
        return later
    return end_of(office_day(later))

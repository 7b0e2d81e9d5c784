"""The comment window: open and closed are computed, by the database's clock, and never stored as a word."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from services.kernel.contracts.refusals import Conflict, Invalid, NotFound, Refused, Words
from services.kernel.procedure.deadlines import OFFICE_ZONE

FINAL_DAYS = timedelta(hours=48)


class WindowState(StrEnum):
    """Where a window stands. CLOSING is open in its last two days; a withdrawn draft's window is ENDED."""

    AHEAD = "ahead"
    OPEN = "open"
    CLOSING = "closing"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    SUMMARISED = "summarised"
    ANSWERED = "answered"
    ENDED = "ended"


STATE_WORDS: dict[WindowState, tuple[Words, str]] = {
    WindowState.AHEAD: (Words("尚未开始", "Not yet open"), "off"),
    WindowState.OPEN: (Words("征求意见中", "Open for comment"), "now"),
    WindowState.CLOSING: (Words("即将截止", "Closing soon"), "warn"),
    WindowState.SUSPENDED: (Words("已暂停", "Suspended"), "hold"),
    WindowState.CLOSED: (Words("已截止", "Closed"), "hold"),
    WindowState.SUMMARISED: (Words("已截止，等待答复", "Closed, answers due"), "hold"),
    WindowState.ANSWERED: (Words("答复已公布", "Answers published"), "done"),
    WindowState.ENDED: (Words("草案已撤回", "Draft withdrawn"), "off"),
}


def state_of(
    *,
    now: datetime,
    opens_at: datetime,
    closes_at: datetime,
    closed_at: datetime | None,
    ended_early: bool,
    summary_at: datetime | None,
    answers_published_at: datetime | None,
    suspended_at: datetime | None = None,
) -> WindowState:
    """The state of a window at `now` (aware instants, the database's clock), in step with SQL's `window_is_open`."""
    if ended_early:
        return WindowState.ENDED
    if answers_published_at is not None:
        return WindowState.ANSWERED
    if summary_at is not None:
        return WindowState.SUMMARISED
    if suspended_at is not None and closed_at is None:
        return WindowState.SUSPENDED
    if closed_at is not None or now >= closes_at:
        return WindowState.CLOSED
    if now < opens_at:
        return WindowState.AHEAD
    return WindowState.CLOSING if closes_at - now <= FINAL_DAYS else WindowState.OPEN


class WindowUnknown(NotFound):
    """No such window."""

    code = "window.not_found"
    title = Words("没有这次征求意见", "No such consultation")


class WindowClosed(Conflict):
    """Too late: the window closed before this arrived."""

    code = "comment.window_closed"
    rule = "comment.notice"
    title = Words("没有收下：已经截止", "Not accepted: the window has closed")
    remedy = Words(
        "意见没有记入结果。您可以寄给起草单位，作为一般来信办理。",
        "It does not count in the result. You may still write to the drafting unit as an ordinary letter.",
    )

    def __init__(self, *, closed: datetime, arrived: datetime, written: str) -> None:
        late = max((arrived - closed).total_seconds(), 0.0)
        self.closed, self.arrived, self.late_by = closed, arrived, late
        super().__init__(
            Words(
                f"您的意见晚于截止时间{seconds_zh(late)}到达。截止时间是{written}（北京时间）。",
                f"Your comment arrived {seconds_en(late)} after the close, which was {closed.isoformat()}.",
            )
        )


class WindowNotOpen(Conflict):
    """Too early."""

    code = "comment.window_not_open"
    rule = "comment.notice"
    title = Words("没有收下：还没有开始", "Not accepted: the window is not open yet")
    remedy = Words("请在开始以后提交。", "Send it once the window is open.")

    def __init__(self, *, opens: datetime, written: str) -> None:
        super().__init__(Words(f"征求意见从{written}（北京时间）开始。", f"The window opens at {opens.isoformat()}."))


class WindowSuspended(Conflict):
    """Nothing is taken while the window is suspended; its end will move."""

    code = "comment.window_suspended"
    rule = "comment.notice"
    title = Words("没有收下：征求意见已经暂停", "Not accepted: the consultation is suspended")
    remedy = Words(
        "恢复以后再提交；截止时间会顺延，至少延长暂停的时间。",
        "Send it once it is resumed; the close will move by at least the length of the pause.",
    )

    def __init__(self, *, since: datetime, written: str, reason: str) -> None:
        super().__init__(
            Words(
                f"从{written}（北京时间）起暂停。理由：{reason}",
                f"Suspended since {since.isoformat()}. Reason: {reason}",
            )
        )


class DraftWithdrawn(Conflict):
    """The draft under comment was withdrawn."""

    code = "comment.draft_withdrawn"
    title = Words("没有收下：草案已经撤回", "Not accepted: the draft was withdrawn")
    remedy = Words("不需要再提意见。", "No comment is needed any more.")


class WindowTooShort(Refused):
    """Shorter than the rule without a reason."""

    code = "window.too_short"
    status = 422
    rule = "comment.shortening"
    title = Words("征求意见的期限太短", "The comment window is too short")


class WindowBackwards(Invalid):
    """Ends before it begins."""

    code = "window.backwards"
    title = Words("截止时间应当晚于开始时间和现在", "A window ends after it begins, and in the future")
    remedy = Words("请改开始或者截止时间。", "Correct the opening or closing time.")


class NotExtended(Conflict):
    """Only an open window can be extended, and only to a later instant."""

    code = "window.not_extended"
    rule = "comment.notice"
    title = Words("不能延期", "It cannot be extended")
    remedy = Words(
        "只有开着的征求意见可以延到更晚；已经截止的，请重新征求意见。", "Extend an open window to a later instant."
    )


class ReasonMissing(Invalid):
    """A published act needs its reason."""

    code = "window.reason_missing"
    rule = "comment.shortening"
    title = Words("请写明理由", "Give the reason")
    remedy = Words("理由会向社会公布。", "The reason is published.")


class StillOpen(Conflict):
    """Asked before the window is closed."""

    code = "window.still_open"
    title = Words("征求意见还没有截止", "The window is still open")
    remedy = Words("请在截止以后办理。", "Wait until it has closed.")


class BeingClosed(Conflict):
    """The instant has come; its record, with the last comments in it, is being written."""

    code = "window.being_closed"
    title = Words("征求意见刚刚截止，正在清点意见", "The window has just closed: comments are being counted")
    remedy = Words("请过几秒再办理。", "Try again in a few seconds.")


class SummaryRecordedAlready(Conflict):
    """Letters and visits are entered before the summary."""

    code = "window.summary_recorded"
    title = Words("征求意见的结果已经记录，不能再补录", "The result is recorded: nothing more can be entered")
    remedy = Words("请作为一般来信办理。", "Treat it as an ordinary letter.")


class OutsideWindow(Invalid):
    """What arrived outside the window does not count."""

    code = "comment.outside_window"
    rule = "comment.notice"
    title = Words("收到的时间不在征求意见的期间内", "It did not arrive within the window")
    remedy = Words(
        "请核对收到的时间；确实不在期间内的，作为一般来信办理。",
        "Check the time of arrival; otherwise treat it as a letter.",
    )


def closing_key(window_id: UUID, what: str, ordinal: int) -> str:
    """The dossier's key of what came of a closing; a window that was reopened closes more than once."""
    return f"window/{window_id}/{what}" if ordinal == 1 else f"window/{window_id}/{what}/{ordinal}"


def last_second(closes_at: datetime) -> str:
    """The last whole second in which a comment is taken, with its zone: 2026-12-21T23:59:59+08:00.

    A close within a second (a window that was ended by hand) names that second, which was open in part.
    """
    here = closes_at.astimezone(OFFICE_ZONE)
    before = here - timedelta(seconds=1) if here.microsecond == 0 else here
    return before.replace(microsecond=0).isoformat()


def last_second_words(closes_at: datetime) -> Words:
    """The last second in words, with its zone: 2026-12-21 23:59:59 北京时间（UTC+8），即12月21日24:00前."""
    here, last = closes_at.astimezone(OFFICE_ZONE), datetime.fromisoformat(last_second(closes_at))
    offset = last.utcoffset() or timedelta()
    zone = f"UTC{offset.total_seconds() / 3600:+g}"
    day = last if here.time() == time.min else here
    hour = "24:00" if here.time() == time.min else f"{here:%H:%M:%S}" if here.second else f"{here:%H:%M}"
    return Words(
        f"{last:%Y-%m-%d %H:%M:%S} 北京时间（{zone}），即{day.month}月{day.day}日{hour}前",
        f"{last:%Y-%m-%d %H:%M:%S} Beijing time ({zone}), that is before {hour} on {day:%Y-%m-%d}",
    )


def seconds_zh(seconds: float) -> str:
    """How late, in words: to the millisecond while it is less than a minute."""
    if seconds < 60:
        return f"{seconds:.3f}".rstrip("0").rstrip(".") + "秒"
    days, rest = divmod(int(seconds), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((days, "天"), (hours, "小时"), (minutes, "分"), (left, "秒"))
    return f"{''.join(f'{n}{w}' for n, w in parts if n)}（共{int(seconds)}秒）"


def seconds_en(seconds: float) -> str:
    """The same in English."""
    if seconds < 60:
        return f"{seconds:.3f}".rstrip("0").rstrip(".") + " s"
    return f"{int(seconds)} s"


def remaining_words(left: timedelta) -> Words:
    """The rest of an open window in words: days and hours, then hours and minutes, then seconds."""
    seconds = max(int(left.total_seconds()), 0)
    days, hours = divmod(seconds // 3600, 24)
    if days:
        return Words(f"{days}天{hours}小时", f"{days} day{'' if days == 1 else 's'} {hours} h")
    minutes = seconds // 60
    if minutes >= 60:
        return Words(f"{minutes // 60}小时{minutes % 60}分", f"{minutes // 60} h {minutes % 60} min")
    if minutes >= 1:
        return Words(f"{minutes}分{seconds % 60}秒", f"{minutes} min {seconds % 60} s")
    return Words(f"{seconds}秒", f"{seconds} s")

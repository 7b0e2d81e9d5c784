"""States as pages show them: a word, a shape and a colour for each, and texts cut into lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language
from services.kernel.runtime.display import date_words
from services.kernel.text import search
from services.kernel.text.dates import day_alone
from services.kernel.text.normal import shadow
from services.notify.domain import ResultState, Validity, WindowState
from services.notify.store.messages import Told
from services.notify.store.publications import Publication

Shape = Literal["go", "done", "now", "warn", "stop", "hold", "off"]


@dataclass(frozen=True)
class Tag:
    """A state: its shape (which sets the colour too) and its word."""

    state: Shape
    word: str


WINDOW: dict[WindowState, tuple[Shape, Words]] = {
    WindowState.AHEAD: ("off", Words("尚未开始", "Not open yet")),
    WindowState.OPEN: ("now", Words("征求意见中", "Open for comment")),
    WindowState.CLOSING: ("warn", Words("即将截止", "Closing soon")),
    WindowState.SUSPENDED: ("hold", Words("已暂停", "Suspended")),
    WindowState.CLOSED: ("hold", Words("已截止，等待答复", "Closed, answers due")),
}
ACT: dict[str, tuple[Shape, Words]] = {
    "extended": ("now", Words("延期", "Extended")),
    "suspended": ("hold", Words("暂停", "Suspended")),
    "resumed": ("now", Words("恢复", "Resumed")),
    "stopped": ("warn", Words("提前结束", "Ended early")),
    "reopened": ("now", Words("重新开始", "Reopened")),
}
RESULT: dict[ResultState, tuple[Shape, Words]] = {
    ResultState.SUMMING_UP: ("hold", Words("已截止，正在汇总", "Closed, being summed up")),
    ResultState.NONE_CAME: ("done", Words("结果已公布", "Result published")),
    ResultState.ANSWERS_DUE: ("hold", Words("已截止，等待答复", "Closed, answers due")),
    ResultState.ANSWERED: ("done", Words("答复已公布", "Answers published")),
}
VALIDITY: dict[Validity, tuple[Shape, Words]] = {
    Validity.UNPUBLISHED: ("hold", Words("当日尚未公布", "Not yet published on that day")),
    Validity.AHEAD: ("hold", Words("尚未施行", "Not yet in force")),
    Validity.IN_FORCE: ("go", Words("现行有效", "In force")),
    Validity.LAPSED: ("off", Words("已失效", "Lapsed")),
    Validity.ENDED: ("off", Words("已废止", "Ended")),
    Validity.SUSPENDED: ("hold", Words("中止执行", "Suspended")),
    Validity.UNSTATED: ("done", Words("已公布", "Published")),
}
ON_THAT_DAY: dict[Validity, tuple[Shape, Words]] = {
    **VALIDITY,
    Validity.AHEAD: ("hold", Words("当日尚未施行", "Not yet in force on that day")),
    Validity.IN_FORCE: ("go", Words("当日有效", "In force on that day")),
    Validity.LAPSED: ("off", Words("当日已失效", "Lapsed on that day")),
    Validity.ENDED: ("off", Words("当日已废止", "Ended on that day")),
    Validity.SUSPENDED: ("hold", Words("当日中止执行", "Suspended on that day")),
    Validity.UNSTATED: ("done", Words("当日已公布", "Published on that day")),
}
HAPPENED: dict[str, tuple[Shape, Words]] = {
    "amended": ("now", Words("修改", "Amended")),
    "ended": ("off", Words("废止（停止执行）", "Ended")),
    "suspended": ("hold", Words("中止执行", "Suspended")),
    "resumed": ("go", Words("恢复执行", "Resumed")),
}
MAIL: dict[str, tuple[Shape, Words]] = {
    "sent": ("done", Words("已发出", "Sent")),
    "waiting": ("now", Words("还没有送达，系统会再试", "Not delivered yet; will be tried again")),
    "parked": ("stop", Words("送不出去", "Cannot be delivered")),
    "forgotten": ("hold", Words("没有投递记录", "No delivery record")),
}
EVENTS: dict[str, Words] = {
    "assigned": Words("请办理", "To do"),
    "due_soon": Words("即将到期", "Due soon"),
    "overdue": Words("已经逾期", "Overdue"),
    "returned": Words("已退回", "Returned"),
    "window_opened": Words("开始征求意见", "Consultation opened"),
    "window_closed": Words("征求意见截止", "Consultation closed"),
    "published": Words("已公布", "Published"),
    "ended": Words("办理结束", "Ended"),
}
KINDS: dict[str, Words] = {
    "NORMATIVE": Words("行政规范性文件", "Normative document"),
    "MAJOR_DECISION": Words("重大行政决策", "Major administrative decision"),
    "WORK_PLAN": Words("工作要点（实施方案）", "Work plan"),
    "ANNUAL_REPORT": Words("法治政府建设年度报告", "Annual report on rule of law"),
}


def say(words: Words) -> str:
    """In the reader's language."""
    return words.of(language.current())


def _tag(pair: tuple[Shape, Words]) -> Tag:
    return Tag(pair[0], say(pair[1]))


def window_tag(state: WindowState) -> Tag:
    """The state of a consultation."""
    return _tag(WINDOW[state])


def act_tag(notice: str) -> Tag:
    """What a person did to a consultation."""
    return _tag(ACT[notice])


def result_tag(state: ResultState) -> Tag:
    """What has come of a closed consultation."""
    return _tag(RESULT[state])


def validity_tag(state: Validity, *, on_another_day: bool = False) -> Tag:
    """The state of a published document, today or on the day asked for."""
    return _tag((ON_THAT_DAY if on_another_day else VALIDITY)[state])


def happened_tag(change: str) -> Tag:
    """What happened to a published document."""
    return _tag(HAPPENED[change])


def mail_tag(told: Told) -> Tag:
    """Where a message is."""
    state = "sent" if told.sent_at else told.letter_state or "forgotten"
    return _tag(MAIL.get(state, MAIL["forgotten"]))


def event_words(event: str) -> str:
    """What a message is about."""
    return say(EVENTS.get(event, Words(event, event)))


def kind_words(kind: str) -> str:
    """The name of a kind of document."""
    return say(KINDS.get(kind, Words(kind, kind)))


def left_words(closes_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """How long a window is still open, in days of the office, or hours and minutes on the last day."""
    last_day = (closes_at.astimezone(zone) - datetime.resolution).date()
    days = (last_day - now.astimezone(zone).date()).days
    if days > 0:
        return say(Words(f"还有{days}天", f"{days} day{'' if days == 1 else 's'} left"))
    minutes = max(0, int((closes_at - now).total_seconds()) // 60)
    hours, rest = divmod(minutes, 60)
    return say(Words(f"还有{hours}小时{rest}分", f"{hours} h {rest} min left"))


def term_words(publication: Publication) -> str:
    """From when until when, as far as the text says it; its own words where it only says how long."""
    parts = []
    if publication.effective_on:
        day = date_words(publication.effective_on)
        parts.append(say(Words(f"{day}起施行", f"in force from {day}")))
    if publication.valid_to:
        day = date_words(publication.valid_to)
        parts.append(say(Words(f"有效期至{day}", f"valid to {day}")))
    elif publication.validity_words:
        parts.append(
            say(Words(f"文中写明：{publication.validity_words}", f"the text says: {publication.validity_words}"))
        )
    return say(Words("，", ", ")).join(parts)


@dataclass(frozen=True)
class Line:
    """One line of a published text: a chapter's heading, an article with its number, a signature, plain words."""

    kind: Literal["heading", "article", "signature", "plain"]
    number: str
    words: str


_NUMBER = r"第[一二三四五六七八九十百零〇0-9]+"
_HEADING = re.compile(rf"(?:{_NUMBER}[编章节](?:\s|$)|[一二三四五六七八九十]+、)")
_ARTICLE = re.compile(rf"{_NUMBER}条")
HEADING_AT_MOST, SIGNATURE_AT_MOST = 40, 30


def lines_of(text: str, title: str) -> list[Line]:
    """The lines of a text in order, without blank ones and without the title, which the page has on top."""
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if found and search.fold(found[0]) == search.fold(title):
        found = found[1:]
    signed = {at for at, line in enumerate(found) if day_alone(shadow(line))}
    return [_line(line, signed=bool(signed & {at, at + 1})) for at, line in enumerate(found)]


def _line(line: str, *, signed: bool) -> Line:
    plain = shadow(line)
    if signed and len(line) <= SIGNATURE_AT_MOST and plain[-1] not in "。;:":
        return Line("signature", "", line)
    if article := _ARTICLE.match(plain):
        return Line("article", line[: article.end()], line[article.end() :].strip())
    if _HEADING.match(plain) and len(line) <= HEADING_AT_MOST and plain[-1] not in "。;:":
        return Line("heading", "", line)
    return Line("plain", "", line)

"""Letters, faxes, calls and visits entered from one sheet: what is wrong with each row, and what it means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.comments import (
    CHANNEL_WORDS,
    STAFF_CHANNELS,
    BadChannel,
    BadClause,
    BadComment,
    Channel,
    clean_body,
    likeness,
)
from services.intake.domain.sheets import RowFault, columns_of, fault, filled
from services.intake.domain.windows import OutsideWindow
from services.kernel.contracts.refusals import Invalid, Refused, Words
from services.kernel.procedure.deadlines import OFFICE_ZONE
from services.kernel.text.clauses import Clause
from services.kernel.text.numerals import read_number

SHEET = "来信来访"
CHANNEL, RECEIVED, CLAUSE, BODY, NAME, CONTACT = "收到的方式", "收到的时刻", "条款", "意见", "称呼", "联系方式"
HEAD = (CHANNEL, RECEIVED, CLAUSE, BODY, NAME, CONTACT)
MOST_ENTRIES = 5_000
CHANNELS = {word: channel for channel in STAFF_CHANNELS for word in (channel.value, *CHANNEL_WORDS[channel])}
WHOLE = ("", "整个文件", "全文", "The whole text")
HOUR = re.compile(
    r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*T?\s*(\d{1,2})\s*[:：时]\s*(\d{1,2})?\s*分?(?:[:：]\d{1,2}(?:\.\d+)?)?$"
)
ARTICLE = re.compile(r"^第?\s*([0-9〇零一二两三四五六七八九十百千]+)\s*条?$")


class TooManyEntries(Invalid):
    """More than one sheet may bring."""

    code = "entries.too_many"
    title = Words("一张表的行太多", "Too many rows in one sheet")
    remedy = Words(f"一次最多{MOST_ENTRIES}行；请分成几张表。", f"At most {MOST_ENTRIES} rows at a time: split it.")


class EnteredAlready(Invalid):
    """The same words stand in the window, or twice in the sheet: allowed, but looked at."""

    code = "entries.alike"
    title = Words("已经有内容相同的意见", "The same words are there already")
    remedy = Words("请核对是不是重复录入；确实是另外一封的，可以照录。", "Check that it is not the same letter again.")


@dataclass(frozen=True)
class Entry:
    """One row, understood."""

    row: int
    channel: Channel
    received_at: datetime
    clause: str
    body: str
    name: str
    contact: str


@dataclass(frozen=True)
class Span:
    """When arrivals count: from the opening until before the close, and not after now."""

    opens_at: datetime
    closes_at: datetime
    now: datetime


@dataclass(frozen=True)
class Understood:
    """The entries, and what is wrong (or only to be looked at) in which row."""

    entries: tuple[Entry, ...]
    faults: tuple[RowFault, ...]

    @property
    def errors(self) -> tuple[RowFault, ...]:
        """What stands in the way."""
        return tuple(one for one in self.faults if not one.warning)


def understand(rows: Sequence[Sequence[str]], clauses: Sequence[Clause], span: Span) -> Understood:
    """Read a sheet row by row. Raises SheetHeader, SheetEmpty, TooManyEntries."""
    places = columns_of(rows, HEAD, needed=(CHANNEL, RECEIVED, BODY))
    entries: list[Entry] = []
    faults: list[RowFault] = []
    said: dict[str, int] = {}
    for number, cells in filled(rows, places):
        if len(entries) >= MOST_ENTRIES:
            raise TooManyEntries(field="file")
        found = _entry(number, cells, clauses, span, faults)
        if found is None:
            continue
        entries.append(found)
        first = said.setdefault(likeness(found.body), number)
        if first != number:
            detail = Words(f"与第{first}行的意见相同。", f"The same words as in row {first}.")
            faults.append(alike(number, detail))
    return Understood(tuple(entries), tuple(faults))


def alike(row: int, detail: Words | None = None) -> RowFault:
    """A warning that these words are there already."""
    refused = EnteredAlready(detail)
    return RowFault(row, BODY, refused.detail, refused.how, refused.code, warning=True)


def _entry(
    number: int, cells: list[str], clauses: Sequence[Clause], span: Span, faults: list[RowFault]
) -> Entry | None:
    channel, received, clause, body, name, contact = cells
    before = len(faults)
    found: dict[str, object] = {}
    for column, read in (
        (CHANNEL, lambda: _channel(channel)),
        (RECEIVED, lambda: _arrival(received, span)),
        (CLAUSE, lambda: anchor_in(clauses, clause)),
        (BODY, lambda: clean_body(body)),
        (NAME, lambda: _short(name, 100)),
        (CONTACT, lambda: _short(contact, 200)),
    ):
        try:
            found[column] = read()
        except Refused as refused:
            faults.append(fault(number, column, refused))
    if len(faults) > before:
        return None
    return Entry(number, *found.values())  # type: ignore[arg-type]


def _channel(word: str) -> Channel:
    channel = CHANNELS.get(word) or CHANNELS.get(word.lower())
    if channel is None:
        raise BadChannel(Words(f"没有“{word[:20]}”这种方式。", f"No such way as {word[:20]!r}."))
    return channel


def _arrival(written: str, span: Span) -> datetime:
    read = HOUR.fullmatch(written)
    try:
        parts = [int(part or 0) for part in read.groups()] if read else []
        at = datetime(*parts, tzinfo=OFFICE_ZONE) if parts else None  # type: ignore[arg-type, misc]
    except ValueError:
        at = None
    if at is None:
        raise OutsideWindow(
            Words(f"读不懂时刻“{written[:30]}”。", f"{written[:30]!r} is no day and hour."),
            remedy=Words("请写成2026-03-02 14:30这样，北京时间。", "Write it as 2026-03-02 14:30, Beijing time."),
        )
    if not span.opens_at <= at < span.closes_at or at > span.now:
        raise OutsideWindow
    return at


def anchor_in(clauses: Sequence[Clause], wish: str) -> str:
    """The anchor of a clause that is written as its anchor, its number, or 第3条. Raises BadClause."""
    if wish in WHOLE:
        return ""
    for clause in clauses:
        if wish in (clause.anchor, clause.number):
            return clause.anchor
    read = ARTICLE.fullmatch(wish)
    number = read_number(read[1].replace("两", "二")) if read else None
    for clause in clauses:
        if number is not None and clause.anchor == f"art-{number}":
            return clause.anchor
    raise BadClause(Words(f"文本里没有“{wish[:40]}”。", f"The text has no {wish[:40]!r}."))


def _short(value: str, longest: int) -> str:
    if len(value) > longest:
        raise BadComment(
            Words(f"这一栏最多{longest}个字。", f"At most {longest} characters here."),
            remedy=Words("请写短一些。", "Make it shorter."),
        )
    return value

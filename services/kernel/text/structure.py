"""The structure of a document: what it states, and where each value stands in its text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel, ConfigDict

from services.kernel.text.bases import legal_bases
from services.kernel.text.deadlines import Deadline as FoundDeadline
from services.kernel.text.deadlines import deadlines
from services.kernel.text.heads import Head, read_head
from services.kernel.text.kinds import Kind, kind_of
from services.kernel.text.normal import normalise, text_hash
from services.kernel.text.outline import Mark, outline
from services.kernel.text.reading import Quote, Reading
from services.kernel.text.spans import Span
from services.kernel.text.statistics import Figure, statistics
from services.kernel.text.tasks import Found, find_tasks
from services.kernel.text.windows import Outcome, Window, comment_outcome, comment_window

__all__ = ["Channel", "CommentOutcome", "CommentWindow", "Deadline", "Kind", "Section", "Span", "Statistic"]
__all__ += ["Structure", "Task", "structure"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Channel(_Frozen):
    """A way of answering; `value` is None where the way is named without an address."""

    type: str
    value: str | None


class CommentWindow(_Frozen):
    """When comments are taken: ISO days, or instants with +08:00 where the text gives the hour."""

    opens: str | None
    closes: str | None
    channels: tuple[Channel, ...] = ()


class CommentOutcome(_Frozen):
    """How many opinions came; 0 where the text says that none did."""

    received: int


class Section(_Frozen):
    """A numbered heading or item."""

    level: int
    number: str
    heading: str | None


class Deadline(_Frozen):
    """A date by which something is to be done."""

    text: str
    date: date


class Task(_Frozen):
    """A piece of work that the text sets."""

    item_no: str
    title: str | None
    lead_units: tuple[str, ...]
    responsible_units: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    first_chars: str


class Statistic(_Frozen):
    """A reported number."""

    indicator: str
    value: int | float
    unit: str
    sentence_start: str


class Structure(_Frozen):
    """Everything that a document states; null or empty where it does not.

    `spans` maps the path of a value (`title`, `tasks.0.lead_units.1`) to where it is printed.
    """

    kind: Kind
    title: str | None
    authority: str | None
    doc_number: str | None
    date: date | None
    comment_window: CommentWindow | None
    comment_outcome: CommentOutcome | None
    sections: tuple[Section, ...]
    tasks: tuple[Task, ...]
    doc_deadlines: tuple[Deadline, ...]
    legal_bases: tuple[str, ...]
    statistics: tuple[Statistic, ...]
    text_hash: str
    spans: dict[str, Span]


class _Spans(dict[str, Span]):
    def text(self, path: str, quote: Quote | None) -> str | None:
        if quote is None:
            return None
        return self.put(path, quote)

    def put(self, path: str, quote: Quote) -> str:
        self[path] = Span(start=quote.start, end=quote.end)
        return quote.text


def structure(text: str) -> Structure:
    """Read a document. Never guesses, never raises on any text."""
    reading = Reading(normalise(text))
    head = read_head(reading)
    marks = outline(reading)
    window = comment_window(reading, title=head.title, signed=head.date)
    outcome = comment_outcome(reading)
    kind = _kind(reading, head, marks, window, outcome)
    if kind not in (Kind.CONSULTATION, Kind.OUTCOME, Kind.OTHER, Kind.NOTICE, Kind.EXPLANATION):
        outcome = None
    year = _plan_year(reading, head)
    tasks = find_tasks(reading, marks, kind, year=year)
    spans = _Spans()
    return Structure(
        kind=kind,
        title=spans.text("title", head.title),
        authority=spans.text("authority", head.authority),
        doc_number=spans.text("doc_number", head.doc_number),
        date=_date(head, spans),
        comment_window=_window(window, spans),
        comment_outcome=_outcome(outcome, spans),
        sections=_sections(marks, tasks, spans),
        tasks=tuple(_task(index, found, spans) for index, found in enumerate(tasks)),
        doc_deadlines=_deadlines("doc_deadlines", _outside(reading, tasks, marks, window, year, head.date), spans),
        legal_bases=tuple(
            spans.put(f"legal_bases.{index}", quote) for index, quote in enumerate(legal_bases(reading, head.title))
        ),
        statistics=_statistics(reading, kind, spans),
        text_hash=text_hash(reading.text),
        spans=dict(spans),
    )


def _kind(
    reading: Reading,
    head: Head,
    marks: tuple[Mark, ...],
    window: Window | None,
    outcome: Outcome | None,
) -> Kind:
    title = reading.plain[head.title.start : head.title.end] if head.title else None
    return kind_of(
        re.sub(r"\s", "", title) if title else None,
        articles=sum(mark.sign == "条" for mark in marks),
        consults=window is not None and bool(window.ways),
        reports_outcome=outcome is not None,
        by_order=bool(re.search(r"令\s?第?.{0,12}号|代表大会.{0,30}通过|国务院令", reading.plain[:600])),
    )


def _plan_year(reading: Reading, head: Head) -> int | None:
    if head.title:
        plain = reading.plain[head.title.start : head.title.end]
        years = re.findall(r"(?<![-\d])(20\d{2})\s?年(?!\s?-)", plain)
        if len(set(years)) == 1:
            return int(years[0])
    return head.date.year if head.date else None


def _date(head: Head, spans: _Spans) -> date | None:
    if head.signed and head.date:
        spans.put("date", head.signed)
    return head.date


def _window(window: Window | None, spans: _Spans) -> CommentWindow | None:
    if window is None:
        return None
    channels = []
    for name, instant in (("opens", window.opens), ("closes", window.closes)):
        if instant:
            spans.text(f"comment_window.{name}", instant.quote)
    for index, way in enumerate(window.ways):
        value = spans.text(f"comment_window.channels.{index}.value", way.value)
        channels.append(Channel(type=way.type, value=value))
    return CommentWindow(
        opens=window.opens.iso if window.opens else None,
        closes=window.closes.iso if window.closes else None,
        channels=tuple(channels),
    )


def _outcome(outcome: Outcome | None, spans: _Spans) -> CommentOutcome | None:
    if outcome is None:
        return None
    spans.put("comment_outcome.received", outcome.quote)
    return CommentOutcome(received=outcome.received)


def _sections(marks: tuple[Mark, ...], tasks: list[Found], spans: _Spans) -> tuple[Section, ...]:
    found = []
    for index, mark in enumerate(marks):
        number = spans.put(f"sections.{index}.number", mark.label)
        heading = spans.text(f"sections.{index}.heading", mark.heading)
        found.append(Section(level=mark.level, number=number, heading=heading))
    return tuple(found)


def _task(index: int, found: Found, spans: _Spans) -> Task:
    path = f"tasks.{index}"
    spans[path] = Span(start=found.start, end=found.end)
    return Task(
        item_no=found.number,
        title=spans.text(f"{path}.title", found.title),
        lead_units=_units(f"{path}.lead_units", found.lead, spans),
        responsible_units=_units(f"{path}.responsible_units", found.responsible, spans),
        deadlines=_deadlines(f"{path}.deadlines", found.deadlines, spans),
        first_chars=spans.put(f"{path}.first_chars", found.first),
    )


def _units(path: str, quotes: list[Quote], spans: _Spans) -> tuple[str, ...]:
    return tuple(spans.put(f"{path}.{index}", quote) for index, quote in enumerate(quotes))


def _deadlines(path: str, found: Iterable[FoundDeadline], spans: _Spans) -> tuple[Deadline, ...]:
    return tuple(
        Deadline(text=spans.put(f"{path}.{index}", deadline.quote), date=deadline.day)
        for index, deadline in enumerate(found)
    )


def _outside(
    reading: Reading,
    tasks: list[Found],
    marks: tuple[Mark, ...],
    window: Window | None,
    year: int | None,
    signed: date | None,
) -> list[FoundDeadline]:
    """Deadlines that stand in no task, are not the closing of the comment window, and lie ahead."""
    taken = [(task.start, task.end) for task in tasks]
    inside = {deadline.quote.start for task in tasks for deadline in task.deadlines}
    if window:
        taken += list(window.sentences)
    fixed = sum(mark.sign == "条" for mark in marks) < 3
    seen: set[tuple[str, date]] = set()
    found = []
    for deadline in deadlines(reading, 0, len(reading.text), year=year if fixed else None):
        at, name = deadline.quote.start, (deadline.quote.text, deadline.day)
        past = signed is not None and deadline.day < signed
        if at in inside or past or name in seen or any(a <= at < b for a, b in taken):
            continue
        seen.add(name)
        found.append(deadline)
    return found


def _statistics(reading: Reading, kind: Kind, spans: _Spans) -> tuple[Statistic, ...]:
    if kind not in (Kind.REPORT, Kind.CLEANUP):
        return ()
    return tuple(_statistic(index, figure, spans) for index, figure in enumerate(statistics(reading)))


def _statistic(index: int, figure: Figure, spans: _Spans) -> Statistic:
    path = f"statistics.{index}"
    spans.put(f"{path}.value", figure.number)
    return Statistic(
        indicator=figure.indicator,
        value=figure.value,
        unit=figure.unit,
        sentence_start=spans.put(f"{path}.sentence_start", figure.sentence),
    )

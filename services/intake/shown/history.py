"""The life of a window as everybody reads it: opened, every act on it, closed, summed up, answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.window_acts import ACT_WORDS, Act
from services.intake.store.summaries import Summary
from services.intake.store.window_acts import Change
from services.intake.store.windows import Window
from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language

OPENED = Words("开始征求意见", "Opened for comment")
SUMMED_UP = Words("结果公布", "Result published")
CLOSED = Words("截止", "Closed")
WITHDRAWN = Words("草案撤回", "Draft withdrawn")
ANSWERED = Words("答复公布", "Answers published")


@dataclass(frozen=True)
class Event:
    """One line: what, in which state it is drawn, when, by which unit, why, and the close before and after it."""

    name: str
    state: str
    at: datetime
    unit: str = ""
    reason: str = ""
    since: datetime | None = None
    to: datetime | None = None
    received: int | None = None


def history_of(
    window: Window, changes: Sequence[Change], recorded: Sequence[Summary], units: Mapping[str, str]
) -> list[Event]:
    """Every event in the order in which it happened; the close it began with is that before the first act."""
    reader = language.current()
    first = changes[0].from_closes_at if changes else window.closes_at
    events = [
        Event(OPENED.of(reader), "done", window.opens_at, units.get(window.drafting_unit, ""), to=first),
        *(_act(change, units, reader) for change in changes),
        *(Event(SUMMED_UP.of(reader), "done", one.recorded_at, received=one.received) for one in recorded),
    ]
    if window.closed_at is not None:
        words = WITHDRAWN if window.ended_early else CLOSED
        events.append(Event(words.of(reader), "hold", min(window.closes_at, window.closed_at)))
    if window.answers_published_at is not None:
        events.append(Event(ANSWERED.of(reader), "done", window.answers_published_at))
    return sorted(events, key=lambda event: event.at)


def _act(change: Change, units: Mapping[str, str], reader: str) -> Event:
    words, state = ACT_WORDS[Act(change.kind)]
    moved = change.to_closes_at != change.from_closes_at
    return Event(
        words.of(reader),
        state,
        change.changed_at,
        units.get(change.unit, change.unit),
        change.reason,
        change.from_closes_at if moved else None,
        change.to_closes_at if moved else None,
    )

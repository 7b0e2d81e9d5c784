"""The procedure clock: where a document stands, and the earliest lawful day of each step to come.

Computed from the stages' needs and their least windows. A day that rests on a working calendar
not yet loaded is not guessed: it is None, and the clock is provisional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.calendar import ONE_DAY, Calendar
from services.kernel.procedure.deadlines import due
from services.kernel.procedure.record import ClosedStage, OpenStage
from services.kernel.procedure.rules import DocumentKind, KindProcedure, Rule, RuleBook, Stage, Unit
from services.kernel.procedure.stages import NOT_APPLICABLE

__all__ = ["Clock", "ClockStep", "ClosedStage", "OpenStage", "StepState", "procedure_clock"]

StepState = Literal["done", "now", "ahead", "not_applicable", "again"]
PUBLICATION = "publication"


@dataclass(frozen=True)
class ClockStep:
    """One stage on the clock.

    `earliest` is the day it was done, or the first day on which it lawfully can be; `due` the last
    day of its actor. `missing` says what it waits for.
    """

    stage: Stage
    state: StepState
    earliest: date | None
    due: date | None
    rule: Rule | None
    provisional: bool
    missing: Words | None


@dataclass(frozen=True)
class Clock:
    """All steps in order, and what stands in the way of a certain answer."""

    steps: tuple[ClockStep, ...]
    earliest_publication: date | None
    provisional: bool
    missing: tuple[Words, ...]

    def step(self, stage_id: str) -> ClockStep:
        """The step of that stage. Raises KeyError."""
        for step in self.steps:
            if step.stage.id == stage_id:
                return step
        raise KeyError(stage_id)


@dataclass(frozen=True)
class _Reckoning:
    """What is known of the document, and the days found so far. None is a day not yet known."""

    book: RuleBook
    procedure: KindProcedure
    submitted_on: date
    predicates: Mapping[str, bool]
    closed: Mapping[str, ClosedStage]
    open: Mapping[str, OpenStage]
    today: date
    calendar: Calendar
    text_hash: str | None
    states: dict[str, StepState] = field(default_factory=dict)
    ready: dict[str, date | None] = field(default_factory=dict)


def procedure_clock(
    book: RuleBook,
    kind: DocumentKind | str,
    *,
    submitted_on: date,
    predicates: Mapping[str, bool],
    closed: Mapping[str, ClosedStage],
    open_: Mapping[str, OpenStage],
    today: date,
    calendar: Calendar,
    text_hash: str | None = None,
) -> Clock:
    """The clock of one document on `today`; days are days in China.

    A stage whose question is unanswered counts as applying. With `text_hash`, stages done on an
    older text that a later stage still relies on are to be done again.
    """
    procedure = book.kind(kind)
    now = _Reckoning(
        book, procedure, submitted_on, predicates, closed, open_, today, calendar, text_hash
    )  # fmt: skip
    steps = tuple(_step(now, stage) for stage in procedure.stages)
    publication = next((step for step in steps if step.stage.id == PUBLICATION), None)
    return Clock(
        steps,
        publication.earliest if publication else None,
        publication.provisional if publication else False,
        _open_questions(procedure, predicates),
    )


def _step(now: _Reckoning, stage: Stage) -> ClockStep:
    state = _state(now, stage)
    now.states[stage.id] = state
    if state == "not_applicable":
        return ClockStep(stage, state, None, None, None, False, None)
    if state == "done":
        on = now.closed[stage.id].on
        now.ready[stage.id] = on
        return ClockStep(stage, state, on, None, None, False, None)
    start = _start(now, stage)
    earliest = _finish(now, stage, start)
    now.ready[stage.id] = earliest
    limit, is_open = _limit(now, stage, start)
    rule = now.book.minimum(stage, now.predicates) or now.book.deadline(stage)
    provisional = earliest is None or is_open
    return ClockStep(stage, state, earliest, limit, rule, provisional, _missing(now, stage, earliest))


def _state(now: _Reckoning, stage: Stage) -> StepState:
    closed = now.closed.get(stage.id)
    if closed is not None and closed.outcome == NOT_APPLICABLE:
        return "not_applicable"
    if stage.id in now.open:
        return "now"
    if closed is not None:
        passes = now.book.outcome(closed.outcome).passes
        return "done" if passes and not _outlived(now, stage, closed) else "again"
    return "not_applicable" if stage.applies(now.predicates) is False else "ahead"


def _outlived(now: _Reckoning, stage: Stage, closed: ClosedStage) -> bool:
    """Done on another text than today's, while a stage still to come relies on it."""
    if now.text_hash is None or closed.text_hash == now.text_hash:
        return False
    return any(stage.id in later.same_text and later.id not in now.closed for later in now.procedure.stages)


def _start(now: _Reckoning, stage: Stage) -> date | None:
    """The first day on which the stage may begin, or when it did; None while that is unknown."""
    if stage.id in now.open:
        return now.open[stage.id].since
    days = [now.ready[need] for need in stage.needs if now.states.get(need) != "not_applicable"]
    known = [day for day in days if day is not None]
    if len(known) < len(days):
        return None
    return max([*known, now.submitted_on, now.today])


def _finish(now: _Reckoning, stage: Stage, start: date | None) -> date | None:
    """The first day on which the stage can be done: the day after a window for the public."""
    if start is None:
        return None
    under_way = now.open.get(stage.id)
    if stage.form == "comment" and under_way is not None and under_way.due is not None:
        return max(under_way.due + ONE_DAY, now.today)
    rule = now.book.minimum(stage, now.predicates)
    if rule is None or rule.unit is Unit.SECOND:
        return max(start, now.today)
    end = due(rule, counted_from=start, calendar=now.calendar)
    if end.ends_at is None or end.legal_last_day is None or end.provisional:
        return None
    return max(end.ends_at.date() if stage.form == "comment" else end.legal_last_day, now.today)


def _limit(now: _Reckoning, stage: Stage, start: date | None) -> tuple[date | None, bool]:
    """The actor's last day, and whether a calendar must still settle it."""
    rule = now.book.deadline(stage)
    under_way = now.open.get(stage.id)
    if under_way is not None and under_way.due is not None:
        return under_way.due, False
    if rule is None or rule.unit is Unit.SECOND:
        return None, False
    if rule.unit is Unit.DATE:
        return due(rule, counted_from=now.submitted_on, calendar=now.calendar).legal_last_day, False
    if start is None:
        return None, True
    end = due(rule, counted_from=_counted_from(now, stage, start), calendar=now.calendar)
    return end.legal_last_day, end.provisional


def _counted_from(now: _Reckoning, stage: Stage, start: date) -> date:
    """A document is formed when it is signed; other limits run from the stage's own beginning."""
    signed = now.closed.get("signing")
    return signed.on if stage.form == "publication" and signed is not None else start


def _missing(now: _Reckoning, stage: Stage, earliest: date | None) -> Words | None:
    if stage.applies(now.predicates) is None and stage.predicate:
        question = now.procedure.predicate(stage.predicate).question
        return Words(f"尚未判断：{question.zh}", f"Not settled: {question.en}")
    for need in (now.procedure.stage(need) for need in stage.needs):
        if now.states.get(need.id) not in ("done", "not_applicable"):
            return Words(f"待“{need.name.zh}”办结", f"Waits for {need.name.en}")
    if earliest is None:
        return Words("工作日安排尚未载入，暂不能确定", "The working days are not loaded yet")
    return None


def _open_questions(procedure: KindProcedure, predicates: Mapping[str, bool]) -> tuple[Words, ...]:
    return tuple(p.question for p in procedure.predicates if p.applies_to and p.id not in predicates)

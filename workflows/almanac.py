"""The rule book and the calendar, as local activities: their answers become history, so that both may change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from temporalio import activity

from services.kernel.contracts import almanac
from services.kernel.contracts.almanac import Limit, StagePlan
from services.kernel.contracts.messages import Deadline
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.deadlines import FROM_ACCEPTANCE, due_after_pauses, earliest_close
from services.kernel.procedure.reminding import deadline_of
from services.kernel.procedure.rules import DocumentKind, Rule, RuleBook, Stage, Unit

# A comment window has no last day of its own to keep: what has to be done in time is to answer what was said.
ANSWERS = "comment.feedback_term"


class Almanac:
    """Answers by one directory of local rules and one calendar."""

    def __init__(self, rules_dir: Path | None, calendar: WorkCalendar, zone: ZoneInfo) -> None:
        self._rules_dir, self._calendar, self._zone = rules_dir, calendar, zone
        self._books = lru_cache(maxsize=8)(self._load)

    def activities(self) -> Sequence[Callable[..., Any]]:
        """What the workflow worker serves."""
        return (self.plan, self.due, self.window, self.year)

    @activity.defn(name=almanac.PLAN.name)
    async def plan(self, question: almanac.AskPlan) -> almanac.Plan:
        """The stages of a kind, resolved for the answers to its questions."""
        book = self._book(question.overlays)
        stages = book.kind(DocumentKind(question.kind)).stages
        return almanac.Plan(stages=tuple(_stage(book, stage, question.predicates) for stage in stages))

    @activity.defn(name=almanac.DUE.name)
    async def due(self, question: almanac.AskDue) -> Deadline:
        """When a limit ends. Provisional while the calendar of its year is not loaded."""
        book = self._book(question.overlays)
        found = due_after_pauses(
            _rule(book, question.limit),
            counted_from=question.counted_from,
            pauses=[(pause.since, pause.until) for pause in question.pauses],
            calendar=self._calendar,
        )
        return deadline_of(found, book)

    @activity.defn(name=almanac.WINDOW.name)
    async def window(self, question: almanac.AskWindow) -> almanac.WindowPlan:
        """The closing instant: as asked, but never before the rule's minimum unless shortened with a reason."""
        asked = question.asked_closes_at
        if question.limit is None:
            if asked is None:
                raise ValueError("a window without a rule needs a stated end")
            return almanac.WindowPlan(closes_at=asked, rule_id="comment.notice")
        rule = _rule(self._book(question.overlays), question.limit)
        earliest = earliest_close(rule, question.opens_at, self._calendar).ends_at
        if earliest is None:
            return almanac.WindowPlan(closes_at=asked if question.shortened else None, rule_id=rule.id)
        closes_at = earliest if asked is None else asked if question.shortened else max(asked, earliest)
        return almanac.WindowPlan(closes_at=closes_at, rule_id=rule.id)

    @activity.defn(name=almanac.YEAR.name)
    async def year(self, question: almanac.AskYear) -> almanac.YearAnswer:
        """The day and year of an instant in the office's zone."""
        day = question.at.astimezone(self._zone).date()
        return almanac.YearAnswer(day=day, year=day.year, ends_at=datetime(day.year + 1, 1, 1, tzinfo=self._zone))

    def _book(self, overlays: tuple[str, ...]) -> RuleBook:
        return self._books(overlays)

    def _load(self, overlays: tuple[str, ...]) -> RuleBook:
        return RuleBook.load(overlays, self._rules_dir)


def _rule(book: RuleBook, limit: Limit) -> Rule:
    rule = book.rule(limit.rule_id)
    return rule.model_copy(update={"value": limit.value, "unit": Unit(limit.unit) if limit.unit else rule.unit})


def _stage(book: RuleBook, stage: Stage, predicates: dict[str, bool]) -> StagePlan:
    return StagePlan(
        stage=stage.id,
        form=_round_form(stage.form),
        role=stage.actor_role,
        applies=stage.applies(predicates) is not False,
        may_be_not_applicable=stage.may_be_declared_not_applicable,
        deadline=_limit(book, ANSWERS if stage.form == "comment" else stage.deadline),
        minimum=_limit(book, stage.minimum_for(predicates)),
        papers=tuple(paper.zh for paper in stage.papers),
        rule_id=stage.rules[0] if stage.rules else None,
        same_text=stage.same_text,
        needs=stage.needs,
        from_acceptance=stage.form == "legality" and bool(book.parameter(FROM_ACCEPTANCE)),
    )


def _round_form(form: str) -> str:
    # Dispatch and archiving are recorded by those who do them, like any other step.
    return "recorded_step" if form in ("dispatch", "archive") else form


def _limit(book: RuleBook, rule_id: str | None) -> Limit | None:
    if rule_id is None:
        return None
    rule = book.rule(rule_id)
    return Limit(rule_id=rule.id, value=rule.value, unit=rule.unit)

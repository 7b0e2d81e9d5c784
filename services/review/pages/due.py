"""When a round is due, with the time that the drafting unit took for missing papers left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.kernel.procedure.calendar import CalendarYearUnknown, WorkCalendar
from services.kernel.procedure.deadlines import FROM_ACCEPTANCE, after_pauses, due, office_day, working_days_between
from services.kernel.procedure.law import Unit
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.words import due_words
from services.kernel.runtime import language
from services.review.domain.rounds import Round
from services.review.pages.words import PAUSED, UNACCEPTED, Mark, mark
from services.review.store.papers import Supplement

SUPPLEMENT = "legality.supplement"
PAUSES = "supplement_pauses_clock"


@dataclass(frozen=True)
class DueView:
    """The day, its mark, and how many working days stood still. `last_day` is None while it cannot be fixed."""

    mark: Mark
    last_day: date | None
    paused_days: int
    is_paused: bool


def due_view(
    round_: Round,
    supplements: Sequence[Supplement],
    now: datetime,
    *,
    book: RuleBook,
    calendar: WorkCalendar,
    accepted_at: datetime | None = None,
) -> DueView:
    """Count what is left of the round's time today; where it counts from acceptance, nothing before that is counted."""
    today = office_day(now)
    is_paused = any(request.ended_at is None for request in supplements)
    stated, paused_days = _stated(round_, book, calendar), 0
    last_day = stated
    pauses = _uncounted(round_, supplements, accepted_at, now, book)
    if stated is not None and pauses:
        try:
            last_day = after_pauses(stated, pauses, calendar)
            paused_days = working_days_between(stated, last_day, calendar)
        except CalendarYearUnknown:
            last_day = None
    if is_paused:
        return DueView(mark(PAUSED), last_day, paused_days, is_paused)
    if accepted_at is None and _counts_from_acceptance(round_, book):
        return DueView(mark(UNACCEPTED), last_day, paused_days, is_paused)
    left = due_words(last_day, today, calendar)
    return DueView(Mark(left.state, left.words.of(language.current())), last_day, paused_days, is_paused)


def _uncounted(
    round_: Round, supplements: Sequence[Supplement], accepted_at: datetime | None, now: datetime, book: RuleBook
) -> list[tuple[datetime, datetime]]:
    """The stretches that are not counted: before acceptance, and while papers were missing."""
    before = [(round_.opened_at, accepted_at or now)] if _counts_from_acceptance(round_, book) else []
    waits = [(one.asked_at, one.ended_at or now) for one in supplements] if book.parameter(PAUSES) else []
    return before + waits


def _counts_from_acceptance(round_: Round, book: RuleBook) -> bool:
    return round_.form == "legality" and bool(book.parameter(FROM_ACCEPTANCE))


def _stated(round_: Round, book: RuleBook, calendar: WorkCalendar) -> date | None:
    """The day as the workflow gave it; counted again here if a year was not known then and is now."""
    rule = book.rules.get(str((round_.due or {}).get("rule_id")))
    if not (round_.due or {}).get("provisional") or rule is None or rule.unit is Unit.SECOND:
        return round_.due_on
    return due(rule, counted_from=round_.opened_at, calendar=calendar).legal_last_day

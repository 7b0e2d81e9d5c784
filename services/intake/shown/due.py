"""By when the answers are due: counted from the last moment of the window, as its phase counts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.intake.store.windows import Window
from services.kernel.contracts.refusals import Words
from services.kernel.procedure.calendar import Calendar
from services.kernel.procedure.deadlines import due
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language

TERM = "comment.feedback_term"
LAST_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class AnswersDue:
    """The last day and its rule; `day` is None while the calendar of its year is not loaded."""

    day: date | None
    ends_at: datetime | None
    overdue: bool
    article: str

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        found = Words("已经超过期限", "Overdue") if self.overdue else Words("在期限内", "In time")
        return found.of(language.current())


def answers_due(window: Window, book: RuleBook, calendar: Calendar) -> AnswersDue | None:
    """When the answers of a closed window with opinions are due; None when nothing is due any more, or by no rule."""
    if window.closed_at is None or window.ended_early or window.answers_published_at or TERM not in book.rules:
        return None
    if window.summary_at is not None and window.received == 0:
        return None
    rule = book.rule(TERM)
    found = due(rule, counted_from=min(window.closes_at, window.closed_at) - LAST_MOMENT, calendar=calendar)
    overdue = found.ends_at is not None and found.ends_at <= window.now
    return AnswersDue(found.legal_last_day, found.ends_at, overdue, rule.article.of(language.current()))

"""A limit as it is told to people: with the moment at which they are reminded of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.kernel.contracts.messages import Deadline
from services.kernel.procedure.deadlines import Due, end_of
from services.kernel.procedure.rules import RuleBook

LEAD = "reminder_lead_days"


def deadline_of(found: Due, book: RuleBook) -> Deadline:
    """The limit as messages and rows carry it."""
    return Deadline(
        rule_id=found.rule_id,
        last_day=found.legal_last_day,
        target_day=found.internal_target,
        ends_at=found.ends_at,
        provisional=found.provisional,
        remind_at=_reminder(found, book),
    )


def _reminder(found: Due, book: RuleBook) -> datetime | None:
    if found.internal_target is None:
        return None
    return end_of(found.internal_target - timedelta(days=int(str(book.parameter(LEAD)))))

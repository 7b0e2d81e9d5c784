"""What people read about time left and what a rule asks."""

from __future__ import annotations

from datetime import date

import pytest

from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.words import due_words, limit_words


@pytest.mark.parametrize(
    ("due_day", "today", "zh", "state"),
    [
        (date(2026, 9, 18), date(2026, 9, 21), "逾期2个工作日", "stop"),
        (date(2026, 9, 18), date(2026, 9, 19), "逾期1个工作日", "stop"),
        (date(2026, 9, 18), date(2026, 9, 18), "今日到期", "warn"),
        (date(2026, 9, 18), date(2026, 9, 17), "还有1个工作日", "warn"),
        (date(2026, 9, 18), date(2026, 9, 15), "还有3个工作日", "warn"),
        (date(2026, 9, 18), date(2026, 9, 14), "还有4个工作日", "go"),
        (date(2026, 3, 1), date(2026, 2, 28), "不足1个工作日", "warn"),
        (date(2027, 1, 15), date(2026, 12, 30), "还有16日（工作日待定）", "hold"),
        (date(2026, 12, 30), date(2027, 1, 4), "逾期5日", "stop"),
        (None, date(2026, 9, 18), "暂不能确定", "hold"),
    ],
)
def test_time_left_reads_in_working_days(
    calendar: WorkCalendar, due_day: date | None, today: date, zh: str, state: str
) -> None:
    found = due_words(due_day, today, calendar)
    assert (found.words.zh, found.state) == (zh, state)


def test_time_left_reads_in_english(calendar: WorkCalendar) -> None:
    days = {17: "1 working day left", 14: "4 working days left", 22: "Overdue by 3 working days"}
    for today, words in days.items():
        assert due_words(date(2026, 9, 18), date(2026, 9, today), calendar).words.en == words


@pytest.mark.parametrize(
    ("rule_id", "zh", "en"),
    [
        ("comment.window_decision", "一般不少于30日", "normally at least 30 days"),
        ("legality.term", "一般不超过15个工作日", "normally at most 15 working days"),
        ("publication.term", "不超过20个工作日", "at most 20 working days"),
        ("report.upward", "3月1日之前", "before 1 March"),
        ("report.statistics", "12月31日前（含当日）", "by 31 December"),
    ],
)
def test_a_period_reads_as_the_instrument_says_it(book: RuleBook, rule_id: str, zh: str, en: str) -> None:
    assert limit_words(book.rule(rule_id)) == (zh, en)


def test_a_rule_without_a_period_says_none(book: RuleBook) -> None:
    assert limit_words(book.rule("normative.chain")) is None

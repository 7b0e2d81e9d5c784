"""Sentences for people: how much time is left, what a rule asks, what an outcome or a state is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.calendar import Calendar, CalendarYearUnknown
from services.kernel.procedure.clock import StepState
from services.kernel.procedure.deadlines import days_left
from services.kernel.procedure.law import Counting, Modality, Rule, Unit
from services.kernel.procedure.rules import DocumentKind, RuleBook, UnknownStage

StateClass = Literal["stop", "warn", "go", "hold", "done", "now", "off"]

# A usage of the pages, not of any instrument: the last three working days are shown as near.
NEAR = 3

# What people do between the stages of the law: it has a place in an inbox, but no place in a statute's list.
BETWEEN: dict[str, Words] = {
    "revision": Words("修改后重新报送", "Revise and hand in again"),
    "public_comment_answers": Words("答复公众意见", "Answer the public comments"),
    "supplement": Words("补充送审材料", "Hand in missing papers"),
    "seat": Words("会签", "Sign jointly"),
    "seal": Words("联合发文用印", "Seal a joint document"),
    "consultation_reply": Words("答复征求意见", "Reply to a consultation"),
    "inspection_approval": Words("批准督查事项和方案", "Approve an inspection and its plan"),
    "inspection_conclusion": Words("作出督查结论", "Conclude an inspection"),
    "inspection_receipt": Words("签收督查结论", "Receive the conclusion of an inspection"),
    "inspection_rectification": Words("按督查结论整改", "Put right what an inspection found"),
    "inspection_check": Words("核查整改", "Check what was put right"),
    "inspection_review": Words("办理督查复核", "Decide on an objection to an inspection"),
    "measure_decision": Words("批准通报、问责建议", "Decide on a circular or on accountability"),
    "measure_issue": Words("发出通报、问责建议", "Issue what was approved"),
    "cleanup_outcome": Words("落实清理结果", "Carry out what a clean-up published"),
    "dispute_ruling": Words("裁定部门分歧", "Rule on a dispute between units"),
}
STEP_WORDS: dict[StepState, tuple[Words, StateClass]] = {
    "done": (Words("已完成", "Done"), "done"),
    "now": (Words("进行中", "Under way"), "now"),
    "ahead": (Words("未到", "Ahead"), "off"),
    "not_applicable": (Words("不适用", "Not applicable"), "off"),
    "again": (Words("须重新确认", "To be confirmed again"), "warn"),
}
UNIT_WORDS: dict[Unit, Words] = {
    Unit.WD: Words("个工作日", "working days"),
    Unit.CD: Words("日", "days"),
    Unit.MONTH: Words("个月", "months"),
    Unit.YEAR: Words("年", "years"),
    Unit.DATE: Words("", ""),
    Unit.SECOND: Words("秒", "seconds"),
}
MODALITY_WORDS: dict[Modality, Words] = {
    Modality.MUST: Words("应当", "must"),
    Modality.MUST_NOT: Words("不得", "must not"),
    Modality.NORMALLY: Words("一般", "normally"),
    Modality.MAY: Words("可以", "may"),
}


@dataclass(frozen=True)
class DueWords:
    """How much time is left, and the class that its mark takes on a page."""

    words: Words
    state: StateClass


def due_words(due_day: date | None, today: date, calendar: Calendar) -> DueWords:
    """逾期N个工作日, 今日到期 or 还有N个工作日; stop, warn or go.

    Without a day, or across a year whose working days are unknown, it says so (hold).
    """
    if due_day is None:
        return DueWords(Words("暂不能确定", "Cannot be fixed yet"), "hold")
    if due_day == today:
        return DueWords(Words("今日到期", "Due today"), "warn")
    try:
        left = days_left(due_day, today, calendar)
    except CalendarYearUnknown:
        return _in_calendar_days((due_day - today).days)
    if left < 0:
        return DueWords(Words(f"逾期{-left}个工作日", f"Overdue by {_days(-left)}"), "stop")
    if left == 0:
        return DueWords(Words("不足1个工作日", "Less than one working day left"), "warn")
    return DueWords(Words(f"还有{left}个工作日", f"{_days(left)} left"), "warn" if left <= NEAR else "go")


def limit_words(rule: Rule) -> Words | None:
    """What the rule's period asks: 一般不少于30日, or before a day of the year; None without one."""
    if rule.month_day is not None:
        month, day = rule.month_day
        zh = f"{month}月{day}日{'前（含当日）' if rule.inclusive else '之前'}"
        return Words(zh, f"{'by' if rule.inclusive else 'before'} {day} {MONTHS[month - 1]}")
    if rule.value is None or rule.unit is None:
        return None
    unit, normally = UNIT_WORDS[rule.unit], rule.modality is Modality.NORMALLY
    least = rule.counting is Counting.MIN_WINDOW
    one = unit.en.removesuffix("s") if rule.value == 1 else unit.en
    return Words(
        f"{'一般' if normally else ''}{'不少于' if least else '不超过'}{rule.value}{unit.zh}",
        f"{'normally ' if normally else ''}{'at least' if least else 'at most'} {rule.value} {one}",
    )


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _days(count: int) -> str:
    return "1 working day" if count == 1 else f"{count} working days"


def _in_calendar_days(days: int) -> DueWords:
    """The calendar is silent: calendar days, and the mark of a clock on hold unless it is over."""
    if days < 0:
        return DueWords(Words(f"逾期{-days}日", f"Overdue by {-days} days"), "stop")
    return DueWords(Words(f"还有{days}日（工作日待定）", f"{days} days left (working days unknown)"), "hold")


def stage_words(book: RuleBook, kind: str, stage: str) -> Words:
    """The name of a stage, or of what is done between stages; the id where neither is known."""
    try:
        return BETWEEN.get(stage) or book.kind(DocumentKind(kind)).stage(stage).name
    except (UnknownStage, ValueError):
        return Words(stage, stage)

"""Whether a submission is whole: its answers, its notice, and a window no shorter than the rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from services.intake.domain.submission import (
    CHANNELS,
    BadAgencyCode,
    CommentWish,
    Finding,
    NoticeIncomplete,
    PredicateAnswer,
    PredicateMissing,
    PredicateUnknown,
    Submission,
)
from services.intake.domain.windows import WindowBackwards, WindowTooShort
from services.kernel.contracts.refusals import Refused, Words
from services.kernel.procedure.calendar import Calendar
from services.kernel.procedure.deadlines import OFFICE_ZONE, due, earliest_close, end_of
from services.kernel.procedure.law import Counting, Rule, Unit
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.stages import KindProcedure, Stage
from services.kernel.text.checks import personal_mobile_numbers

PUBLIC_COMMENT = "public_comment"
AGENCY_CODE = re.compile(r"^[\u3400-\u9fff]{1,20}$")


@dataclass(frozen=True)
class Plan:
    """The window as asked: aware instants, and the rule whose minimum it meets or departs from."""

    opens_at: datetime | None
    closes_at: datetime | None
    shortened: bool
    rule_id: str | None


def answers_of(given: Mapping[str, PredicateAnswer]) -> dict[str, bool]:
    """The answers that were given, by question."""
    return {name: answer.answer for name, answer in given.items() if answer.answer is not None}


def comment_stage(procedure: KindProcedure, answers: Mapping[str, bool]) -> Stage | None:
    """The stage in which the public is heard, if this document walks it under these answers."""
    for stage in procedure.stages:
        if stage.id == PUBLIC_COMMENT and stage.applies(answers):
            return stage
    return None


def unanswered(procedure: KindProcedure, given: Mapping[str, PredicateAnswer]) -> Iterator[Refused]:
    """A refusal for each question without an answer or a reason, and for each answer that nobody asked for."""
    for asked in procedure.predicates:
        answer = given.get(asked.id)
        article = asked.citation.words("zh")
        if answer is None or answer.answer is None:
            detail = Words(f"没有答：{asked.question.zh}", f"Not answered: {asked.question.en}")
            yield PredicateMissing(detail, field=f"predicates.{asked.id}", article=article)
        elif not answer.reason:
            detail = Words(f"没有写理由：{asked.question.zh}", f"No reason given: {asked.question.en}")
            yield PredicateMissing(detail, field=f"predicates.{asked.id}.reason", article=article)
    known = {asked.id for asked in procedure.predicates}
    for name in given:
        if name not in known:
            yield PredicateUnknown(Words(f"没有“{name}”这一问。", f"No question {name!r}."), field=f"predicates.{name}")


def incomplete_notice(given: Submission, *, has_note: bool, book: RuleBook) -> Iterator[Refused]:
    """A refusal for each thing that the published notice must carry and does not (C6)."""
    article = book.rule("comment.notice").article.zh
    contact, field = given.comment.contact, "comment.contact"
    if not has_note:
        yield _lacks("note", "起草说明", "the drafting note", article)
    if not contact.unit:
        yield _lacks(f"{field}.unit", "联系单位", "the unit to contact", article)
    if not contact.ways:
        yield _lacks(field, "联系方式（电话、地址、邮箱或者传真）", "a phone, address, mailbox or fax", article)
    if not given.comment.channels:
        yield _lacks("comment.channels", "提出意见的方式", "the ways to comment", article)
    if unknown := [way for way in given.comment.channels if way not in CHANNELS]:
        remedy = Words(f"请写：{'、'.join(CHANNELS)}。", f"One of: {', '.join(CHANNELS)}.")
        detail = Words(f"不认识的方式：{'、'.join(unknown)}", f"Unknown ways: {', '.join(unknown)}")
        yield NoticeIncomplete(detail, field="comment.channels", remedy=remedy)


def _lacks(field: str, zh: str, en: str, article: str) -> Refused:
    return NoticeIncomplete(
        Words(f"公告里缺少{zh}。", f"The notice lacks {en}."),
        field=field,
        article=article,
        remedy=Words(f"请补上{zh}，公开征求意见时要和草案一起公布。", f"Add {en}: it is published with the draft."),
    )


def planned(
    wish: CommentWish, stage: Stage, *, answers: Mapping[str, bool], book: RuleBook, calendar: Calendar, now: datetime
) -> Plan:
    """The window that the wish means. Raises WindowBackwards, WindowTooShort, NoticeIncomplete."""
    rule = book.minimum(stage, answers)
    opens = instant(wish.opens_at, end=False)
    start = max(opens or now, now)
    closes = instant(wish.closes_at, end=True) or _after_days(wish.days, start, calendar)
    if closes is None:
        if rule is None:
            raise _lacks("comment.closes_at", "截止时间", "the closing time", book.rule("comment.notice").article.zh)
        return Plan(opens, None, shortened=False, rule_id=rule.id)
    if closes <= start:
        raise WindowBackwards(field="comment.closes_at")
    short = rule is not None and is_short(rule, start, closes, calendar)
    if rule is not None and short and not wish.shortening_reason:
        raise too_short(rule, start, closes, calendar)
    return Plan(opens, closes, shortened=short, rule_id=rule.id if rule else None)


def is_short(rule: Rule, opens: datetime, closes: datetime, calendar: Calendar) -> bool:
    """Whether a window is shorter than its rule. Where the calendar cannot tell yet, it is not said to be."""
    minimum = earliest_close(rule, opens, calendar).ends_at
    return minimum is not None and closes < minimum


def too_short(rule: Rule, opens: datetime, closes: datetime, calendar: Calendar) -> WindowTooShort:
    """The refusal that names the rule, the earliest lawful close, and the ways out."""
    minimum = earliest_close(rule, opens, calendar).ends_at
    assert minimum is not None
    until, asked = written(minimum), written(closes)
    return WindowTooShort(
        Words(
            f"{asked}截止太早。{rule.words.zh}（{_amount_zh(rule)}），最早{until}截止。",
            f"Closing at {closes.isoformat()} is too early: {rule.words.en} ({_amount_en(rule)}); "
            f"the earliest close is {minimum.isoformat()}.",
        ),
        field="comment.closes_at",
        rule=rule.id,
        article=rule.article.zh,
        remedy=Words(
            f"请改到{until}或以后；情况紧急等原因要缩短的，在comment.shortening_reason里写明理由，理由会写进公告。",
            f"Close at {minimum.isoformat()} or later, or give the reason in comment.shortening_reason: "
            "it is printed in the notice.",
        ),
    )


def warnings(given: Submission, plan: Plan | None) -> Iterator[Finding]:
    """What an office should look at before the notice goes out."""
    contact = given.comment.contact.model_dump()
    return warnings_of(contact, plan.closes_at if plan else None, shortened=bool(plan and plan.shortened))


def warnings_of(contact: Mapping[str, str], closes_at: datetime | None, *, shortened: bool) -> Iterator[Finding]:
    """The same of a notice as it was kept: a private number, a stated hour, a shorter period."""
    for name in ("phone", "fax", "unit", "address"):
        if personal_mobile_numbers(contact.get(name) or ""):
            yield Finding(
                "contact.personal_mobile",
                f"comment.contact.{name}",
                Words(
                    "这像是个人手机号。公告会公开，请填办公电话。",
                    "This looks like a personal mobile number; the notice is public.",
                ),
                "comment.notice",
            )
    if closes_at and closes_at.astimezone(OFFICE_ZONE).time() != time.min:
        yield Finding(
            "window.ends_within_day",
            "comment.closes_at",
            Words(
                "截止时刻不是24:00，当天剩下的时间收不到意见。", "It closes before 24:00: the rest of that day is lost."
            ),
            "comment.notice",
        )
    if shortened:
        yield Finding(
            "window.shortened",
            "comment.shortening_reason",
            Words(
                "期限短于规定，理由会写进公告，公布后不能补写。",
                "Shorter than the rule: the reason is printed in the notice.",
            ),
            "comment.shortening",
        )


def bad_agency_code(code: str) -> Iterator[Refused]:
    """A refusal unless the code is Chinese characters only."""
    if not AGENCY_CODE.match(code):
        yield BadAgencyCode(Words(f"“{code}”不是机关代字。", f"{code!r} is no agency code."), field="agency_code")


def instant(moment: datetime | date | None, *, end: bool) -> datetime | None:
    """A moment as an aware instant: a day's beginning or its 24:00; an hour without a zone is the office's."""
    if moment is None:
        return None
    if isinstance(moment, datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=OFFICE_ZONE)
    return end_of(moment) if end else datetime.combine(moment, time.min, OFFICE_ZONE)


def written(moment: datetime) -> str:
    """An instant in words, in the office's zone; midnight is the 24:00 of the day before."""
    here = moment.astimezone(OFFICE_ZONE)
    if here.time() == time.min:
        day = date.fromordinal(here.toordinal() - 1)
        return f"{day.year}年{day.month}月{day.day}日24:00"
    exact = f"{here:%H:%M:%S}" if here.second else f"{here:%H:%M}"
    return f"{here.year}年{here.month}月{here.day}日{exact}"


def _after_days(days: int | None, start: datetime, calendar: Calendar) -> datetime | None:
    if days is None:
        return None
    return due(AS_ASKED.model_copy(update={"value": days}), counted_from=start, calendar=calendar).ends_at


def _amount_zh(rule: Rule) -> str:
    units = {Unit.WD: "个工作日", Unit.CD: "日", Unit.MONTH: "个月", Unit.YEAR: "年", Unit.SECOND: "秒"}
    return f"{rule.value}{units.get(rule.unit, '') if rule.unit else ''}"


def _amount_en(rule: Rule) -> str:
    units = {Unit.WD: "working days", Unit.CD: "days", Unit.MONTH: "months", Unit.YEAR: "years", Unit.SECOND: "seconds"}
    return f"{rule.value} {units.get(rule.unit, '') if rule.unit else ''}".strip()


AS_ASKED = Rule.model_validate({
    "id": "comment.as_asked",
    "modality": "MAY",
    "value": 1,
    "unit": Unit.CD,
    "counting": Counting.MIN_WINDOW,
    "words": ("起草单位要求的期限", "The period that the drafting unit asked for"),
    "citation": {"instrument": ("本单位要求", "As asked")},
    "verified": "I",
})  # fmt: skip

"""The opinion letter (合法性审核意见书): what it says, in the order in which such letters say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.kernel.contracts.sign_offs import JOINT_RULES
from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime.official.paper import Form, Paper, Paragraph, paragraphs
from services.review.domain.commands import Adviser, GiveOpinion, Point
from services.review.domain.record import Paper as Filed
from services.review.domain.rounds import Round
from services.review.domain.seats import Joint, Seat

NATURES = {"must": "必须修改", "advice": "建议修改"}
KINDS = {"legal_adviser": "法律顾问", "public_lawyer": "公职律师"}
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Circumstances:
    """What a letter needs beside the opinion itself: names of units, words of the rules, days, and what was checked."""

    number: str
    stage_name: str
    drafting_name: str
    reviewing_name: str
    outcome: str
    articles: tuple[str, ...]
    received_at: datetime
    accepted_at: datetime | None
    papers: tuple[Filed, ...]
    not_needed: tuple[tuple[str, str], ...]
    pauses: int
    urgency: tuple[str, str] | None
    seats: tuple[str, ...]
    today: date


def letter_of(round_: Round, command: GiveOpinion, about: Circumstances) -> Paper:
    """The letter on a round, in Chinese: 审查事项、审查依据、审查情况、审查意见、逐项意见."""
    verb = about.stage_name.removeprefix("合法性")
    parts = [
        (f"{verb}事项", _matter(round_, about)),
        (f"{verb}依据", _bases(command, about)),
        (f"{verb}情况", _course(round_, command, about)),
        (f"{verb}意见", _opinion(command, about)),
    ]
    if command.points:
        parts.append(("逐项意见", _points(command.points)))
    body: list[Paragraph] = []
    for place, (heading, words) in enumerate(parts):
        body.append(Paragraph(form=Form.HEADING, words=f"{NUMERALS[place]}、{heading}"))
        body += words
    return Paper(
        title=f"关于《{round_.title}》的{about.stage_name}意见书",
        number=about.number,
        to=about.drafting_name,
        body=tuple(body),
        signed_by=about.reviewing_name,
        signed_on=about.today,
        foot=(f"文本指纹（SHA-256）：{round_.text_hash}", f"材料清单指纹：{round_.materials_hash}"),
    )


def _matter(round_: Round, about: Circumstances) -> Iterator[Paragraph]:
    yield from paragraphs(
        Form.TEXT,
        f"你单位报送的《{round_.title}》（第{round_.text_version}稿，第{round_.ordinal}轮）收悉，"
        f"收到日期为{_day(about.received_at)}。",
    )


def _bases(command: GiveOpinion, about: Circumstances) -> Iterator[Paragraph]:
    named = dict.fromkeys((*about.articles, *(point.basis for point in command.points if point.basis)))
    for place, words in enumerate(named, start=1):
        yield from paragraphs(Form.TEXT, f"{place}. {_one_line(words)}")


def _course(round_: Round, command: GiveOpinion, about: Circumstances) -> Iterator[Paragraph]:
    if about.accepted_at is not None:
        yield from paragraphs(Form.TEXT, f"经核对，材料齐全，于{_day(about.accepted_at)}受理。")
    if about.papers:
        names = "、".join(_one_line(paper.name) for paper in about.papers)
        yield from paragraphs(Form.TEXT, f"本轮报送的材料：{names}。")
    for material, reason in about.not_needed:
        yield from paragraphs(Form.TEXT, f"“{_one_line(material)}”不适用：{_one_line(reason)}")
    if about.pauses:
        yield from paragraphs(Form.TEXT, f"其间要求补充材料{about.pauses}次，补充时间不计入期限。")
    if about.urgency is not None:
        basis, reason = about.urgency
        yield from paragraphs(
            Form.TEXT, f"起草单位因紧急情况请求缩短时间。依据：{_one_line(basis)}。理由：{_one_line(reason)}"
        )
    for words in about.seats:
        yield from paragraphs(Form.TEXT, words)
    for adviser in command.counsel:
        yield from paragraphs(Form.TEXT, _adviser(adviser))


def _opinion(command: GiveOpinion, about: Circumstances) -> Iterator[Paragraph]:
    yield Paragraph(form=Form.TEXT, words=f"结论：{about.outcome}。")
    yield from paragraphs(Form.TEXT, command.opinion)
    if command.risk:
        yield Paragraph(form=Form.SUBHEADING, words="明示的法律风险")
        yield from paragraphs(Form.TEXT, command.risk)


def _points(points: Sequence[Point]) -> Iterator[Paragraph]:
    for place, point in enumerate(points, start=1):
        where = f"{_one_line(point.clause)}，" if point.clause else ""
        yield Paragraph(form=Form.SUBHEADING, words=f"{place}. {where}{NATURES[point.nature]}")
        yield from paragraphs(Form.TEXT, point.text)
        if point.basis:
            yield from paragraphs(Form.TEXT, f"依据：{_one_line(point.basis)}")
        if point.quoted and point.proposed:
            yield from paragraphs(Form.QUOTE, f"原文：{point.quoted}")
        if point.proposed:
            yield from paragraphs(Form.QUOTE, f"建议改为：{point.proposed}")


def _adviser(adviser: Adviser) -> str:
    licence = f"（执业证号{_one_line(adviser.licence)}）" if adviser.licence else ""
    said = f"，意见：{_one_line(adviser.opinion)}" if adviser.opinion else ""
    declared = f"；声明利害关系：{_one_line(adviser.interest)}" if adviser.interest else ""
    return f"{KINDS[adviser.kind]}{_one_line(adviser.name)}{licence}参加{said}{declared}。"


def _day(moment: datetime) -> str:
    day = office_day(moment)
    return f"{day.year}年{day.month}月{day.day}日"


def _one_line(words: str) -> str:
    return " ".join(words.split())


def seat_lines(joint: Joint, own: Seat) -> tuple[str, ...]:
    """Who signs the round together, by which rule, in which seat this letter is given, and who has signed before."""
    rule = JOINT_RULES[joint.rule].zh
    said = f"本轮由{len(joint.live)}个席位办理（{rule}，须有{joint.needed}个同意），本意见由第{own.ordinal}席出具。"
    before = [f"第{seat.ordinal}席{seat.unit_name}{seat.signed_name}" for seat in joint.live if seat.signed_name]
    return (said, f"此前已经签署：{'、'.join(before)}。") if before else (said,)

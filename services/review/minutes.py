"""会议纪要: put together from the record alone, dissent as it was spoken; the same record, the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.kernel.runtime.official.paper import Form, Paper, Paragraph, paragraphs
from services.review.domain.meetings import FORM_WORDS
from services.review.domain.sessions import Item, Session
from services.review.store.meetings import MeetingRecord

NUMERALS = "一二三四五六七八九十"
STANCES = {"for": "同意", "amend": "修改", "against": "不同意"}


@dataclass(frozen=True)
class Settled:
    """An item with its record, its outcome in words, and the hash of what was signed."""

    item: Item
    record: MeetingRecord
    outcome: str
    unit: str
    record_hash: str


def minutes_paper(
    session: Session, settled: Sequence[Settled], *, number: str, authority: str, zone: ZoneInfo
) -> Paper:
    """The minutes of a session: who met, when and where; of each item what was said, by whom, and decided."""
    body = [*_meeting(settled[0].record, zone)]
    for place, one in enumerate(settled, start=1):
        body += _item(place, one)
    return Paper(
        title=f"{session.name}纪要",
        number=number,
        body=tuple(body),
        signed_by=authority,
        signed_on=held_on(settled, zone),
        foot=(*(f"《{one.item.title}》记录指纹：{one.record_hash}" for one in settled),),
    )


def held_on(settled: Sequence[Settled], zone: ZoneInfo) -> date:
    """The office's day on which the meeting was."""
    return settled[0].record.meeting.started_at.astimezone(zone).date()


def number_of(pattern: str, session: Session, year: int, serial: int) -> str:
    """A number of the minutes' own series, in the form that the rules give."""
    return pattern.format(form=FORM_WORDS[session.form].zh, year=year, serial=serial)


def _meeting(record: MeetingRecord, zone: ZoneInfo) -> Iterator[Paragraph]:
    held, members = record.meeting, [seat for seat in record.seats if seat.capacity == "member"]
    yield Paragraph(form=Form.HEADING, words="会议情况")
    facts = [
        ("时间", _when(held.started_at, zone)),
        ("地点", held.place),
        ("主持", held.chair_name),
        ("出席", "、".join(seat.name for seat in members if seat.present)),
        ("缺席", "、".join(f"{seat.name}（{seat.absent_reason}）" for seat in members if not seat.present)),
        ("列席", "、".join(f"{seat.unit_name}{seat.name}" for seat in record.seats if seat.capacity == "attending")),
        ("记录", held.recorder_name),
        ("通知送达", _when(held.notice_at, zone) if held.notice_at else ""),
        ("材料送达", _when(held.materials_at, zone) if held.materials_at else ""),
    ]
    for name, words in facts:
        if words:
            yield Paragraph(form=Form.TEXT, words=f"{name}：{words}")


def _item(place: int, one: Settled) -> Iterator[Paragraph]:
    record, ruling = one.record, one.record.ruling
    yield Paragraph(form=Form.HEADING, words=f"{_numeral(place)}、{one.item.title}")
    yield Paragraph(form=Form.TEXT, words=f"汇报单位：{one.unit}。审议文本：第{one.item.text_version}稿。")
    for away in record.recusals:
        yield Paragraph(form=Form.TEXT, words=f"回避：{away.name}（{away.reason}）。")
    met = record.meeting
    yield Paragraph(form=Form.TEXT, words=f"应到{met.due_count}人，实到{met.present_count}人。")
    yield Paragraph(form=Form.SUBHEADING, words="发言和意见")
    for said in record.statements:
        dissent = "，不同意见，如实记载" if said.dissents else ""
        last = "，主要负责人末位发言" if said.person_id == ruling.chief_id else ""
        head = f"{said.speaking_order}. {said.name}（{STANCES[said.stance]}{dissent}{last}）"
        yield Paragraph(form=Form.QUOTE, words=f"{head}：{said.opinion}")
    yield Paragraph(form=Form.SUBHEADING, words="决定")
    yield Paragraph(form=Form.TEXT, words=_tally(record))
    yield Paragraph(form=Form.TEXT, words=f"会议决定：{one.outcome}。")
    if ruling.against_majority:
        yield Paragraph(form=Form.TEXT, words="决定与会议组成人员多数人的意见不一致，理由如下。")
    if ruling.reasons:
        yield from paragraphs(Form.TEXT, f"理由：{ruling.reasons}")
    for change in ruling.amendments:
        yield Paragraph(form=Form.TEXT, words=_change(change))


def _tally(record: MeetingRecord) -> str:
    stances = [said.stance for said in record.statements]
    counted = "，".join(f"{words}{stances.count(stance)}人" for stance, words in STANCES.items())
    return f"表态：{counted}。"


def _change(change: dict[str, str]) -> str:
    place, note = change.get("clause") or "", change.get("text") or ""
    if not change.get("old"):
        return f"{place}：{note}"
    worded = f"“{change['old']}”改为“{change['new']}”" if change["new"] else f"删去“{change['old']}”"
    return f"{place}{worded}。{note}"


def _numeral(place: int) -> str:
    return NUMERALS[place - 1] if place <= len(NUMERALS) else str(place)


def _when(instant: datetime, zone: ZoneInfo) -> str:
    at = instant.astimezone(zone)
    return f"{at.year}年{at.month}月{at.day}日{at:%H:%M}"

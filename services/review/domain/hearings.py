"""Hearings: who takes part, when materials are in time, and when the hearing may be filed (713号第十六条、第十七条)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from services.kernel.contracts.facts import HearingFacts
from services.kernel.contracts.refusals import Conflict, Invalid, Refused, Words
from services.kernel.procedure.deadlines import days_between
from services.review.domain.commands import Command, Line, OptionalDate, Prose

STAGE = "hearing"
MATERIALS, NOTICE = "hearing.materials", "hearing.notice"
LABELS: dict[str, Words] = {
    "subject": Words("听证事项", "Subject"),
    "held_on": Words("听证日期", "Day of the hearing"),
    "place": Words("地点", "Place"),
    "at_time": Words("时间", "Time"),
    "apply_by": Words("报名截止日期", "Last day to apply"),
    "parties": Words("界别", "Parties"),
    "left_out": Words("未入选的理由", "Why others were not selected"),
    "participants_wanted": Words("参加人数", "Seats"),
    "selection": Words("遴选办法", "How participants are selected"),
    "how_to_apply": Words("报名办法", "How to apply"),
    "short_reason": Words("公告提前时间不足的理由", "Why the notice is shorter"),
    "applicants": Words("报名人", "Applicants"),
    "sent_on": Words("材料送达日期", "Day on which materials were sent"),
    "marks": Words("签名情况", "Signatures"),
    "opinions": Words("意见采纳情况", "How opinions were taken"),
    "summary": Words("听证报告", "Hearing report"),
}
Text = Annotated[Line, Field(min_length=1)]


def _listed(given: object) -> object:
    """Parties as a form has them: in one line, apart by 、 or a comma."""
    lines = given if isinstance(given, list | tuple) else [given]
    return [part.strip() for line in lines for part in re.split("[、，,]", str(line)) if part.strip()]


class HearingNotice(Command):
    """The notice, published when it is put on the sheet; with `apply_by` people apply on its public page till that day.

    Seats are given to `parties` in turn, where there are any.
    """

    subject: Text
    held_on: date
    place: Text
    participants_wanted: Annotated[int, Field(ge=1, le=200)]
    selection: Literal["draw", "order"] = "draw"
    how_to_apply: Annotated[Prose, Field(min_length=1)]
    short_reason: Prose = ""
    at_time: Line = ""
    apply_by: OptionalDate = None
    parties: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = ()


class Applicant(Command):
    """Somebody who applied, and the group that they speak for."""

    name: Text
    group: Line = ""


class SelectParticipants(Command):
    """Those who applied elsewhere, after those who applied in public, in order; the published rule selects among all.

    `left_out` is told to those who were not selected.
    """

    applicants: tuple[Applicant, ...] = ()
    left_out: Prose = ""


class SendMaterials(Command):
    """The day on which every participant was sent the materials."""

    sent_on: date
    how: Line = ""


class Mark(Command):
    """Whether a participant signed the record; who did not has a reason noted."""

    name: Text
    mark: Literal["signed", "refused", "absent"] = "signed"
    reason: Line = ""


class Taken(Command):
    """An opinion heard, and what became of it."""

    opinion: Annotated[Prose, Field(min_length=1)]
    adoption: Literal["adopted", "partly", "not_adopted"] = "adopted"
    reason: Prose = ""


class HearingRecord(Command):
    """The record: who signed it, what was heard, and the report on it."""

    marks: tuple[Mark, ...] = ()
    opinions: tuple[Taken, ...] = ()
    summary: Prose = ""


class HearingUnannounced(Conflict):
    """First the notice, then the list, then the materials, then the record."""

    code = "hearing.order"
    rule = "hearing.procedure"
    title = Words("听证的前一步还没有办", "An earlier step of the hearing is missing")
    remedy = Words(
        "请依次办理：公告、公布参加人名单、送达材料、听证记录和报告。", "In order: notice, list, materials, record."
    )


class NoticeTooShort(Invalid):
    """The notice is published as many days ahead as the rule asks, or says why not."""

    code = "hearing.notice_short"
    rule = NOTICE
    title = Words("听证公告提前的日数不足", "The notice is too short")
    remedy = Words("请改期，或者写明理由。", "Choose a later day, or give the reason.")


class ApplyByWrong(Invalid):
    """People can apply between the notice and the hearing."""

    code = "hearing.apply_by"
    rule = "hearing.procedure"
    title = Words("报名截止日期应当在今天到听证前一日之间", "The last day to apply lies between today and the hearing")


class NobodyApplied(Conflict):
    """Participants are selected among those who applied."""

    code = "hearing.nobody"
    rule = "hearing.procedure"
    title = Words("没有报名人，不能遴选", "Nobody has applied, so nobody can be selected")
    remedy = Words("请填写其他途径的报名人，或者延长报名。", "Enter who applied elsewhere, or announce a later day.")


class StillApplying(Conflict):
    """Who may still apply is not shut out by an early selection."""

    code = "hearing.still_applying"
    rule = "hearing.procedure"
    title = Words("报名还没有截止，不能遴选", "Applications are still open")
    remedy = Words("请在报名截止日期以后遴选。", "Select after the last day to apply.")


class LeftOutUnexplained(Invalid):
    """Who was not selected is told why."""

    code = "hearing.left_out"
    rule = "hearing.procedure"
    title = Words("有报名人未入选，没有写理由", "Some were not selected, and no reason is given")
    remedy = Words("请写明未入选的理由，和名单一起公布。", "Give the reason; it is published with the list.")


class MaterialsLate(Conflict):
    """Participants have the materials in time."""

    code = "hearing.materials_late"
    rule = MATERIALS
    title = Words("材料送达距听证的日数不足", "The materials are sent too late")
    remedy = Words("请另行公告新的听证日期。", "Announce another day for the hearing.")


class NotHeard(Invalid):
    """What lies in the future has not happened."""

    code = "hearing.not_held"
    rule = "hearing.procedure"
    title = Words("日期还没有到", "That day has not come")


class RecordUnsigned(Invalid):
    """Every participant signs the record, or it is noted why not."""

    code = "hearing.unsigned"
    rule = "hearing.procedure"
    title = Words("听证记录没有由全体参加人签名", "Not every participant has signed the record")
    remedy = Words("请逐人记下签名；拒签、缺席的写明原因。", "Note each; give the reason where somebody did not sign.")


class ReportIncomplete(Invalid):
    """The report says how opinions were taken."""

    code = "hearing.report"
    rule = "hearing.procedure"
    title = Words("听证报告没有写全", "The hearing report is not complete")
    remedy = Words("请写明报告；没有全部采纳的意见逐条说明理由。", "Write it; explain each opinion not adopted.")


def selected(rule: str, seed: str, applicants: Sequence[Applicant], seats: int) -> list[Applicant]:
    """Participants by rule: each group in turn, within it in the order of the draw (by seed) or of application."""
    order = list(enumerate(applicants))
    if rule == "draw":
        order.sort(key=lambda one: hashlib.sha256(f"{seed}{one[0]}".encode()).hexdigest())
    turns: dict[str, int] = {}
    ranked = []
    for rank, (_, applicant) in enumerate(order):
        turns[applicant.group] = turns.get(applicant.group, 0) + 1
        ranked.append((turns[applicant.group], rank, applicant))
    return [applicant for _, _, applicant in sorted(ranked, key=lambda one: one[:2])[:seats]]


def notice_refused(notice: HearingNotice, *, least: int, today: date) -> Refused | None:
    """Why this notice cannot be published today; `least` days ahead, or with a reason."""
    if days_between(today, notice.held_on) < least and not notice.short_reason:
        return NoticeTooShort(field="held_on")
    if notice.apply_by is not None and not today <= notice.apply_by < notice.held_on:
        return ApplyByWrong(field="apply_by")
    return None


def selection_refused(notice: HearingNotice, applicants: int, left_out: str, *, today: date) -> Refused | None:
    """Why participants cannot be selected today among so many applicants."""
    if notice.apply_by is not None and today <= notice.apply_by:
        return StillApplying(field="applicants")
    if applicants == 0:
        return NobodyApplied(field="applicants")
    if applicants > notice.participants_wanted and notice.apply_by is not None and not left_out:
        return LeftOutUnexplained(field="left_out")
    return None


def materials_refused(notice: HearingNotice, sent_on: date, *, least: int, today: date) -> Refused | None:
    """Why materials sent that day do not serve this hearing."""
    if sent_on > today:
        return NotHeard(field="sent_on")
    ahead = days_between(sent_on, notice.held_on)
    if ahead < least:
        return MaterialsLate(
            Words(f"应当提前{least}日，只有{ahead}日。", f"{least} days are due; there are {ahead}."), field="sent_on"
        )
    return None


def record_refused(
    notice: HearingNotice, names: Sequence[str], record: HearingRecord, *, today: date
) -> Refused | None:
    """Why the record and the report cannot be filed."""
    if notice.held_on > today:
        return NotHeard(field="held_on")
    marks = {one.name: one for one in record.marks}
    if any(name not in marks for name in names) or any(one.mark != "signed" and not one.reason for one in record.marks):
        return RecordUnsigned(field="marks")
    if not record.summary or any(one.adoption != "adopted" and not one.reason for one in record.opinions):
        return ReportIncomplete(field="summary")
    return None


def facts_of(notice: HearingNotice, sent_on: date) -> HearingFacts:
    """What the gates read of a hearing whose record was not refused."""
    return HearingFacts(materials_days=days_between(sent_on, notice.held_on), list_published=True, record_signed=True)

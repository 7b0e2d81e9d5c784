"""What people send to the sheet of a consultation, and what its fields are called."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.kernel.contracts.refusals import Words
from services.review.domain.commands import Adoption, Command, Line, OptionalDate, OptionalLine, Prose

Stance = Literal["agree", "agree_with_changes", "disagree"]
Text = Annotated[Line, Field(min_length=1)]


class AskUnits(Command):
    """Ask units for their views: on what, and until when where it is later than the rule's day."""

    unit_ids: tuple[Line, ...]
    question: Prose = ""
    due_on: OptionalDate = None


class WithdrawAsk(Command):
    """撤回: ask a unit no more, before it has replied."""

    unit_id: Text


class Reply(Command):
    """The reply of one's own unit. Changes and objections are said in words; papers are attached to the round."""

    stance: Stance
    opinion: Prose = ""
    on_behalf_of: OptionalLine = None


class Take(Command):
    """What became of a unit's opinion. One that is not adopted, or only in part, is told why."""

    unit_id: Text
    taken: Adoption
    reason: Prose = ""


class Coordinate(Command):
    """A meeting at which the units were brought together, and what came of it."""

    held_on: date
    place: Line = ""
    present: Annotated[Prose, Field(min_length=1)]
    result: Annotated[Prose, Field(min_length=1)]


class Memo(Command):
    """分歧意见说明: what is in dispute, each side's view, one's own, reasons and basis (713号第十三条)."""

    issue: Prose = ""
    views: Prose = ""
    own_view: Prose = ""
    reasons: Prose = ""
    basis: Prose = ""


class Rule(Command):
    """How the head of the issuing authority rules on the dispute."""

    ruling: Literal["proceed", "change", "stop"]
    reason: Prose = ""


MEMO_HEADINGS: dict[str, Words] = {
    "issue": Words("争议事项", "Issue"),
    "views": Words("有关单位的意见", "Views of the units"),
    "own_view": Words("起草单位的意见", "Own view"),
    "reasons": Words("争议的理由", "Reasons"),
    "basis": Words("有关依据", "Basis"),
}
LABELS: dict[str, Words] = {
    "unit_ids": Words("征求意见的单位", "Units asked"),
    "unit_id": Words("单位", "Unit"),
    "question": Words("请对方说明的事项", "What is asked"),
    "due_on": Words("答复期限", "Reply by"),
    "stance": Words("意见", "Stance"),
    "opinion": Words("意见内容", "Opinion"),
    "taken": Words("采纳情况", "Taken up"),
    "reason": Words("理由", "Reason"),
    "held_on": Words("协调会日期", "Day of the meeting"),
    "place": Words("地点", "Place"),
    "present": Words("参加单位和人员", "Who took part"),
    "result": Words("协调结果", "Result"),
    "ruling": Words("裁定", "Ruling"),
    **MEMO_HEADINGS,
}

"""What a report upward says, what its reply says, and when the step may be filed (713号第八条、第三十一条)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.kernel.contracts.refusals import Conflict, Invalid, Refused, Words
from services.review.domain.commands import Command, Line, Prose

ReplyKind = Literal["consent", "direction", "no_objection"]
REPLIES: dict[str, Words] = {
    "consent": Words("同意", "Consent"),
    "direction": Words("作出指示", "Direction"),
    "no_objection": Words("没有不同意见", "No objection"),
}
SENT_LABELS: dict[str, Words] = {
    "matter": Words("请示报告的事项", "What was reported"),
    "to": Words("向谁请示报告", "To whom"),
    "sent_on": Words("报送日期", "Day of sending"),
    "number": Words("文号", "Number"),
}
REPLY_LABELS: dict[str, Words] = {
    "kind": Words("答复", "Reply"),
    "replied_on": Words("答复日期", "Day of the reply"),
    "words": Words("答复的内容", "What it says"),
    "number": Words("文号", "Number"),
}


class ReportSent(Command):
    """The report as it went up."""

    matter: Prose
    to: Line
    sent_on: date
    number: Line = ""


class ReplyReceived(Command):
    """What came back. A direction says what is to be done."""

    kind: ReplyKind
    replied_on: date
    words: Prose = ""
    number: Line = ""


@dataclass(frozen=True)
class Kind:
    """One of the two steps: its stage, and the rule on which it rests."""

    stage: str
    rule: str


PARTY = Kind("party_report", "party.report")
CONGRESS = Kind("npc_report", "decision.npc_report")
KINDS: Mapping[str, Kind] = {kind.stage: kind for kind in (PARTY, CONGRESS)}


class ReportMissing(Invalid):
    """Nothing went up yet."""

    code = "report.not_sent"
    title = Words("没有记录请示报告", "No report is on record")
    remedy = Words("请写明报告了什么、向谁、哪一天。", "Say what was reported, to whom, and on which day.")


class ReplyMissing(Conflict):
    """The decision waits for the reply."""

    code = "report.no_reply"
    title = Words("没有记录答复", "No reply is on record")
    remedy = Words(
        "请在收到答复后，写明答复的内容和日期，再报送结论。", "Record the reply with its day, then file the step."
    )


class ReplyUnclear(Invalid):
    """A reply comes after the report, on a day that was, and a direction has words."""

    code = "report.reply"
    title = Words("答复的日期或者内容不完整", "The reply's day or words are incomplete")
    remedy = Words(
        "答复不早于报送，不晚于今天；作出指示的，写明指示。",
        "Not before the report nor after today; a direction in words.",
    )


class ReplyPaperMissing(Invalid):
    """The reply is a paper: attached, or named by its number where it lies elsewhere."""

    code = "report.paper"
    title = Words("没有附答复的材料，也没有写文号", "Neither the reply's paper nor its number is there")
    remedy = Words("请附上批复或者答复的扫描件，或者写明它的文号。", "Attach the reply, or give its number.")


def sent_refused(command: ReportSent, *, today: date) -> Refused | None:
    """Why this is no report: it has a matter, an addressee, and a day that was."""
    whole = command.matter and command.to and command.sent_on <= today
    return None if whole else ReportMissing(field="matter")


def reply_refused(command: ReplyReceived, sent: ReportSent | None, *, today: date) -> Refused | None:
    """Why this reply cannot be: nothing was asked, or its day or words do not fit."""
    if sent is None:
        return ReportMissing(field="matter")
    fits = sent.sent_on <= command.replied_on <= today
    return None if fits and (command.kind != "direction" or command.words) else ReplyUnclear(field="replied_on")


def filing_refused(sent: ReportSent | None, reply: ReplyReceived | None, *, papers: int, rule: str) -> Refused | None:
    """Why the step cannot be filed: report, reply and the reply's paper are there first (H17)."""
    if sent is None:
        return ReportMissing(field="matter", rule=rule)
    if reply is None:
        return ReplyMissing(field="kind", rule=rule)
    return None if papers or reply.number else ReplyPaperMissing(field="files", rule=rule)

"""Refusals of meetings: how a collective decision comes about, and how it may not."""

from __future__ import annotations

from services.kernel.contracts.refusals import Conflict, Invalid, Words


class NotAMeeting(Invalid):
    """Circulation and countersigning do not replace a meeting."""

    code = "meeting.form"
    rule = "deliberation.meeting"
    title = Words("应当经本机关的常务会议、全体会议或者办公会议讨论", "A meeting of this authority must discuss it")
    remedy = Words(
        "传阅、会签不能代替会议。请开会讨论后再记录。", "Circulation does not replace the meeting. Hold one."
    )


class NoQuorum(Conflict):
    """Too few members were there."""

    code = "meeting.quorum"
    rule = "deliberation.required"
    title = Words("没有达到法定人数", "There was no quorum")
    remedy = Words("请在出席人数达到规定后另行开会。", "Meet again with enough members.")


class MemberMissing(Invalid):
    """Every member is on the list, present or absent."""

    code = "meeting.member_missing"
    rule = "deliberation.required"
    title = Words("名单缺少会议组成人员", "A member is not on the list")
    remedy = Words("请列入；没有到会的，写明缺席原因。", "List them; give the reason for an absence.")


class UnknownMember(Invalid):
    """A name that the directory does not hold as a person."""

    code = "meeting.unknown_member"
    rule = "deliberation.required"
    title = Words("名录里没有这名会议组成人员", "No such member in the directory")


class AbsenceUnexplained(Invalid):
    """An absence has a reason."""

    code = "meeting.absence_reason"
    rule = "deliberation.required"
    title = Words("没有写缺席原因", "The reason for an absence is missing")
    remedy = Words("请写明缺席原因，例如外出开会。", "Give the reason.")


class ChairAbsent(Invalid):
    """Who was not there did not chair."""

    code = "meeting.chair"
    rule = "deliberation.meeting"
    title = Words("主持人不在出席名单上", "The chair is not among those present")


class ChiefAbsent(Invalid):
    """The chief executive decides after the discussion, and therefore takes part in it."""

    code = "meeting.chief"
    rule = "deliberation.chief_last"
    title = Words("行政首长不在出席名单上", "The chief executive is not among those present")
    remedy = Words(
        "行政首长在集体讨论的基础上作出决定，应当到会。", "The chief executive decides after the discussion."
    )


class StatementMissing(Invalid):
    """Each member present has a stance and says something."""

    code = "meeting.statement_missing"
    rule = "deliberation.chief_last"
    title = Words("有到会人员没有表态或者没有记录意见", "A member present has no recorded stance and opinion")
    remedy = Words(
        "请补记每一名到会组成人员的表态和意见原话。", "Record the stance and the words of each member present."
    )


class SpeakerAbsent(Invalid):
    """Only members who were there speak as members."""

    code = "meeting.speaker_absent"
    rule = "deliberation.chief_last"
    title = Words("发言人不是到会的组成人员", "A speaker is not a member present")


class ChiefNotLast(Conflict):
    """The chief executive speaks last."""

    code = "meeting.chief_last"
    rule = "deliberation.chief_last"
    title = Words("行政首长没有最后发表意见", "The chief executive did not speak last")
    remedy = Words("请核对发言顺序；确实如此的，应当重新讨论。", "Check the order; if it is right, discuss again.")


class DepartureUnexplained(Invalid):
    """Departing from the majority needs reasons, given in the meeting."""

    code = "meeting.reasons"
    rule = "deliberation.chief_last"
    title = Words("决定和多数人的意见不一致，没有写理由", "The decision departs from the majority without reasons")
    remedy = Words("请写明行政首长在会上说明的理由。", "Record the reasons that the chief executive gave.")


class AmendmentsMissing(Invalid):
    """What was amended is listed."""

    code = "meeting.amendments"
    rule = "text.identity"
    title = Words("没有列明修改内容", "The amendments are not listed")
    remedy = Words(
        "请逐处写明原文和改后的文字，系统据此形成下一稿。",
        "Give the old and the new wording of each; the next version is made from them.",
    )


class TooEarly(Conflict):
    """The meeting was before the day from which it may be."""

    code = "meeting.too_early"
    rule = "legality.required"
    title = Words("会议时间早于最早可以上会的时间", "The meeting was before the earliest lawful time")
    remedy = Words("请核对会议时间；确实如此的，应当重新上会。", "Check the time; if it is right, meet again.")


class NotHeldYet(Invalid):
    """A record is about a meeting that was."""

    code = "meeting.not_held"
    rule = "deliberation.meeting"
    title = Words("会议时间还没有到", "The meeting has not been held yet")


class NoticeAfterMeeting(Invalid):
    """Notice and papers come before the meeting."""

    code = "meeting.notice"
    rule = "deliberation.meeting"
    title = Words("通知或者材料送达的时间晚于开会时间", "Notice or papers after the meeting began")


class RecusalUnfounded(Invalid):
    """Who withdraws is a member who is there, and says why."""

    code = "meeting.recusal"
    rule = "deliberation.recusal"
    title = Words("回避的人不在出席名单上，或者没有写回避理由", "Who withdraws is not present, or gives no reason")
    remedy = Words(
        "请核对名单并写明回避理由，例如利害关系。", "Check the list and give the reason, such as an interest."
    )


class RecusedSpoke(Conflict):
    """Who withdrew from an item neither speaks to it nor votes on it."""

    code = "meeting.recused"
    rule = "deliberation.recusal"
    title = Words("已经回避的人不得发言或者表态", "Who withdrew may neither speak nor vote")
    remedy = Words("请删去其发言；没有回避的，撤销回避。", "Remove the statement, or the recusal if there was none.")

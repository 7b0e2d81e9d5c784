"""Refusals of consultations: whom one may ask, who replies, and what keeps the step from being filed."""

from __future__ import annotations

from services.kernel.contracts.refusals import Conflict, Forbidden, Invalid, NotFound, Words

REQUIRED, AGREEMENT, TERM = "consultation.required", "consultation.agreement", "consultation.reply_term"
DECISION = "consultation.decision"


class NobodyAsked(Invalid):
    """A consultation consults somebody."""

    code = "consultation.nobody_asked"
    rule = REQUIRED
    title = Words("没有征求任何单位的意见", "No unit was asked")
    remedy = Words("请选择职权涉及的单位并发出征求意见。", "Ask the units whose powers are touched.")


class UnitUnfit(Invalid):
    """A unit that is not there, has nobody to answer, drafts the text itself, or was asked already."""

    code = "consultation.unit"
    rule = REQUIRED
    title = Words("不能征求这个单位的意见", "This unit cannot be asked")
    remedy = Words("请核对所选的单位。", "Check the units that you chose.")


class TermTooShort(Invalid):
    """A unit has at least the rule's time."""

    code = "consultation.term"
    rule = TERM
    title = Words("答复期限短于规定", "The time to reply is shorter than the rule's")
    remedy = Words("请定在规定的期限或者以后。", "Set the day of the rule or a later one.")


class AskUnknown(NotFound):
    """The unit is not asked in this round."""

    code = "consultation.ask_unknown"
    rule = REQUIRED
    title = Words("这一轮没有向这个单位征求意见", "This unit is not asked in this round")
    remedy = Words("请由起草单位先发出征求意见。", "Let the drafting unit ask it first.")


class AskGone(Conflict):
    """The unit has replied, or is not asked any more."""

    code = "consultation.ask_gone"
    rule = REQUIRED
    title = Words("这个单位已经答复，或者征求意见已经撤回", "The unit has replied, or is not asked any more")
    remedy = Words("请刷新页面，看这个单位现在的情况。", "Load the page again to see how the unit stands.")


class ReplyElsewhere(Forbidden):
    """A unit's own people reply for it."""

    code = "consultation.other_unit"
    rule = REQUIRED
    title = Words("只能由被征求意见的单位答复", "Only the unit that was asked replies")
    remedy = Words("请由该单位的人员答复。", "Let somebody of that unit reply.")


class ReplyEmpty(Invalid):
    """Changes and objections are said."""

    code = "consultation.reply_empty"
    rule = REQUIRED
    title = Words("有修改意见或者不同意的，没有写明意见", "Changes or an objection without words")
    remedy = Words("请写明意见和理由。", "Say what, and why.")


class NotTaken(Invalid):
    """Each opinion is answered for; one not adopted with its reason."""

    code = "consultation.not_taken"
    rule = REQUIRED
    title = Words(
        "有意见没有写明采纳情况，或者没有说明不采纳的理由", "An opinion has no answer, or none with its reason"
    )
    remedy = Words("请逐个单位填写采纳情况；没有采纳的写明理由。", "Answer each unit, with a reason where not adopted.")


class NotCoordinated(Invalid):
    """A meeting is recorded after it was held."""

    code = "consultation.meeting"
    rule = AGREEMENT
    title = Words("协调会的日期还没有到", "The day of the meeting has not come")
    remedy = Words("请在开会以后记录。", "Record the meeting once it was held.")


class ReplyAwaited(Conflict):
    """Whoever is asked has their time."""

    code = "consultation.awaited"
    rule = TERM
    title = Words("还有单位没有答复，期限也没有到", "A unit has not replied and still has time")
    remedy = Words(
        "请等答复或者期限届满；不再征求的，请撤回。", "Wait for the reply or the day, or withdraw the request."
    )


class StillSilent(Conflict):
    """Where the local rule does not read silence as consent, the unit must reply."""

    code = "consultation.silent"
    rule = "consultation.silence"
    title = Words("有单位逾期没有答复，不能视为同意", "A unit has not replied, and its silence is no consent")
    remedy = Words("请催促答复；不再征求的，请撤回。", "Urge the unit, or withdraw the request.")


class InDispute(Conflict):
    """Without agreement nothing is issued downward (公文条例第十六条)."""

    code = "consultation.dispute"
    rule = AGREEMENT
    title = Words("没有协商一致，不能报送", "There is no agreement, so the step cannot be filed")
    remedy = Words(
        "请继续协商并由有关单位重新答复，或者写明分歧意见报请裁定。",
        "Go on negotiating until the unit replies anew, or put the dispute to the head of the authority.",
    )


class NoDispute(Conflict):
    """Only what is in dispute is set out and ruled on."""

    code = "consultation.no_dispute"
    rule = AGREEMENT
    title = Words("没有分歧意见，不需要裁定", "Nothing is in dispute")
    remedy = Words("请核对各单位的答复和采纳情况。", "Check the replies and how they were taken up.")


class MemoIncomplete(Invalid):
    """A dispute is set out whole."""

    code = "consultation.memo"
    rule = DECISION
    title = Words("分歧意见说明没有写全", "The memo on the dispute is not complete")
    remedy = Words(
        "请写明争议事项、各方意见、本单位意见、理由和依据。", "State the issue, the views, your own, reasons, basis."
    )


class MemoMissing(Conflict):
    """The head rules on what was set out."""

    code = "consultation.no_memo"
    rule = AGREEMENT
    title = Words("没有待裁定的分歧意见说明", "No memo on a dispute waits for a ruling")
    remedy = Words("请起草单位先写明分歧意见。", "Let the drafting unit set the dispute out first.")


class RulingUnexplained(Invalid):
    """A ruling has its reason."""

    code = "consultation.ruling_reason"
    rule = AGREEMENT
    title = Words("裁定没有写明理由", "The ruling gives no reason")
    remedy = Words("请写明裁定的理由。", "Give the reason for the ruling.")


class RuledAgainst(Conflict):
    """The head has ruled that it does not go on like this."""

    code = "consultation.ruled"
    rule = AGREEMENT
    title = Words("裁定要求修改或者不予制定", "The ruling is to change the text, or not to make it")
    remedy = Words("请按裁定修改文本后重新征求意见，或者撤回文件。", "Change the text and ask again, or withdraw it.")


class OwnDispute(Forbidden):
    """Nobody rules on a dispute of their own."""

    code = "consultation.own_dispute"
    status = 409
    rule = AGREEMENT
    title = Words("不能裁定自己一方的分歧", "You may not rule on a dispute to which you are a party")
    remedy = Words("请由没有参加起草的负责人裁定。", "Let somebody rule who did not draft the text.")

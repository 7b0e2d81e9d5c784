"""Refusals of legality review: completeness, forbidden content, opinions and their points, letters."""

from __future__ import annotations

from services.kernel.contracts.refusals import Conflict, Invalid, NotFound, Words


class BasisMissing(Invalid):
    """What is called unlawful, or must change, rests on an instrument and its article."""

    code = "opinion.basis"
    rule = "legality.required"
    title = Words("没有写明依据的文件和条款", "The basis lacks its instrument and article")
    remedy = Words(
        "请写明依据，例如：《行政许可法》第十七条。结论为不合法的，至少一项必须修改的意见应当有这样的依据。",
        "Name it, such as 《行政许可法》第十七条. A text found unlawful has at least one grave point with such a basis.",
    )


class ReformNotDeclared(Conflict):
    """The one exception of 713号 25 is for decisions that were declared an exploratory reform."""

    code = "opinion.not_exploratory"
    rule = "legality.required_decision"
    title = Words(
        "本文件没有判断为探索性改革决策，不能适用这一结论", "The document was not declared an exploratory reform"
    )
    remedy = Words(
        "请选其他结论；判断有误的，由起草单位改正判断并说明理由。",
        "Choose another outcome, or have the answer corrected.",
    )


class RiskMissing(Invalid):
    """An exploratory reform goes to the meeting only with its legal risk stated."""

    code = "opinion.risk"
    rule = "legality.required_decision"
    title = Words("没有明示法律风险", "The legal risk is not stated")
    remedy = Words("请写明法律风险，供决策机关讨论时参考。", "State the legal risk for the meeting.")


class NotAccepted(Conflict):
    """Completeness first: an opinion is given on a matter that was accepted."""

    code = "legality.not_accepted"
    rule = "legality.completeness"
    title = Words("还没有受理", "The matter has not been accepted")
    remedy = Words(
        "请先核对材料并受理；材料不齐的，要求补充或者退回。",
        "Check the papers and accept it; or ask for papers, or return it.",
    )


class AlreadyAccepted(Conflict):
    """A matter is accepted once in a round."""

    code = "legality.accepted"
    rule = "legality.completeness"
    title = Words("本轮已经受理", "The matter has been accepted already")


class MaterialsOpen(Conflict):
    """Each paper on the list is there, or not needed for a reason, before the matter is accepted."""

    code = "materials.open"
    rule = "legality.completeness"
    title = Words("材料没有核对齐全", "The papers are not complete")
    remedy = Words(
        "请逐项核对；缺少的，要求补充或者退回；不适用的，写明理由。",
        "Check each; ask for what is missing, or return the matter; say why one is not needed.",
    )


class MaterialUnknown(Invalid):
    """Not on the list of this stage."""

    code = "materials.unknown"
    rule = "legality.completeness"
    title = Words("这个环节的材料清单里没有这一项", "No such paper on the list of this stage")


class MaterialUnexplained(Invalid):
    """That a paper is not needed is said with its reason."""

    code = "materials.reason"
    rule = "legality.completeness"
    title = Words("不适用的材料没有写理由", "No reason why the paper is not needed")
    remedy = Words("请写明不适用的理由。", "Give the reason.")


class ChecklistOpen(Conflict):
    """Forbidden content is answered for item by item before the review."""

    code = "checklist.open"
    rule = "normative.forbidden"
    title = Words("起草单位没有对禁止性内容逐项作答", "The list of forbidden content is not answered item by item")
    remedy = Words(
        "请起草单位在本轮页面逐项作答并注明依据。", "The drafting office answers each item on the round's page."
    )


class ChecklistItemUnknown(Invalid):
    """Not an item of the list."""

    code = "checklist.unknown"
    rule = "normative.forbidden"
    title = Words("清单里没有这一项", "No such item on the list")


class ChecklistUnfounded(Invalid):
    """Where there is such content, its basis in law is named."""

    code = "checklist.basis"
    rule = "normative.forbidden"
    title = Words("有此类内容的，没有写明法律、法规依据", "The basis in law is not named")
    remedy = Words(
        "请写明依据的法律、法规名称和条款；没有依据的，删去该内容。",
        "Name the law and article, or take the content out.",
    )


class UnknownPoint(NotFound):
    """No such point."""

    code = "point.unknown"
    title = Words("没有这一项意见", "No such point")


class PointSettled(Conflict):
    """A later round has judged it already."""

    code = "point.settled"
    title = Words("这一项意见已经由审核人员核对，不能再答复", "A later round has settled this point")
    remedy = Words("如有新的说明，请写入送审说明。", "Write it into the note of the next draft.")


class AnswerMissing(Invalid):
    """An answer says what was changed, or why not."""

    code = "point.words"
    rule = "legality.required"
    title = Words("没有写明改了什么或者不采纳的理由", "The answer says neither what changed nor why it did not")
    remedy = Words("请写明。", "Say so.")


class UrgencyUnfounded(Invalid):
    """Less than the reserved time is asked for with its basis and reason."""

    code = "urgency.basis"
    rule = "legality.minimum"
    title = Words("没有写明紧急情况的依据和理由", "The ground of urgency is not given")
    remedy = Words(
        "请写明依据的文件和条款，以及紧急的理由；不得以紧急为由不经合法性审核。",
        "Give instrument, article and reason; review is never left out.",
    )


class UrgencyDeclared(Conflict):
    """Said once for a round."""

    code = "urgency.declared"
    rule = "legality.minimum"
    title = Words("本轮已经说明紧急情况", "Urgency was declared for this round")


class NoLetter(NotFound):
    """The round has no opinion letter: it is no legality round, or it is not decided."""

    code = "letter.none"
    title = Words("这一轮没有审核意见书", "This round has no opinion letter")

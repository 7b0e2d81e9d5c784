"""Documents: the states in which one may be, and when another text or a withdrawal is refused."""

from __future__ import annotations

from services.kernel.contracts.refusals import Conflict, Forbidden, NotFound, Refused, Words


class DocumentUnknown(NotFound):
    """No such document, or not for this reader."""

    code = "document.not_found"
    title = Words("没有这份文件", "No such document")
    remedy = Words(
        "请核对编号；只能查看本单位参与办理的文件。", "Check the id; you see the documents that your unit handles."
    )


class ReportExists(Conflict):
    """One report for each unit and year."""

    code = "report.exists"
    title = Words("这一年度的报告已经有了", "The report on that year exists already")
    remedy = Words("请在已有的报告上报送新的文本。", "Submit a new version of the report that exists.")


class VersionUnknown(NotFound):
    """No such version."""

    code = "version.not_found"
    title = Words("没有这一稿", "No such version")


class VersionNotAccepted(Conflict):
    """The text is with somebody else now."""

    code = "version.not_accepted"
    rule = "text.identity"
    title = Words("现在不能报送新的文本", "No new text is accepted now")
    remedy = Words(
        "请等这一环节退回或者办结；确需修改的，请撤回后重新报送。",
        "Wait until this stage returns the text or ends; to change it now, withdraw the document and submit it again.",
    )


class NotHeardAgain(Conflict):
    """The public is asked once more only after it was heard, and before the decision."""

    code = "version.not_heard_again"
    rule = "comment.again"
    title = Words("现在不能再次公开征求意见", "It cannot be put to the public again now")
    remedy = Words(
        "征求意见截止以后、集体讨论决定以前，可以就修改后的文本再次征求意见。",
        "After a window has closed and before the decision, a changed text may be put to the public once more.",
    )


class VersionUnchanged(Conflict):
    """The very same text again."""

    code = "version.unchanged"
    rule = "text.identity"
    title = Words("文本没有变化", "The text is the same")
    remedy = Words("请上传改过的文本。", "Send the text that you changed.")


class TooLateToWithdraw(Conflict):
    """The decision has been taken."""

    code = "document.decided"
    rule = "decision.adjustment"
    title = Words("已经作出决定，不能撤回", "The decision has been taken: it cannot be withdrawn")
    remedy = Words("需要改变的，按调整、修改、废止的程序办理。", "Use the procedure for amending or repealing.")


class AlreadyEnded(Conflict):
    """The life of the document is over."""

    code = "document.ended"
    title = Words("这份文件的办理已经结束", "This document's procedure has ended")
    remedy = Words("需要再办的，请重新报送。", "Submit it anew.")


class NotOurs(Forbidden):
    """Another unit drafts this document."""

    code = "document.other_unit"
    title = Words("这份文件不由您的单位起草", "Your unit does not draft this document")
    remedy = Words("请由起草单位办理。", "Somebody of the drafting unit must do it.")


# Otherwise the state of a document is the stage in which it stands.
STATE_WORDS: dict[str, tuple[Words, str]] = {
    "submitted": (Words("已报送", "Submitted"), "now"),
    "returned": (Words("退回修改", "Returned"), "warn"),
    "published": (Words("已公布", "Published"), "done"),
    "issued": (Words("已印发", "Issued"), "done"),
    "rejected": (Words("不通过", "Not passed"), "stop"),
    "unlawful": (Words("审核不合法", "Found unlawful"), "stop"),
    "withdrawn": (Words("已撤回", "Withdrawn"), "off"),
}
BLOCKED: tuple[Words, str] = (Words("暂不能继续", "Blocked"), "stop")
NO_LONGER = frozenset({"published", "issued"})
ENDED = frozenset({"withdrawn", "rejected", "unlawful"})
DECIDED_STAGES = frozenset({
    "party_report", "npc_report", "signing", "verification", "registration_numbering", "sealing",
    "publication", "dispatch",
})  # fmt: skip


def refuses_version(*, state: str, accepts_versions: bool, same_text: bool) -> Refused | None:
    """Why another text is refused, or None. The open stage decides: reviewers read one exact text."""
    if state in ENDED:
        return AlreadyEnded()
    if not accepts_versions:
        return VersionNotAccepted()
    return VersionUnchanged(field="text") if same_text else None


def refuses_withdrawal(*, state: str, decided: bool) -> Refused | None:
    """Why a withdrawal is refused, or None. After the collective decision the draft is no longer the drafter's."""
    if state in ENDED:
        return AlreadyEnded()
    return TooLateToWithdraw() if decided else None


SEES_ALL = frozenset({
    "legality_reviewer", "market_regulator", "meeting_clerk", "chief", "member", "registrar", "party_clerk",
    "supervisor", "filing_clerk", "secrecy_reviewer", "operator",
})  # fmt: skip


def may_read(*, unit_id: str, roles: frozenset[str], drafting_unit: str) -> bool:
    """Whether somebody may look at a document: its drafting unit, and whoever has a part in the procedure."""
    return unit_id == drafting_unit or bool(roles & SEES_ALL)

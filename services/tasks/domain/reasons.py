"""What happens if an item is left alone: never a decision by silence, and for each kind of item what then stands still."""

from __future__ import annotations

from collections.abc import Mapping

from services.kernel.contracts.refusals import Words
from services.tasks.domain.items import Sort

STOPS = Words(
    "系统不会替您作出决定，文件停在这一环节；快到期和逾期时会提醒，逾期记入卷宗。",
    "nothing is decided for you; the document stays at this step. You are reminded before the day and after it, and lateness goes on the record.",
)
NOT_DECIDED = Words(
    "系统不会替您作出决定：没有您的结论，文件不能进入集体讨论和签发；快到期和逾期时会提醒，逾期记入卷宗，不视为同意。",
    "nothing is decided for you: without your conclusion the document reaches neither deliberation nor signature; you are reminded, lateness goes on the record, and silence is no consent.",
)
NOT_IN_FORCE = Words(
    "文件没有公布，不对外发生效力，施行日期顺延；快到期和逾期时会提醒。",
    "the document is not public and binds nobody; its commencement moves. You are reminded before the day and after it.",
)
IN_FORCE_ANYWAY = Words(
    "文件的效力不受影响，但是这一步记为没有办，逾期计入年度报告的指标。",
    "the document stays in force, but this step is recorded as not done and counts in the annual report.",
)
PLAN_LATE = Words(
    "任务照常计时，逾期的在督办页面亮红灯，写明等哪个单位。",
    "the tasks' time runs on; what is late shows red on the board, with the unit that is waited for.",
)
REPORT_LATE = Words(
    "报告停在这一环节；法定公开日不会因此推迟，过了就是逾期公开。",
    "the report stays at this step; the statutory day of publication does not move, and after it the report is late.",
)
OF_STAGES: Mapping[str, Words] = {
    **dict.fromkeys(("initiation", "drafting", "annual_catalogue", "submission"), STOPS),
    **dict.fromkeys(
        ("assessment", "fair_competition_review", "expert_argument", "risk_assessment", "hearing"), NOT_DECIDED
    ),
    **dict.fromkeys(("internal_legal_review", "legality_review", "collective_deliberation"), NOT_DECIDED),
    **dict.fromkeys(("enterprise_consultation", "group_consultation", "party_report", "npc_report"), NOT_DECIDED),
    **dict.fromkeys(("signing", "verification", "registration_numbering", "sealing", "publication"), NOT_IN_FORCE),
    **dict.fromkeys(("commencement", "filing", "follow_up", "post_evaluation", "archiving"), IN_FORCE_ANYWAY),
    **dict.fromkeys(("task_breakdown", "responsibility_list", "progress_report", "supervision"), PLAN_LATE),
    **dict.fromkeys(("close_out", "annual_roll_up"), PLAN_LATE),
    **dict.fromkeys(("collection", "statistics_freeze", "secrecy_review", "dispatch"), REPORT_LATE),
    "public_comment": Words(
        "到截止时间窗口自动关闭，之后到达的意见不再收；没有公布的窗口不会开始计时。",
        "the window closes by itself at its instant, and what comes later is not taken; a window that is not published does not begin to run.",
    ),
    "consultation": Words(
        "到期没有答复的，记为没有答复，不视为同意；有分歧的，要协调一致或者报请裁定后才能往下办。",
        "no reply by the day is recorded as no reply, not as consent; a dispute must be settled or ruled on before anything goes on.",
    ),
    "adjustment": Words(
        "中止的决策继续中止，不会自动恢复执行，也不会自动终止。",
        "a suspended decision stays suspended: it neither goes on nor ends by itself.",
    ),
    "cleanup": Words(
        "清理目录不能公布；没有写结果的文件继续有效，到有效期届满为止。",
        "the catalogue cannot be published; documents without an outcome stay in force until their validity ends.",
    ),
    "cleanup_outcome": Words(
        "文件继续有效，直到另一份文件按程序修改、废止或者宣布其失效；清理目录上一直列为没有落实。",
        "the document stays in force until another one amends or ends it by its procedure; the published catalogue goes on showing the outcome as not carried out.",
    ),
    "revision": Words(
        "文件停在退回的状态，不会自动往下办，也不会自动撤回；送来新稿后，看过旧稿的环节要重新办。",
        "the document stays returned, neither goes on nor is withdrawn; once a new text comes, the steps that saw the old one are done again.",
    ),
    "public_comment_answers": Words(
        "意见没有答复完，文件不能进入审核；逾期记入卷宗，提意见的人看到的是“等待答复”。",
        "until all comments are answered the document does not reach review; lateness goes on the record, and those who commented see that answers are due.",
    ),
    "supplement": Words(
        "审核的计时停着，不会自动受理；补齐后接着计时。",
        "the reviewer's time stands still and nothing is accepted by itself; it runs on once the papers are complete.",
    ),
    "seat": Words(
        "没有您的签署，会签不成立，也不视为同意；主办单位会看到在等您。",
        "without your signature the joint sign-off does not come about, and silence is no consent; the lead sees that you are waited for.",
    ),
    "seal": Words(
        "印章没有盖齐，文件不能公布；主办机关会看到在等您的机关用印。",
        "while a seal is missing the document is not published; the leading authority sees that yours is waited for.",
    ),
    "consultation_reply": Words(
        "到期没有答复的，记为没有答复，不视为同意；起草单位会看到在等您的单位。",
        "no reply by the day is recorded as no reply, not as consent; the drafting unit sees that yours is waited for.",
    ),
    "dispute_ruling": Words(
        "分歧没有裁定，文件不能往下办。", "until the dispute is ruled on the document does not go on."
    ),
    "inspection_approval": Words(
        "没有批准，督查不能开始，也不能派人。", "without approval the inspection cannot begin and nobody is sent."
    ),
    "inspection_conclusion": Words(
        "督查没有结论，不能要求整改、通报或者问责；过了方案写的最后一天记为逾期。",
        "without a conclusion nothing can be asked to be put right or made public; after the plan's last day it is late.",
    ),
    "inspection_receipt": Words(
        "没有签收，申请复核的期限不开始计算；督查机构会看到还没有签收。",
        "the time for an objection does not begin; the inspecting office sees that the conclusion was not received.",
    ),
    "inspection_rectification": Words(
        "到期由督查机构核查；没有整改的，可以报请通报或者追究责任。",
        "after the day the inspecting office checks; what was not put right may be made public or lead to accountability.",
    ),
    "inspection_check": Words(
        "整改没有核查，督查不算完结；到期没有核查的记为逾期。",
        "the inspection is not complete; after the day the check is late.",
    ),
    "inspection_review": Words(
        "原结论继续有效；过了复核期限没有决定的，记为逾期。",
        "the conclusion stands; without a decision by the day the review is late.",
    ),
    "measure_decision": Words(
        "没有批准，不能通报，不能移送问责。", "without approval nothing is made public and nobody is held to account."
    ),
    "measure_issue": Words(
        "批准的通报、建议还没有发出，不产生作用。", "what was approved has not been issued and has no effect."
    ),
}
OF_SORTS: Mapping[Sort, Words] = {
    Sort.OPINION: Words(
        "办理人不必等您；所办事项办结时，这一件自动取消，记入经过。",
        "whoever deals with the matter need not wait for you; once it is closed, this is cancelled and recorded.",
    ),
    Sort.COPY: Words(
        "不影响办理；抄送的人会看到您还没有看。",
        "nothing waits for you; whoever sent it sees that you have not read it.",
    ),
}


def if_left_alone(sort: Sort, stage: str) -> Words:
    """What happens if nobody does anything."""
    return OF_SORTS.get(sort) or OF_STAGES.get(stage, STOPS)

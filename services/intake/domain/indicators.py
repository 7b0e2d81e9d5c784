"""Indicators of the annual report as intake writes about them: their Chinese names, and the part of the report."""

from __future__ import annotations

NAMES: dict[str, str] = {
    "NRM_MADE": "制定行政规范性文件",
    "NRM_REVIEWED": "合法性审核",
    "NRM_FILED": "报送备案",
    "FILING_RATE": "报备率",
    "FILING_ONTIME": "报备及时率",
    "FILING_REGULAR": "报备规范率",
    "NRM_IN_FORCE": "现行有效的行政规范性文件",
    "CLEANUP_TOTAL": "清理文件",
    "COMMENT_OPENED": "公开征求意见",
    "COMMENT_RECEIVED": "收到公众意见",
    "COMMENT_ADOPTED": "采纳公众意见",
    "COMMENT_PARTLY": "部分采纳公众意见",
    "COMMENT_NOT_ADOPTED": "未采纳并说明理由的公众意见",
    "COMMENT_MEAN_DAYS": "公开征求意见平均时长",
    "COMMENT_SHORTENED": "缩短期限并公布理由的征求意见",
    "COMMENT_ZERO": "没有收到意见的征求意见",
    "COMMENT_LATE": "截止后到达、未予收录的意见",
    "COMMENT_UNANSWERED": "年底前尚未公布答复的意见",
    "DOC_NORMATIVE": "报送的行政规范性文件草案",
    "DOC_MAJOR_DECISION": "报送的重大行政决策草案",
    "DOC_WORK_PLAN": "报送的工作要点和实施方案",
    "DOC_ANNUAL_REPORT": "报送的年度报告",
    "DOC_WITHDRAWN": "撤回的文件草案",
    "DEC_MADE": "重大行政决策",
    "DEC_CATALOGUE": "列入目录的重大行政决策",
    "FCR_DONE": "公平竞争审查",
    "FCR_FIXED": "经公平竞争审查后修改的文件",
    "OPEN_PUB": "主动公开及时率",
    "TASK_TOTAL": "分解落实的任务",
    "TASK_DONE": "办结的任务",
    "TASK_ONTIME": "按时办结的任务",
    "TASK_OVERDUE": "逾期的任务",
    "TASK_SUPERVISED": "督办",
    "TASK_INTERVIEW": "约谈",
    "TASK_CIRCULAR": "通报",
}
UNITS: dict[str, str] = {
    "COMMENT_OPENED": "次", "COMMENT_SHORTENED": "次", "COMMENT_ZERO": "次", "COMMENT_MEAN_DAYS": "日",
    "COMMENT_RECEIVED": "条", "COMMENT_ADOPTED": "条", "COMMENT_PARTLY": "条", "COMMENT_NOT_ADOPTED": "条",
    "COMMENT_LATE": "条", "COMMENT_UNANSWERED": "条",
    "TASK_TOTAL": "项", "TASK_DONE": "项", "TASK_ONTIME": "项", "TASK_OVERDUE": "项",
}  # fmt: skip
# What speaks of shortcomings when it is not zero.
SHORTCOMINGS = (
    "TASK_OVERDUE", "TASK_SUPERVISED", "TASK_INTERVIEW", "TASK_CIRCULAR",
    "COMMENT_SHORTENED", "COMMENT_ZERO", "COMMENT_LATE", "COMMENT_UNANSWERED", "DOC_WITHDRAWN",
)  # fmt: skip
# What speaks of those in charge: decisions taken in meetings, and orders given on lagging tasks.
IN_CHARGE = ("DEC_MADE", "MEETING_LAW_STUDY", "TASK_SUPERVISED", "TASK_INTERVIEW")


def name_of(code: str, text: str | None) -> str:
    """How the report calls an indicator: its own words, the list's, or the code itself."""
    return NAMES.get(code) or text or code


def unit_of(code: str, unit: str) -> str:
    """The unit in which it is counted."""
    return unit or UNITS.get(code, "件")

"""What an assessment says, and when it may be filed (地方组织法第七十五条)."""

from __future__ import annotations

from services.kernel.contracts.refusals import Invalid, Refused, Words
from services.review.domain.commands import Command, Prose

STAGE = "assessment"
HEADINGS: dict[str, Words] = {
    "necessity": Words("必要性", "Necessity"),
    "feasibility": Words("可行性", "Feasibility"),
    "reasonableness": Words("合理性", "Reasonableness"),
    "expected_effect": Words("预期效果", "Expected effect"),
    "risk": Words("风险", "Risk"),
}


class AssessmentReport(Command):
    """The five things that are argued. A heading may stay empty while the report is being written."""

    necessity: Prose = ""
    feasibility: Prose = ""
    reasonableness: Prose = ""
    expected_effect: Prose = ""
    risk: Prose = ""

    @property
    def open_headings(self) -> list[Words]:
        """The headings under which nothing is written yet."""
        return [words for name, words in HEADINGS.items() if not getattr(self, name)]


class AssessmentIncomplete(Invalid):
    """An assessment is filed when all five headings are argued."""

    code = "assessment.incomplete"
    rule = "normative.assessment"
    title = Words("评估论证报告没有写全", "The assessment report is not complete")


class NotArgued(Invalid):
    """Who sends a draft back, or stops it, says why."""

    code = "assessment.reason"
    rule = "normative.assessment"
    title = Words("结论是修改或者停止，没有写明理由", "To revise or to stop is concluded without a reason")
    remedy = Words("请在结论里写明理由。", "Give the reason in the conclusion.")


def filing_refused(report: AssessmentReport | None, *, outcome: str, conclusion: str) -> Refused | None:
    """Why the assessment cannot be filed with this outcome."""
    missing = (report or AssessmentReport()).open_headings
    if missing:
        zh, en = "、".join(words.zh for words in missing), ", ".join(words.en for words in missing)
        return AssessmentIncomplete(Words(f"还没有写：{zh}。", f"Not written yet: {en}."), field="necessity")
    if outcome != "filed" and not conclusion:
        return NotArgued(field="conclusion")
    return None

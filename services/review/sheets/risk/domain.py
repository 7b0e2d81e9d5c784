"""What a risk assessment says, and when it may be filed (713号第二十二条至第二十四条)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from services.kernel.contracts.facts import RiskFacts
from services.kernel.contracts.refusals import Invalid, Refused, Words
from services.review.domain.commands import Command, Line, Prose

STAGE = "risk_assessment"
UNCONTROLLABLE = "uncontrollable"
LABELS: dict[str, Words] = {
    "method": Words("评估方式", "Method"),
    "third_party": Words("受委托的第三方", "Third party that assessed"),
    "points": Words("风险点", "Points of risk"),
    "response_plan": Words("处置预案", "Response plan"),
    "consulted": Words("听取的有关部门", "Departments consulted"),
}
LEVELS: dict[str, tuple[Words, str]] = {
    "low": (Words("低", "Low"), "done"),
    "medium": (Words("中", "Medium"), "warn"),
    "high": (Words("高", "High"), "stop"),
}


class RiskPoint(Command):
    """One thing that may go wrong, how grave it is, and what prevents it."""

    what: Line
    level: Literal["low", "medium", "high"] = "medium"
    prevention: Prose = ""


class Consulted(Command):
    """A department that was asked, and what it said."""

    unit: Line
    opinion: Prose = ""


class RiskReport(Command):
    """The report of a risk assessment, also while it is being written."""

    method: Prose = ""
    third_party: Line = ""
    points: tuple[RiskPoint, ...] = ()
    response_plan: Prose = ""
    consulted: tuple[Consulted, ...] = ()

    def facts(self, *, controllable: bool) -> RiskFacts:
        """What the gates read of it."""
        high = sum(point.level == "high" for point in self.points)
        return RiskFacts(points=len(self.points), high=high, controllable=controllable)


class RiskIncomplete(Invalid):
    """A report names its points, prevents each, plans a response and has heard the departments."""

    code = "risk.incomplete"
    rule = "risk.required"
    title = Words("风险评估报告没有写全", "The risk report is not complete")


class NotExplained(Invalid):
    """Who finds a risk beyond control says why, so that the draft can be adjusted."""

    code = "risk.reason"
    rule = "risk.controllable"
    title = Words("结论是风险不可控，没有写明理由", "The risk is found beyond control without a reason")
    remedy = Words(
        "请在结论里写明哪些风险不可控、怎样调整草案。", "Say which risks, and how the draft could be adjusted."
    )


def filing_refused(report: RiskReport | None, *, outcome: str, conclusion: str) -> Refused | None:
    """Why the assessment cannot be filed with this outcome."""
    if missing := list(_missing(report or RiskReport())):
        zh, en = "、".join(words.zh for words in missing), ", ".join(words.en for words in missing)
        return RiskIncomplete(Words(f"还缺：{zh}。", f"Missing: {en}."), field="points")
    if outcome == UNCONTROLLABLE and not conclusion:
        return NotExplained(field="conclusion")
    return None


def _missing(report: RiskReport) -> Iterator[Words]:
    if not report.points:
        yield LABELS["points"]
    yield from (
        Words(f"“{point.what}”的防范措施", f"prevention of “{point.what}”")
        for point in report.points
        if not point.prevention
    )
    if not report.response_plan:
        yield LABELS["response_plan"]
    if not any(one.opinion for one in report.consulted):
        yield LABELS["consulted"]

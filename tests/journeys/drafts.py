"""What the town submits in the journeys: drafts of each kind, none of them longer than it must be."""

from __future__ import annotations

from fawen.client import Submission
from fawen.demo.submission import CONTACT, answers, built_in
from fawen.demo.texts import text
from services.kernel.procedure.rules import DocumentKind, RuleBook

PLAN = """云溪区2027年街面餐饮油烟治理工作方案

为了落实《中华人民共和国大气污染防治法》，做好2027年街面餐饮油烟治理工作，制定本方案。

一、主要任务

1.建立街面餐饮油烟台账。区城市管理局逐户登记油烟净化设施和清洗情况，于2027年3月底前完成。
牵头单位：区城市管理局
责任单位：区市场监督管理局、清河街道办事处
2.开展油烟净化设施免费检测。区生态环境局对中型、小型餐饮服务场所开展一次免费检测，于2027年6月底前完成。
牵头单位：区生态环境局
责任单位：区城市管理局
3.落实购置补贴。区财政局会同区城市管理局制定补贴申领办法，于2027年2月底前完成。
牵头单位：区财政局
责任单位：区城市管理局
"""
DECISION = """云溪区老旧街区餐饮集中区改造项目决策草案

根据《重大行政决策程序暂行条例》，对老旧街区餐饮集中区实施改造。
一、改造范围为清河街道三个老旧街区，共四十二户餐饮服务经营者。
二、统一建设油烟排放管道，经营者自愿接入。
三、改造资金由区财政安排，分两年实施。
四、改造期间设置临时经营场所，保障经营者正常经营。
"""


def normative(code: str) -> Submission:
    """The measures of the demonstration under another series of numbers."""
    return built_in().model_copy(update={"agency_code": code})


def work_plan(code: str, *, yes: tuple[str, ...] = ("published_for_comment", "content_touches_rights")) -> Submission:
    """A plan with three tasks, put to the public, its content under legality review."""
    kind = DocumentKind.WORK_PLAN
    return Submission(
        kind=kind.value,
        issuer_unit="yunxi",
        agency_code=code,
        text=PLAN,
        note=text("note.txt"),
        predicates=answers(kind, dict.fromkeys(yes, "方案涉及餐饮经营者，向社会公开征求意见。")),
        comment={"contact": CONTACT, "channels": ["web", "email", "letter"]},
    )


def major_decision(code: str, *, no: tuple[str, ...]) -> Submission:
    """A decision for which every question is answered yes but those named."""
    kind = DocumentKind.MAJOR_DECISION
    asked = [question.id for question in RuleBook.load(("demo",)).kind(kind).predicates]
    yes = {name: "涉及三个老旧街区的经营者和居民，各方意见不一。" for name in asked if name not in no}
    return Submission(
        kind=kind.value,
        issuer_unit="yunxi",
        agency_code=code,
        title="云溪区老旧街区餐饮集中区改造项目决策草案",
        text=DECISION,
        note=text("note.txt"),
        predicates=answers(kind, yes),
        comment={"contact": CONTACT, "channels": ["web", "letter"]},
    )

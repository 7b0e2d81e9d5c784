"""What the demonstration puts on the sheets of recorded steps before it files them: reports, by whoever writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fawen.demo.acts import ZONE
from fawen.demo.people import BY_ROLE, DRAFTER, Person, Town
from fawen.replies import Round

ASSESSMENT = {
    "necessity": "街面餐饮油烟投诉集中，现行规定没有覆盖小型餐饮，确有必要制定。",
    "feasibility": "清洗设施和第三方服务已经普及，执法力量能够承担，可以实施。",
    "reasonableness": "按月清洗已放宽为按季清洗，与污染程度相当。",
    "expected_effect": "预期油烟投诉一年内下降一半以上。",
    "risk": "小型餐饮成本略有上升，已设过渡期。",
}
FIRST_REVIEW = {
    "stakeholders": [{"name": "区餐饮行业协会", "opinion": "按季清洗、不限定品牌，不影响公平竞争。"}],
    "effect": "不设置准入条件，不限定品牌和服务机构，不增加特定经营者的成本。",
    "first_opinion": "经初审，没有排除、限制竞争的内容。",
    "first_conclusion": "filed",
}
RISK = {
    "method": "走访、座谈、会商分析。",
    "points": [{"what": "集中清洗期间服务机构不足", "level": "medium", "prevention": "分片区错峰清洗。"}],
    "response_plan": "出现集中投诉时由区城市管理局当日到场处置。",
    "consulted": [{"unit": "区信访局", "opinion": "风险可控。"}],
}
TODAY = datetime.now(ZONE).date().isoformat()
REPORT = {"matter": "重大行政决策出台前请示报告。", "sent_on": TODAY, "number": "云政〔2026〕12号"}
REPLY = {"kind": "consent", "replied_on": TODAY, "number": "云委办〔2026〕30号"}
OUTSIDE = {"reason": "年度目录公布以后，因上级新部署启动。"}
# By stage: who puts it there, under which name, and what.
SHEETS: Mapping[str, Sequence[tuple[Person, str, dict[str, Any]]]] = {
    "assessment": ((DRAFTER, "assessment", ASSESSMENT),),
    "fair_competition_review": ((DRAFTER, "first-review", FIRST_REVIEW),),
    "risk_assessment": ((DRAFTER, "risk-report", RISK),),
    "annual_catalogue": ((BY_ROLE["registrar"], "catalogue-matter", OUTSIDE),),
    "party_report": (
        (BY_ROLE["party_clerk"], "report-sent", {**REPORT, "to": "中共云溪区委"}),
        (BY_ROLE["party_clerk"], "report-reply", REPLY),
    ),
    "npc_report": (
        (BY_ROLE["registrar"], "report-sent", {**REPORT, "to": "区人大常委会"}),
        (BY_ROLE["registrar"], "report-reply", REPLY),
    ),
}


async def fill(town: Town, round_: Round) -> None:
    """Put on the sheet of a round what the law asks for, if its stage has one. Raises Problem."""
    for person, act, words in SHEETS.get(round_.stage, ()):
        await town.of(person).collect(round_, act, **words)

"""What the demonstration puts on the sheets of recorded steps before it files them: reports, by whoever writes them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from fawen.client import Problem
from fawen.demo.acts import ZONE
from fawen.demo.people import BY_ROLE, DRAFTER, ECOLOGY, FINANCE, KEEPERS, Person, Town
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
SEALS = {"yunxi": "云溪区人民政府印章", "justice": "云溪区司法局印章"}
LONG_BEFORE = (datetime.now(ZONE) - timedelta(weeks=2)).date().isoformat()
HEARING: Sequence[tuple[str, dict[str, Any]]] = (
    (
        "hearing-notice",
        {
            "subject": "清洗频次和过渡期",
            "held_on": TODAY,
            "place": "区城市管理局一楼会议室",
            "participants_wanted": 2,
            "how_to_apply": "来信、来电或者到现场报名。",
            "short_reason": "演示：公告和听证在同一天。",
        },
    ),
    (
        "hearing-participants",
        {"applicants": [{"name": "江先生", "group": "居民"}, {"name": "宋女士", "group": "经营者"}]},
    ),
    ("hearing-materials", {"sent_on": LONG_BEFORE, "how": "专人送达。"}),
    (
        "hearing-record",
        {
            "marks": [{"name": "江先生"}, {"name": "宋女士"}],
            "opinions": [{"opinion": "建议延长过渡期。", "adoption": "adopted"}],
            "summary": "参加人对清洗频次没有异议，建议延长过渡期，予以采纳。",
        },
    ),
)
EXPERT = {"unit_name": "省环境科学研究院", "title": "研究员", "fields": ["大气污染防治"]}
EXPERTS = ("白露", "秦川", "沈砚")
ARGUED = "专家论证意见：限值和清洗频次有监测数据支持，合理可行。（签名）".encode()
ENTERPRISES: dict[str, Any] = {
    "parties": [
        {"name": "区餐饮行业协会", "sort": "association", "way": "meeting", "heard_on": TODAY,
         "opinion": "按月清洗负担过重，建议按季。", "adoption": "adopted", "reason": "已改为按季清洗。"},
        {"name": "清河餐饮管理有限公司", "sort": "enterprise", "size": "large", "sector": "餐饮", "way": "meeting",
         "heard_on": TODAY, "opinion": "", "adoption": "adopted", "reason": ""},
        {"name": "竹坞小吃店", "sort": "enterprise", "size": "individual", "sector": "餐饮", "way": "visit",
         "heard_on": TODAY, "opinion": "希望免除清洗。", "adoption": "not_adopted", "reason": "油烟投诉集中，不能免除。"},
    ],
    "choice_reason": "",
    "adaptation": "given",
    "adaptation_days": 60,
    "adaptation_reason": "小型餐饮需要时间安装设施。",
}  # fmt: skip
GROUP: dict[str, Any] = {
    "parties": [
        {"name": "清河街道第二居民委员会", "sort": "community", "sector": "老年居民", "way": "meeting", "heard_on": TODAY,
         "opinion": "改造期间请保留无障碍通道。", "adoption": "adopted", "reason": "已写入方案。"},
    ],
    "choice_reason": "三个老旧街区老年居民集中。",
}  # fmt: skip
# By stage: who puts it there, under which name, and what.
SHEETS: Mapping[str, Sequence[tuple[Person, str, dict[str, Any]]]] = {
    "assessment": ((DRAFTER, "assessment", ASSESSMENT),),
    "fair_competition_review": ((DRAFTER, "first-review", FIRST_REVIEW),),
    "risk_assessment": ((DRAFTER, "risk-report", RISK),),
    "hearing": tuple((DRAFTER, act, words) for act, words in HEARING),
    "consultation": (
        (DRAFTER, "consultation-asks", {"unit_ids": ["finance", "ecology"], "question": "经费来源和排放限值。"}),
        (FINANCE, "consultation-replies", {"stance": "agree"}),
        (ECOLOGY, "consultation-replies", {"stance": "agree_with_changes", "opinion": "建议写明执行的排放标准。"}),
        (DRAFTER, "consultation-takings", {"unit_id": "ecology", "taken": "adopted", "reason": "已写明标准名称。"}),
    ),
    "enterprise_consultation": ((DRAFTER, "enterprises-heard", ENTERPRISES),),
    "group_consultation": ((DRAFTER, "group-heard", GROUP),),
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
    if round_.stage == "expert_argument":
        await _argue(town, round_)
    if round_.stage == "sealing":
        await _seal(town, round_)
    for person, act, words in SHEETS.get(round_.stage, ()):
        await town.of(person).collect(round_, act, **words)


async def _argue(town: Town, round_: Round) -> None:
    """Three experts of the pool declare, give their signed opinions, and are answered."""
    office, paper = town.of(DRAFTER), hashlib.sha256(ARGUED).hexdigest()
    await office.attach(round_, "专家论证意见", "专家论证意见.txt", ARGUED)
    for name in EXPERTS:
        expert = {"expert_id": await town.of(BY_ROLE["registrar"]).enter_expert({**EXPERT, "name": name})}
        said = {"stance": "for", "expert_opinion": "同意。", "paper_hash": paper, "signed_on": TODAY}
        await office.collect(round_, "expert-choice", **expert, choice_reason="本领域只有三位专家。")
        await office.collect(round_, "expert-declaration", **expert, interested=False)
        await office.collect(round_, "expert-opinion", **expert, **said)
        await office.collect(round_, "expert-answer", **expert, adoption="adopted", adoption_reason="已写入起草说明。")


async def _seal(town: Town, round_: Round) -> None:
    """The keeper of each issuer's seal puts it on the text; the first time the seal is entered before."""
    for unit_id in round_.issuers:
        keeper = town.of(KEEPERS[unit_id])
        if not await keeper.seals(unit_id):
            with suppress(Problem):  # somebody else entered it just now
                entry = {"unit_id": unit_id, "name": SEALS[unit_id], "keeper_id": KEEPERS[unit_id].id}
                await keeper.enter_seal(entry)
        await keeper.collect(round_, "seal-use", seal_id=(await keeper.seals(unit_id))[0]["id"], copies=30)

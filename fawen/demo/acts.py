"""How people decide a round in the demonstration: one act for each form, its words, its outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from fawen.demo.people import BY_ROLE, CHIEF, MEMBERS, Person
from fawen.replies import Round

ZONE = ZoneInfo("Asia/Shanghai")
AMEND, AGAINST = "amend", "against"
DISSENT_ABOUT = "餐饮油烟"
POINTS = [
    {
        "clause": "第六条",
        "nature": "must",
        "text": "开业前核准设定了行政许可，应当删去，可以改为事后告知。",
        "basis": "《行政许可法》第十七条；《优化营商环境条例》第六十四条",
    },
    {
        "clause": "第七条",
        "nature": "must",
        "text": "规范性文件不得设定行政处罚，应当改为依照上位法处理。",
        "basis": "《行政处罚法》第十六条",
    },
    {
        "clause": "第八条",
        "nature": "must",
        "text": "限定推荐目录内的产品，有排除、限制竞争的风险，应当改为符合标准即可。",
        "basis": "《公平竞争审查条例》第八条、第十条",
    },
]
CONCLUSIONS = {
    "initiation": "为解决街面餐饮油烟投诉集中的问题，确有必要制定；经检索，没有内容重复的现行文件。",
    "assessment": "经论证，制定必要、可行、合理；预期油烟投诉明显下降，经营者新增成本可以承受。",
    "enterprise_consultation": "已听取区餐饮行业协会和四十二户经营者的意见，按月清洗的要求已相应放宽。",
    "fair_competition_review": "经审查，没有排除、限制竞争的内容。",
    "internal_legal_review": "经本单位法制机构审核，主体、权限、内容和程序符合规定。",
    "consultation": "已征求有关部门意见，各部门均无不同意见。",
    "commencement": "施行日期已在文本中载明，公布后留有准备时间。",
    "filing": "已向上一级人民政府和本级人大常委会报送备案，材料齐全。",
    "secrecy_review": "经审查，不含国家秘密、工作秘密，可以公开。",
    "collection": "各单位材料已收齐并核对。",
    "dispatch": "已报送区委、区人大常委会和市人民政府。",
    "archiving": "文件材料已收集齐全并归档。",
    "party_report": "已向区委请示报告，区委同意。",
    "npc_report": "已向区人大常委会报告。",
    "group_consultation": "已听取相关群体代表的意见，记录附后。",
    "submission": "上会材料齐全。",
}
DEFAULT_CONCLUSION = "已按规定办理，结论符合要求。"


class Script(Protocol):
    """What is different from "all goes well": the outcome of a stage's next round."""

    def outcome(self, round_: Round) -> str | None:
        """The outcome of this round, or None for the usual one."""


def actor_of(round_: Round) -> Person:
    """Who acts on a round."""
    return BY_ROLE[round_.role]


def act_of(round_: Round, outcome: str | None) -> tuple[str, dict[str, Any]]:
    """The act and its words: the name of the POST, and its body without the hashes of the text."""
    match round_.form:
        case "recorded_step":
            words = CONCLUSIONS.get(round_.stage, DEFAULT_CONCLUSION)
            return "step", {"outcome": outcome or "filed", "conclusion": words}
        case "legality":
            return "opinion", _opinion(outcome or "lawful")
        case "meeting":
            return "meeting", _meeting(round_, outcome or "passed")
        case "signing":
            today = datetime.now(ZONE).date().isoformat()
            given = {"opinion": "同意印发。", "name": CHIEF.name, "date": today}
            return "signature", {"outcome": outcome or "signed", **given}
        case _:
            return "verification", {"outcome": outcome or "ok", "note": "审批手续完备，文种、格式符合规定。"}


def _opinion(outcome: str) -> dict[str, Any]:
    if outcome == AMEND:
        words = "送审稿第六条、第七条、第八条与上位法不符，应当修改后再次送审。"
        return {"outcome": outcome, "opinion": words, "points": POINTS, "counsel": "苏禾（公职律师）"}
    words = "经审核，制定主体合法，内容符合上位法规定，程序完备，可以提交集体审议。"
    return {"outcome": outcome, "opinion": words, "counsel": "苏禾（公职律师）"}


def _meeting(round_: Round, outcome: str) -> dict[str, Any]:
    attendees: list[dict[str, Any]] = [
        {"person_id": member.id, "capacity": "member", "present": True} for member in (*MEMBERS, CHIEF)
    ]
    attendees.append({"name": "陆闻溪", "unit_name": "区司法局", "capacity": "attending"})
    return {
        "form": "executive",
        "name": "云溪区人民政府第41次常务会议",
        "place": "区政府第一会议室",
        "started_at": datetime.now(ZONE).isoformat(),
        "chair_id": CHIEF.id,
        "chief_id": CHIEF.id,
        "attendees": attendees,
        "statements": _spoken(round_),
        "outcome": outcome,
        "minutes_number": "〔2026〕41号",
    }


def _spoken(round_: Round) -> list[dict[str, Any]]:
    """Everybody agrees, the chief last; over the measures on restaurants one member dissents."""
    spoken = {member.id: ("for", "同意。") for member in MEMBERS}
    last = "同意。"
    if DISSENT_ABOUT in round_.title:
        spoken["zhou-mingzhe"] = (AGAINST, "小型餐饮的清洗频次仍然偏高，建议先试点一年再全区施行。")
        last = "同意。试行期间由区城市管理局跟踪评估，周明哲同志的意见如实记入纪要。"
    spoken[CHIEF.id] = ("for", last)
    return [{"person_id": person, "stance": stance, "opinion": words} for person, (stance, words) in spoken.items()]


STANCES = {"for": "同意", "amend": "修改", "against": "不同意"}


def said(act: str, words: dict[str, Any]) -> tuple[str, ...]:
    """What was said, line by line, where a record alone would not show it: opinions and a meeting's speakers."""
    match act:
        case "opinion":
            return (words["opinion"], *(f"{point['clause']}：{point['text']}" for point in words.get("points", ())))
        case "meeting":
            names = {person.id: person.name for person in (*MEMBERS, CHIEF)}
            return tuple(
                f"{names[one['person_id']]}（{STANCES[one['stance']]}）：{one['opinion']}"
                for one in words["statements"]
            )
        case _:
            return ()

"""What is done in the town beyond its stories: a hearing announced, a decision suspended, a clean-up, an inspection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from fawen.demo.people import SUPERVISOR, Person
from services.kernel.procedure.deadlines import OFFICE_ZONE

HELD_ON = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
ANNOUNCED = {
    "subject": "改造范围和临时经营场所",
    "held_on": HELD_ON,
    "at_time": "14:30",
    "apply_by": (datetime.now(UTC) + timedelta(days=20)).date().isoformat(),
    "place": "清河街道办事处三楼会议室",
    "participants_wanted": 12,
    "parties": ["老旧街区居民", "餐饮服务经营者", "专家学者"],
    "how_to_apply": "在本页报名，或者到清河街道办事处服务大厅报名。",
}
SUSPENSION = {
    "situation": "problem",
    "urgency": "二期地下管线与图纸不符，继续开挖危及周边房屋。",
    "reason": "为保障居民安全，先行中止二期工程，待复测后处理。",
}
EVALUATION = {
    "ground": "authority",
    "reason": "实施满一期，区人民政府认为有必要评估实施效果。",
    "body": "省城乡规划设计研究院",
    "body_unit": "",
    "due_on": HELD_ON,
}
CLEAN_UP = {
    "issuer_unit": "yunxi",
    "kind": "NORMATIVE",
    "name": "云溪区2026年度行政规范性文件定期清理",
    "ground": "periodic",
    "cut_off_on": datetime.now(OFFICE_ZONE).date().isoformat(),
}
ITEM = "餐饮油烟净化设施购置补贴发放"
INSPECTION = {
    "matter": "惠企资金落实情况督查",
    "source": "decision",
    "source_words": "区政府第41次常务会议纪要",
    "scope": [ITEM, "补贴申领办法制定"],
    "objects": ["finance", "ecology"],
    "method": "查阅账册、座谈、走访经营者。",
    "starts_on": "2026-11-02",
    "ends_on": "2026-11-20",
}
MEMBER = Person("su-he", "苏禾", "区司法局")
INSPECTED: tuple[tuple[str, Person, dict[str, Any]], ...] = (
    ("members", SUPERVISOR, {"person_id": MEMBER.id}),
    ("findings", MEMBER, {"unit_id": "finance", "item": ITEM, "finding": "三十一户的补贴超过承诺时限仍未发放。"}),
    ("conclusions", MEMBER, {"unit_id": "finance", "words": "补贴发放超期，应当限期发放完毕。", "rectify_by": HELD_ON}),
    ("measures", SUPERVISOR, {"unit_id": "finance", "kind": "criticism", "words": "在全区范围内通报批评。"}),
)

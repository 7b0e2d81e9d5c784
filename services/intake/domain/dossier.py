"""The dossier (卷宗): nineteen parts, and the facts that are written into them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.kernel.contracts.refusals import Words

PARTS: dict[int, Words] = {
    1: Words("启动", "Initiation"),
    2: Words("调研起草", "Drafting"),
    3: Words("协商", "Consultation"),
    4: Words("公众参与", "Public participation"),
    5: Words("听证", "Hearing"),
    6: Words("专家论证", "Expert argument"),
    7: Words("风险评估", "Risk assessment"),
    8: Words("公平竞争审查", "Fair competition review"),
    9: Words("合法性审查", "Legality review"),
    10: Words("集体讨论", "Deliberation"),
    11: Words("党委、人大", "Party committee and congress"),
    12: Words("签发", "Signing"),
    13: Words("登记编号用印", "Registration, number, seal"),
    14: Words("公布", "Publication"),
    15: Words("备案", "Filing"),
    16: Words("执行", "Execution"),
    17: Words("评估、调整", "Evaluation and adjustment"),
    18: Words("效力", "Validity"),
    19: Words("归档", "Archiving"),
}
PART_OF_STAGE = {
    "initiation": 1, "annual_catalogue": 1,
    "drafting": 2, "assessment": 2, "collection": 2, "statistics_freeze": 2,
    "consultation": 3,
    "public_comment": 4, "enterprise_consultation": 4, "group_consultation": 4,
    "hearing": 5, "expert_argument": 6, "risk_assessment": 7, "fair_competition_review": 8,
    "internal_legal_review": 9, "legality_review": 9,
    "submission": 10, "collective_deliberation": 10,
    "party_report": 11, "npc_report": 11,
    "signing": 12, "verification": 12,
    "registration_numbering": 13, "sealing": 13,
    "secrecy_review": 14, "publication": 14, "dispatch": 14,
    "filing": 15,
    "follow_up": 16, "task_breakdown": 16, "responsibility_list": 16, "progress_report": 16, "supervision": 16,
    "close_out": 16, "annual_roll_up": 16,
    "post_evaluation": 17, "adjustment": 17,
    "commencement": 18, "cleanup": 18,
    "archiving": 19,
}  # fmt: skip
SYSTEM: dict[str, Any] = {"person_id": None, "unit_id": None, "role": "system", "on_behalf_of": None}

TYPE_WORDS: dict[str, Words] = {
    "submitted": Words("报送文件草案", "Draft submitted"),
    "version": Words("报送新的文本", "New text submitted"),
    "amended": Words("按集体讨论的修改形成新稿", "Version made from the meeting's amendments"),
    "withdrawn": Words("撤回", "Withdrawn"),
    "stage_opened": Words("开始", "Opened"),
    "stage_closed": Words("办结", "Closed"),
    "stage_blocked": Words("不能进入", "Blocked"),
    "stage_voided": Words("作废，须重新办理", "Voided, to be done again"),
    "stage_ended": Words("结束", "Ended"),
    "stage_due_changed": Words("期限变更", "Due date changed"),
    "window_opened": Words("征求意见开始", "Comment window opened"),
    "window_extended": Words("征求意见延期", "Comment window extended"),
    "window_suspended": Words("征求意见暂停", "Comment window suspended"),
    "window_resumed": Words("征求意见恢复", "Comment window resumed"),
    "window_stopped": Words("征求意见提前结束", "Comment window ended early"),
    "window_reopened": Words("征求意见重新开始", "Comment window reopened"),
    "window_closed": Words("征求意见截止", "Comment window closed"),
    "sealed": Words("意见封存", "Comments sealed"),
    "summary": Words("征求意见结果", "Result of public comment"),
    "answered": Words("意见全部答复", "Every comment answered"),
    "comments_hidden": Words("隐藏意见", "Comments hidden"),
    "comments_shown": Words("恢复显示意见", "Comments shown again"),
    "answers_shared": Words("答复稿送内部征求意见", "Draft of answers shared inside"),
    "answers_spoken_of": Words("对答复稿的意见", "Said of the draft of answers"),
    "answers_published": Words("答复公布", "Answers published"),
}


@dataclass(frozen=True)
class Fact:
    """Something to be written into the dossier. `key` names it: the same key is written once.

    `occurred_at` is None for what happens in the very transaction that writes it.
    """

    key: str
    type: str
    stage: str
    ordinal: int = 1
    occurred_at: datetime | None = None
    actor: dict[str, Any] = field(default_factory=lambda: dict(SYSTEM))
    text_hash: str | None = None
    record_hash: str | None = None
    rule_id: str | None = None
    article: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def part(self) -> int:
        """The part of the file to which this belongs (PROCEDURE 13)."""
        return part_of(self.stage)


def part_of(stage: str) -> int:
    """The part of the file for a stage; a stage that no list names belongs to the drafting."""
    return PART_OF_STAGE.get(stage, 2)


def actor_of(person_id: str, unit_id: str | None, role: str, *, on_behalf_of: str | None = None) -> dict[str, Any]:
    """Who acted, as the dossier names them: by id, with unit and role."""
    return {"person_id": person_id, "unit_id": unit_id, "role": role, "on_behalf_of": on_behalf_of}

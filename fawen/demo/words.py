"""Words for what stands in a dossier, out of the rule book."""

from __future__ import annotations

from functools import cache
from typing import Any

from services.kernel.procedure.rules import DocumentKind, RuleBook, UnknownStage

TYPES = {
    "submitted": "报送文件草案",
    "version": "报送新的文本",
    "withdrawn": "撤回",
    "stage_opened": "开始",
    "stage_closed": "办结",
    "stage_blocked": "尚不能进入",
    "stage_voided": "作废，须重新办理",
    "stage_ended": "结束",
    "stage_due_changed": "期限变更",
    "window_opened": "征求意见开始",
    "window_extended": "征求意见延期",
    "window_closed": "到时自动截止",
    "summary": "征求意见结果已记录并公布",
    "answered": "意见全部答复",
    "answers_published": "答复已公布",
}


@cache
def book() -> RuleBook:
    """The rule book of the demonstration."""
    return RuleBook.load(("demo",))


def stage_words(kind: str, stage: str) -> str:
    """The name of a stage in Chinese."""
    try:
        return book().kind(DocumentKind(kind)).stage(stage).name.zh
    except UnknownStage:
        return stage


def entry_words(kind: str, entry: dict[str, Any]) -> str:
    """One entry of a dossier in a few words."""
    what = TYPES.get(str(entry["type"]), str(entry["type"]))
    detail = entry.get("detail") or {}
    outcome = book().outcomes.get(str(detail.get("outcome")))
    said = f"：{outcome.words.zh}" if outcome else ""
    number = f" {detail['doc_number']}" if detail.get("doc_number") else ""
    ordinal = f"（第{entry['ordinal']}轮）" if entry.get("ordinal", 1) > 1 else ""
    return f"{stage_words(kind, str(entry['stage']))}{ordinal} {what}{said}{number}"

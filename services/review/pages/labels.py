"""What the fields of a round's forms are called, and where each stands: for the summary above a form that came back."""

from __future__ import annotations

from collections.abc import Mapping

from services.kernel.contracts.refusals import Refused, Words
from services.kernel.runtime import language

LABELS: dict[str, tuple[Words, str]] = {
    "act": (Words("办理方式", "Kind of act"), "main"),
    "amendments": (Words("会议确定的修改", "Amendments decided"), "amendment_1_old"),
    "attendees": (Words("出席名单", "Attendance"), "member_1_present"),
    "answer": (Words("答复", "Answer"), "answer"),
    "chair_id": (Words("主持人", "Chair"), "chair_id"),
    "chief_id": (Words("行政首长", "Chief executive"), "chief_id"),
    "conclusion": (Words("结论的文字", "Conclusion in words"), "conclusion"),
    "answers": (Words("禁止性内容", "Forbidden content"), "h-checklist"),
    "basis": (Words("依据", "Basis"), "urgency_basis"),
    "checklist": (Words("禁止性内容", "Forbidden content"), "h-checklist"),
    "counsel": (Words("法律顾问", "Counsel"), "counsel_1_name"),
    "date": (Words("日期", "Date"), "date"),
    "exemption": (Words("例外规定", "Exception"), "exemption_limb"),
    "files": (Words("文件", "File"), "files"),
    "form": (Words("会议形式", "Form of meeting"), "form"),
    "materials": (Words("材料", "Papers"), "h-receiving"),
    "materials_hash": (Words("材料清单", "List of materials"), "h-mat"),
    "missing": (Words("缺少的材料", "Missing papers"), "missing_other"),
    "name": (Words("名称", "Name"), "name"),
    "note": (Words("说明", "Note"), "note"),
    "notice_at": (Words("通知时间", "Notice sent at"), "notice_at"),
    "opinion": (Words("意见", "Opinion"), "opinion-text"),
    "outcome": (Words("结论", "Conclusion"), "outcome"),
    "place": (Words("地点", "Place"), "place"),
    "points": (Words("逐项意见", "Points"), "point_1_text"),
    "publication_day": (Words("公布日期", "Day of publication"), "publication_day"),
    "reason": (Words("不适用的理由", "Why it does not apply"), "reason"),
    "reasons": (Words("理由", "Reasons"), "reasons"),
    "risk": (Words("法律风险", "Legal risk"), "risk"),
    "item_id": (Words("议题", "Item"), "main"),
    "matter": (Words("事项", "Matter"), "matter"),
    "year": (Words("年度", "Year"), "year"),
    "planned_on": (Words("计划完成时间", "Planned day"), "planned_on"),
    "consent_by": (Words("同意的党委", "Committee that consented"), "consent_by"),
    "consent_on": (Words("同意的日期", "Day of consent"), "consent_on"),
    "items": (Words("议题顺序", "Order of items"), "main"),
    "issuer_unit": (Words("机关", "Authority"), "issuer_unit"),
    "recusals": (Words("回避", "Recusal"), "member_1_recused"),
    "revision": (Words("草稿", "Draft"), "main"),
    "round_id": (Words("议题", "Item"), "round_id"),
    "starts_at": (Words("开会时间", "Time of the meeting"), "starts_at"),
    "started_at": (Words("开会时间", "Began at"), "started_at"),
    "statements": (Words("发言", "Statements"), "member_1_stance"),
    "wanted_by": (Words("希望何时前办结", "Wanted by"), "wanted_by"),
    "words": (Words("答复", "Answer"), "h-points"),
    "text_hash": (Words("文本", "Text"), "h-text"),
}
OTHERWISE = (Words("办理", "This act"), "main")


def problem(field: str, detail: str, labels: Mapping[str, Words] | None = None) -> dict[str, str]:
    """One line of the summary: what the field is called, where it stands, what is wrong. `labels`: names of one form."""
    name = field.partition(".")[0]
    words, place = (labels[name], name) if labels and name in labels else LABELS.get(name, OTHERWISE)
    return {"field": place, "name": name, "label": words.of(language.current()), "detail": detail}


def problem_of(refused: Refused, labels: Mapping[str, Words] | None = None) -> dict[str, str]:
    """A refusal as one line: what happened, what to do, which article."""
    reader = language.current()
    said = [refused.title.of(reader)]
    if refused.detail != refused.title:
        said.append(refused.detail.of(reader))
    said += [refused.how.of(reader), *([refused.article] if refused.article else [])]
    stop = "。" if reader == "zh" else ". "
    return problem(refused.field or "", stop.join(part.rstrip("。.") for part in said) + stop.strip(), labels)

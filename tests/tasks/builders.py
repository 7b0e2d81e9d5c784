"""Things that tests of the tasks service begin with: people of 云溪区, documents, items, and a plan with its tasks."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from services.kernel.contracts.messages import Deadline, DocumentRef
from services.kernel.contracts.tasks import CloseItem, MakeTasks, PostItem
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.text.normal import normalise
from services.kernel.text.structure import structure

PLAN = """云溪区法治政府建设2026年工作要点

云政办发〔2026〕12号

一、主要任务
（一）完善执法事项目录。2026年10月底前，向社会公布区、街道两级行政执法事项目录。成果形式：执法事项目录公告。（牵头单位：区司法局；责任单位：区城市管理局、区市场监管局）
（二）开展规范性文件清理。2026年6月30日前完成梳理，2026年11月20日前公布清理目录。（牵头单位：区司法局、区政府办公室；责任单位：各街道）
（三）提升窗口服务。推行一窗受理，优化办事流程。（责任单位：区财政局、区教育局按职责分工负责）
（四）加强普法宣传。持续开展宪法宣传活动。（牵头单位：区教育局；责任单位：区蓝天协调中心）

云溪区人民政府办公室
2026年2月10日
"""
LU = {"person_id": "lu-wenxi", "person_name": "陆闻溪", "unit_id": "justice", "unit_name": "区司法局"}
SU = {"person_id": "su-he", "person_name": "苏禾", "unit_id": "justice", "unit_name": "区司法局"}
HE = {"person_id": "he-xu", "person_name": "何叙", "unit_id": "urban", "unit_name": "区城市管理局"}
SONG = {"person_id": "song-haoran", "person_name": "宋浩然", "unit_id": "finance", "unit_name": "区财政局"}
JIANG = {"person_id": "jiang-yumo", "person_name": "江予墨", "unit_id": "education", "unit_name": "区教育局"}
CHENG = {"person_id": "cheng-lingyi", "person_name": "程令仪", "unit_id": "inspection", "unit_name": "区政府督查室"}
GU = {"person_id": "gu-nianci", "person_name": "顾念慈", "unit_id": "gov-office", "unit_name": "区政府办公室"}


def actor(who: dict[str, str], *roles: str, scopes: frozenset[str] = frozenset()) -> Actor:
    """Somebody who acts in these roles."""
    return Actor(**who, roles=frozenset(roles), scopes=scopes, via="session", principals=(), signed_in_at=None)


def reviewer(who: dict[str, str] = LU) -> Actor:
    return actor(who, "legality_reviewer")


def officer(who: dict[str, str] = SU) -> Actor:
    return actor(who, "lead_unit_officer")


def supervisor(who: dict[str, str] = CHENG) -> Actor:
    return actor(who, "supervisor")


def a_document(**more: Any) -> DocumentRef:
    told = {
        "document_id": uuid4(),
        "kind": "NORMATIVE",
        "title": "云溪区街面餐饮油烟管理办法（试行）",
        "issuer_unit": "yunxi",
        "drafting_unit": "urban",
        "agency_code": "云政规",
    }
    return DocumentRef(**{**told, **more})


def a_deadline(day: date | None, **more: Any) -> Deadline:
    return Deadline(**{"rule_id": "legality.term", "last_day": day, **more})


def an_item(key: str = "item", *, due: date | None = None, **more: Any) -> PostItem:
    told: dict[str, Any] = {
        "key": key,
        "document": a_document(),
        "stage": "legality_review",
        "role": "legality_reviewer",
        "unit_id": "justice",
        "due": a_deadline(due) if due else None,
        "rule_id": "legality.term",
        "link": "/review/rounds/1",
    }
    return PostItem(**{**told, **more})


def closing(key: str = "item", outcome: str = "lawful") -> CloseItem:
    return CloseItem(key=key, outcome=outcome)


async def a_plan(blobs: Blobs, text: str = PLAN, *, document_id: UUID | None = None, **more: Any) -> MakeTasks:
    """A published plan whose text and structure lie in the content store."""
    normal = normalise(text)
    document = a_document(
        document_id=document_id or uuid4(),
        kind="WORK_PLAN",
        title="云溪区法治政府建设2026年工作要点",
        drafting_unit="gov-office",
    )
    told: dict[str, Any] = {
        "document": document,
        "doc_number": "云政办发〔2026〕12号",
        "structure_hash": await blobs.put(structure(normal).model_dump_json().encode()),
        "text_hash": await blobs.put(normal.encode()),
        "published_on": date(2026, 2, 12),
        "reply_to": f"document/{document.document_id}",
    }
    return MakeTasks(**{**told, **more})

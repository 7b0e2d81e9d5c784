"""Documents, messages and people for the tests of notify. 云溪区 is invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.kernel.contracts.messages import Deadline, DocumentRef, Text
from services.kernel.contracts.notify import PostNotice, Publish, RegisterNumber, Tell
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.process import Context
from services.kernel.runtime.settings import Settings
from services.kernel.runtime.temporal import Temporal
from services.notify.activities import Activities

NO_MATERIALS = "0" * 64
LIFT = "云溪区既有住宅加装电梯管理办法"
PARKING = "云溪区小微停车场共享使用办法"
LIFT_TEXT = """云溪区人民政府关于印发《云溪区既有住宅加装电梯管理办法》的通知
各街道办事处、竹坞镇人民政府，区政府各部门：
《云溪区既有住宅加装电梯管理办法》已经区政府常务会议通过，现予公布，自2026年12月21日起施行。
云溪区人民政府
2026年11月20日
第一章　总则
第一条　为了方便老年人出行，规范既有住宅加装电梯，制定本办法。
第二条　加装电梯应当由业主共同决定，街道办事处负责协调。
第三条　本办法自2026年12月21日起施行，有效期至2031年12月20日。
"""
PARKING_TEXT = """第一条　鼓励单位停车场夜间向周边居民开放，共享使用。
第二条　停放三十分钟以内的，不收取费用。
第三条　本办法自公布之日起施行。有效期五年。
"""


def a_document(**given: Any) -> DocumentRef:
    fields = {
        "document_id": uuid4(),
        "kind": "NORMATIVE",
        "title": LIFT,
        "issuer_unit": "yunxi",
        "drafting_unit": "housing",
        "agency_code": "云政规",
    }
    return DocumentRef.model_validate({**fields, **given})


async def a_text(blobs: Blobs, words: str = LIFT_TEXT, version: int = 1) -> Text:
    return Text(version=version, text_hash=await blobs.put(words.encode()), materials_hash=NO_MATERIALS)


def a_registration(document: DocumentRef, text: Text, year: int = 2026) -> RegisterNumber:
    return RegisterNumber(document=document, text=text, year=year)


def a_publishing(document: DocumentRef, text: Text, doc_number: str, **given: Any) -> Publish:
    fields = {"document": document, "text": text, "doc_number": doc_number, "adopted_on": date(2026, 11, 20)}
    return Publish.model_validate({**fields, **given})


def a_window(document: DocumentRef, opens_at: datetime, closes_at: datetime, **given: Any) -> PostNotice:
    fields = {
        "key": f"document/{document.document_id}/public_comment/1#window",
        "notice": "window",
        "document": document,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "link": f"/intake/consultation/{document.document_id}",
    }
    return PostNotice.model_validate({**fields, **given})


def feedback(document: DocumentRef, received: int | None, **given: Any) -> PostNotice:
    fields = {
        "key": f"document/{document.document_id}/public_comment/1#feedback",
        "notice": "feedback",
        "document": document,
        "received": received,
        "link": f"/intake/consultation/{document.document_id}/feedback",
    }
    return PostNotice.model_validate({**fields, **given})


def an_act(document: DocumentRef, kind: str, closes_at: datetime, ordinal: int = 1) -> PostNotice:
    return PostNotice.model_validate(
        {
            "key": f"document/{document.document_id}/public_comment/1#act/{ordinal}",
            "notice": kind,
            "document": document,
            "closes_at": closes_at,
            "link": f"/intake/consultation/{document.document_id}",
        }
    )


def a_tell(document: DocumentRef | None = None, **given: Any) -> Tell:
    document = document or a_document()
    fields = {
        "fact": f"document/{document.document_id}/legality_review/1#assigned",
        "event": "assigned",
        "document": document,
        "stage": "legality_review",
        "role": "legality_reviewer",
        "unit_id": "justice",
        "rule_id": "legality.term",
        "link": f"/review/rounds/{UUID(int=7)}",
    }
    return Tell.model_validate({**fields, **given})


def a_due(last_day: date = date(2026, 12, 11), **given: Any) -> Deadline:
    ends_at = datetime(last_day.year, last_day.month, last_day.day, 16, tzinfo=UTC)
    return Deadline.model_validate({"rule_id": "legality.term", "last_day": last_day, "ends_at": ends_at, **given})


def a_context(db: Database, blobs: Blobs, settings: Settings) -> Context:
    return Context(
        settings=settings,
        db=db,
        blobs=blobs,
        temporal=Temporal.of(settings),
        book=RuleBook.load(settings.overlays),
        calendar=WorkCalendar.load(),
    )


def gu_nianci(roles: tuple[str, ...] = ("registrar", "operator")) -> Actor:
    """Keeps the register in the district government's office."""
    return Actor(
        person_id="gu-nianci",
        person_name="顾念慈",
        unit_id="gov-office",
        unit_name="区政府办公室",
        roles=frozenset(roles),
        scopes=frozenset(),
        via="session",
    )


def soon(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


class Office:
    """Notify at work in a test: its activities over a real database and content store."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.db, self.blobs = context.db, context.blobs
        self.activities = Activities(context)

    async def number(self, document: DocumentRef, words: str = LIFT_TEXT, year: int = 2026) -> str:
        text = await a_text(self.blobs, words)
        return (await self.activities.register_number(a_registration(document, text, year))).doc_number

    async def publish(self, document: DocumentRef, words: str = LIFT_TEXT, year: int = 2026) -> UUID:
        doc_number = await self.number(document, words, year)
        text = await a_text(self.blobs, words)
        return (await self.activities.publish(a_publishing(document, text, doc_number))).gazette_id

"""Drafts, windows and comments for the tests of intake: the invented district 云溪区, in the year 2026."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import obstore

from services.intake.actions.comment import Opinion, take_comment
from services.intake.actions.reading import read_text
from services.intake.actions.submit import Submitted, check, find_issuers, put_away, submit
from services.intake.activities import Intake
from services.intake.books import Books
from services.intake.domain.comments import Channel
from services.intake.domain.submission import Submission
from services.intake.store.taking import Taken
from services.kernel.contracts.intake import CloseWindow, OpenWindow, RecordStage
from services.kernel.contracts.messages import DocumentRef, Text
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import DocumentKind, RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database

BOOK = RuleBook.load()
CALENDAR = WorkCalendar.load()
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

DRAFT = """云溪区街面餐饮油烟管理办法

第一条 为了防治餐饮油烟污染，根据《中华人民共和国大气污染防治法》，结合本区实际，制定本办法。
第二条 本区街面餐饮服务场所的油烟排放和监督管理，适用本办法。
第三条 餐饮服务场所应当安装油烟净化设施，并每两个月清洗一次。
第四条 区城市管理局负责本办法的组织实施。
第五条 本办法自2026年7月1日起施行，有效期至2031年6月30日。
"""
NEXT_DRAFT = DRAFT.replace("每两个月清洗一次", "每月清洗一次")
KINDS = frozenset(kind.value for kind in DocumentKind)
NOTE = "为了解决街面餐饮油烟扰民问题，起草本办法。起草中走访了46家餐饮服务场所。"
CONTACT = {
    "unit": "区城市管理局政策法规科",
    "phone": "0000-555 0121",
    "address": "云溪区文澜路18号",
    "email": "cgj@yunxi.example",
}


def an_actor(
    person: str = "he-xu", unit: str = "urban", *, roles: tuple[str, ...] = ("drafter",), name: str = "何叙"
) -> Actor:
    """He Xu, who drafts for the urban management bureau."""
    return Actor(person, name, unit, "区城市管理局", frozenset(roles), frozenset(), "key")


def answers(kind: str = "NORMATIVE", **yes: bool) -> dict[str, Any]:
    """Every question of a kind answered with a reason: no, but where said otherwise."""
    return {
        asked.id: {"answer": yes.get(asked.id, False), "reason": "经起草单位研究认定。"}
        for asked in BOOK.kind(kind).predicates
    }


def a_submission(kind: str = "NORMATIVE", **changes: Any) -> dict[str, Any]:
    """A whole submission as JSON; `changes` replace its parts."""
    return {
        "kind": kind,
        "issuer_unit": "yunxi",
        "agency_code": "云政规",
        "text": DRAFT,
        "note": NOTE,
        "predicates": changes.get("predicates") or answers(kind if kind in KINDS else "NORMATIVE"),
        "comment": {"contact": CONTACT, "channels": ["web", "email", "letter"]},
        **changes,
    }


@dataclass(frozen=True)
class Desk:
    """Intake on a test's own database."""

    db: Database
    blobs: Blobs

    @property
    def activities(self) -> Intake:
        """What workflows ask."""
        return Intake(self.db, self.blobs, Books(BOOK))

    def files(self) -> list[str]:
        """What lies in the content store."""
        return [str(found["path"]) for batch in obstore.list(self.blobs._store) for found in batch]

    async def submits(self, actor: Actor | None = None, *, now: datetime = NOW, **changes: Any) -> Submitted:
        """A draft handed in, checked as at `now`."""
        given = a_submission(**changes)
        model = Submission.model_validate(given)
        read = await read_text(given["text"], None, (), given["note"])
        async with self.db.read() as conn:
            issuers = await find_issuers(conn, model)
        checked = check(model, read, issuers, book=BOOK, calendar=CALENDAR, now=now)
        checked = await put_away(checked, self.blobs)
        async with self.db.transaction() as tx:
            return await submit(tx, actor or an_actor(), checked)

    async def opens_window(
        self, handed_in: Submitted, *, starts_in: float = -60.0, lasts: float = 3600.0, phase: str = "public_comment/1"
    ) -> UUID:
        """A comment window that opened `starts_in` seconds from now and stays for `lasts`."""
        async with self.db.read() as conn:
            now: datetime = await conn.fetchval("select clock_timestamp()")
        opens = now + timedelta(seconds=starts_in)
        opened = await self.activities.open_window(
            OpenWindow(
                document=a_reference(handed_in),
                text=a_text(handed_in),
                rule_id="comment.window",
                opens_at=opens,
                closes_at=opens + timedelta(seconds=lasts),
                reply_to=f"document/{handed_in.document.id}/{phase}",
            )
        )
        return opened.window_id

    async def comments(
        self, window_id: UUID, body: str = "建议延长清洗的间隔。", *, clause: str = "art-3", **more: str
    ) -> Taken:
        """A comment by the web form."""
        async with self.db.transaction() as tx:
            return await take_comment(tx, window_id, Opinion(body, clause, **more), Channel.WEB)

    async def closes_now(self, window_id: UUID) -> None:
        """Bring the close of a window to this very instant, and close it."""
        async with self.db.transaction() as tx:
            await tx.execute(SHUT_NOW, window_id)
        await self.activities.close_window(close_of(window_id))


SHUT_NOW = """
update windows set opens_at = least(opens_at, clock_timestamp() - interval '1 second'), closes_at = clock_timestamp()
 where id = $1
"""


def close_of(window_id: UUID) -> CloseWindow:
    """Ask for the closing."""
    return CloseWindow(window_id=window_id)


def a_reference(handed_in: Submitted) -> DocumentRef:
    """The document as other services know it."""
    document = handed_in.document
    return DocumentRef(
        document_id=document.id,
        kind=document.kind,
        title=document.title,
        issuer_unit=document.issuer_unit,
        drafting_unit=document.drafting_unit,
        agency_code=document.agency_code,
    )


def a_text(handed_in: Submitted) -> Text:
    """The version that was handed in."""
    version = handed_in.version
    return Text(version=version.version, text_hash=version.text_hash, materials_hash=version.materials_hash)


def a_stage(handed_in: Submitted, stage: str = "assessment", **changes: Any) -> RecordStage:
    """A stage opened by the lifecycle."""
    given: dict[str, Any] = {
        "key": str(uuid4()),
        "document_id": handed_in.document.id,
        "stage": stage,
        "event": "opened",
        "state": "ASSESSING",
        "text_hash": handed_in.version.text_hash,
        "occurred_at": datetime.now(UTC),
        **changes,
    }
    return RecordStage.model_validate(given)


@dataclass(frozen=True)
class Web:
    """The app of intake, asked as a program or as the public would."""

    client: httpx.AsyncClient
    keys: dict[str, str]
    desk: Desk

    def as_(self, person: str) -> dict[str, str]:
        """Headers of a program that acts for somebody."""
        return {"Authorization": f"Bearer {self.keys[person]}"}

    async def posts(
        self, path: str, body: Any, *, person: str | None = "he-xu", key: str | None = None
    ) -> httpx.Response:
        """A POST of JSON, by key or by nobody."""
        headers = {**(self.as_(person) if person else {}), "Idempotency-Key": key or str(uuid4())}
        return await self.client.post(path, json=body, headers=headers)

    async def gets(self, path: str, *, person: str | None = "he-xu", **query: str) -> httpx.Response:
        """A GET, by key or by nobody."""
        return await self.client.get(path, headers=self.as_(person) if person else {}, params=query)

    async def uploads(self, name: str, data: bytes, **fields: Any) -> httpx.Response:
        """A submission with its text in a file, as a form."""
        given = {key: value for key, value in a_submission(**fields).items() if key != "text"}
        return await self.client.post(
            "/intake/documents",
            data={"submission": json.dumps(given)},
            files=[("file", (name, data))],
            headers={**self.as_("he-xu"), "Idempotency-Key": str(uuid4())},
        )

    async def has_nothing(self) -> bool:
        """Nothing was recorded and nothing kept."""
        async with self.desk.db.read() as conn:
            rows = await conn.fetchval("select count(*) from documents")
            letters = await conn.fetchval("select count(*) from outbox")
        return rows == letters == 0 and not self.desk.files()

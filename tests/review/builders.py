"""Rounds, people and commands for the tests of review: one document of 云溪区, its drafters, reviewers and members."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from obstore.store import MemoryStore

from services.kernel.contracts.messages import Deadline, DocumentRef, Text
from services.kernel.contracts.review import Form, OpenRound
from services.kernel.contracts.sign_offs import Site
from services.kernel.procedure.calendar import FRIDAY, WorkCalendar
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection, Database
from services.kernel.runtime.directory import import_demo
from services.review.actions.desk import Desk
from services.review.domain.commands import (
    Amendment,
    Attendee,
    DeclareNotApplicable,
    FileStep,
    GiveOpinion,
    Point,
    RecordMeeting,
    RequestSupplement,
    Sign,
    Statement,
    Verify,
)
from services.review.domain.keys import KeyRing
from services.review.sheets.competition.acts import review_first
from services.review.sheets.competition.domain import FirstReview, Stakeholder
from services.review.store import receiving, rounds

ZONE = ZoneInfo("Asia/Shanghai")
BOOK = RuleBook.load()
# Where no text is asked for.
NO_TEXTS = Blobs(MemoryStore())
SITE = Site(rp_id="localhost", origin="http://localhost:8080")
RING = KeyRing(["a secret for tests only"])


class Weekdays(WorkCalendar):
    """Works from Monday to Friday of every year, so that no test hangs on the year in which it runs."""

    def is_working(self, day: date) -> bool:
        return day.weekday() <= FRIDAY


DESK = Desk(RING, SITE, BOOK, NO_TEXTS, None, Weekdays())
DELIBERATED = "云溪区试行办法\n第一条 为了方便群众，制定本办法。\n第二条 申请人应当在六十日内提出申请，逾期不予受理。\n第三条 本办法自公布之日起施行。"
TITLE = "云溪区街面餐饮油烟管理办法（试行）"
TEXT = Text(version=4, text_hash="b7" * 32, materials_hash="c8" * 32)
OTHER_HASH = "2f" * 32
SEEN = {"text_hash": TEXT.text_hash, "materials_hash": TEXT.materials_hash}
REASON = "本办法不涉及经营者经济活动，理由已由区城市管理局核实。"

FIRST_REVIEW = FirstReview(
    stakeholders=(Stakeholder(name="区餐饮行业协会", opinion="清洗频次合理，不影响竞争。"),),
    effect="不限定品牌，不增加准入条件。",
    first_opinion="没有排除、限制竞争的内容。",
)
STAGES: dict[Form, tuple[str, str]] = {
    "recorded_step": ("fair_competition_review", "market_regulator"),
    "legality": ("legality_review", "legality_reviewer"),
    "meeting": ("collective_deliberation", "meeting_clerk"),
    "signing": ("signing", "chief"),
    "verification": ("verification", "registrar"),
}


def an_actor(person_id: str, name: str, unit_id: str, *roles: str) -> Actor:
    return Actor(
        person_id=person_id,
        person_name=name,
        unit_id=unit_id,
        unit_name=unit_id,
        roles=frozenset(roles),
        scopes=frozenset(),
        via="key",
    )


HE_XU = an_actor("he-xu", "何叙", "urban", "drafter", "lead_unit_officer")
LU_WENXI = an_actor("lu-wenxi", "陆闻溪", "justice", "legality_reviewer", "filing_clerk")
SU_HE = an_actor("su-he", "苏禾", "justice", "legality_reviewer")
# Accepts what the others review: drafts nothing, stands in for nobody.
ZHENG_AN = an_actor("zheng-an", "郑安", "justice", "legality_reviewer", "unit_head")
CHENG_YIAN = an_actor("cheng-yian", "程以安", "market", "market_regulator")
WEN_ZHIYUAN = an_actor("wen-zhiyuan", "温知远", "gov-office", "meeting_clerk")
XU_QINGYUAN = an_actor("xu-qingyuan", "许清远", "yunxi", "chief")
SONG_HAORAN = an_actor("song-haoran", "宋浩然", "finance", "drafter", "lead_unit_officer")
YE_CHUNXIAO = an_actor("ye-chunxiao", "叶春晓", "ecology", "drafter", "lead_unit_officer")
GU_NIANCI = an_actor("gu-nianci", "顾念慈", "gov-office", "registrar", "filing_clerk")
ACTORS: dict[Form, Actor] = {
    "recorded_step": CHENG_YIAN,
    "legality": LU_WENXI,
    "meeting": WEN_ZHIYUAN,
    "signing": XU_QINGYUAN,
    "verification": GU_NIANCI,
}
MEMBERS = ("liang-jianping", "fang-ruolan", "zhou-mingzhe", "qin-xiuying", "bai-jing")


def a_document(**changes: Any) -> DocumentRef:
    fields: dict[str, Any] = {
        "document_id": uuid4(),
        "kind": "NORMATIVE",
        "title": TITLE,
        "issuer_unit": "yunxi",
        "drafting_unit": "urban",
        "agency_code": "云政规",
        "touches_market": True,
    }
    return DocumentRef(**{**fields, **changes})


def a_round(form: Form = "legality", **changes: Any) -> OpenRound:
    stage, role = STAGES[form]
    document = changes.pop("document", None) or a_document()
    fields: dict[str, Any] = {
        "document": document,
        "stage": stage,
        "ordinal": 1,
        "form": form,
        "text": TEXT,
        "role": role,
        "author_ids": (HE_XU.person_id,),
        "papers": ("送审稿及说明",),
        "may_be_not_applicable": form == "recorded_step",
        "due": Deadline(rule_id="legality.term", last_day=datetime(2026, 11, 30, tzinfo=UTC).date()),
        "rule_id": "legality.term",
        "reply_to": f"document/{document.document_id}/{stage}/1",
    }
    return OpenRound(**{**fields, **changes})


async def opened(db: Database, asked: OpenRound) -> UUID:
    """An open round; a legality round has been accepted, as most tests are about what comes after."""
    round_id = await just_opened(db, asked)
    if asked.form == "legality":
        async with db.transaction() as tx:
            _, now = await rounds.lock_round(tx, round_id)
            await receiving.accept(tx, round_id, ZHENG_AN, now)
    return round_id


async def just_opened(db: Database, asked: OpenRound) -> UUID:
    async with db.transaction() as tx:
        await rounds.add_authors(tx, asked.document.document_id, asked.author_ids)
        round_id = await rounds.open_round(tx, asked)
        if asked.stage == "fair_competition_review":
            await review_first(tx, HE_XU, round_id, FIRST_REVIEW, BOOK)
        return round_id


async def with_people(owner: Connection) -> None:
    async with owner.transaction():
        await import_demo(owner)


def a_step(**changes: Any) -> FileStep:
    return FileStep(**{**SEEN, "outcome": "filed", "conclusion": "经审查，不具有排除、限制竞争的内容。", **changes})


def a_declaration(**changes: Any) -> DeclareNotApplicable:
    return DeclareNotApplicable(**{**SEEN, "reason": REASON, **changes})


def an_opinion(outcome: str = "lawful", **changes: Any) -> GiveOpinion:
    points = (a_point(),) if outcome in ("amend", "unlawful") else ()
    fields = {**SEEN, "outcome": outcome, "opinion": "制定主体、权限、程序和内容符合规定。", "points": points}
    return GiveOpinion(**{**fields, **changes})


def a_point(**changes: Any) -> Point:
    fields = {
        "clause": "第八条",
        "nature": "must",
        "text": "开业前核准属于设定行政许可，应当删去。",
        "basis": "《行政许可法》第十七条",
    }
    return Point(**{**fields, **changes})


def a_request(**changes: Any) -> RequestSupplement:
    return RequestSupplement(**{**SEEN, "missing": ("公平竞争审查结论",), **changes})


def a_meeting(**changes: Any) -> RecordMeeting:
    fields: dict[str, Any] = {
        **SEEN,
        "form": "executive",
        "name": "区政府第41次常务会议",
        "place": "区政府302会议室",
        "started_at": datetime.now(UTC),
        "chair_id": "xu-qingyuan",
        "chief_id": "xu-qingyuan",
        "attendees": attendance(),
        "statements": speeches(),
        "outcome": "passed",
    }
    return RecordMeeting(**{**fields, **changes})


def attendance(*, absent: tuple[str, ...] = ()) -> tuple[Attendee, ...]:
    members = [
        Attendee(
            person_id=person,
            present=person not in absent,
            absent_reason="外出培训" if person in absent else "",
        )
        for person in (*MEMBERS, "xu-qingyuan")
    ]
    return (*members, Attendee(name="苏禾", unit_name="区司法局", capacity="attending"))


def speeches(*stances: str, chief: str = "for", absent: tuple[str, ...] = ()) -> tuple[Statement, ...]:
    given = stances or ("for",) * len(MEMBERS)
    there = [person for person in MEMBERS if person not in absent]
    spoken = [
        Statement(person_id=person, stance=stance, opinion=f"意见：{stance}。")
        for person, stance in zip(there, given, strict=False)
    ]
    return (*spoken, Statement(person_id="xu-qingyuan", stance=chief, opinion="我最后说。"))


def amendments() -> tuple[Amendment, ...]:
    return (Amendment(clause="第二条", old="六十日", new="三十个工作日", text="缩短办理时间。"),)


def a_signature(**changes: Any) -> Sign:
    today = datetime.now(UTC).astimezone(ZONE).date()
    fields = {**SEEN, "outcome": "signed", "opinion": "同意印发。", "name": "许清远", "date": today}
    return Sign(**{**fields, **changes})


def a_verification(**changes: Any) -> Verify:
    return Verify(**{**SEEN, "outcome": "ok", **changes})

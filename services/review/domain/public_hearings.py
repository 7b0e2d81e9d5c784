"""Hearings in public: in which state one stands, who may still apply, and under which name somebody is announced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.kernel.contracts.refusals import Conflict, Invalid, NotFound, Refused, Words
from services.kernel.procedure.deadlines import office_day
from services.kernel.text.names import surname_only
from services.review.domain.commands import Command, Line
from services.review.domain.hearings import Applicant, HearingNotice, SendMaterials

LABELS: dict[str, Words] = {
    "name": Words("姓名", "Name"),
    "contact": Words("联系方式", "How to reach you"),
    "party": Words("您代表的界别", "For whom you speak"),
    "words": Words("您的主要意见", "What you want to say"),
    "number": Words("报名号", "Number"),
    "code": Words("撤回码", "Code"),
}


class Apply(Command):
    """Somebody asks to take part. The name is announced in full only where its owner says so."""

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    contact: Annotated[Line, Field(min_length=1, max_length=200)]
    party: Line = ""
    words: Annotated[str, Field(max_length=2000)] = ""
    full_name: bool = False


class Withdraw(Command):
    """Somebody takes their application back: the number on the list, and the code told with it."""

    number: Annotated[int, Field(ge=1, le=1_000_000)]
    code: Annotated[Line, Field(max_length=40)]


class HearingUnknown(NotFound):
    """No hearing is announced under that id."""

    code = "hearing.unknown"
    title = Words("没有这次听证会", "There is no such hearing")
    remedy = Words("请从听证会列表里找。", "Look for it in the list of hearings.")


class ApplicationsClosed(Conflict):
    """The last day has passed, the participants are selected, or the hearing is off."""

    code = "hearing.applications_closed"
    rule = "hearing.procedure"
    title = Words("报名已经结束", "Applications are closed")
    remedy = Words("名单和听证记录摘要会在本页公布。", "The list and a summary of the record appear on this page.")


class NotYourApplication(Invalid):
    """Number and code belong together; without both an application is nobody's."""

    code = "hearing.withdrawal_code"
    rule = "hearing.procedure"
    title = Words("报名号和撤回码对不上", "Number and code do not belong together")
    remedy = Words("请照报名时看到的或者邮件里的填写。", "Copy both from the page or the mail that confirmed them.")


class WithdrawalLate(Conflict):
    """The list is out, or the hearing is over."""

    code = "hearing.withdrawal_late"
    rule = "hearing.procedure"
    title = Words("参加人已经遴选，不能在这里撤回", "Participants are selected; it is too late to withdraw here")
    remedy = Words("不能参加的，请按公告告知组织单位。", "Tell the organising unit if you cannot come.")


class PartyUnknown(Invalid):
    """Seats are given by party; the notice says which there are."""

    code = "hearing.party"
    rule = "hearing.procedure"
    title = Words("请从公告列出的界别里选择", "Choose one of the parties that the notice names")


class TooManyApplications(Refused):
    """One network has applied often enough for a while."""

    code = "hearing.too_many"
    status = 429
    title = Words("从这里报名的人太多", "Too many applications from here")
    remedy = Words("请稍后再试，或者按公告的其他办法报名。", "Try again later, or apply in another way of the notice.")


class HearingState(StrEnum):
    """Where a hearing stands for the public."""

    ANNOUNCED = "announced"
    APPLYING = "applying"
    SELECTING = "selecting"
    LISTED = "listed"
    RECORDED = "recorded"
    ENDED = "ended"


@dataclass(frozen=True)
class PublicHearing:
    """A hearing as the public may know it, and the database's clock. `body` of each part; empty where it is not filed."""

    round_id: UUID
    document_id: UUID
    title: str
    issuer_unit: str
    drafting_unit: str
    text_version: int
    text_hash: str
    materials_hash: str
    closed_at: datetime | None
    why: str | None
    notice_body: Mapping[str, Any]
    announced_at: datetime
    changed_at: datetime
    notices: int
    list_body: Mapping[str, Any]
    sent_body: Mapping[str, Any]
    record_body: Mapping[str, Any]
    applications: int
    now: datetime

    @property
    def notice(self) -> HearingNotice:
        """The notice that counts."""
        return HearingNotice.model_validate(self.notice_body)

    @property
    def sent_on(self) -> date | None:
        """The day on which the participants were sent the materials."""
        return SendMaterials.model_validate(self.sent_body).sent_on if self.sent_body else None

    @property
    def state(self) -> HearingState:
        """Where it stands now."""
        if self.why is not None and self.why != "decided":
            return HearingState.ENDED
        if self.record_body:
            return HearingState.RECORDED
        if self.list_body:
            return HearingState.LISTED
        if self.closed_at is not None or self.notice.apply_by is None:
            return HearingState.ANNOUNCED
        return HearingState.APPLYING if office_day(self.now) <= self.notice.apply_by else HearingState.SELECTING

    @property
    def releases(self) -> bool:
        """Whether an application may be taken back."""
        return self.state in (HearingState.APPLYING, HearingState.SELECTING)

    @property
    def takes(self) -> bool:
        """Whether applications are taken on this page."""
        return self.state is HearingState.APPLYING


def apply_refused(hearing: PublicHearing, command: Apply) -> Refused | None:
    """Why this application is not taken."""
    if not hearing.takes:
        return ApplicationsClosed()
    parties = hearing.notice.parties
    return PartyUnknown(field="party") if parties and command.party not in parties else None


@dataclass(frozen=True)
class Application:
    """An application without its person."""

    id: UUID
    number: int
    party: str
    words: str
    applied_at: datetime


@dataclass(frozen=True)
class Person:
    """Who applied."""

    application_id: UUID
    name: str
    contact: str
    full_name: bool


def announced_as(application: Application, person: Person) -> Applicant:
    """Under which name somebody takes part: in full where they said so, else the surname; always the number."""
    name = person.name if person.full_name else surname_only(person.name)
    return Applicant(name=f"{name}（报名第{application.number}号）", group=application.party)

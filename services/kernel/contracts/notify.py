"""What notify serves to workflows: numbers, publication, public notices, and telling people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.kernel.contracts.facts import SealOn
from services.kernel.contracts.figures import AskFigures, Figures
from services.kernel.contracts.messages import Call, Deadline, DocumentRef, Done, Message, Queue, Text

Event = Literal["assigned", "due_soon", "overdue", "returned", "window_opened", "window_closed", "published", "ended"]


class Tell(Message):
    """Tell those concerned about one fact, by mail, once: `fact` is its key. Addresses are looked up, never carried.

    `person_id` names the one person concerned, where it is not everybody who holds the role.
    """

    fact: str
    event: Event
    document: DocumentRef
    stage: str
    role: str
    unit_id: str | None = None
    due: Deadline | None = None
    rule_id: str | None = None
    link: str
    outcome: str | None = None
    doc_number: str | None = None
    received: int | None = None
    at: datetime | None = None
    person_id: str | None = None


class PostNotice(Message):
    """A public notice about a consultation: open until an instant, its feedback, its answers, an act on it.

    One for each key; posting a key again renews it. `suspended` says that nothing is taken at the moment.
    """

    key: str
    notice: Literal["window", "feedback", "answers", "extended", "suspended", "resumed", "stopped", "reopened"]
    document: DocumentRef
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    received: int | None = None
    link: str
    suspended: bool = False


class RegisterNumber(Message):
    """Give the document its number from the series (agency code, year): gapless, once, at registration.

    `author_ids` drafted it: none of them may void the number.
    """

    document: DocumentRef
    text: Text
    year: int
    author_ids: tuple[str, ...] = ()


class NumberGiven(Message):
    """The number as printed, such as 云政规〔2026〕1号."""

    doc_number: str
    registered_at: datetime


class Publish(Message):
    """Publish this exact text under its number; `seals` are those on it, in the order of the issuers."""

    document: DocumentRef
    text: Text
    doc_number: str
    adopted_on: date
    signed_hash: str | None = None
    seals: tuple[SealOn, ...] = ()


class Published(Message):
    """Where and when it became public."""

    path: str
    published_at: datetime
    published_on: date
    gazette_id: UUID
    valid_to: date | None = None
    effective_on: date | None = None


class PostStanding(Message):
    """What happened to a published document: amended or ended by another one, suspended, resumed. Once for each act."""

    act_id: UUID
    document_id: UUID
    change: Literal["amended", "ended", "suspended", "resumed"]
    effective_on: date
    by_document: UUID | None = None
    link: str


TELL = Call("notify.tell", Queue.NOTIFY, Tell, Done)
POST_NOTICE = Call("notify.post_notice", Queue.NOTIFY, PostNotice, Done)
REGISTER_NUMBER = Call("notify.register_number", Queue.NOTIFY, RegisterNumber, NumberGiven)
POST_STANDING = Call("notify.post_standing", Queue.NOTIFY, PostStanding, Done)
PUBLISH = Call("notify.publish", Queue.NOTIFY, Publish, Published)
NOTIFY_FIGURES = Call("notify.figures", Queue.NOTIFY, AskFigures, Figures)

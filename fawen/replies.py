"""What the services answer, as far as the client reads it; fields that are not named here are kept as they came."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Reply(BaseModel):
    """Frozen; more fields may come with a newer service."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Receipt(Reply):
    """A draft was taken; `structure` holds what the machine read in it."""

    document_id: UUID
    receipt_number: str
    title: str
    kind: str
    version: int
    text_hash: str
    structure: dict[str, Any]
    findings: list[dict[str, Any]] = []
    clock: dict[str, Any] = {}
    trace_id: str | None = None


class Document(Reply):
    """Where a document stands."""

    document_id: UUID
    kind: str
    title: str
    state: str
    state_words: str = ""
    stage: str
    stage_words: str = ""
    doc_number: str | None = None
    accepts_versions: bool = False
    trace_id: str | None = None
    versions: list[dict[str, Any]] = []
    blocked: list[dict[str, Any]] = []
    clock: dict[str, Any] = {}


class Dossier(Reply):
    """The record of a document; `verified` says that its chain holds."""

    entries: list[dict[str, Any]]
    count: int
    head: str
    verified: bool


class Window(Reply):
    """A public comment window: ahead, open, closed or answered."""

    window_id: UUID
    document_id: UUID
    state: str
    opens_at: datetime
    closes_at: datetime
    mailbox: str | None = None


class Comment(Reply):
    """A comment was taken; the code opens its receipt."""

    code: str
    received_at: datetime


class Opinion(Reply):
    """An opinion as the office that answers it sees it; never who wrote it."""

    comment_id: UUID
    clause: str = ""
    body: str
    answer: dict[str, Any] | None = None
    withdrawn_at: datetime | None = None


class Round(Reply):
    """A round that people decide."""

    id: UUID
    document_id: UUID
    title: str
    stage: str
    stage_name: str
    ordinal: int
    form: str
    role: str
    unit_id: str | None = None
    issuers: list[str] = []
    text_version: int
    text_hash: str
    materials_hash: str
    due_on: date | None = None
    article: str | None = None
    outcomes: list[str] = []
    open: bool = True
    outcome: str | None = None


class Material(Reply):
    """A paper that legality review asks for, and what was found of it."""

    material: str
    state: str | None = None
    reason: str = ""


class Receiving(Reply):
    """What lies before a legality review; `accepted_at` is None until it is accepted."""

    accepted_at: datetime | None = None
    materials: list[Material] = []
    checklist: list[dict[str, Any]] = []


class Item(Reply):
    """Something that waits in an inbox."""

    id: UUID
    title: str
    stage: str
    link: str


class Inbox(Reply):
    """A page of an inbox."""

    items: list[Item]


class PlanTask(Reply):
    """A task of a plan."""

    id: UUID
    item_no: str
    title: str
    state: str


class Plan(Reply):
    """A plan with its tasks."""

    tasks: list[PlanTask]


class Publication(Reply):
    """A published document."""

    id: UUID
    document_id: UUID
    doc_number: str
    title: str
    page: str

"""The form of every message, and a typed name for every activity that a workflow may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer


class Message(BaseModel):
    """Frozen; unknown fields are ignored, so that an older reader lives with a newer writer.

    Fields are only ever added, always optional. Messages hold ids, hashes, dates and document titles,
    never bodies of texts, reasons in words, or people's names.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_serializer(mode="wrap")
    def _without_nulls(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # A field that is not there reads as its default: histories keep no list of what was not said.
        return {name: value for name, value in write(self).items() if value is not None}


I = TypeVar("I", bound=Message)
O = TypeVar("O", bound=Message)


class Queue(StrEnum):
    """Task queues: one for each service, one for the workflows themselves."""

    INTAKE = "intake"
    TASKS = "tasks"
    REVIEW = "review"
    NOTIFY = "notify"
    WORKFLOWS = "workflows"


@dataclass(frozen=True)
class Call(Generic[I, O]):
    """An activity by name: who serves it, what goes in, what comes out, how long one try may take (seconds).

    One that runs long gives signs of life: after `silent` seconds without one it is tried again.
    """

    name: str
    queue: Queue
    takes: type[I]
    gives: type[O]
    seconds: int = 30
    silent: int | None = None


class Done(Message):
    """Nothing to say but that it is done."""


class Text(Message):
    """One exact text: its version number, its SHA-256, and that of the list of its attachments."""

    version: int
    text_hash: str
    materials_hash: str


class DocumentRef(Message):
    """A document as other services know it. `joint_units` are the other issuers of a joint document (联合发文)."""

    document_id: UUID
    kind: str
    title: str
    issuer_unit: str
    drafting_unit: str
    agency_code: str
    touches_market: bool = False
    joint_units: tuple[str, ...] = ()


class StoredFile(Message):
    """A file that lies in the content store, with the name under which people find it; never a person's name."""

    name: str
    file_hash: str
    size: int


class Deadline(Message):
    """A date that a rule sets. `ends_at` is the exclusive instant; None with `provisional` while a year is unknown.

    `remind_at` is when those who must act are told that the day is near. With `awaits` the time has not begun: there is
    a day once that has happened.
    """

    rule_id: str
    last_day: date | None = None
    target_day: date | None = None
    ends_at: datetime | None = None
    provisional: bool = False
    remind_at: datetime | None = None
    awaits: Literal["acceptance"] | None = None

"""What review serves to workflows: rounds, in which people decide about one exact text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.kernel.contracts.facts import Facts
from services.kernel.contracts.figures import AskFigures, Figures
from services.kernel.contracts.messages import Call, Deadline, DocumentRef, Done, Message, Queue, StoredFile, Text

# The names under which stages ask for the table of opinions among their papers (713号 art. 29).
OPINIONS_TABLES = ("意见采纳情况表", "意见采纳情况", "征求意见及采纳情况")
SYSTEM = "system"
Form = Literal["recorded_step", "legality", "meeting", "signing", "verification"]


class OpenRound(Message):
    """Ask people to decide `stage` about this text.

    `form` says what they do: file a paper with its conclusion (or declare the step not applicable), give a legality
    opinion, record a meeting, sign, or verify. `role` and `unit_id` say who may; `author_ids` who may never.
    `opinions` are the tables of answered opinions, which lie among the papers from the beginning.
    With `joint_units` whoever holds the role in each of these units must sign as well (联合发文会签).
    `grounds` are the questions of the procedure that were answered yes; `public_text` is what the public saw.
    """

    document: DocumentRef
    stage: str
    ordinal: int
    form: Form
    text: Text
    role: str
    unit_id: str | None = None
    author_ids: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    may_be_not_applicable: bool = False
    due: Deadline | None = None
    earliest: datetime | None = None
    rule_id: str | None = None
    joint_units: tuple[str, ...] = ()
    reply_to: str
    opinions: tuple[StoredFile, ...] = ()
    grounds: tuple[str, ...] = ()
    public_text: Text | None = None


class RoundOpened(Message):
    """The round under which people now act."""

    round_id: UUID


class CloseRound(Message):
    """Close a round: `ask` only looks (and answers what was decided in time), the others end it undecided."""

    round_id: UUID
    why: Literal["ask", "voided", "withdrawn"]


class RoundState(Message):
    """Decided or not; the row's word is final."""

    round_id: UUID
    decided: bool
    outcome: str | None = None
    text_hash: str
    actor_id: str | None = None
    record_hash: str | None = None
    decided_at: datetime | None = None
    amended_hash: str | None = None
    facts: Facts | None = None
    return_to: str | None = None


class EnterText(Message):
    """An own document is public: it enters the register of laws and documents, against which drafts are read."""

    document: DocumentRef
    doc_number: str
    published_on: date
    valid_to: date | None = None
    effective_on: date | None = None
    text_hash: str = ""


OPEN_ROUND = Call("review.open_round", Queue.REVIEW, OpenRound, RoundOpened)
CLOSE_ROUND = Call("review.close_round", Queue.REVIEW, CloseRound, RoundState)
ENTER_TEXT = Call("review.enter_text", Queue.REVIEW, EnterText, Done)
REVIEW_FIGURES = Call("review.figures", Queue.REVIEW, AskFigures, Figures)

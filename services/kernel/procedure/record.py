"""What the dossier shows of one document, as far as gates and the clock need it.

A part that the dossier does not hold yet is None, and the conditions on it are left to the stage
that brings it about; what it does hold must be in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.kernel.contracts.facts import Facts


@dataclass(frozen=True)
class ClosedStage:
    """How a stage ended.

    `text_hash` is the text that the outcome is about: for a meeting that amended the draft, the
    text as amended. `by` names the unit (or person) that answered for it.
    """

    on: date
    outcome: str
    text_hash: str = ""
    reason: str = ""
    by: str = ""


@dataclass(frozen=True)
class OpenStage:
    """A stage under way since that day, with its limit where one was set."""

    since: date
    due: date | None = None


@dataclass(frozen=True)
class CommentBalance:
    """Comments received, answered one by one, and withdrawn by their authors."""

    received: int
    answered: int
    withdrawn: int = 0

    @property
    def open(self) -> int:
        """Comments that nobody has answered for."""
        return self.received - self.withdrawn - self.answered


@dataclass(frozen=True)
class WindowFacts:
    """The comment window: its rule, whether it was shorter, and the reason in the notice itself."""

    rule_id: str
    shortened: bool = False
    reason: str = ""


@dataclass(frozen=True)
class NoticeFacts:
    """What the published notice carries."""

    draft: bool
    explanation: bool
    way_to_comment: bool
    period: bool


@dataclass(frozen=True)
class ChecklistFacts:
    """Forbidden content, item by item: how many were asked, and how many answered with a basis."""

    asked: int
    answered: int


@dataclass(frozen=True)
class ReportFacts:
    """The annual report's five parts still empty, and recipients not yet dispatched to."""

    empty_parts: tuple[str, ...] = ()
    pending_recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """The dossier of one document at one moment.

    `facts` come from the signed records of rounds. `reasons` are recorded reasons by invariant or rule id; they lift refusals of type R.
    `invalid_bases` are cited documents that are unpublished, lapsed, repealed or revoked.
    """

    text_hash: str = ""
    predicates: Mapping[str, bool] = field(default_factory=dict)
    closed: Mapping[str, ClosedStage] = field(default_factory=dict)
    comments: CommentBalance | None = None
    window: WindowFacts | None = None
    notice: NoticeFacts | None = None
    facts: Facts = field(default_factory=Facts)
    checklist: ChecklistFacts | None = None
    report: ReportFacts | None = None
    number: str | None = None
    number_taken: bool = False
    issuer_type: str | None = None
    drafted_by: tuple[str, ...] = ()
    secrecy_level: str = ""
    invalid_bases: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)

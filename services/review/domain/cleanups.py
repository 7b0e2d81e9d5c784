"""清理: every document in force of an authority is looked at, and the outcomes add up to the inventory (H27)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.kernel.contracts.refusals import Conflict, Invalid, NotFound, Refused, Words
from services.review.domain.commands import Command, Line, Prose

RULE = "cleanup.period"
Outcome = Literal["retain", "amend", "repeal", "lapse"]
OUTCOMES: tuple[Outcome, ...] = ("retain", "amend", "repeal", "lapse")
Ground = Literal["periodic", "higher_law", "reform", "contradiction", "object_gone", "campaign"]


class UnknownCleanup(NotFound):
    """No clean-up under that id, or none that is public."""

    code = "cleanup.unknown"
    title = Words("没有这次清理", "No such clean-up")


class CleanupIncomplete(Invalid):
    """A clean-up has a name and a cut-off day that was."""

    code = "cleanup.incomplete"
    rule = RULE
    title = Words("清理没有写全", "The clean-up is incomplete")
    remedy = Words("请写明名称和不晚于今天的截止日期。", "Give its name, and a cut-off day not after today.")


class NothingInForce(Conflict):
    """There is nothing to clean up."""

    code = "cleanup.empty"
    rule = RULE
    title = Words("截止日没有现行文件", "Nothing was in force on that day")


class NotListed(Invalid):
    """An outcome is for a document of the inventory."""

    code = "cleanup.not_listed"
    rule = RULE
    title = Words("清单里没有这份文件", "The inventory does not hold this document")


class OutcomeUnexplained(Invalid):
    """Every outcome has its reason."""

    code = "cleanup.reason"
    rule = RULE
    title = Words("清理意见没有写理由", "The outcome has no reason")
    remedy = Words("请写明理由；理由和结果一起公布。", "Give the reason; it is published with the outcome.")


class OutcomesUnequal(Conflict):
    """H27: outcomes and inventory are equal before anything is public."""

    code = "cleanup.unequal"
    rule = RULE
    title = Words("清理结果之和与清单总数不等", "The outcomes do not add up to the inventory")
    remedy = Words("请给清单里的每份文件写明结果。", "Give an outcome to every document of the inventory.")


class CleanupPublished(Conflict):
    """A published catalogue stays as it is; the next clean-up changes it."""

    code = "cleanup.published"
    rule = RULE
    title = Words("清理结果已经公布", "The result is published")


class OpenCleanup(Command):
    """Begin: of which authority and kind of documents, on which ground, in force on which day."""

    issuer_unit: Line
    kind: Literal["NORMATIVE", "MAJOR_DECISION", "WORK_PLAN"] = "NORMATIVE"
    name: Line
    ground: Ground = "periodic"
    cut_off_on: date


class GiveOutcome(Command):
    """What becomes of one document, and why. The newest counts."""

    document_id: UUID
    outcome: Outcome
    reason: Prose


@dataclass(frozen=True)
class Listed:
    """A document of the inventory with its outcome, and what has carried it out since."""

    document_id: UUID
    name: str
    doc_number: str
    published_on: date
    valid_to: date | None
    outcome: str | None
    reason: str | None
    carried_out_by: UUID | None
    carried_out_name: str | None

    @property
    def waits(self) -> bool:
        """Whether the outcome still waits for the document that carries it out, through its own procedure."""
        return self.outcome in ("amend", "repeal", "lapse") and self.carried_out_by is None


@dataclass(frozen=True)
class Cleanup:
    """A clean-up with its inventory."""

    id: UUID
    issuer_unit: str
    kind: str
    name: str
    ground: str
    cut_off_on: date
    opened_at: datetime
    published_at: datetime | None
    inventory: Sequence[Listed]

    @property
    def sums(self) -> dict[str, int]:
        """How many documents have each outcome."""
        found = Counter(one.outcome for one in self.inventory)
        return {outcome: found[outcome] for outcome in OUTCOMES}

    @property
    def missing(self) -> int:
        """How many documents have none."""
        return sum(one.outcome is None for one in self.inventory)


def opening_refused(command: OpenCleanup, *, today: date) -> Refused | None:
    """Why this is no clean-up."""
    return None if command.name and command.cut_off_on <= today else CleanupIncomplete(field="name")


def outcome_refused(cleanup: Cleanup, command: GiveOutcome) -> Refused | None:
    """Why the outcome is not taken."""
    if cleanup.published_at is not None:
        return CleanupPublished(field="cleanup_id")
    if all(one.document_id != command.document_id for one in cleanup.inventory):
        return NotListed(field="document_id")
    return None if command.reason else OutcomeUnexplained(field="reason")


def publishing_refused(cleanup: Cleanup) -> Refused | None:
    """Why the catalogue is not published."""
    if cleanup.published_at is not None:
        return CleanupPublished(field="cleanup_id")
    if not cleanup.missing:
        return None
    total, missing = len(cleanup.inventory), cleanup.missing
    detail = Words(f"清单{total}件，还有{missing}件没有结果。", f"{missing} of {total} documents have no outcome.")
    return OutcomesUnequal(detail, field="cleanup_id")

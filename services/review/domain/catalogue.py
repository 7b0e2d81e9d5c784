"""决策事项目录: what is entered, adjusted and published, and what stands against it (713号第三条)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.kernel.contracts.refusals import Conflict, Invalid, NotFound, Refused, Words
from services.review.domain.commands import Command, Line, Prose

RULE = "decision.catalogue"


class UnknownEntry(NotFound):
    """No matter under that id."""

    code = "catalogue.unknown"
    title = Words("目录里没有这件事项", "No such matter in the catalogue")


class EntryIncomplete(Invalid):
    """A matter has a unit in charge, a day, and the steps that the law asks for."""

    code = "catalogue.incomplete"
    rule = RULE
    title = Words("目录事项不完整", "The matter is incomplete")
    remedy = Words(
        "请写明事项、名录里的承办单位、计划完成时间和应当履行的程序。",
        "Give the matter, a unit of the directory, the planned day, and the steps to be taken.",
    )


class AdjustmentUnexplained(Invalid):
    """What was public is adjusted with a reason."""

    code = "catalogue.reason"
    rule = RULE
    title = Words("调整目录没有写理由", "The adjustment has no reason")
    remedy = Words("请写明调整的理由，和事项一起公布。", "Give the reason; it is published with the matter.")


class RevisionMoved(Conflict):
    """Somebody adjusted it in between."""

    code = "catalogue.revision"
    title = Words("没有保存：这件事项刚刚有过调整", "Not saved: the matter was adjusted meanwhile")
    remedy = Words("请看过最新的内容再调整。", "Read what it says now, then adjust it.")


class ConsentMissing(Invalid):
    """The Party committee of the same level consents before the catalogue is published."""

    code = "catalogue.consent"
    rule = RULE
    title = Words("没有写同级党委的同意", "The consent of the Party committee is missing")
    remedy = Words("请写明哪个党委、哪一天同意。", "Say which committee consented, and on which day.")


class AlreadyPublished(Conflict):
    """A year's catalogue is published once; then it is adjusted."""

    code = "catalogue.published"
    rule = RULE
    title = Words("这一年度的目录已经公布", "The catalogue of that year is published")
    remedy = Words("需要改动的，逐项调整并写明理由。", "Adjust its matters one by one, with reasons.")


class NothingEntered(Conflict):
    """There is nothing to publish."""

    code = "catalogue.empty"
    rule = RULE
    title = Words("这一年度的目录还没有事项", "The catalogue of that year is empty")


class Enter(Command):
    """A matter for the catalogue. `procedures` are stages of a major decision."""

    issuer_unit: Line
    year: int
    matter: Line
    unit_id: Line
    planned_on: date
    procedures: tuple[Line, ...]


class Adjust(Command):
    """What the matter says from now on, over which `revision`, and why."""

    revision: int
    matter: Line
    unit_id: Line
    planned_on: date
    procedures: tuple[Line, ...]
    state: Literal["planned", "postponed", "dropped"] = "planned"
    reason: Prose = ""


class PublishYear(Command):
    """The catalogue of a year goes public, with the consent of the Party committee."""

    issuer_unit: Line
    year: int
    consent_by: Line
    consent_on: date
    consent_no: Line = ""


@dataclass(frozen=True)
class Revision:
    """A matter as it stood after one act."""

    revision: int
    matter: str
    unit_id: str
    planned_on: date
    procedures: Sequence[str]
    state: str
    reason: str
    person_name: str
    at: datetime


@dataclass(frozen=True)
class Entry:
    """A matter with its history, newest in front, and how far the documents are that carry it out."""

    id: UUID
    issuer_unit: str
    year: int
    history: list[Revision]
    documents: int
    decided: int

    @property
    def now(self) -> Revision:
        """What it says now."""
        return self.history[0]

    @property
    def state(self) -> str:
        """Where it stands: decided and started by its documents, otherwise as the catalogue says."""
        if self.documents and self.now.state != "dropped":
            return "decided" if self.decided == self.documents else "started"
        return self.now.state


def matter_refused(command: Enter | Adjust, *, units: Collection[str], stages: Mapping[str, str]) -> Refused | None:
    """Why this is no matter of a catalogue. `stages` are those of a major decision."""
    known = command.unit_id in units and set(command.procedures) <= set(stages)
    if not command.matter or not command.procedures or not known:
        return EntryIncomplete(field="matter")
    if isinstance(command, Adjust) and not command.reason:
        return AdjustmentUnexplained(field="reason")
    return None


def publishing_refused(command: PublishYear, *, entries: int, today: date) -> Refused | None:
    """Why the year cannot be published."""
    if not command.consent_by or command.consent_on > today:
        return ConsentMissing(field="consent_by")
    return None if entries else NothingEntered(field="year")

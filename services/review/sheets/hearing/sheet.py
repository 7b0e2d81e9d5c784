"""The sheet of the hearing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.kernel.contracts.facts import Facts
from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Matter, insist
from services.review.domain.commands import FileStep
from services.review.domain.hearings import (
    MATERIALS,
    HearingNotice,
    HearingRecord,
    HearingUnannounced,
    SendMaterials,
    facts_of,
    materials_refused,
    record_refused,
)
from services.review.domain.public_hearings import Application
from services.review.domain.rounds import Round
from services.review.sheets.sheet import Closing
from services.review.store import public_hearings, reports
from services.review.store.reports import Report

PARTS = NOTICE, LIST, SENT, RECORD = "hearing_notice", "hearing_list", "hearing_materials", "hearing_record"


@dataclass(frozen=True)
class HearingShown:
    """The parts filed so far, by name; `least` days ahead the materials are sent; who applied, and who read who they are."""

    parts: dict[str, Report]
    least: int
    applications: list[Application]
    reads: list[tuple[str, str, datetime]]

    @property
    def notice(self) -> HearingNotice | None:
        """The notice that counts, once there is one."""
        return HearingNotice.model_validate(self.parts[NOTICE].body) if NOTICE in self.parts else None

    @property
    def sent_on(self) -> date | None:
        """The day on which the materials were sent."""
        return SendMaterials.model_validate(self.parts[SENT].body).sent_on if SENT in self.parts else None

    @property
    def participants(self) -> list[dict[str, Any]]:
        """Who takes part."""
        return list(self.parts[LIST].body["participants"]) if LIST in self.parts else []


class HearingSheet:
    """See the package."""

    template = "sheet_hearing.html"

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """Notice, list, materials and record go on record together.

        Raises HearingUnannounced, MaterialsLate, NotHeard, RecordUnsigned, ReportIncomplete.
        """
        parts, today = await reports.newest(tx, matter.round_.id), office_day(matter.now)
        if any(part not in parts for part in PARTS):
            raise HearingUnannounced
        notice = HearingNotice.model_validate(parts[NOTICE].body)
        sent_on = date.fromisoformat(parts[SENT].body["sent_on"])
        insist(materials_refused(notice, sent_on, least=days_ahead(book), today=today))
        names = [one["name"] for one in parts[LIST].body["participants"]]
        record = HearingRecord.model_validate(parts[RECORD].body)
        insist(record_refused(notice, names, record, today=today))
        return Closing({part: dict(parts[part].body) for part in PARTS}, Facts(hearing=facts_of(notice, sent_on)))

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> HearingShown:
        """What the page draws."""
        return HearingShown(
            await reports.newest(conn, round_.id),
            days_ahead(book),
            await public_hearings.applications(conn, round_.id),
            await public_hearings.reads(conn, round_.id),
        )


def days_ahead(book: RuleBook) -> int:
    """How many days ahead the rule book wants the materials sent."""
    return book.rule(MATERIALS).value or 0

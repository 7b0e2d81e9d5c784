"""What people do on the sheets of those who are heard: write the list, or write it anew."""

from __future__ import annotations

from uuid import UUID

from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import insist
from services.review.domain.heard import BUSINESSES, GROUP, LABELS, BusinessesHeard, GroupHeard, Report, report_refused
from services.review.sheets.collecting import Act, Collected, held_by_drafter, report
from services.review.sheets.heard.sheet import PART


async def hear_businesses(
    tx: Connection, actor: Actor, round_id: UUID, command: BusinessesHeard, _book: RuleBook
) -> Collected:
    """Record which enterprises and associations were heard; the newest list counts.

    Refused: HeardIncomplete, what `held` refuses.
    """
    return await _heard(tx, actor, round_id, command, BUSINESSES.stage)


async def hear_group(tx: Connection, actor: Actor, round_id: UUID, command: GroupHeard, _book: RuleBook) -> Collected:
    """Record who was heard for a specific group; the newest list counts. Refused: HeardIncomplete, what `held` refuses."""
    return await _heard(tx, actor, round_id, command, GROUP.stage)


async def _heard(tx: Connection, actor: Actor, round_id: UUID, command: Report, stage: str) -> Collected:
    round_, now = await held_by_drafter(tx, actor, round_id, stage)
    insist(report_refused(command, today=office_day(now)))
    return await report(tx, actor, round_, PART, command)


ACTS = (
    Act("enterprises-heard", BusinessesHeard, hear_businesses, LABELS),
    Act("group-heard", GroupHeard, hear_group, LABELS),
)

"""What people do on the sheet of the risk assessment."""

from __future__ import annotations

from uuid import UUID

from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.sheets.collecting import Act, Collected, held, report
from services.review.sheets.risk.domain import LABELS, STAGE, RiskReport
from services.review.sheets.risk.sheet import PART


async def write_risk_report(
    tx: Connection, actor: Actor, round_id: UUID, command: RiskReport, _book: RuleBook
) -> Collected:
    """Write the risk report, or write it anew; the newest counts. Refused: what `held` refuses."""
    round_, _ = await held(tx, actor, round_id, STAGE)
    return await report(tx, actor, round_, PART, command)


ACTS = (Act("risk-report", RiskReport, write_risk_report, LABELS),)

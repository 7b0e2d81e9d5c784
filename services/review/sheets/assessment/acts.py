"""What people do on the sheet of the assessment."""

from __future__ import annotations

from uuid import UUID

from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.sheets.assessment.domain import HEADINGS, STAGE, AssessmentReport
from services.review.sheets.assessment.sheet import PART
from services.review.sheets.collecting import Act, Collected, held, report


async def write_assessment(
    tx: Connection, actor: Actor, round_id: UUID, command: AssessmentReport, _book: RuleBook
) -> Collected:
    """Write the assessment report, or write it anew; the newest counts. Refused: what `held` refuses."""
    round_, _ = await held(tx, actor, round_id, STAGE)
    return await report(tx, actor, round_, PART, command)


ACTS = (Act("assessment", AssessmentReport, write_assessment, HEADINGS),)

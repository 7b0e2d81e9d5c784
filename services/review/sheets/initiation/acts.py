"""What is done on the sheet of the stage `initiation`: a change to a document in force is declared."""

from __future__ import annotations

from uuid import UUID

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import insist
from services.review.domain.standing import DeclareChange, declaring_refused
from services.review.sheets.collecting import Act, Collected, held
from services.review.sheets.initiation.sheet import STAGE
from services.review.store import standing


async def declare_change(
    tx: Connection, actor: Actor, round_id: UUID, command: DeclareChange, _book: RuleBook
) -> Collected:
    """Say which document in force this one amends or ends. Refused: NotInForce, ChangeUnclear, OtherProcedure, EndedAlready, what `held` refuses."""
    round_, now = await held(tx, actor, round_id, STAGE)
    target = await standing.text(tx, command.target_id)
    insist(declaring_refused(target, command, kind=round_.kind, issuer_unit=round_.issuer_unit, today=office_day(now)))
    await standing.declare(tx, round_, command, actor)
    return Collected(id=round_.id)


LABELS = {
    "target_id": Words("现行文件", "Document in force"),
    "change": Words("修改还是废止", "Amend or end"),
    "reason": Words("理由", "Reason"),
}
ACTS = (Act("change-declared", DeclareChange, declare_change, LABELS),)

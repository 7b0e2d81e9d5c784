"""退回: to which stage a document goes back, out of those that its procedure holds before this one."""

from __future__ import annotations

from services.kernel.contracts.refusals import Invalid, Refused, Words
from services.kernel.procedure.rules import KindProcedure, Stage

RETURNS = frozenset({"return_procedure", "returned"})
FORMS = frozenset({"submission", "recorded_step", "comment", "legality"})


class NoSuchReturn(Invalid):
    """Only a return names a stage, and only one that comes before."""

    code = "return.stage"
    rule = "text.identity"
    title = Words("不能退回到这个环节", "The document cannot go back to that stage")
    remedy = Words("请在本文件程序已经过的环节中选择。", "Choose one of the stages that come before.")


def targets(procedure: KindProcedure, stage: str) -> list[Stage]:
    """The stages to which a document may go back from `stage`, in the order of the statute."""
    return [before for before in procedure.before(stage) if before.form in FORMS]


def return_refused(outcome: str, return_to: str, allowed: list[Stage]) -> Refused | None:
    """Why the document cannot go back there; no name means the drafting."""
    if not return_to:
        return None
    if outcome not in RETURNS or return_to not in {stage.id for stage in allowed}:
        return NoSuchReturn(field="return_to")
    return None

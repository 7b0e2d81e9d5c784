"""退回: a document goes back to the stage that is named; all that rests on that stage is void and done again."""

from __future__ import annotations

from temporalio import workflow

from workflows.life import Life
from workflows.patches import changed
from workflows.rounds import VOIDED, Decision

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts import lifecycle

DRAFTING = "drafting"
# What every decision walks through again by itself, from the legality review on.
DECIDED_AGAIN = ("legality_review", "submission", "collective_deliberation", "party_report", "npc_report")


async def send_back(life: Life, stage: str, decision: Decision) -> None:
    """Back to the stage that the decision of `stage` names.

    Without a name, or with that of the drafting, the drafting office hands in another text.
    """
    target = life.plan.stage(decision.return_to or DRAFTING)
    unheard = target is not None and target.form == "comment" and not target.applies
    if target is None or target.stage == DRAFTING or unheard or not changed("return-to-stage"):
        await life.revise(stage, decision.outcome)
        return
    void = life.plan.from_on(target.stage, stage)
    for name in void:
        if life.times(name) or name == target.stage:
            await life.record(name, VOIDED, outcome=VOIDED, state="returned", accepts_versions=True)
        life.decisions.pop(name, None)
    link = f"/intake/document/{life.document.document_id}"
    fact = f"{lifecycle.phase_id(life.document.document_id, stage, life.times(stage))}#sent_back"
    await life.tell("returned", fact, stage=target.stage, link=link)
    for name in [name for name in void if name not in DECIDED_AGAIN]:
        await _again(life, name, asked_for=name == target.stage)


async def _again(life: Life, stage: str, *, asked_for: bool) -> None:
    plan = life.plan.stage(stage)
    if plan is not None and plan.form == "comment":
        await life.hear_the_public()
    elif plan is not None and asked_for:
        # A step that was wrongly left out is done, whatever was answered.
        await life.round(plan, accepts_versions=True)
    else:
        await life.step(stage)

"""What happened to a document in force: told to the gazette, the dossier, and the office that must run the procedure."""

from __future__ import annotations

import asyncio

from temporalio import workflow

from workflows.calls import ask

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts import intake, lifecycle, notify, tasks
    from services.kernel.contracts.lifecycle import StandingChange
    from services.kernel.contracts.messages import Done

# By kind: the stage of its procedure under which the dossier has it. A kind without one has it in the gazette alone.
STAGES = {"MAJOR_DECISION": "adjustment", "NORMATIVE": "cleanup"}
RULE = "decision.adjustment"
PUBLISHED = "published"


@workflow.defn(name=lifecycle.STANDING)
class StandingChanged:
    """Runs once for each act."""

    @workflow.run
    async def run(self, change: StandingChange) -> Done:
        """Tell it everywhere. A suspension waits in the drafting office's inbox until it has ended, as does what a clean-up
        asks for until it is carried out."""
        await ask(notify.POST_STANDING, _posted(change))
        if stage := STAGES.get(change.document.kind):
            await ask(intake.RECORD_STAGE, _recorded(change, stage))
        await self._ask_for_the_procedure(change)
        return Done()

    async def _ask_for_the_procedure(self, change: StandingChange) -> None:
        if change.change == "suspended":
            await asyncio.gather(ask(tasks.POST_ITEM, _item(change)), ask(notify.TELL, _telling(change)))
        elif change.suspension_id is not None and change.change in ("resumed", "ended", "amended"):
            key = lifecycle.standing_id(change.suspension_id)
            await ask(tasks.CLOSE_ITEM, tasks.CloseItem(key=key, outcome=change.change))
        for cleanup_id in change.cleanup_ids:
            key = lifecycle.cleanup_outcome_id(cleanup_id, change.document.document_id)
            await ask(tasks.CLOSE_ITEM, tasks.CloseItem(key=key, outcome=change.change))


def _posted(change: StandingChange) -> notify.PostStanding:
    return notify.PostStanding(
        act_id=change.act_id,
        document_id=change.document.document_id,
        change=change.change,
        effective_on=change.effective_on,
        by_document=change.by_document,
        link=change.link,
    )


def _recorded(change: StandingChange, stage: str) -> intake.RecordStage:
    return intake.RecordStage(
        key=workflow.info().workflow_id,
        document_id=change.document.document_id,
        stage=stage,
        event="closed",
        state=PUBLISHED,
        outcome=change.change,
        text_hash=change.text_hash,
        rule_id=RULE if stage == "adjustment" else None,
        occurred_at=workflow.now(),
    )


def _item(change: StandingChange) -> tasks.PostItem:
    return tasks.PostItem(
        key=lifecycle.standing_id(change.act_id),
        document=change.document,
        stage="adjustment",
        ordinal=1,
        role="drafter",
        unit_id=change.document.drafting_unit,
        rule_id=RULE,
        link=change.link,
    )


def _telling(change: StandingChange) -> notify.Tell:
    key = lifecycle.standing_id(change.act_id)
    return notify.Tell(
        fact=f"{key}#assigned",
        event="assigned",
        document=change.document,
        stage="adjustment",
        role="drafter",
        unit_id=change.document.drafting_unit,
        rule_id=RULE,
        link=change.link,
    )

"""What a published clean-up asks for waits in the inbox of the drafting office, until another document carries it out."""

from __future__ import annotations

import asyncio

from temporalio import workflow

from workflows.calls import ask

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts import lifecycle, notify, tasks
    from services.kernel.contracts.lifecycle import CleanupOutcome
    from services.kernel.contracts.messages import Done

STAGE, RULE = "cleanup_outcome", "cleanup.period"


@workflow.defn(name=lifecycle.CLEANUP_OUTCOME)
class CleanupOutcomePublished:
    """Runs once for each document that a clean-up wants amended or ended; `StandingChanged` closes the item."""

    @workflow.run
    async def run(self, outcome: CleanupOutcome) -> Done:
        """Ask the office for the procedure, and tell it by mail."""
        await asyncio.gather(ask(tasks.POST_ITEM, _item(outcome)), ask(notify.TELL, _telling(outcome)))
        return Done()


def _key(outcome: CleanupOutcome) -> str:
    return lifecycle.cleanup_outcome_id(outcome.cleanup_id, outcome.document.document_id)


def _item(outcome: CleanupOutcome) -> tasks.PostItem:
    return tasks.PostItem(
        key=_key(outcome),
        document=outcome.document,
        stage=STAGE,
        ordinal=1,
        role="drafter",
        unit_id=outcome.document.drafting_unit,
        rule_id=RULE,
        link=outcome.link,
    )


def _telling(outcome: CleanupOutcome) -> notify.Tell:
    return notify.Tell(
        fact=f"{_key(outcome)}#assigned",
        event="assigned",
        document=outcome.document,
        stage=STAGE,
        role="drafter",
        unit_id=outcome.document.drafting_unit,
        rule_id=RULE,
        link=outcome.link,
    )

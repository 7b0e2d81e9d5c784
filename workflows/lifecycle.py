"""The life of one document: walks the procedure of its kind, hears what the drafting office does meanwhile."""

from __future__ import annotations

import asyncio

from temporalio import workflow

from workflows.hearing import Ears
from workflows.kinds import procedure_of
from workflows.life import Ended, Life

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts import lifecycle
    from services.kernel.contracts.lifecycle import LifecycleEnd, StartLifecycle


@workflow.defn(name=lifecycle.LIFECYCLE)
class DocumentLifecycle:
    """One document from its submission to its publication and filing."""

    def __init__(self) -> None:
        self._ears = Ears()
        self._life: Life | None = None
        self._early: list[lifecycle.VersionSubmitted] = []
        self._withdrawn: lifecycle.Withdrawn | None = None

    @workflow.run
    async def run(self, start: StartLifecycle) -> LifecycleEnd:
        """Walk the procedure of the document's kind; the answer is how the life ended."""
        life = self._life = Life(start)
        for fact in self._early:
            life.take_version(fact)
        walking = asyncio.create_task(procedure_of(start.document.kind)(life))
        await workflow.wait_condition(lambda: walking.done() or self._withdrawn is not None)
        if not walking.done():
            return await self._withdraw(life, walking)
        try:
            await walking
        except Ended as ended:
            return await self._end(life, ended.outcome, ended.stage)
        return LifecycleEnd(document_id=start.document.document_id, outcome="issued", doc_number=life.doc_number)

    @workflow.signal(name=lifecycle.VERSION_SUBMITTED)
    def version_submitted(self, fact: lifecycle.VersionSubmitted) -> None:
        """The drafting office handed in another text."""
        if not self._ears.new(fact):
            return
        if self._life is None:
            self._early.append(fact)
        else:
            self._life.take_version(fact)

    @workflow.signal(name=lifecycle.WITHDRAWN)
    def withdrawn(self, fact: lifecycle.Withdrawn) -> None:
        """The drafting office withdrew the document."""
        if self._ears.new(fact):
            self._withdrawn = fact

    async def _withdraw(self, life: Life, walking: asyncio.Task[None]) -> LifecycleEnd:
        walking.cancel()
        await asyncio.gather(walking, return_exceptions=True)
        return await self._end(life, "withdrawn", "withdrawal")

    async def _end(self, life: Life, outcome: str, stage: str) -> LifecycleEnd:
        actor = self._withdrawn.actor_id if self._withdrawn else None
        reason = self._withdrawn.reason_hash if self._withdrawn else None
        await life.record(stage, "ended", outcome=outcome, state=outcome, actor_id=actor, record_hash=reason)
        link = f"/intake/document/{life.document.document_id}"
        await life.tell("ended", f"{link}#ended", stage=stage, link=link, outcome=outcome)
        return LifecycleEnd(document_id=life.document.document_id, outcome=outcome)

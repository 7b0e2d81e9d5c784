"""Following a plan's tasks after publication: each year's progress, until every task is done."""

from __future__ import annotations

from datetime import date

from temporalio import workflow

from workflows.calls import ask, look_up
from workflows.hearing import Ears
from workflows.waiting import until

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts import almanac, intake, lifecycle, tasks
    from services.kernel.contracts.messages import DocumentRef, Message


class FollowUp(Message):
    """The plan whose tasks are followed, and the stages of its kind that tell of it in the dossier.

    `made` is set when the workflow continues as new.
    """

    document: DocumentRef
    doc_number: str
    structure_hash: str
    text_hash: str
    published_on: date
    state: str = "published"
    stages: tuple[str, ...] = ()
    made: int | None = None


class Followed(Message):
    """How many tasks there were."""

    tasks: int


@workflow.defn
class TaskFollowUp:
    """Makes the tasks once, then records the progress of each year."""

    def __init__(self) -> None:
        self._ears = Ears()
        self._completed = False

    @workflow.run
    async def run(self, plan: FollowUp) -> Followed:
        """Follow the tasks; continues as new each year, since a plan may run for many."""
        self._plan = plan
        made = plan.made if plan.made is not None else await self._make(plan)
        if made == 0:
            return Followed(tasks=0)
        year = await look_up(almanac.YEAR, almanac.AskYear(at=workflow.now()))
        done = await until(lambda: self._completed, year.ends_at)
        await self._report(year.year)
        if not done:
            workflow.continue_as_new(plan.model_copy(update={"made": made}))
        await self._record("close_out", "follow_up")
        return Followed(tasks=made)

    @workflow.signal(name=lifecycle.TASKS_COMPLETED)
    def tasks_completed(self, fact: lifecycle.TasksCompleted) -> None:
        """Every task is done."""
        if self._ears.new(fact):
            self._completed = True

    async def _make(self, plan: FollowUp) -> int:
        answer = await ask(
            tasks.MAKE_TASKS,
            tasks.MakeTasks(
                document=plan.document,
                doc_number=plan.doc_number,
                structure_hash=plan.structure_hash,
                text_hash=plan.text_hash,
                published_on=plan.published_on,
                reply_to=workflow.info().workflow_id,
            ),
        )
        if answer.made:
            await self._record("task_breakdown")
        return answer.made

    async def _report(self, year: int) -> None:
        document_id = self._plan.document.document_id
        report = await ask(tasks.RECORD_PROGRESS, tasks.RecordProgress(document_id=document_id, year=year))
        await self._record("progress_report", suffix=f"#{year}", record_hash=report.report_hash)

    async def _record(self, *stages: str, suffix: str = "", record_hash: str | None = None) -> None:
        for stage in stages:
            if stage in self._plan.stages:
                await ask(intake.RECORD_STAGE, self._closing(stage, suffix, record_hash))

    def _closing(self, stage: str, suffix: str, record_hash: str | None) -> intake.RecordStage:
        return intake.RecordStage(
            key=f"{workflow.info().workflow_id}/{stage}{suffix}",
            document_id=self._plan.document.document_id,
            stage=stage,
            event="closed",
            state=self._plan.state,
            outcome="done",
            text_hash=self._plan.text_hash,
            record_hash=record_hash,
            occurred_at=workflow.now(),
            doc_number=self._plan.doc_number,
        )

"""The annual report: gather the figures of all services, draft the report, let it live its own life."""

from __future__ import annotations

import asyncio

from temporalio import workflow

from workflows.calls import ask, look_up

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts import almanac, intake, lifecycle, notify, review, tasks
    from services.kernel.contracts.figures import AskFigures, Figure, Figures
    from services.kernel.contracts.intake import ReportComposed
    from services.kernel.contracts.lifecycle import StartAnnualReport

PLANS = "TASK_PLANS"


@workflow.defn(name=lifecycle.ANNUAL_REPORT)
class AnnualReport:
    """Runs once a year by schedule, or when asked for."""

    @workflow.run
    async def run(self, start: StartAnnualReport) -> ReportComposed:
        """Gather and compose; the answer is the report's document."""
        year = start.year or await self._last_year()
        figures = await self._gather(AskFigures(issuer_unit=start.issuer_unit, year=year))
        kept = await ask(
            intake.KEEP_FIGURES,
            intake.KeepFigures(issuer_unit=start.issuer_unit, year=year, figures=figures),
        )
        return await ask(
            intake.COMPOSE_REPORT,
            intake.ComposeReport(
                key=workflow.info().workflow_id,
                issuer_unit=start.issuer_unit,
                year=year,
                figures_hash=kept.content_hash,
                overlays=start.overlays,
            ),
        )

    async def _gather(self, question: AskFigures) -> tuple[Figure, ...]:
        plans = await ask(tasks.TASK_FIGURES, question)
        await self._record_progress(plans, question.year)
        answers = await asyncio.gather(
            ask(intake.INTAKE_FIGURES, question),
            ask(review.REVIEW_FIGURES, question),
            ask(tasks.TASK_FIGURES, question),
            ask(notify.NOTIFY_FIGURES, question),
        )
        return tuple(figure for answer in answers for figure in answer.figures)

    async def _record_progress(self, figures: Figures, year: int) -> None:
        plans = [plan for figure in figures.figures if figure.code == PLANS for plan in figure.records]
        for plan in plans:
            await ask(tasks.RECORD_PROGRESS, tasks.RecordProgress(document_id=plan, year=year))

    async def _last_year(self) -> int:
        answer = await look_up(almanac.YEAR, almanac.AskYear(at=workflow.now()))
        return answer.year - 1

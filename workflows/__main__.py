"""The workflow worker: `python -m workflows worker`. Also keeps the yearly schedule of the annual report."""

from __future__ import annotations

import argparse
import asyncio

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleSpec,
)

from services.kernel.contracts import lifecycle
from services.kernel.contracts.messages import Queue
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.runtime import telemetry
from services.kernel.runtime.process import until_stopped
from services.kernel.runtime.settings import Settings
from services.kernel.runtime.temporal import Temporal, serve
from workflows.almanac import Almanac
from workflows.annual import AnnualReport
from workflows.cleanups import CleanupOutcomePublished
from workflows.comment import PublicComment
from workflows.follow_up import TaskFollowUp
from workflows.lifecycle import DocumentLifecycle
from workflows.rounds import ReviewRound
from workflows.standing import StandingChanged

WORKFLOWS: tuple[type, ...] = (
    DocumentLifecycle,
    ReviewRound,
    PublicComment,
    TaskFollowUp,
    AnnualReport,
    StandingChanged,
    CleanupOutcomePublished,
)
SCHEDULE_ID = "annual-report"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m workflows")
    parser.add_argument("role", choices=("worker",), help="work on the queue of the workflows")
    parser.parse_args()
    settings = Settings()
    telemetry.configure(settings, "workflows")
    asyncio.run(until_stopped(work(settings)))


async def work(settings: Settings) -> None:
    """Serve workflows until cancelled."""
    temporal = Temporal.of(settings)
    almanac = Almanac(settings.rules_dir, WorkCalendar.load(settings.calendar_dir), settings.zone)
    await keep_schedule(await temporal.connected(), settings)
    await serve(temporal, Queue.WORKFLOWS, workflows=WORKFLOWS, activities=almanac.activities())


async def keep_schedule(client: Client, settings: Settings) -> None:
    """Have the annual report gathered once a year, on the day that the settings name."""
    start = lifecycle.StartAnnualReport(issuer_unit=settings.report_unit, overlays=settings.overlays)
    action = ScheduleActionStartWorkflow(
        lifecycle.ANNUAL_REPORT, start, id=SCHEDULE_ID, task_queue=Queue.WORKFLOWS.value
    )
    spec = ScheduleSpec(cron_expressions=[settings.report_cron], time_zone_name=settings.time_zone)
    try:
        await client.create_schedule(SCHEDULE_ID, Schedule(action=action, spec=spec))
    except ScheduleAlreadyRunningError:
        return


if __name__ == "__main__":
    main()

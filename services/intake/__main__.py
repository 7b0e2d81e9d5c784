"""Intake as processes: `python -m services.intake {web|worker|relay|mail|migrate}`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from services.intake.activities import Intake
from services.intake.mailing import Mailing
from services.intake.proposer import Proposer
from services.intake.receiver import run_receiver
from services.intake.store import closing, mails
from services.intake.store.contacts import AS_ROLE
from services.intake.sweeper import Sweeper
from services.intake.upkeep import Upkeep
from services.intake.web import app_of, books_of
from services.intake.wiring import campaign_of
from services.kernel.runtime.activities import served
from services.kernel.runtime.process import Context, Job, Service, main


def activities(context: Context) -> Sequence[Callable[..., Any]]:
    """What workflows may ask."""
    return served(Intake(context.db, context.blobs, books_of(context), campaign_of(context.settings)))


def jobs(context: Context) -> Sequence[Job]:
    """What must not depend on Temporal: windows close on time, data leaves, commenters hear."""
    return (
        Sweeper(context.db).run,
        Proposer(context.db).run,
        Upkeep(context.db, context.private, context.book, context.calendar, context.blobs).run,
        Mailing(context).run,
    )


SERVICE = Service(
    name="intake",
    web=app_of,
    activities=activities,
    jobs=jobs,
    gauges=[closing.figures, mails.figures],
    private=AS_ROLE,
    roles={"mail": run_receiver},
)

if __name__ == "__main__":
    main(SERVICE)

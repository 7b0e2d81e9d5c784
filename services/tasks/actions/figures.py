"""Task figures of the annual report: how many tasks a unit's plans had in a year, and how they went."""

from __future__ import annotations

from uuid import UUID

from services.kernel.contracts.figures import AskFigures, Figure, Figures
from services.kernel.runtime import db
from services.kernel.runtime.db import Connection
from services.tasks.domain.plans import Period, tally
from services.tasks.store import plans


async def of_year(conn: Connection, message: AskFigures) -> Figures:
    """TASK_TOTAL = TASK_DONE + TASK_OVERDUE + TASK_OPEN; TASK_ONTIME is out of those due in the year.

    The records of TASK_PLANS are the documents whose tasks are followed.
    """
    period = Period.of(message.year, await db.now(conn))
    tasks = await plans.tasks_of_issuer(conn, message.issuer_unit)
    counted = tally(tasks, period)

    def figure(code: str, records: tuple[UUID, ...], of: int | None = None) -> Figure:
        return Figure(code=code, value=len(records), of=of, unit="项", records=records, as_of=period.last_day)

    followed = tuple(dict.fromkeys(task.document_id for task in tasks))
    return Figures(
        figures=(
            figure("TASK_PLANS", followed),
            figure("TASK_TOTAL", counted.total),
            figure("TASK_DONE", counted.done, len(counted.total)),
            figure("TASK_OPEN", counted.open),
            figure("TASK_OVERDUE", counted.overdue),
            figure("TASK_ONTIME", counted.on_time, len(counted.due)),
            figure("TASK_LONG_TERM", counted.long_term),
            figure("TASK_EXTENDED", counted.extended),
        )
    )

"""The tasks service: the inbox, plan tasks, their progress. `python -m services.tasks {web|worker|relay|migrate}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.kernel.runtime import outbox
from services.kernel.runtime.activities import served
from services.kernel.runtime.process import Context, Service, main
from services.kernel.runtime.relay import Deliver
from services.tasks.activities import Activities
from services.tasks.mailing import Post
from services.tasks.store import inbox
from services.tasks.web import build


def activities(context: Context) -> Sequence[Callable[..., Any]]:
    """What this service's worker serves."""
    return served(Activities(context.db, context.blobs))


def deliveries(context: Context) -> Mapping[str, Deliver]:
    """How mail leaves the outbox."""
    return {outbox.MAIL: Post(context).deliver}


SERVICE = Service(name="tasks", web=build, activities=activities, deliveries=deliveries, gauges=[inbox.figures])

if __name__ == "__main__":
    main(SERVICE)

"""Review as processes: `python -m services.review {web|worker|relay|migrate}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.kernel.runtime import outbox
from services.kernel.runtime.activities import served
from services.kernel.runtime.process import Context, Service, main
from services.kernel.runtime.relay import Deliver
from services.review.activities import ReviewActivities
from services.review.mailing import Post
from services.review.web import build


def activities(context: Context) -> Sequence[Callable[..., Any]]:
    """What the worker serves."""
    return served(ReviewActivities(context.db, context.settings.zone, context.book))


def deliveries(context: Context) -> Mapping[str, Deliver]:
    """How mail leaves the outbox."""
    return {outbox.MAIL: Post(context).deliver}


SERVICE = Service(name="review", web=build, activities=activities, deliveries=deliveries)

if __name__ == "__main__":
    main(SERVICE)

"""Review as processes: `python -m services.review {web|worker|relay|migrate}`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from services.kernel.runtime.activities import served
from services.kernel.runtime.process import Context, Service, main
from services.review.activities import ReviewActivities
from services.review.web import build


def activities(context: Context) -> Sequence[Callable[..., Any]]:
    """What the worker serves."""
    return served(ReviewActivities(context.db, context.settings.zone, context.book))


SERVICE = Service(name="review", web=build, activities=activities)

if __name__ == "__main__":
    main(SERVICE)

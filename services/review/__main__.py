"""Review as processes: `python -m services.review {web|worker|relay|migrate}`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from starlette.types import ASGIApp

from services.kernel.runtime.activities import served
from services.kernel.runtime.process import Context, Service, main
from services.review.activities import ReviewActivities


def web(context: Context) -> ASGIApp:
    """The pages and the interface for programs."""
    from services.review.app import build

    return build(context)


def activities(context: Context) -> Sequence[Callable[..., Any]]:
    """What the worker serves."""
    return served(ReviewActivities(context.db, context.settings.zone))


SERVICE = Service(name="review", web=web, activities=activities)

if __name__ == "__main__":
    main(SERVICE)

"""Waiting for people: until something is true, or an instant has come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

# How often a date is asked for again while the holiday notice of its year is not loaded.
CALENDAR_AGAIN = timedelta(hours=24)


async def until(condition: Callable[[], bool], instant: datetime | None = None) -> bool:
    """Wait until `condition` holds; True if it does, False when `instant` (aware) came first. None waits forever."""
    if condition():
        return True
    if instant is None:
        await workflow.wait_condition(condition)
        return True
    left = instant - workflow.now()
    if left <= timedelta(0):
        return False
    try:
        await workflow.wait_condition(condition, timeout=left)
    except TimeoutError:
        return condition()
    return True

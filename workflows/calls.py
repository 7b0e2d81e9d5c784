"""Asking services, typed: `opened = await ask(OPEN_ROUND, OpenRound(...))`."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts.messages import Call, Message

I = TypeVar("I", bound=Message)
O = TypeVar("O", bound=Message)

RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=300), maximum_interval=timedelta(seconds=30))


async def ask(call: Call[I, O], message: I) -> O:
    """Ask the service that serves `call`, as often as it takes; a refusal is raised at once as ActivityError."""
    answer: O = await workflow.execute_activity(
        call.name,
        message,
        task_queue=call.queue,
        result_type=call.gives,
        start_to_close_timeout=timedelta(seconds=call.seconds),
        heartbeat_timeout=timedelta(seconds=call.silent) if call.silent else None,
        retry_policy=RETRY,
    )
    return answer


async def look_up(call: Call[I, O], message: I) -> O:
    """Ask the rule book or the calendar, on this worker."""
    answer: O = await workflow.execute_local_activity(
        call.name,
        message,
        result_type=call.gives,
        start_to_close_timeout=timedelta(seconds=call.seconds),
        retry_policy=RETRY,
    )
    return answer


def refusal_of(error: ActivityError) -> str:
    """The code of the refusal behind a failed activity; anything but a refusal is raised again."""
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.non_retryable and cause.details:
        return str(cause.details[0])
    raise error

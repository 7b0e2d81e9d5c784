"""How a service serves a call of the contracts: `@serves(OPEN_ROUND)` on a method with that input and output."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from temporalio import activity
from temporalio.exceptions import ApplicationError

from services.kernel.contracts.messages import Call, Message
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import telemetry

I = TypeVar("I", bound=Message)
O = TypeVar("O", bound=Message)

BEAT_SECONDS = 10


def serves(call: Call[I, O]) -> Callable[[Callable[[Any, I], Awaitable[O]]], Callable[[Any, I], Awaitable[O]]]:
    """Register a method as the implementation of `call`. A Refused is never retried, anything else always."""

    def mark(method: Callable[[Any, I], Awaitable[O]]) -> Callable[[Any, I], Awaitable[O]]:
        async def run(self: Any, message: I) -> O:
            with telemetry.span(call.name, attributes=_named(message)):
                try:
                    return await method(self, message)
                except Refused as refused:
                    raise ApplicationError(
                        str(refused), refused.code, type=type(refused).__name__, non_retryable=True
                    ) from refused

        # Not functools.wraps: Temporal would read the method's own parameter names and lose the types.
        run.__name__, run.__qualname__, run.__doc__ = method.__name__, method.__qualname__, method.__doc__
        run.__annotations__ = {"message": call.takes, "return": call.gives}
        return activity.defn(name=call.name)(run)

    return mark


@asynccontextmanager
async def pulse() -> AsyncIterator[Callable[[], None]]:
    """What to call, from any thread, each time long work has come a step further: the server is told of it."""
    steps = itertools.count()
    done = [0]

    def beat() -> None:
        done[0] = next(steps) + 1

    async def tell() -> None:
        told = 0
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            if done[0] != told:
                told = done[0]
                activity.heartbeat(told)

    telling = asyncio.create_task(tell()) if activity.in_activity() else None
    try:
        yield beat
    finally:
        if telling is not None:
            telling.cancel()


def served(owner: object) -> list[Callable[..., Any]]:
    """Every activity that an object serves, for its worker."""
    methods = (getattr(owner, name) for name in dir(owner) if not name.startswith("__"))
    return [method for method in methods if hasattr(method, "__temporal_activity_definition")]


def _named(message: Message) -> dict[str, str]:
    document = getattr(message, "document", None)
    found = getattr(message, "document_id", None) or getattr(document, "document_id", None)
    return {"document_id": str(found)} if found else {}

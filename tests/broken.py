"""What broke in a service while a test ran: an exception that nobody foresaw, which the page only calls a failure."""

from __future__ import annotations

import sys
from typing import Any

import structlog
from structlog.typing import EventDict

BROKEN: list[str] = []


def listen() -> None:
    """Note what breaks from now on. Tracebacks are plain: those with every variable take seconds, and tell secrets."""
    structlog.configure(
        processors=[
            _note,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    )


def _note(_logger: Any, _method: str, event: EventDict) -> EventDict:
    if event["event"] == "web.broken":
        BROKEN.append(f"{event['route']}: {sys.exc_info()[1]!r}")
    return event

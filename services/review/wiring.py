"""What a request's app stands on: rule book, content store, calendar."""

from __future__ import annotations

from fastapi import Request

from services.kernel.precheck.register import Register
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.process import Context


def context_of(request: Request) -> Context:
    """The process's context, which the app was built over."""
    context: Context = request.app.state.context
    return context


def book_of(request: Request) -> RuleBook:
    """The rule book in force."""
    return context_of(request).book


def blobs_of(request: Request) -> Blobs:
    """The content store."""
    return context_of(request).blobs


def calendar_of(request: Request) -> WorkCalendar:
    """The working days that are known."""
    return context_of(request).calendar


def register_in(request: Request) -> Register | None:
    """The register of laws and documents that the operator loaded, if there is one."""
    register: Register | None = request.app.state.register
    return register

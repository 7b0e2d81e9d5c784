"""Indicators of the annual report: what every service is asked for, and how it answers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.kernel.contracts.messages import Message


class AskFigures(Message):
    """Ask a service for its figures on `year`, by event date in the office's time zone."""

    issuer_unit: str
    year: int


class Figure(Message):
    """One indicator: code as in the indicator list, integer value or rate (numerator over denominator)."""

    code: str
    value: int
    of: int | None = None
    unit: str = ""
    records: tuple[UUID, ...] = ()
    text: str | None = None
    as_of: date | None = None


class Figures(Message):
    """A service's figures."""

    figures: tuple[Figure, ...]

"""A stretch of the normalised text."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Span(BaseModel):
    """Offsets into the normalised text, the end not included."""

    model_config = ConfigDict(frozen=True)

    start: int
    end: int


class Spotted(Span):
    """A stretch with the words that stand there."""

    text: str

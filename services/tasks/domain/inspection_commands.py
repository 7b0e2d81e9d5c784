"""What people send in an inspection: one command for each act."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from services.tasks.domain.verbs import Command

Line = Annotated[str, Field(max_length=300)]
Prose = Annotated[str, Field(max_length=20_000)]
OptionalDay = Annotated[date | None, BeforeValidator(lambda value: value or None)]
Source = Literal["decision", "instruction", "proposal"]
Measure = Literal["praise", "criticism", "accountability"]


class Propose(Command):
    """A matter, where it comes from, and the plan: scope and objects one to a line or as lists."""

    matter: Line
    source: Source = "decision"
    source_words: Prose
    scope: Annotated[tuple[Line, ...], Field(max_length=50)]
    objects: Annotated[tuple[Line, ...], Field(max_length=50)]
    method: Prose
    starts_on: date
    ends_on: date


class Approve(Command):
    """Approve matter and plan, or not, with words."""

    approved: bool
    words: Prose


class AddMember(Command):
    """Send somebody."""

    person_id: Line


class Recuse(Command):
    """Somebody steps back, or is made to, with the reason."""

    person_id: Line
    reason: Prose


class Find(Command):
    """What was found at an object, on one item of the scope."""

    unit_id: Line
    item: Line
    finding: Prose


class Conclude(Command):
    """The conclusion on an object; with a day where something is to be put right."""

    unit_id: Line
    words: Prose
    rectify_by: OptionalDay = None


class Receive(Command):
    """The object has the conclusion."""

    unit_id: Line


class ObjectTo(Command):
    """The object applies for a review."""

    unit_id: Line
    words: Prose


class ReviewObjection(Command):
    """The decision on an objection."""

    unit_id: Line
    outcome: Literal["upheld", "changed", "withdrawn"]
    words: Prose


class Check(Command):
    """Whether what was to be put right has been."""

    unit_id: Line
    outcome: Literal["done", "not_done"]
    words: Prose


class ProposeMeasure(Command):
    """通报表扬, 通报批评, or a proposal of accountability."""

    unit_id: Line
    kind: Measure
    words: Prose


class DecideMeasure(Command):
    """Approve a measure, or not."""

    measure_id: UUID
    approved: bool
    words: Prose


class IssueMeasure(Command):
    """Issue an approved measure."""

    measure_id: UUID

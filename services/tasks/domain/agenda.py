"""Who must act next in an inspection, by which rule and until when: read from its record, so that nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from services.kernel.runtime.directory import Role
from services.tasks.domain.inspections import OBJECTION, REVIEW, RULE, Conclusion, Inspection

INSPECTION = "INSPECTION"
# Who of an inspected unit deals with it: the first of these offices that somebody there holds.
ANSWERS_FOR_A_UNIT = (Role.LEAD_UNIT_OFFICER, Role.UNIT_HEAD, Role.DRAFTER)


@dataclass(frozen=True)
class Duty:
    """One thing that somebody must do now. `key` is the same as long as it is the same thing."""

    key: str
    stage: str
    role: str
    unit_id: str
    rule_id: str
    due_on: date | None = None


@dataclass(frozen=True)
class Offices:
    """Where an inspection's people are: the government's head, and the office that answers for each object."""

    head_unit: str
    of_objects: Mapping[str, str]


def duties(held: Inspection, offices: Offices) -> list[Duty]:
    """What waits on the inspection now; nothing for one that was not approved."""
    if held.approved is None:
        return [Duty(_key(held, "approval"), "inspection_approval", Role.CHIEF, offices.head_unit, RULE)]
    if not held.approved:
        return []
    concluded = {one.unit_id for one in held.conclusions}
    return [
        *(
            Duty(
                _key(held, f"{unit}/conclusion"),
                "inspection_conclusion",
                Role.SUPERVISOR,
                held.unit_id,
                RULE,
                held.ends_on,
            )
            for unit in held.objects
            if unit not in concluded
        ),
        *(duty for conclusion in held.conclusions for duty in _after(held, conclusion, offices)),
        *_of_measures(held, offices),
    ]


def _after(held: Inspection, conclusion: Conclusion, offices: Offices) -> Iterator[Duty]:
    unit, office = conclusion.unit_id, offices.of_objects.get(conclusion.unit_id, Role.UNIT_HEAD)
    if conclusion.step("received") is None:
        yield Duty(_key(held, f"{unit}/receipt"), "inspection_receipt", office, unit, OBJECTION)
    objected = conclusion.step("objected")
    if objected is not None and conclusion.step("reviewed") is None:
        yield Duty(
            _key(held, f"{unit}/review"), "inspection_review", Role.CHIEF, offices.head_unit, REVIEW, objected.until
        )
    if conclusion.rectify_by is not None and conclusion.step("checked") is None:
        day = conclusion.rectify_by
        yield Duty(_key(held, f"{unit}/rectification"), "inspection_rectification", office, unit, RULE, day)
        yield Duty(_key(held, f"{unit}/check"), "inspection_check", Role.SUPERVISOR, held.unit_id, RULE, day)


def _of_measures(held: Inspection, offices: Offices) -> Iterator[Duty]:
    for one in held.measures:
        if one.decision is None:
            yield Duty(_key(held, f"{one.id}/decision"), "measure_decision", Role.CHIEF, offices.head_unit, RULE)
        elif one.decision == "approved" and one.issued_at is None:
            yield Duty(_key(held, f"{one.id}/issue"), "measure_issue", Role.SUPERVISOR, held.unit_id, RULE)


def _key(held: Inspection, what: str) -> str:
    return f"inspection/{held.id}/{what}"

"""Completeness first: when a matter may be accepted for legality review, and when not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.kernel.contracts.refusals import Refused, Words
from services.review.domain.commands import CheckedMaterial, DeclareUrgency, ForbiddenAnswer
from services.review.domain.legality_refusals import (
    ChecklistItemUnknown,
    ChecklistOpen,
    ChecklistUnfounded,
    MaterialsOpen,
    MaterialUnexplained,
    MaterialUnknown,
    UrgencyUnfounded,
)
from services.review.domain.opinions import names_article

MISSING, NOT_NEEDED, FOUNDED = "missing", "not_applicable", "founded"


class Checked(Protocol):
    """What was found of one paper."""

    @property
    def state(self) -> str: ...


def check_refused(found: Sequence[CheckedMaterial], *, listed: Collection[str]) -> Refused | None:
    """Why this is no check of the papers of the stage."""
    for place, one in enumerate(found):
        if one.material not in listed:
            return MaterialUnknown(Words(one.material, one.material), field=f"materials.{place}.material")
        if one.state == NOT_NEEDED and not one.reason:
            return MaterialUnexplained(Words(one.material, one.material), field=f"materials.{place}.reason")
    return None


def acceptance_refused(
    checks: Mapping[str, Checked], *, listed: Sequence[str], asked: Collection[str], answered: Collection[str]
) -> Refused | None:
    """Why the matter may not be accepted: `listed` are the papers, `asked` and `answered` the items of the checklist."""
    if still := [item for item in asked if item not in answered]:
        return ChecklistOpen(Words(f"还有{len(still)}项没有作答。", f"{len(still)} items are open."), field="checklist")
    lacking = [name for name in listed if name not in checks or checks[name].state == MISSING]
    if lacking:
        return MaterialsOpen(
            Words(f"没有核对或者缺少：{'、'.join(lacking)}。", f"Not checked, or missing: {', '.join(lacking)}."),
            field="materials",
        )
    return None


def answers_refused(given: Sequence[ForbiddenAnswer], *, asked: Collection[str]) -> Refused | None:
    """Why these are no answers to the checklist."""
    for place, one in enumerate(given):
        if one.item not in asked:
            return ChecklistItemUnknown(Words(one.item, one.item), field=f"answers.{place}.item")
        if one.answer == FOUNDED and not names_article(one.basis):
            return ChecklistUnfounded(field=f"answers.{place}.basis")
    return None


def urgency_refused(said: DeclareUrgency, now: datetime) -> Refused | None:
    """Why urgency is not founded: it names instrument and article, gives a reason, and a moment still to come."""
    if not names_article(said.basis):
        return UrgencyUnfounded(field="basis")
    if not said.reason:
        return UrgencyUnfounded(field="reason")
    if said.wanted_by <= now:
        return UrgencyUnfounded(
            Words("希望完成的时间已经过去。", "The moment asked for has passed."), field="wanted_by"
        )
    return None

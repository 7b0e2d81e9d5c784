"""Filters of the inbox: what one may ask of a list, and how such a wish is kept under a name."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.kernel.contracts.refusals import Conflict, NotFound, Words
from services.tasks.domain.verbs import Command

View = Literal["mine", "unit", "document", "watched", "by_me", "done"]
Sorted = Literal["due", "arrival", "document"]
# A bound of ours, so that the bar of filters stays one that can be read.
MOST_KEPT = 50
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]+$")]
Code = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")]


class Due(StrEnum):
    """Which due dates to show."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    WEEK = "week"
    LATER = "later"


class Kept(BaseModel):
    """What a saved filter asks: a list, an order, conditions. Not one document, nor in whose place: those pass."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    view: Literal["mine", "unit", "watched", "by_me", "done"] = "mine"
    stage: Code | None = None
    kind: Code | None = None
    unit: Code | None = None
    due: Due | None = None
    q: Code | None = None
    by: Sorted = "due"


class SaveFilter(Command):
    """A filter under a name. `default`: what the inbox opens with; `shared`: colleagues of the unit may look through it."""

    name: Name
    asked: Kept
    default: bool = False
    shared: bool = False


class ChangeFilter(Command):
    """What of a saved filter shall be otherwise; None leaves it."""

    name: Name | None = None
    asked: Kept | None = Field(default=None)
    default: bool | None = None
    shared: bool | None = None


class FilterUnknown(NotFound):
    """No such filter of one's own; those of colleagues can be looked through, not changed."""

    code = "filter.not_found"
    title = Words("您没有这个筛选", "You have no such filter")
    remedy = Words(
        "同事共用的筛选只能看；请打开后另存为自己的。",
        "What colleagues share is to look at: open it and save your own.",
    )


class NameTaken(Conflict):
    """Two filters of one person under one name."""

    code = "filter.name"
    title = Words("您已经有同名的筛选", "You have a filter of that name already")
    remedy = Words("请换一个名称，或者先删去原来的。", "Choose another name, or remove that one first.")


class TooMany(Conflict):
    """More filters than a bar can show."""

    code = "filter.too_many"
    title = Words(f"最多保存{MOST_KEPT}个筛选", f"At most {MOST_KEPT} filters are kept")
    remedy = Words("请先删去不用的。", "Remove some that you no longer use.")

"""Pages by key: the place of the last row is where the next page begins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.kernel.contracts.refusals import Invalid, Words


class BadPlace(Invalid):
    """Not the `next` of any page."""

    code = "page.place"
    title = Words("没有这一页", "No such page")
    remedy = Words("请从第一页开始。", "Start from the first page.")


def place_of(at: datetime, row_id: UUID) -> str:
    """Where a row stands, as the reader hands it back."""
    return f"{at.isoformat()}~{row_id}"


def after(place: str | None) -> tuple[datetime, UUID] | None:
    """The place as it was handed back. Raises BadPlace."""
    if not place:
        return None
    at, _, row_id = place.replace(" ", "+").partition("~")
    try:
        instant = datetime.fromisoformat(at)
        found = UUID(row_id)
    except ValueError as error:
        raise BadPlace(field="after") from error
    if instant.tzinfo is None:
        raise BadPlace(field="after")
    return instant, found


def line_place(size: int, row_id: UUID) -> str:
    """Where a line of the opinions table stands: the largest come first."""
    return f"{size}~{row_id}"


def after_line(place: str | None) -> tuple[int, UUID] | None:
    """The place of a line as it was handed back. Raises BadPlace."""
    if not place:
        return None
    size, _, row_id = place.partition("~")
    try:
        return int(size[:18]), UUID(row_id)
    except ValueError as error:
        raise BadPlace(field="after") from error

"""Pages by key: the place of the last row is where the next page begins."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.kernel.contracts.refusals import Invalid, Words

LINE = re.compile(r"([0-9]{1,9})~([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})~([0-9]{1,9})")


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


class Place(NamedTuple):
    """Where a line of the opinions table stands: the largest come first, then by key, then by revision."""

    size: int
    key: UUID
    revision: int = 0

    def __str__(self) -> str:
        return f"{self.size}~{self.key}~{self.revision}"


def after_line(place: str | None) -> Place | None:
    """The place of a line as it was handed back. Raises BadPlace."""
    if not place:
        return None
    found = LINE.fullmatch(place)
    if found is None:
        raise BadPlace(field="after")
    return Place(int(found[1]), UUID(found[2]), int(found[3]))

"""What is asked of the inbox: by whom, which items, from which place in a list on, and by which clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.tasks.domain.items import PERSON


@dataclass(frozen=True)
class Reader:
    """Whose inbox: a person in a unit, in these roles; `hands` are the (person, role) whose items they work on."""

    person_id: str
    unit_id: str
    roles: list[str]
    hands: list[tuple[str, str]]

    @property
    def columns(self) -> tuple[list[str], list[str]]:
        """The hands, as persons and roles."""
        return [person for person, _ in self.hands], [role for _, role in self.hands]

    @property
    def by_person(self) -> dict[str, list[str]]:
        """The hands, as the roles of each person."""
        roles: dict[str, list[str]] = {}
        for person, role in self.hands:
            roles.setdefault(person, []).append(role)
        return roles

    @property
    def whole(self) -> list[str]:
        """Those in whose place the reader works in all that is theirs; the reader is the first of them."""
        return [person for person, role in self.hands if role == PERSON]


@dataclass(frozen=True)
class Wanted:
    """What to show. Instants and days bound the due date; `words` occur in the title or in the document's number."""

    document_id: UUID | None = None
    stage: str | None = None
    kind: str | None = None
    drafting_unit: str | None = None
    words: str | None = None
    ends_by: datetime | None = None
    ends_after: datetime | None = None
    on_from: date | None = None
    on_to: date | None = None


@dataclass(frozen=True)
class Place:
    """A place in a list, in the order of its lines: an instant (in microseconds), a text, and the item."""

    number: int
    text: str
    item_id: UUID


@dataclass(frozen=True)
class Moment:
    """The clock by which a page counts: now, its day, the last day that is soon, and since when closed items count."""

    now: datetime
    today: date
    soon_until: date
    done_since: datetime

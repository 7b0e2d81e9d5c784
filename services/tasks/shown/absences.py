"""Absences as colleagues see them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from services.tasks.shown.words import Shown, role_words
from services.tasks.store.absences import Absence


class AbsenceShown(Shown):
    """Who is away from when to when, and who stands in, in what."""

    id: UUID
    person_id: str
    person_name: str
    deputy_id: str
    deputy_name: str
    from_on: date
    until_on: date
    roles: list[str]
    role_words: list[str]
    note: str
    made_at: datetime
    ended_at: datetime | None
    stands: bool
    ahead: bool


def absence_shown(absence: Absence) -> AbsenceShown:
    """An absence with the names of the offices."""
    plain = {name: value for name, value in vars(absence).items() if name in AbsenceShown.model_fields}
    return AbsenceShown(**plain, role_words=[role_words(role) for role in absence.roles])

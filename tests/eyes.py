"""People who are one pair of eyes with an author: who may not decide, whatever office they hold."""

from __future__ import annotations

from typing import Literal, get_args

from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import create_key

Who = Literal["author", "deputy", "principal"]
WHO: tuple[Who, ...] = get_args(Who)
# Of two who stand in for each other both hold this in the unit: it is not done in person, and decides nothing here.
SHARED = "lead_unit_officer"
ABSENCE = """
insert into directory.absences (person_id, unit_id, deputy_id, from_on, until_on, roles, made_by)
values ($1, $2, $3, directory.office_today() - 1, directory.office_today() + 1, $4, $1)
"""
OFFICE = (
    "insert into directory.offices (person_id, unit_id, role, title) values ($1, $2, $3, '') on conflict do nothing"
)


async def give(owner: Connection, person_id: str, unit_id: str, role: str) -> None:
    """One more office for somebody."""
    await owner.execute(OFFICE, person_id, unit_id, role)


async def key_of(owner: Connection, person_id: str, unit_id: str) -> dict[str, str]:
    """The header of a fresh API key of somebody."""
    made = await create_key(owner, unit_id=unit_id, person_id=person_id, label="tests")
    return {"Authorization": f"Bearer {made.secret}"}


async def author_for(owner: Connection, who: Who, *, decider: str, other: str, unit_id: str) -> str:
    """Who must have drafted a text, so that `decider` is its author, the deputy of its author, or away with the author
    as deputy. `other` drafted it in the last two cases; the delegation between the two is made here."""
    if who == "author":
        return decider
    for person_id in (decider, other):
        await give(owner, person_id, unit_id, SHARED)
    away, deputy = (other, decider) if who == "deputy" else (decider, other)
    await owner.execute(ABSENCE, away, unit_id, deputy, [SHARED])
    return other

"""Being away: what waits for somebody is in their deputy's hands for the time, and in theirs again after it.

Nothing is moved: whose hands an item is in is read from the days, so that nothing can be lost on the way or back.
"""

from __future__ import annotations

from uuid import UUID

from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.domain.absences import BeAway, EndedAlready, refuse_absence, refuse_other
from services.tasks.store import absences as store
from services.tasks.store.absences import Absence


async def be_away(tx: Connection, actor: Actor, command: BeAway) -> Absence:
    """Declare an absence with its deputy. Raises NotTheHead, BadDays, NoDeputy, BadScope, Overlap, Chain."""
    person_id = command.person_id or actor.person_id
    held = await store.held(tx, person_id, actor.unit_id)
    refuse_absence(command, actor, held=held, today=await store.today(tx))
    made = await store.add(tx, command, person_id=person_id, unit_id=actor.unit_id, made_by=actor.person_id)
    return await store.get(tx, made)


async def come_back(tx: Connection, actor: Actor, absence_id: UUID) -> Absence:
    """End an absence before its last day, or before its first. Raises AbsenceUnknown, NotTheHead, EndedAlready."""
    absence = await store.lock(tx, absence_id, actor.unit_id)
    refuse_other(absence.person_id, actor)
    if absence.ended_at is not None or not (absence.stands or absence.ahead):
        raise EndedAlready
    await store.end(tx, absence_id, by=actor.person_id)
    return await store.get(tx, absence_id)

"""The inbox follows an inspection: after each act its items are those of who must act next, and no others."""

from __future__ import annotations

from services.kernel.contracts.messages import Deadline, DocumentRef
from services.kernel.contracts.tasks import CloseItem, PostItem
from services.kernel.runtime import directory
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.tasks.actions import items
from services.tasks.domain.agenda import ANSWERS_FOR_A_UNIT, INSPECTION, Duty, Offices, duties
from services.tasks.domain.inspections import Inspection
from services.tasks.store import items as store

SETTLED = "settled"


async def follow(tx: Connection, held: Inspection, actor: Actor) -> None:
    """Post what waits now, close what `actor` has just dealt with. The inspection is locked by the act before."""
    wanted = {duty.key: duty for duty in duties(held, await _offices(tx, held))}
    for key in await store.open_keys(tx, held.id):
        if key not in wanted:
            await items.close(tx, CloseItem(key=key, outcome=SETTLED, actor_id=actor.person_id))
    for duty in wanted.values():
        await items.post(tx, _item(held, duty))


def _item(held: Inspection, duty: Duty) -> PostItem:
    about = DocumentRef(
        document_id=held.id,
        kind=INSPECTION,
        title=held.matter,
        issuer_unit=held.unit_id,
        drafting_unit=held.unit_id,
        agency_code="",
    )
    return PostItem(
        key=duty.key,
        document=about,
        stage=duty.stage,
        role=duty.role,
        unit_id=duty.unit_id,
        due=Deadline(rule_id=duty.rule_id, last_day=duty.due_on) if duty.due_on else None,
        rule_id=duty.rule_id,
        link=f"/tasks/inspections/{held.id}",
    )


async def _offices(tx: Connection, held: Inspection) -> Offices:
    """The nearest government above the inspecting unit that has a head, and who answers for each object."""
    above = {unit.id: unit.parent_id for unit in await directory.units(tx)}
    held_in: dict[str, set[str]] = {}
    for office in await directory.offices(tx):
        held_in.setdefault(office.unit_id, set()).add(office.role)
    unit: str | None = held.unit_id
    while unit is not None and Role.CHIEF not in held_in.get(unit, ()):
        unit = above.get(unit)
    answer = {
        one: next((role for role in ANSWERS_FOR_A_UNIT if role in held_in.get(one, ())), Role.UNIT_HEAD)
        for one in held.objects
    }
    return Offices(unit or held.unit_id, answer)

"""The register of seals: the authority's registrar enters them and hands them over; the keeper uses them on the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict

from services.kernel.contracts.lifecycle import ASKS_CHANGED, AsksChanged
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import directory
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role, Unit
from services.review.actions.deciding import insist, say
from services.review.actions.sessions import OFFICE, of_authority
from services.review.domain.seals import (
    STAGE,
    EnterSeal,
    HandSeal,
    SealMoved,
    asks_of,
    entering_refused,
    handing_refused,
)
from services.review.store import rounds, seals

# Who keeps the seal of a unit: its registrars, or where it has none whoever does its daily business.
DESKS = (Role.REGISTRAR, Role.LEAD_UNIT_OFFICER)


@dataclass(frozen=True)
class Desk:
    """The office that keeps the seals of a unit, and who holds it: id and name."""

    role: Role
    keepers: dict[str, str]


class SealKept(BaseModel):
    """Under which id a seal stands, and at which revision of its keeping."""

    model_config = ConfigDict(frozen=True)

    seal_id: UUID
    revision: int


async def enter(tx: Connection, actor: Actor, command: EnterSeal) -> SealKept:
    """Enter a seal with its keeper. Refused: Forbidden, OtherAuthority, SealIncomplete, SealEntered."""
    keepers = await _at_desk(tx, actor, command.unit_id)
    insist(entering_refused(command, keepers=keepers))
    seal_id = await seals.enter(tx, command, actor)
    keeper = (command.keeper_id, keepers[command.keeper_id])
    await seals.keep(tx, seal_id, 1, keeper=keeper, reason="", actor=actor)
    return SealKept(seal_id=seal_id, revision=1)


async def hand(tx: Connection, actor: Actor, seal_id: UUID, command: HandSeal) -> SealKept:
    """Hand a seal to another keeper, or take it out of use. Refused: UnknownSeal, HandingUnexplained, SealMoved."""
    seal = await seals.seal(tx, seal_id)
    keepers = await _at_desk(tx, actor, seal.unit_id)
    insist(handing_refused(command, keepers=keepers))
    keeper = (command.keeper_id, keepers[command.keeper_id]) if command.keeper_id else (None, None)
    revision = command.revision + 1
    fresh = command.revision == seal.revision
    if not fresh or not await seals.keep(tx, seal_id, revision, keeper=keeper, reason=command.reason, actor=actor):
        raise SealMoved(field="revision")
    return SealKept(seal_id=seal_id, revision=revision)


async def own_units(conn: Connection, actor: Actor) -> list[Unit]:
    """The units whose seals the actor may enter and hand over; empty for everybody else."""
    units = await directory.units(conn)
    headed = {office.unit_id for office in await directory.offices(conn) if office.role in (Role.CHIEF, Role.UNIT_HEAD)}
    return [unit for unit in units if unit.id in headed and await _is_at_desk(conn, actor, unit.id)]


async def desk_of(conn: Connection, unit_id: str) -> Desk:
    """Who may keep a seal of a unit: those of the first desk that anybody holds there or in its own office."""
    offices = {unit.id for unit in await directory.units(conn) if unit.kind == OFFICE and unit.parent_id == unit_id}
    held = [one for one in await directory.offices(conn) if one.unit_id in (unit_id, *offices)]
    desks = (Desk(role, {one.person_id: one.person_name for one in held if one.role == role}) for role in DESKS)
    return next((desk for desk in desks if desk.keepers), Desk(Role.REGISTRAR, {}))


async def ask_for_seals(tx: Connection, round_id: UUID) -> None:
    """Tell the workflow of a sealing round whose seals are on the text, and whose are waited for. Twice is harmless."""
    round_ = await rounds.get_round(tx, round_id)
    if round_.stage != STAGE or len(round_.issuers) == 1 or not round_.is_open:
        return
    places = await seals.places_on(tx, round_)
    desks = {unit: (await desk_of(tx, unit)).role for unit in round_.issuers}
    used = sum(place.used_at is not None for place in places)
    asks = asks_of(places, desks)
    await say(
        tx,
        round_,
        ASKS_CHANGED,
        AsksChanged(event_id=uuid4(), round_id=round_.id, what="seal", revision=used + 1, asks=asks),
    )


async def _at_desk(tx: Connection, actor: Actor, unit_id: str) -> dict[str, str]:
    """Those who may keep the unit's seals, of whom the actor is one. Raises Forbidden, OtherAuthority."""
    desk = await desk_of(tx, unit_id)
    await of_authority(tx, actor, unit_id, desk.role)
    return desk.keepers


async def _is_at_desk(conn: Connection, actor: Actor, unit_id: str) -> bool:
    try:
        await _at_desk(conn, actor, unit_id)
    except Refused:
        return False
    return True

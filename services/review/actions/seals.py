"""The register of seals: the authority's registrar enters them and hands them over; the keeper uses them on the sheet."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.kernel.runtime import directory
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.review.actions.deciding import insist
from services.review.actions.sessions import OFFICE, of_authority
from services.review.domain.seals import EnterSeal, HandSeal, SealMoved, entering_refused, handing_refused
from services.review.store import seals


class SealKept(BaseModel):
    """Under which id a seal stands, and at which revision of its keeping."""

    model_config = ConfigDict(frozen=True)

    seal_id: UUID
    revision: int


async def enter(tx: Connection, actor: Actor, command: EnterSeal) -> SealKept:
    """Enter a seal with its keeper. Refused: Forbidden, OtherAuthority, SealIncomplete, SealEntered."""
    await of_authority(tx, actor, command.unit_id, Role.REGISTRAR)
    keepers = await keepers_of(tx, command.unit_id)
    insist(entering_refused(command, keepers=keepers))
    seal_id = await seals.enter(tx, command, actor)
    keeper = (command.keeper_id, keepers[command.keeper_id])
    await seals.keep(tx, seal_id, 1, keeper=keeper, reason="", actor=actor)
    return SealKept(seal_id=seal_id, revision=1)


async def hand(tx: Connection, actor: Actor, seal_id: UUID, command: HandSeal) -> SealKept:
    """Hand a seal to another keeper, or take it out of use. Refused: UnknownSeal, HandingUnexplained, SealMoved."""
    seal = await seals.seal(tx, seal_id)
    await of_authority(tx, actor, seal.unit_id, Role.REGISTRAR)
    keepers = await keepers_of(tx, seal.unit_id)
    insist(handing_refused(command, keepers=keepers))
    keeper = (command.keeper_id, keepers[command.keeper_id]) if command.keeper_id else (None, None)
    revision = command.revision + 1
    fresh = command.revision == seal.revision
    if not fresh or not await seals.keep(tx, seal_id, revision, keeper=keeper, reason=command.reason, actor=actor):
        raise SealMoved(field="revision")
    return SealKept(seal_id=seal_id, revision=revision)


async def keepers_of(conn: Connection, unit_id: str) -> dict[str, str]:
    """Who may keep a seal of an authority, id and name: the registrars there and in its own office."""
    offices = {unit.id for unit in await directory.units(conn) if unit.kind == OFFICE and unit.parent_id == unit_id}
    held = [one for one in await directory.offices(conn) if one.unit_id in (unit_id, *offices)]
    return {one.person_id: one.person_name for one in held if one.role == Role.REGISTRAR}

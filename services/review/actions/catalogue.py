"""The catalogue of major decisions: the authority's registrar enters, adjusts and publishes its matters."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.stages import DocumentKind
from services.kernel.runtime import db, directory, language
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.review.actions.deciding import insist
from services.review.actions.sessions import of_authority
from services.review.domain.catalogue import (
    Adjust,
    AlreadyPublished,
    Enter,
    PublishYear,
    RevisionMoved,
    matter_refused,
    publishing_refused,
)
from services.review.store import catalogue

CATALOGUE = "annual_catalogue"


class Entered(BaseModel):
    """Under which id, and at which revision, a matter stands."""

    model_config = ConfigDict(frozen=True)

    entry_id: UUID
    revision: int


class YearPublished(BaseModel):
    """Which year is public."""

    model_config = ConfigDict(frozen=True)

    issuer_unit: str
    year: int


async def enter(tx: Connection, actor: Actor, command: Enter, *, book: RuleBook) -> Entered:
    """Put a matter into the catalogue. Refused: Forbidden, OtherAuthority, EntryIncomplete."""
    await of_authority(tx, actor, command.issuer_unit, Role.REGISTRAR)
    insist(matter_refused(command, units=await _units(tx), stages=procedures(book)))
    return Entered(entry_id=await catalogue.enter(tx, command, actor), revision=1)


async def adjust(tx: Connection, actor: Actor, entry_id: UUID, command: Adjust, *, book: RuleBook) -> Entered:
    """Adjust a matter, with a reason. Refused: UnknownEntry, AdjustmentUnexplained, RevisionMoved, and as `enter`."""
    entry = await catalogue.entry(tx, entry_id)
    await of_authority(tx, actor, entry.issuer_unit, Role.REGISTRAR)
    insist(matter_refused(command, units=await _units(tx), stages=procedures(book)))
    if command.revision != entry.now.revision or not await catalogue.revise(tx, entry_id, command, actor):
        raise RevisionMoved(field="revision")
    return Entered(entry_id=entry_id, revision=command.revision + 1)


async def publish(tx: Connection, actor: Actor, command: PublishYear) -> YearPublished:
    """Publish a year. Refused: ConsentMissing, NothingEntered, AlreadyPublished, Forbidden, OtherAuthority."""
    await of_authority(tx, actor, command.issuer_unit, Role.REGISTRAR)
    now = await db.now(tx)
    found = await catalogue.entries(tx, issuer_unit=command.issuer_unit, year=command.year)
    insist(publishing_refused(command, entries=len(found), today=office_day(now)))
    if not await catalogue.publish(tx, command, actor):
        raise AlreadyPublished(field="year")
    return YearPublished(issuer_unit=command.issuer_unit, year=command.year)


def procedures(book: RuleBook) -> dict[str, str]:
    """The steps that a major decision may have to take before it is published, by id, in the reader's language."""
    stages = book.kind(DocumentKind.MAJOR_DECISION).before_publication()
    return {stage.id: stage.name.of(language.current()) for stage in stages if stage.id != CATALOGUE}


async def _units(tx: Connection) -> frozenset[str]:
    return frozenset(unit.id for unit in await directory.units(tx))

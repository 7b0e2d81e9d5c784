"""Clean-ups by the authority's filing clerk: opened over the register, an outcome for each document, then public.

An outcome ends nothing by itself: a document is amended or ended by another one through its procedure, and the
catalogue shows which.
"""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.kernel.contracts.lifecycle import CLEANUP_OUTCOME, CleanupOutcome, cleanup_outcome_id
from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime import db, outbox
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.review.actions.deciding import insist
from services.review.actions.sessions import of_authority
from services.review.actions.standing import reference
from services.review.domain.cleanups import (
    GiveOutcome,
    NothingInForce,
    OpenCleanup,
    opening_refused,
    outcome_refused,
    publishing_refused,
)
from services.review.store import cleanups, standing


class CleanedUp(BaseModel):
    """The receipt: how many documents, and how many still have no outcome."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    total: int
    missing: int


async def open_cleanup(tx: Connection, actor: Actor, command: OpenCleanup) -> CleanedUp:
    """Begin, over what was in force on the day. Refused: Forbidden, OtherAuthority, CleanupIncomplete, NothingInForce."""
    await of_authority(tx, actor, command.issuer_unit, Role.FILING_CLERK)
    now = await db.now(tx)
    insist(opening_refused(command, today=office_day(now)))
    found = await standing.texts(tx, issuer_unit=command.issuer_unit, kind=command.kind)
    day = command.cut_off_on
    listed = [one.document_id for one in found if one.published_on <= day and one.stands(day)]
    if not listed:
        raise NothingInForce(field="cut_off_on")
    return await _receipt(tx, await cleanups.open_cleanup(tx, command, listed, actor))


async def give_outcome(tx: Connection, actor: Actor, cleanup_id: UUID, command: GiveOutcome) -> CleanedUp:
    """Say what becomes of one document. Refused: UnknownCleanup, NotListed, OutcomeUnexplained, CleanupPublished, OwnDocument."""
    cleanup = await cleanups.hold(tx, cleanup_id)
    await of_authority(tx, actor, cleanup.issuer_unit, Role.FILING_CLERK)
    insist(outcome_refused(cleanup, command))
    await cleanups.give(tx, cleanup_id, command, actor)
    return await _receipt(tx, cleanup_id)


async def publish(tx: Connection, actor: Actor, cleanup_id: UUID) -> CleanedUp:
    """Publish the catalogue, and ask the drafting offices for what it wants of them.

    Refused: UnknownCleanup, OutcomesUnequal, CleanupPublished, Forbidden, OtherAuthority.
    """
    cleanup = await cleanups.hold(tx, cleanup_id)
    await of_authority(tx, actor, cleanup.issuer_unit, Role.FILING_CLERK)
    insist(publishing_refused(cleanup))
    await cleanups.publish(tx, cleanup, actor)
    for one in cleanup.inventory:
        if one.waits and one.outcome:
            await _ask_for(tx, cleanup_id, one.document_id, one.outcome)
    return await _receipt(tx, cleanup_id)


async def _ask_for(tx: Connection, cleanup_id: UUID, document_id: UUID, outcome: str) -> None:
    """Another document has to carry the outcome out: that is the drafting office's to begin."""
    await cleanups.ask(tx, cleanup_id, document_id, outcome)
    message = CleanupOutcome.model_validate(
        {
            "cleanup_id": cleanup_id,
            "document": reference(await standing.text(tx, document_id)),
            "outcome": outcome,
            "link": f"/review/in-force/{document_id}",
        }
    )
    workflow_id = cleanup_outcome_id(cleanup_id, document_id)
    await outbox.start(tx, key=str(document_id), workflow=CLEANUP_OUTCOME, workflow_id=workflow_id, message=message)


async def _receipt(tx: Connection, cleanup_id: UUID) -> CleanedUp:
    cleanup = await cleanups.cleanup(tx, cleanup_id)
    return CleanedUp(id=cleanup_id, total=len(cleanup.inventory), missing=cleanup.missing)

"""What becomes of a document in force: its declared successor takes effect, the head suspends it, it is evaluated."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.kernel.contracts.lifecycle import STANDING, StandingChange, standing_id
from services.kernel.contracts.messages import DocumentRef
from services.kernel.contracts.review import EnterText
from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime import outbox
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.review.actions.deciding import insist
from services.review.actions.sessions import of_authority
from services.review.domain.standing import (
    Change,
    Commission,
    Conclude,
    InForce,
    ResultGiven,
    Resume,
    Suspend,
    commission_refused,
    result_refused,
    resuming_refused,
    suspending_refused,
)
from services.review.store import cleanups, standing
from services.review.store.standing import NewAct


class Acted(BaseModel):
    """The receipt: under which id it stands."""

    model_config = ConfigDict(frozen=True)

    id: UUID


async def suspend(tx: Connection, actor: Actor, document_id: UUID, command: Suspend) -> Acted:
    """中止执行 by the head. Refused: Forbidden, OtherAuthority, NotADecision, NotUrgent, SuspendedAlready, EndedAlready."""
    text = await _held(tx, actor, document_id, Role.CHIEF)
    insist(suspending_refused(text, command))
    new = NewAct(
        document_id,
        "suspended",
        command.reason,
        office_day(text.read_at),
        _by(actor),
        situation=command.situation,
        urgency=command.urgency,
    )
    return await _happens(tx, text, new)


async def resume(tx: Connection, actor: Actor, document_id: UUID, command: Resume) -> Acted:
    """Let a suspended decision go on as it was made. Refused: Forbidden, OtherAuthority, NotSuspended, NotUrgent."""
    text = await _held(tx, actor, document_id, Role.CHIEF)
    insist(resuming_refused(text, command))
    return await _happens(
        tx, text, NewAct(document_id, "resumed", command.reason, office_day(text.read_at), _by(actor))
    )


async def take_effect(tx: Connection, published: EnterText) -> None:
    """A document is public: what it declared that it amends or ends is amended or ended from its commencement on."""
    document_id = published.document.document_id
    for one in await standing.declared(tx, document_id):
        target = await standing.hold(tx, one.target_id)
        if not target.ended:
            person = (one.person_id, one.person_name, published.document.drafting_unit)
            change: Change = "ended" if one.change == "ended" else "amended"
            await _happens_once(tx, target, change, one.reason, published, person)


async def _happens_once(
    tx: Connection,
    target: InForce,
    change: Change,
    reason: str,
    published: EnterText,
    person: tuple[str, str, str],
) -> None:
    since = published.effective_on or published.published_on
    new = NewAct(target.document_id, change, reason, since, person, by_document=published.document.document_id)
    if act_id := await standing.add(tx, new):
        await _tell(tx, target, new, act_id)


async def commission(tx: Connection, actor: Actor, document_id: UUID, command: Commission) -> Acted:
    """Have a decision evaluated. Refused: Forbidden, OtherAuthority, EvaluationIncomplete, AssessedBefore, OwnDocument, NotADecision."""
    text = await _held(tx, actor, document_id, Role.REGISTRAR)
    before = await standing.assessed_before(tx, document_id)
    insist(
        commission_refused(
            text,
            command,
            assessors=frozenset(body for body, _ in before),
            units=frozenset(unit for _, unit in before if unit),
            today=office_day(text.read_at),
        )
    )
    return Acted(id=await standing.commission(tx, document_id, command, actor))


async def conclude(tx: Connection, actor: Actor, evaluation_id: UUID, command: Conclude) -> Acted:
    """Record the result. Refused: UnknownEvaluation, Forbidden, OtherAuthority, ResultIncomplete, ResultGiven, OwnDocument."""
    evaluation = await standing.evaluation(tx, evaluation_id)
    text = await _held(tx, actor, evaluation.document_id, Role.REGISTRAR)
    insist(result_refused(evaluation, command))
    if not await standing.conclude(tx, evaluation_id, command, office_day(text.read_at), actor):
        raise ResultGiven(field="outcome")
    return Acted(id=evaluation_id)


async def _held(tx: Connection, actor: Actor, document_id: UUID, role: Role) -> InForce:
    text = await standing.hold(tx, document_id)
    await of_authority(tx, actor, text.issuer_unit, role)
    return text


def _by(actor: Actor) -> tuple[str, str, str]:
    return actor.person_id, actor.person_name, actor.unit_id


async def _happens(tx: Connection, text: InForce, new: NewAct) -> Acted:
    act_id = await standing.add(tx, new)
    if act_id is None:
        raise RuntimeError("an act by a person is never the same as another")
    await _tell(tx, text, new, act_id)
    return Acted(id=act_id)


async def _tell(tx: Connection, text: InForce, new: NewAct, act_id: UUID) -> None:
    """The gazette shows it, the dossier has it, the drafting office is asked for the procedure that must follow."""
    change = StandingChange(
        act_id=act_id,
        document=reference(text),
        text_hash=text.text_hash,
        change=new.change,
        effective_on=new.effective_on,
        by_document=new.by_document,
        suspension_id=text.suspension.id if text.suspension else None,
        cleanup_ids=await cleanups.carried_out(tx, text.document_id, new.change),
        link=f"/review/in-force/{text.document_id}",
    )
    await outbox.start(
        tx, key=str(text.document_id), workflow=STANDING, workflow_id=standing_id(act_id), message=change
    )


def reference(text: InForce) -> DocumentRef:
    """The document, as messages name it."""
    return DocumentRef(
        document_id=text.document_id,
        kind=text.kind,
        title=text.name,
        issuer_unit=text.issuer_unit,
        drafting_unit=text.drafting_unit,
        agency_code=text.agency_code,
    )


def today_of(text: InForce) -> date:
    """The office's day on which the text was read."""
    return office_day(text.read_at)

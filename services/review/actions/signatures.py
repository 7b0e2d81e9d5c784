"""签发 by the chief executive, and 复核 by the registrar before a number is given."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from services.kernel.contracts.facts import Facts, SignatureFacts
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Decided, Decision, insist, settle, stage_of, take
from services.review.domain.commands import Sign, Verify
from services.review.domain.opinions import signature_refused, verification_refused
from services.review.domain.returns import return_refused, targets

SIGNED = "signed"


async def sign(
    tx: Connection, actor: Actor, round_id: UUID, command: Sign, *, book: RuleBook, zone: ZoneInfo
) -> Decided:
    """Sign the text for issue, or return it. The day is the office's.

    Refused: UnknownOutcome, OpinionMissing, SignatureName, SignatureDate, and what `take` refuses.
    """
    matter = await take(tx, actor, round_id, seen=command, forms=("signing",))
    insist(
        signature_refused(
            command,
            allowed=stage_of(book, matter.round_).outcomes,
            name=actor.person_name,
            today=matter.now.astimezone(zone).date(),
        )
    )
    before = targets(book.kind(matter.round_.kind), matter.round_.stage)
    insist(return_refused(command.outcome, command.return_to, before))
    whole = SignatureFacts(opinion=bool(command.opinion), name=bool(command.name), full_date=True)
    details = {"name": command.name, "date": command.date.isoformat()}
    decision = Decision(
        command.outcome,
        command.opinion,
        details,
        command.publication_day,
        facts=Facts(signature=whole) if command.outcome == SIGNED else None,
        return_to=command.return_to or None,
    )
    return await settle(tx, actor, matter, decision)


async def verify(tx: Connection, actor: Actor, round_id: UUID, command: Verify, *, book: RuleBook) -> Decided:
    """Verify a signed text before issue. Refused: UnknownOutcome, OpinionMissing, and what `take` refuses."""
    matter = await take(tx, actor, round_id, seen=command, forms=("verification",))
    insist(verification_refused(command, allowed=stage_of(book, matter.round_).outcomes))
    return await settle(
        tx, actor, matter, Decision(command.outcome, command.note, publication_day=command.publication_day)
    )

"""How every decision is taken: lock the round, ask whether this person may, write record and sign-off, tell the workflow."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict

from services.kernel.contracts.facts import Facts
from services.kernel.contracts.lifecycle import ASKS_CHANGED, ROUND_DECIDED, AsksChanged, Heard, RoundDecided
from services.kernel.contracts.refusals import Refused
from services.kernel.contracts.signatures import canonical, hash_of
from services.kernel.procedure.rules import RuleBook, Stage
from services.kernel.runtime import language, outbox
from services.kernel.runtime.auth import Actor, Principal, stands_in
from services.kernel.runtime.db import Connection
from services.review.actions.desk import here
from services.review.actions.keys import key_for
from services.review.actions.passkeys import confirmed
from services.review.actions.sight import sight_of
from services.review.domain import record
from services.review.domain.commands import Seen
from services.review.domain.refusals import AlreadySigned
from services.review.domain.rounds import Round
from services.review.domain.seats import Joint, Seat
from services.review.store import four_eyes, papers, rounds, seats, sign_offs
from services.review.store.papers import Supplement


@dataclass(frozen=True)
class Matter:
    """A round under its lock, and what lies before the person who decides it."""

    round_: Round
    now: datetime
    papers: tuple[record.Paper, ...]
    supplement: Supplement | None
    on_behalf_of: Principal | None
    seen: Seen
    joint: Joint | None = None
    seat: Seat | None = None


@dataclass(frozen=True)
class Decision:
    """What a person decided, ready to be recorded. `facts` is what the gates read of it."""

    outcome: str
    opinion: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    publication_day: date | None = None
    amended_hash: str | None = None
    facts: Facts | None = None
    return_to: str | None = None


class Decided(BaseModel):
    """The receipt of a signature: the record's hash proves what was signed.

    `outcome` is what this person said. In a joint round it decides the round only with `decides`.
    """

    model_config = ConfigDict(frozen=True)

    round_id: UUID
    document_id: UUID
    outcome: str
    text_hash: str
    record_hash: str
    position: int
    decided_at: datetime
    key_id: UUID | None = None
    decides: bool = True


async def take(tx: Connection, actor: Actor, round_id: UUID, *, seen: Seen, forms: Collection[str]) -> Matter:
    """Lock the round for `actor`. Raises UnknownRound, Forbidden, or what four eyes and the text say against it.

    In a joint round the seat counts, not the office: NoSeat, SeatWaits.
    """
    round_, now = await rounds.lock_round(tx, round_id)
    joint = await seats.find(tx, round_id)
    behalf = capacity(actor, round_, seen) if round_.form in forms and joint is None else None
    signed = await sign_offs.signers_of(tx, round_id)
    refusal = round_.refuses(
        actor,
        seen=seen,
        forms=forms,
        four_eyes=await four_eyes.against(tx, round_id, person_id=actor.person_id, unit_id=actor.unit_id),
        signed=signed,
    )
    if refusal is None and behalf is not None and behalf.person_id in signed:
        refusal = AlreadySigned()
    if refusal:
        raise refusal
    seat = None
    if joint is not None:
        seat, away = joint.seat_of(actor, seen.on_behalf_of)
        behalf = next((each for each in actor.principals if each.person_id == away), None)
    filed = await papers.papers_of(tx, round_.document_id)
    return Matter(
        round_=round_,
        now=now,
        papers=tuple(paper for paper in filed if paper.round_id == round_id),
        supplement=await open_supplement(tx, round_id),
        on_behalf_of=behalf,
        seen=seen,
        joint=joint,
        seat=seat,
    )


def capacity(actor: Actor, round_: Round, seen: Seen) -> Principal | None:
    """In whose place the actor decides; None in an office of their own. Raises Forbidden, NotDeputy."""
    return stands_in(actor, role=round_.role, unit_id=round_.unit_id, on_behalf_of=seen.on_behalf_of)


async def settle(tx: Connection, actor: Actor, matter: Matter, decision: Decision) -> Decided:
    """Sign the record, write it into the document's chain, close the round, and put the signal to its workflow.

    A joint round is closed by the signature with which its rule is met or can no longer be met.
    Refused: HasNotSigned, and to those with a passkey PasskeyMissing, PasskeyStale, PasskeyRefused.
    """
    signed = await _sign(tx, actor, matter, decision)
    await sign_offs.add_sign_off(tx, signed)
    outcome = await _count_seat(tx, matter, signed) if matter.seat else decision.outcome
    if outcome is not None:
        if matter.supplement is not None:
            await papers.end_unanswered(tx, matter.round_.id, at=matter.now)
        verdict = rounds.Verdict(
            outcome,
            signed.record_hash,
            actor.person_id,
            matter.now,
            decision.publication_day,
            decision.facts,
            decision.return_to if outcome == decision.outcome else None,
        )
        await close(tx, matter.round_, verdict, decision.amended_hash)
    return Decided(
        round_id=matter.round_.id,
        document_id=matter.round_.document_id,
        outcome=decision.outcome,
        text_hash=matter.round_.text_hash,
        record_hash=signed.record_hash,
        position=signed.position,
        decided_at=matter.now,
        key_id=signed.key_id,
        decides=outcome is not None,
    )


async def close(tx: Connection, round_: Round, verdict: rounds.Verdict, amended_hash: str | None = None) -> None:
    """Close a locked round with its verdict, and tell its workflow; a joint one with who signed in its seats."""
    joint = await seats.find(tx, round_.id)
    if joint is not None:
        verdict = replace(verdict, facts=_together(verdict.facts or Facts(), joint))
    await rounds.decide_round(tx, round_.id, verdict)
    await _tell(tx, round_, verdict, amended_hash)


def _together(facts: Facts, joint: Joint) -> Facts:
    """Facts of the last signature with what the seats add: who is missing is known only when the round closes."""
    signature = facts.signature
    if signature is not None:
        missing = sum(not seat.agrees for seat in joint.live)
        signature = signature.model_copy(update={"missing_signers": missing})
    return facts.model_copy(update={"signature": signature, "joint": joint.facts()})


async def _count_seat(tx: Connection, matter: Matter, signed: record.SignOff) -> str | None:
    """Fill the seat; what the seats have decided by now, or None while the rule is open."""
    seat, joint = matter.seat, matter.joint
    assert seat is not None
    assert joint is not None
    await seats.fill(tx, seat.id, signed.id, outcome=signed.outcome, agrees=signed.outcome in joint.passing)
    return await joint_outcome(tx, matter.round_)


async def joint_outcome(tx: Connection, round_: Round) -> str | None:
    """What the seats of a round have decided; None while they are open, and then its workflow is told how they stand."""
    joint = await seats.find(tx, round_.id)
    assert joint is not None
    if joint.tally != "open":
        return joint.outcome
    await say_seats(tx, round_, joint)
    return None


async def say_seats(tx: Connection, round_: Round, joint: Joint) -> None:
    """Tell the round's workflow how the seats stand."""
    fact = AsksChanged(event_id=uuid4(), round_id=round_.id, what="seat", revision=joint.revision, asks=joint.asks())
    await say(tx, round_, ASKS_CHANGED, fact)


async def _sign(tx: Connection, actor: Actor, matter: Matter, decision: Decision) -> record.SignOff:
    round_, role = matter.round_, matter.seat.role if matter.seat else matter.round_.role
    signer = record.Person(actor.person_id, actor.person_name, actor.unit_id, actor.unit_name, matter.on_behalf_of)
    draft = record.compose(
        round_,
        signer,
        role=role,
        outcome=decision.outcome,
        opinion=decision.opinion,
        details={**_with_facts(decision), **_seat_details(matter), **_return_details(decision)},
        papers=matter.papers,
        sight=await sight_of(
            tx, round_, outcome=decision.outcome, person_id=signer.person_id, role=role, seen=matter.seen
        ),
    )
    passkey = await confirmed(tx, signer.person_id, round_.id, draft, given=matter.seen.passkey, at=matter.now)
    key = await key_for(tx, round_.id, signer.person_id, at=matter.now)
    link = await sign_offs.next_link(tx, round_.document_id)
    said = record.sealed(draft, link, key, passkey=passkey, signed_at=matter.now)
    return record.SignOff(
        id=uuid4(),
        document_id=round_.document_id,
        position=link.position,
        round_id=round_.id,
        person_id=signer.person_id,
        person_name=signer.name,
        unit_id=signer.unit_id,
        unit_name=signer.unit_name,
        role=role,
        outcome=decision.outcome,
        text_hash=round_.text_hash,
        materials_hash=round_.materials_hash,
        opinion=decision.opinion,
        record=said,
        record_hash=hash_of(said),
        prev_hash=link.prev_hash,
        signed_at=matter.now,
        on_behalf_of=matter.on_behalf_of.person_id if matter.on_behalf_of else None,
        on_behalf_name=matter.on_behalf_of.person_name if matter.on_behalf_of else None,
        key_id=key.id,
        signature=here().ring.sign(key, canonical(said)),
    )


def _with_facts(decision: Decision) -> dict[str, Any]:
    return {**decision.details, **({"facts": decision.facts.model_dump(mode="json")} if decision.facts else {})}


def _seat_details(matter: Matter) -> dict[str, Any]:
    if matter.seat is None or matter.joint is None:
        return {}
    seat = matter.seat
    # Nothing of the other seats: they change while a passkey confirms this very record.
    return {"seat": {"id": str(seat.id), "ordinal": seat.ordinal, "rule": matter.joint.rule, "added_by": seat.added_by}}


def _return_details(decision: Decision) -> dict[str, Any]:
    return {"return_to": decision.return_to} if decision.return_to else {}


async def say(tx: Connection, round_: Round, name: str, message: Heard) -> None:
    """Tell the workflow that asked for this round, once the transaction is committed."""
    await outbox.signal(
        tx,
        key=str(round_.document_id),
        workflow_id=round_.reply_to,
        name=name,
        message=message,
        trace=round_.trace,
    )


async def _tell(tx: Connection, round_: Round, verdict: rounds.Verdict, amended_hash: str | None) -> None:
    decided = RoundDecided(
        event_id=uuid4(),
        round_id=round_.id,
        stage=round_.stage,
        outcome=verdict.outcome,
        text_hash=round_.text_hash,
        materials_hash=round_.materials_hash,
        actor_id=verdict.actor_id,
        record_hash=verdict.record_hash,
        decided_at=verdict.decided_at,
        publication_day=verdict.publication_day,
        amended_hash=amended_hash,
        facts=verdict.facts,
        return_to=verdict.return_to,
    )
    await say(tx, round_, ROUND_DECIDED, decided)


async def open_supplement(tx: Connection, round_id: UUID) -> Supplement | None:
    """The request for papers that still waits for its answer."""
    asked = await papers.supplements_of(tx, round_id)
    return next((request for request in asked if request.ended_at is None), None)


def stage_of(book: RuleBook, round_: Round) -> Stage:
    """What the rule book says of the round's stage. Raises UnknownStage."""
    return book.kind(round_.kind).stage(round_.stage)


def insist(refusal: Refused | None) -> None:
    """Raise the refusal, if there is one."""
    if refusal is not None:
        raise refusal


@contextmanager
def citing(book: RuleBook) -> Iterator[None]:
    """Within the block every refusal that names a rule also names its article."""
    try:
        yield
    except Refused as refused:
        if refused.article is None and refused.rule_id is not None and refused.rule_id in book.rules:
            refused.article = book.rule(refused.rule_id).article.of(language.current())
        raise

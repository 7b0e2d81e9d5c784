"""Own documents in force, what happened to them since, and their evaluations. The database refuses what the law forbids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.domain import standing as domain
from services.review.domain.rounds import Round
from services.review.domain.standing import Act, Commission, Conclude, DeclareChange, Evaluation, InForce

SAID_BY_THE_DATABASE: dict[str, type[Refused]] = {
    refusal.code: refusal
    for refusal in (
        domain.AssessedBefore,
        domain.EndedAlready,
        domain.NotADecision,
        domain.NotSuspended,
        domain.OtherProcedure,
        domain.OwnDocument,
        domain.SuspendedAlready,
        domain.Undeclared,
    )
}

TEXTS = """
select document_id, name, doc_number, kind, issuer_unit, drafting_unit, agency_code, text_hash, published_on, valid_to,
       clock_timestamp() as read_at
  from own_texts
 where ($1::uuid is null or document_id = $1) and ($2::text is null or issuer_unit = $2)
   and ($3::text is null or kind = $3)
 order by published_on desc, document_id
"""
ACTS = """
select a.target_id, a.id, a.position, a.change, a.by_document, o.name as by_name, o.doc_number as by_number, a.situation,
       a.urgency, a.reason, a.effective_on, a.person_name, a.at
  from standing_acts a
  left join own_texts o on o.document_id = a.by_document
 where a.target_id = any($1)
 order by a.position desc
"""


async def texts(
    conn: Connection, *, document_id: UUID | None = None, issuer_unit: str | None = None, kind: str | None = None
) -> list[InForce]:
    """Own published documents with their histories, the newest in front."""
    rows = await conn.fetch(TEXTS, document_id, issuer_unit, kind)
    histories: dict[UUID, list[Act]] = {row["document_id"]: [] for row in rows}
    for row in await conn.fetch(ACTS, list(histories)):
        fields = dict(row)
        histories[fields.pop("target_id")].append(Act(**fields))
    return [InForce(**dict(row), acts=histories[row["document_id"]]) for row in rows]


async def text(conn: Connection, document_id: UUID) -> InForce:
    """One of them. Raises NotInForce."""
    found = await texts(conn, document_id=document_id)
    if not found:
        raise domain.NotInForce(field="document_id")
    return found[0]


HOLD = "select document_id from own_texts where document_id = $1 for update"


async def hold(tx: Connection, document_id: UUID) -> InForce:
    """One of them, held against other acts until the transaction ends. Raises NotInForce."""
    await tx.execute(HOLD, document_id)
    return await text(tx, document_id)


DECLARE = """
insert into declared_changes (round_id, document_id, target_id, change, reason, person_id, person_name)
values ($1, $2, $3, $4, $5, $6, $7)
"""


async def declare(tx: Connection, round_: Round, command: DeclareChange, actor: Actor) -> None:
    """Say what a document under way changes once it is public."""
    who = (actor.person_id, actor.person_name)
    await tx.execute(DECLARE, round_.id, round_.document_id, command.target_id, command.change, command.reason, *who)


@dataclass(frozen=True)
class Declared:
    """A document in force that the one under way changes."""

    target_id: UUID
    name: str
    doc_number: str
    change: str
    reason: str
    person_id: str
    person_name: str


DECLARED = """
select target_id, name, doc_number, change, reason, person_id, person_name
  from (select distinct on (d.target_id) d.target_id, o.name, o.doc_number, d.change, d.reason, d.person_id,
                      d.person_name
                 from declared_changes d join own_texts o on o.document_id = d.target_id
                where d.document_id = $1
                order by d.target_id, d.id desc) newest
 where change <> 'none'
 order by name
"""


async def declared(conn: Connection, document_id: UUID) -> list[Declared]:
    """What a document changes, by its own word."""
    return [Declared(**dict(row)) for row in await conn.fetch(DECLARED, document_id)]


ADD = """
insert into standing_acts (target_id, position, change, by_document, situation, urgency, reason, effective_on, person_id,
                           person_name, unit_id)
select $1, coalesce(max(position), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10
  from standing_acts
 where target_id = $1
on conflict (target_id, by_document) do nothing
returning id
"""


@dataclass(frozen=True)
class NewAct:
    """Something that happens to a document in force."""

    target_id: UUID
    change: domain.Change
    reason: str
    effective_on: date
    person: tuple[str, str, str]
    by_document: UUID | None = None
    situation: str = ""
    urgency: str = ""


async def add(tx: Connection, new: NewAct) -> UUID | None:
    """Write it into the history; None where that document has changed it already. Raises what the database refuses."""
    values = (new.change, new.by_document, new.situation, new.urgency, new.reason, new.effective_on, *new.person)
    try:
        added: UUID | None = await tx.fetchval(ADD, new.target_id, *values)
    except asyncpg.RaiseError as error:
        raise _said(error) from error
    return added


def _said(error: asyncpg.RaiseError) -> Exception:
    refusal = SAID_BY_THE_DATABASE.get(str(error))
    return refusal() if refusal else error


ASSESSED = "select body, unit from assessed_before($1)"


async def assessed_before(conn: Connection, document_id: UUID) -> Sequence[tuple[str, str]]:
    """Who did the main assessments before the decision, by the signed sheets: name, and unit where it is one."""
    return [(row["body"], row["unit"]) for row in await conn.fetch(ASSESSED, document_id)]


IS_OWN = "select drafted($1, $2)"


async def is_own(conn: Connection, document_id: UUID, person_id: str) -> bool:
    """Whether the person drafted a document, or is today one pair of eyes with somebody who did."""
    return bool(await conn.fetchval(IS_OWN, document_id, person_id))


COMMISSION = """
insert into evaluations (document_id, ground, reason, body, body_unit, due_on, person_id, person_name)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning id
"""


async def commission(tx: Connection, document_id: UUID, command: Commission, actor: Actor) -> UUID:
    """Have a decision evaluated. Raises AssessedBefore, OwnDocument."""
    asked = (command.ground, command.reason, command.body, command.body_unit, command.due_on)
    try:
        added: UUID = await tx.fetchval(COMMISSION, document_id, *asked, actor.person_id, actor.person_name)
    except asyncpg.RaiseError as error:
        raise _said(error) from error
    return added


CONCLUDE = """
insert into evaluation_results (evaluation_id, outcome, findings, public_views, participants, concluded_on, person_id,
                                person_name)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (evaluation_id) do nothing
returning evaluation_id
"""


async def conclude(tx: Connection, evaluation_id: UUID, command: Conclude, today: date, actor: Actor) -> bool:
    """Write the result; False where there is one. Raises OwnDocument."""
    said = (command.outcome, command.findings, command.public_views, command.participants, today)
    try:
        return await tx.fetchval(CONCLUDE, evaluation_id, *said, actor.person_id, actor.person_name) is not None
    except asyncpg.RaiseError as error:
        raise _said(error) from error


EVALUATIONS = """
select e.id, e.document_id, e.ground, e.reason, e.body, e.due_on, e.person_name, e.at, r.outcome, r.findings,
       r.public_views, r.participants, r.concluded_on
  from evaluations e
  left join evaluation_results r on r.evaluation_id = e.id
 where ($1::uuid is null or e.document_id = $1) and ($2::uuid is null or e.id = $2)
 order by e.at desc
"""


async def evaluations(conn: Connection, document_id: UUID) -> list[Evaluation]:
    """The evaluations of a decision, newest in front."""
    return [Evaluation(**dict(row)) for row in await conn.fetch(EVALUATIONS, document_id, None)]


async def evaluation(conn: Connection, evaluation_id: UUID) -> Evaluation:
    """One of them. Raises UnknownEvaluation."""
    row = await conn.fetchrow(EVALUATIONS, None, evaluation_id)
    if row is None:
        raise domain.UnknownEvaluation(field="evaluation_id")
    return Evaluation(**dict(row))

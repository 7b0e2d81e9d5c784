"""What lies before a review begins: papers checked, acceptance, the list of forbidden content, urgency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.domain.commands import CheckedMaterial, DeclareUrgency, ForbiddenAnswer
from services.review.domain.legality_refusals import AlreadyAccepted, UrgencyDeclared
from services.review.domain.rounds import Round
from services.review.store.four_eyes import guarded


@dataclass(frozen=True)
class MaterialCheck:
    """What somebody found of one paper."""

    material: str
    state: str
    reason: str
    person_name: str
    said_at: datetime


CHECK = """
insert into material_checks (round_id, material, state, reason, person_id, person_name) values ($1, $2, $3, $4, $5, $6)
"""


async def check_materials(tx: Connection, round_id: UUID, found: Sequence[CheckedMaterial], actor: Actor) -> None:
    """Keep what was found of papers; earlier words stay."""
    lines = [(round_id, one.material, one.state, one.reason, actor.person_id, actor.person_name) for one in found]
    with guarded():
        await tx.executemany(CHECK, lines)


CHECKS = """
select distinct on (material) material, state, reason, person_name, said_at
  from material_checks
 where round_id = $1
 order by material, id desc
"""


async def checks_of(conn: Connection, round_id: UUID) -> dict[str, MaterialCheck]:
    """The newest word on each paper, by its name."""
    return {row["material"]: MaterialCheck(**row) for row in await conn.fetch(CHECKS, round_id)}


@dataclass(frozen=True)
class Acceptance:
    """受理: who accepted the matter, and when."""

    round_id: UUID
    person_id: str
    person_name: str
    accepted_at: datetime


ACCEPT = "insert into acceptances (round_id, person_id, person_name, accepted_at) values ($1, $2, $3, $4)"


async def accept(tx: Connection, round_id: UUID, actor: Actor, at: datetime) -> None:
    """Accept the matter. Raises AlreadyAccepted."""
    try:
        with guarded():
            await tx.execute(ACCEPT, round_id, actor.person_id, actor.person_name, at)
    except asyncpg.UniqueViolationError as error:
        raise AlreadyAccepted from error


ACCEPTANCE = "select round_id, person_id, person_name, accepted_at from acceptances where round_id = $1"


async def find_acceptance(conn: Connection, round_id: UUID) -> Acceptance | None:
    """The acceptance of a round, once there is one."""
    row = await conn.fetchrow(ACCEPTANCE, round_id)
    return Acceptance(**row) if row else None


ACCEPTED_AT = "select round_id, accepted_at from acceptances where round_id = any($1)"


async def accepted_at(conn: Connection, *round_ids: UUID) -> dict[UUID, datetime]:
    """When each of these rounds was accepted, for those that were."""
    return {row["round_id"]: row["accepted_at"] for row in await conn.fetch(ACCEPTED_AT, round_ids)}


@dataclass(frozen=True)
class ChecklistAnswer:
    """The drafting office on one kind of forbidden content, about the text of that hash."""

    item: str
    answer: str
    basis: str
    text_hash: str
    person_name: str
    said_at: datetime


ANSWER = """
insert into checklist_answers (document_id, round_id, item, answer, basis, text_hash, person_id, person_name, unit_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def answer_checklist(tx: Connection, round_: Round, given: Sequence[ForbiddenAnswer], actor: Actor) -> None:
    """Keep answers about the text of the round; earlier words stay."""
    by = (actor.person_id, actor.person_name, actor.unit_id)
    await tx.executemany(
        ANSWER,
        [(round_.document_id, round_.id, one.item, one.answer, one.basis, round_.text_hash, *by) for one in given],
    )


ANSWERS = """
select distinct on (item) item, answer, basis, text_hash, person_name, said_at
  from checklist_answers
 where document_id = $1
 order by item, id desc
"""


async def checklist_of(conn: Connection, document_id: UUID) -> dict[str, ChecklistAnswer]:
    """The newest answer to each item, by its id."""
    return {row["item"]: ChecklistAnswer(**row) for row in await conn.fetch(ANSWERS, document_id)}


@dataclass(frozen=True)
class Urgency:
    """Why less than the reserved time was asked for, and until when."""

    basis: str
    reason: str
    wanted_by: datetime
    person_name: str
    said_at: datetime


DECLARE = """
insert into urgencies (round_id, basis, reason, wanted_by, person_id, person_name, unit_id, said_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def declare_urgency(tx: Connection, round_id: UUID, said: DeclareUrgency, actor: Actor, at: datetime) -> None:
    """Record it, once for a round. Raises UrgencyDeclared."""
    try:
        await tx.execute(
            DECLARE, round_id, said.basis, said.reason, said.wanted_by, actor.person_id, actor.person_name,
            actor.unit_id, at,
        )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        raise UrgencyDeclared from error


URGENCY = "select basis, reason, wanted_by, person_name, said_at from urgencies where round_id = $1"


async def find_urgency(conn: Connection, round_id: UUID) -> Urgency | None:
    """The declaration of urgency of a round, if there is one."""
    row = await conn.fetchrow(URGENCY, round_id)
    return Urgency(**row) if row else None

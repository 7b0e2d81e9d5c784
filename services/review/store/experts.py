"""The pool of experts, and the experts of a round: every row is added, none is changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

import asyncpg

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.domain import experts as domain
from services.review.domain.experts import EnterExpert, Expert, Seat

SAID_BY_THE_DATABASE: dict[str, type[Refused]] = {
    refusal.code: refusal
    for refusal in (
        domain.ExpertInterested,
        domain.InterestUndeclared,
        domain.OfDraftingUnit,
        domain.OpinionUnsigned,
    )
}

ENTER = """
insert into experts (id, version, name, unit_id, unit_name, title, fields, contact, active, reason, person_id,
                     person_name)
select $1, coalesce(max(version), 0) + 1, $2, nullif($3, ''), $4, $5, $6, $7, $8, $9, $10, $11
  from experts
 where id = $1
"""


async def enter(tx: Connection, command: EnterExpert, actor: Actor) -> UUID:
    """Add an expert to the pool, or a version of an entry."""
    expert_id = command.id or uuid4()
    await tx.execute(
        ENTER,
        expert_id,
        command.name,
        command.unit_id,
        command.unit_name,
        command.title,
        list(command.fields),
        command.contact,
        command.active,
        command.reason,
        actor.person_id,
        actor.person_name,
    )
    return expert_id


POOL = """
select distinct on (id) id, version, name, unit_id, unit_name, title, fields, contact, active, reason, person_name,
       entered_at
  from experts
 order by id, version desc
"""


async def pool(conn: Connection) -> list[Expert]:
    """Everybody in the pool as they now stand, also those who are no longer drawn; by name."""
    return sorted((_expert(row) for row in await conn.fetch(POOL)), key=lambda one: (one.name, str(one.id)))


ADD_DRAW = """
insert into expert_draws (round_id, way, field, seed, candidates, taken, reason, person_id, person_name)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
returning id
"""
SEAT = "insert into expert_panel (round_id, expert_id, draw_id, version) values ($1, $2, $3, $4)"


async def seat(
    tx: Connection,
    round_id: UUID,
    actor: Actor,
    *,
    way: str,
    field: str,
    candidates: Sequence[UUID],
    taken: Sequence[Expert],
    seed: str = "",
    reason: str = "",
) -> UUID:
    """Put experts into a round, with how they came there."""
    ids = [expert.id for expert in taken]
    draw_id: UUID = await tx.fetchval(
        ADD_DRAW, round_id, way, field, seed, list(candidates), ids, reason, actor.person_id, actor.person_name
    )
    await tx.executemany(SEAT, [(round_id, expert.id, draw_id, expert.version) for expert in taken])
    return draw_id


DECLARE = """
insert into expert_declarations (round_id, expert_id, interested, words, person_id, person_name)
values ($1, $2, $3, $4, $5, $6)
returning id
"""


async def declare(tx: Connection, round_id: UUID, expert_id: UUID, *, interested: bool, words: str, by: Actor) -> UUID:
    """Record what an expert declares. Once interested in a round, always so."""
    added: UUID = await tx.fetchval(DECLARE, round_id, expert_id, interested, words, by.person_id, by.person_name)
    return added


ADD_OPINION = """
insert into expert_opinions (round_id, expert_id, stance, opinion, paper_hash, signed_on, person_id, person_name)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning id
"""


async def add_opinion(
    tx: Connection, round_id: UUID, expert_id: UUID, said: tuple[str, str, str, date], by: Actor
) -> UUID:
    """Record a signed opinion: (stance, opinion, hash of the paper, day). The database refuses the interested."""
    try:
        added: UUID = await tx.fetchval(ADD_OPINION, round_id, expert_id, *said, by.person_id, by.person_name)
    except asyncpg.UniqueViolationError as error:
        raise domain.OpinionTwice(field="expert_id") from error
    except asyncpg.RaiseError as error:
        refusal = SAID_BY_THE_DATABASE.get(str(error))
        if refusal is None:
            raise
        raise refusal(field="expert_id") from error
    return added


ANSWER = """
insert into expert_adoptions (round_id, expert_id, adoption, reason, person_id, person_name)
values ($1, $2, $3, $4, $5, $6)
returning id
"""


async def answer(tx: Connection, round_id: UUID, expert_id: UUID, adoption: str, reason: str, by: Actor) -> UUID:
    """Record what became of an opinion; the newest answer counts."""
    added: UUID = await tx.fetchval(ANSWER, round_id, expert_id, adoption, reason, by.person_id, by.person_name)
    return added


SEATS = """
select e.id, e.version, e.name, e.unit_id, e.unit_name, e.title, e.fields, e.contact, e.active, e.reason,
       e.person_name, e.entered_at,
       (select bool_or(d.interested) from expert_declarations d
         where d.round_id = p.round_id and d.expert_id = p.expert_id) as interested,
       o.stance, o.opinion, o.paper_hash, o.signed_on, a.adoption, a.answer
  from expert_panel p
  join experts e on e.id = p.expert_id and e.version = p.version
  left join expert_opinions o on o.round_id = p.round_id and o.expert_id = p.expert_id
  left join lateral (select adoption, reason as answer from expert_adoptions
                      where round_id = p.round_id and expert_id = p.expert_id
                      order by said_at desc, id desc limit 1) a on true
 where p.round_id = $1
 order by e.name, e.id
"""
OF_EXPERT = (
    "id", "version", "name", "unit_id", "unit_name", "title", "fields", "contact", "active", "reason", "person_name",
    "entered_at",
)  # fmt: skip


async def seats(conn: Connection, round_id: UUID) -> list[Seat]:
    """The experts of a round with what is on record of each."""
    return [
        Seat(
            expert=_expert({name: row[name] for name in OF_EXPERT}),
            interested=row["interested"],
            stance=row["stance"],
            opinion=row["opinion"] or "",
            paper_hash=row["paper_hash"] or "",
            signed_on=row["signed_on"],
            adoption=row["adoption"],
            reason=row["answer"] or "",
        )
        for row in await conn.fetch(SEATS, round_id)
    ]


DRAWS = """
select way, field, seed, candidates, taken, reason, person_name, drawn_at
  from expert_draws
 where round_id = $1
 order by drawn_at, id
"""


async def draws(conn: Connection, round_id: UUID) -> list[asyncpg.Record]:
    """How the experts of a round came there, in order."""
    return list(await conn.fetch(DRAWS, round_id))


def _expert(row: asyncpg.Record | dict[str, object]) -> Expert:
    return Expert(**{**dict(row), "fields": tuple(row["fields"])})  # type: ignore[arg-type]

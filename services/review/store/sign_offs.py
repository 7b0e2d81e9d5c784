"""Sign-offs, the points of opinions, and declarations: written once, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.auth import NotDeputy
from services.kernel.runtime.db import Connection
from services.review.domain import legality_refusals, refusals
from services.review.domain.commands import Handled, Point
from services.review.domain.record import Link, SignOff
from services.review.domain.rounds import Round
from services.review.store.four_eyes import guarded

OTHERS: tuple[type[Refused], ...] = (
    NotDeputy,
    refusals.AlreadySigned,
    refusals.ChainMoved,
    refusals.KeyNotValid,
    refusals.PasskeyMissing,
    legality_refusals.NotAccepted,
    refusals.RoundClosed,
    refusals.TextChanged,
    refusals.UnknownRound,
    refusals.Unsigned,
)
SAID_BY_THE_DATABASE: dict[str, type[Refused]] = {
    **refusals.FOUR_EYES,
    **{refusal.code: refusal for refusal in OTHERS},
}

HOLD_CHAIN = """
insert into chains (document_id) values ($1)
on conflict (document_id) do update set length = chains.length
returning length, head
"""


async def next_link(tx: Connection, document_id: UUID) -> Link:
    """Where the document's next record goes; the chain stays locked until the transaction ends."""
    row = await tx.fetchrow(HOLD_CHAIN, document_id)
    if row is None:
        raise refusals.ChainMoved
    return Link(position=row["length"] + 1, prev_hash=row["head"])


ADD_SIGN_OFF = """
insert into sign_offs (id, document_id, position, round_id, person_id, person_name, unit_id, unit_name, role, outcome,
                       text_hash, materials_hash, opinion, record, record_hash, prev_hash, signed_at,
                       on_behalf_of, on_behalf_name, key_id, signature)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
"""


async def add_sign_off(tx: Connection, signed: SignOff) -> None:
    """Append a sign-off. The database itself refuses authors, other texts and closed rounds: raises that Refused."""
    try:
        await tx.execute(
            ADD_SIGN_OFF,
            signed.id,
            signed.document_id,
            signed.position,
            signed.round_id,
            signed.person_id,
            signed.person_name,
            signed.unit_id,
            signed.unit_name,
            signed.role,
            signed.outcome,
            signed.text_hash,
            signed.materials_hash,
            signed.opinion,
            signed.record,
            signed.record_hash,
            signed.prev_hash,
            signed.signed_at,
            signed.on_behalf_of,
            signed.on_behalf_name,
            signed.key_id,
            signed.signature,
        )
    except asyncpg.RaiseError as error:
        refusal = SAID_BY_THE_DATABASE.get(str(error))
        if refusal is None:
            raise
        raise refusal from error
    except asyncpg.UniqueViolationError as error:
        raise refusals.AlreadySigned from error


SIGN_OFFS = """
select id, document_id, position, round_id, person_id, person_name, unit_id, unit_name, role, outcome, text_hash,
       materials_hash, opinion, record, record_hash, prev_hash, signed_at, on_behalf_of, on_behalf_name, key_id,
       signature
  from sign_offs
 where document_id = $1
 order by position
"""


async def chain_of(conn: Connection, document_id: UUID) -> list[SignOff]:
    """Every sign-off of a document, in the order of its chain."""
    return [SignOff(**dict(row)) for row in await conn.fetch(SIGN_OFFS, document_id)]


SIGNERS = """
select person_id from sign_offs where round_id = $1
 union
select on_behalf_of from sign_offs where round_id = $1 and on_behalf_of is not null
"""


async def signers_of(conn: Connection, round_id: UUID) -> frozenset[str]:
    """Who has signed this round, themselves or through a deputy."""
    return frozenset(row["person_id"] for row in await conn.fetch(SIGNERS, round_id))


SIGN_OFF_OF_ROUND = """
select id, document_id, position, round_id, person_id, person_name, unit_id, unit_name, role, outcome, text_hash,
       materials_hash, opinion, record, record_hash, prev_hash, signed_at, on_behalf_of, on_behalf_name, key_id,
       signature
  from sign_offs
 where round_id = $1
 order by position desc
 limit 1
"""


async def find_sign_off(conn: Connection, round_id: UUID) -> SignOff | None:
    """The sign-off that decided the round, once there is one."""
    row = await conn.fetchrow(SIGN_OFF_OF_ROUND, round_id)
    return SignOff(**dict(row)) if row else None


SIGNED_BEFORE = """
select s.id, s.document_id, s.position, s.round_id, s.person_id, s.person_name, s.unit_id, s.unit_name, s.role,
       s.outcome, s.text_hash, s.materials_hash, s.opinion, s.record, s.record_hash, s.prev_hash, s.signed_at,
       s.on_behalf_of, s.on_behalf_name, s.key_id, s.signature
  from sign_offs s
  join rounds r on r.id = s.round_id
 where s.document_id = $1 and r.stage = $2 and r.ordinal < $3
 order by s.position desc
"""


async def signed_before(conn: Connection, round_: Round) -> list[SignOff]:
    """Who signed earlier rounds of the same stage, the newest first."""
    rows = await conn.fetch(SIGNED_BEFORE, round_.document_id, round_.stage, round_.ordinal)
    return [SignOff(**dict(row)) for row in rows]


@dataclass(frozen=True)
class OpinionPoint:
    """One point of a legality opinion, with what became of it."""

    id: UUID
    round_id: UUID
    stage: str
    ordinal: int
    position: int
    clause: str
    nature: str
    text: str
    basis: str
    handling: str | None
    anchor: str
    quoted: str
    proposed: str


ADD_POINT = """
insert into opinion_points (round_id, document_id, position, clause, nature, text, basis, anchor, quoted, proposed)
select $1, $2, coalesce(max(position), 0) + 1, $3, $4, $5, $6, $7, $8, $9 from opinion_points where round_id = $1
"""


async def add_points(tx: Connection, *, round_id: UUID, document_id: UUID, points: Sequence[Point]) -> None:
    """Append the points of an opinion in their order, after those of other signers."""
    await tx.executemany(
        ADD_POINT,
        [
            (
                round_id,
                document_id,
                point.clause,
                point.nature,
                point.text,
                point.basis,
                point.anchor,
                point.quoted,
                point.proposed,
            )
            for point in points
        ],
    )


HANDLE_POINT = "update opinion_points set handling = $2, handled_in = $3 where id = $1"


async def handle_points(tx: Connection, round_id: UUID, handled: Sequence[Handled]) -> None:
    """Say, in a later round, what became of earlier points."""
    await tx.executemany(HANDLE_POINT, [(answer.point_id, answer.handling, round_id) for answer in handled])


POINTS = """
select p.id, p.round_id, r.stage, r.ordinal, p.position, p.clause, p.nature, p.text, p.basis, p.handling, p.anchor,
       p.quoted, p.proposed
  from opinion_points p
  join rounds r on r.id = p.round_id
 where p.document_id = $1
 order by r.decided_at, p.position
"""


async def points_of(conn: Connection, document_id: UUID) -> list[OpinionPoint]:
    """Every point that was ever raised on the document."""
    return [OpinionPoint(**dict(row)) for row in await conn.fetch(POINTS, document_id)]


DECLARE = """
insert into not_applicable (round_id, person_id, person_name, unit_id, reason, declared_at)
values ($1, $2, $3, $4, $5, $6)
"""


async def declare_not_applicable(
    tx: Connection, *, round_id: UUID, person: tuple[str, str, str], reason: str, at: datetime
) -> None:
    """Record who said, and why, that the step does not apply. `person` is (id, name, unit)."""
    with guarded():
        await tx.execute(DECLARE, round_id, *person, reason, at)

"""What was said before: points and opinions of decided rounds, found by their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.runtime.db import Connection

ADD_POINT = """
insert into precedents (round_id, point_id, folded, basis, tokens)
select p.round_id, p.id, $3, $4, array_to_tsvector($5::text[])
  from opinion_points p
 where p.round_id = $1 and p.position = $2
"""
ADD_OPINION = """
insert into precedents (round_id, folded, tokens) values ($1, $2, array_to_tsvector($3::text[]))
"""


@dataclass(frozen=True)
class Findable:
    """Words made ready for the search: folded, and their pairs of characters."""

    folded: str
    tokens: list[str]
    basis: str = ""


async def add(tx: Connection, round_id: UUID, opinion: Findable, points: Sequence[Findable], *, after: int) -> None:
    """Make an opinion and its points, in their order after so many others of the round, findable."""
    await tx.execute(ADD_OPINION, round_id, opinion.folded, opinion.tokens)
    await tx.executemany(
        ADD_POINT,
        [
            (round_id, position, point.folded, point.basis, point.tokens)
            for position, point in enumerate(points, start=after + 1)
        ],
    )


@dataclass(frozen=True)
class Wanted:
    """What is looked for; an empty field asks for nothing. `drafting_unit` limits a drafter to the own unit's rounds."""

    query: str = ""
    folded: str = ""
    clause: str = ""
    basis: str = ""
    nature: str = ""
    stage: str = ""
    outcome: str = ""
    drafting_unit: str = ""
    before: int = 0


@dataclass(frozen=True)
class Precedent:
    """A point, or an opinion as a whole (then without a point), of a decided round."""

    id: int
    round_id: UUID
    title: str
    kind: str
    stage: str
    ordinal: int
    outcome: str
    decided_at: datetime
    person_name: str
    opinion: str
    clause: str
    nature: str
    text: str
    basis: str
    proposed: str
    adoption: str
    answer: str


SEARCH = """
select f.id, f.round_id, r.title, r.kind, r.stage, r.ordinal, r.outcome, r.decided_at, s.person_name, s.opinion,
       coalesce(p.clause, '') as clause, coalesce(p.nature, '') as nature, coalesce(p.text, '') as text,
       coalesce(p.basis, '') as basis, coalesce(p.proposed, '') as proposed,
       coalesce(a.adoption, '') as adoption, coalesce(a.words, '') as answer
  from precedents f
  join rounds r on r.id = f.round_id
  join sign_offs s on s.record_hash = r.record_hash
  left join opinion_points p on p.id = f.point_id
  left join lateral (select adoption, words from point_answers where point_id = p.id order by id desc limit 1) a on true
 where ($1 = '' or f.tokens @@ $1::tsquery)
   and ($2 = '' or strpos(f.folded, $2) > 0)
   and ($3 = '' or strpos(p.clause, $3) > 0 or strpos(p.quoted, $3) > 0)
   and ($4 = '' or strpos(f.basis, $4) > 0)
   and ($5 = '' or p.nature = $5)
   and ($6 = '' or r.stage = $6)
   and ($7 = '' or r.outcome = $7)
   and ($8 = '' or r.drafting_unit = $8)
   and ($9 = 0 or f.id < $9)
 order by f.id desc
 limit $10
"""


async def search(conn: Connection, wanted: Wanted, *, limit: int) -> list[Precedent]:
    """What answers to the question, newest first; `before` is the id after which the next page begins."""
    rows = await conn.fetch(
        SEARCH, wanted.query, wanted.folded, wanted.clause, wanted.basis, wanted.nature, wanted.stage, wanted.outcome,
        wanted.drafting_unit, wanted.before, limit,
    )  # fmt: skip
    return [Precedent(**row) for row in rows]

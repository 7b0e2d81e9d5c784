"""Opinion letters with their numbers, counsel, and what was answered to each point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.domain.commands import Adviser, AnswerPoint
from services.review.domain.legality_refusals import NoLetter, PointSettled, UnknownPoint

NEXT_SERIAL = """
insert into letter_series (unit_id, year, last) values ($1, $2, 1)
on conflict (unit_id, year) do update set last = letter_series.last + 1
returning last
"""


async def next_serial(tx: Connection, unit_id: str, year: int) -> int:
    """The next number of the unit's series; the series stays locked until the transaction ends, so none is lost."""
    serial: int = await tx.fetchval(NEXT_SERIAL, unit_id, year)
    return serial


@dataclass(frozen=True)
class Letter:
    """A letter as it was signed: what it says, and its file."""

    id: UUID
    round_id: UUID
    unit_id: str
    year: int
    serial: int
    number: str
    paper: Mapping[str, Any]
    docx: bytes
    docx_hash: str


ADD = """
insert into letters (id, round_id, unit_id, year, serial, number, paper, docx, docx_hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def add_letter(tx: Connection, letter: Letter) -> None:
    """Keep the letter with the signature that it belongs to."""
    await tx.execute(
        ADD, letter.id, letter.round_id, letter.unit_id, letter.year, letter.serial, letter.number, dict(letter.paper),
        letter.docx, letter.docx_hash,
    )  # fmt: skip


GET = """
select id, round_id, unit_id, year, serial, number, paper, docx, docx_hash
  from letters
 where round_id = $1
 order by made_at desc
 limit 1
"""


async def get_letter(conn: Connection, round_id: UUID) -> Letter:
    """The letter of a round; where several signed, the last. Raises NoLetter."""
    row = await conn.fetchrow(GET, round_id)
    if row is None:
        raise NoLetter
    return Letter(**row)


NUMBER = "select number from letters where round_id = $1 order by made_at desc limit 1"


async def find_number(conn: Connection, round_id: UUID) -> str | None:
    """The number of a round's letter, if it has one."""
    number: str | None = await conn.fetchval(NUMBER, round_id)
    return number


PRINT = "select pdf_hash from letter_prints where letter_id = $1"


async def find_print(conn: Connection, letter_id: UUID) -> str | None:
    """The hash of the letter in print, once it was typeset."""
    digest: str | None = await conn.fetchval(PRINT, letter_id)
    return digest


KEEP_PRINT = "insert into letter_prints (letter_id, pdf_hash) values ($1, $2) on conflict do nothing"


async def keep_print(tx: Connection, letter_id: UUID, pdf_hash: str) -> None:
    """Remember the first print; a later one changes nothing."""
    await tx.execute(KEEP_PRINT, letter_id, pdf_hash)


ADD_COUNSEL = """
insert into counsel (round_id, position, name, kind, licence, opinion, interest)
select $1, coalesce(max(position), 0) + 1, $2, $3, $4, $5, $6 from counsel where round_id = $1
"""


async def add_counsel(tx: Connection, round_id: UUID, counsel: Sequence[Adviser]) -> None:
    """Keep who advised on an opinion."""
    await tx.executemany(
        ADD_COUNSEL,
        [(round_id, one.name, one.kind, one.licence, one.opinion, one.interest) for one in counsel],
    )


@dataclass(frozen=True)
class PointAnswer:
    """What the drafting office made of a point."""

    point_id: UUID
    adoption: str
    words: str
    person_name: str
    said_at: datetime


ANSWER = """
insert into point_answers (point_id, adoption, words, person_id, person_name, unit_id) values ($1, $2, $3, $4, $5, $6)
"""
REFUSALS = {"point.settled": PointSettled, "point.unknown": UnknownPoint}


async def answer_point(tx: Connection, point_id: UUID, said: AnswerPoint, actor: Actor) -> None:
    """Keep an answer; earlier ones stay. The database refuses strangers and settled points: raises that Refused."""
    try:
        await tx.execute(ANSWER, point_id, said.adoption, said.words, actor.person_id, actor.person_name, actor.unit_id)
    except asyncpg.RaiseError as error:
        refusal = REFUSALS.get(str(error))
        if refusal is None:
            raise
        raise refusal from error


ANSWERS = """
select distinct on (a.point_id) a.point_id, a.adoption, a.words, a.person_name, a.said_at
  from point_answers a
  join opinion_points p on p.id = a.point_id
 where p.document_id = $1
 order by a.point_id, a.id desc
"""


async def answers_of(conn: Connection, document_id: UUID) -> dict[UUID, PointAnswer]:
    """The newest answer to each point of a document, by the point's id."""
    return {row["point_id"]: PointAnswer(**row) for row in await conn.fetch(ANSWERS, document_id)}


POINT = """
select p.round_id, r.drafting_unit
  from opinion_points p
  join rounds r on r.id = p.round_id
 where p.id = $1
   for key share of p
"""


async def drafting_unit_of(tx: Connection, point_id: UUID, round_id: UUID) -> str:
    """Which unit answers a point of that round. Raises UnknownPoint."""
    row = await tx.fetchrow(POINT, point_id)
    if row is None or row["round_id"] != round_id:
        raise UnknownPoint(field="point_id")
    unit: str = row["drafting_unit"]
    return unit

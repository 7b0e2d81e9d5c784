"""Papers put to rounds, and the requests for those that are missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.kernel.runtime.db import Connection
from services.review.domain.record import Paper
from services.review.domain.refusals import RoundClosed
from services.review.store.four_eyes import guarded

ADD_PAPER = """
insert into papers (round_id, role, file_hash, name, size, filed_by, filed_name)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (round_id, role, file_hash) do nothing
"""


@dataclass(frozen=True)
class NewPaper:
    """A file that lies in the content store already."""

    role: str
    file_hash: str
    name: str
    size: int


async def add_paper(tx: Connection, round_id: UUID, paper: NewPaper, *, by: tuple[str, str]) -> None:
    """Put a paper to an open round; the same file twice is one. Raises RoundClosed. `by` is (person id, name)."""
    try:
        await tx.execute(ADD_PAPER, round_id, paper.role, paper.file_hash, paper.name, paper.size, *by)
    except asyncpg.RaiseError as error:
        raise RoundClosed from error


PAPERS = """
select p.id, p.round_id, p.role, p.file_hash, p.name, p.size, p.filed_by, p.filed_name, p.filed_at
  from papers p
  join rounds r on r.id = p.round_id
 where r.document_id = $1
 order by p.filed_at, p.id
"""


async def papers_of(conn: Connection, document_id: UUID) -> list[Paper]:
    """Every paper of the document's rounds, as they came."""
    return [Paper(**dict(row)) for row in await conn.fetch(PAPERS, document_id)]


@dataclass(frozen=True)
class Supplement:
    """A request for missing papers; the clock stands still from `asked_at` to `ended_at`."""

    id: UUID
    round_id: UUID
    missing: tuple[str, ...]
    note: str
    asked_by: str
    asked_name: str
    asked_at: datetime
    answered_by: str | None
    answer: str | None
    ended_at: datetime | None
    ended_why: str | None


SUPPLEMENTS = """
select id, round_id, missing, note, asked_by, asked_name, asked_at, answered_by, answer, ended_at, ended_why
  from supplements
 where round_id = $1
 order by asked_at
"""


async def supplements_of(conn: Connection, round_id: UUID) -> list[Supplement]:
    """The requests of a round, oldest first; only the last can be open."""
    rows = await conn.fetch(SUPPLEMENTS, round_id)
    return [Supplement(**{**dict(row), "missing": tuple(row["missing"])}) for row in rows]


ASK = """
insert into supplements (round_id, missing, note, asked_by, asked_name, asked_at)
values ($1, $2, $3, $4, $5, $6)
returning id
"""


@dataclass(frozen=True)
class Asked:
    """A request for papers, ready to be written."""

    missing: tuple[str, ...]
    note: str
    by: str
    name: str
    at: datetime


async def ask(tx: Connection, round_id: UUID, asked: Asked) -> UUID:
    """Write the request; from here the clock stands still."""
    with guarded():
        id_: UUID = await tx.fetchval(ASK, round_id, list(asked.missing), asked.note, asked.by, asked.name, asked.at)
    return id_


END = """
update supplements
   set answered_by = $2, answer = $3, ended_at = greatest($4, asked_at), ended_why = $5
 where round_id = $1 and ended_at is null
"""


async def answer(tx: Connection, round_id: UUID, *, by: str, words: str, at: datetime) -> None:
    """The drafting unit has answered: the clock goes on."""
    await tx.execute(END, round_id, by, words, at, "answered")


async def withdraw(tx: Connection, round_id: UUID, *, by: str, why: str, at: datetime) -> None:
    """The reviewer no longer asks: the clock goes on."""
    await tx.execute(END, round_id, by, why, at, "withdrawn")


async def end_unanswered(tx: Connection, round_id: UUID, *, at: datetime) -> None:
    """The round was decided without waiting any longer."""
    await tx.execute(END, round_id, None, None, at, "decided")

"""Drafts of answers that were shared for agreement, who reads them, and what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.intake.domain.agreement import OwnDraft
from services.kernel.runtime.db import Connection

IS_READER = """
select 1
  from answer_drafts d
  join answer_readers r on r.draft_id = d.id
 where d.window_id = $1 and (r.person_id = $2 or r.unit_id = $3)
   and d.ordinal = (select max(ordinal) from answer_drafts where window_id = $1)
 limit 1
"""


async def is_reader(conn: Connection, window_id: UUID, *, person_id: str, unit_id: str) -> bool:
    """Whether the newest draft was sent to this person or this unit."""
    return await conn.fetchval(IS_READER, window_id, person_id, unit_id) is not None


@dataclass(frozen=True)
class Draft:
    """One sharing: the revision of the answers that was sent, and the note that went with it."""

    id: UUID
    window_id: UUID
    ordinal: int
    revision: int
    note: str
    shared_by: str
    shared_at: datetime


NEWEST = """
select id, window_id, ordinal, revision, note, shared_by, shared_at
  from answer_drafts
 where window_id = $1
 order by ordinal desc
 limit 1
"""


async def newest(conn: Connection, window_id: UUID) -> Draft | None:
    """The draft that was shared last, if any was."""
    row = await conn.fetchrow(NEWEST, window_id)
    return Draft(**row) if row else None


@dataclass(frozen=True)
class Reader:
    """Somebody, or a whole unit, asked for agreement; who `decides` holds back publication."""

    unit_id: str
    person_id: str
    decides: bool


READERS = "select unit_id, person_id, decides from answer_readers where draft_id = $1 order by unit_id, person_id"


async def readers_of(conn: Connection, draft_id: UUID) -> list[Reader]:
    """Whom a draft was sent to."""
    return [Reader(**row) for row in await conn.fetch(READERS, draft_id)]


@dataclass(frozen=True)
class Said:
    """What somebody said about a revision: agrees, objects, or (the drafting unit) noted."""

    ordinal: int
    person_id: str
    unit_id: str
    stance: str
    words: str
    revision: int
    said_at: datetime


SAID = """
select ordinal, person_id, unit_id, stance, words, revision, said_at
  from answer_words
 where draft_id = $1
 order by ordinal
"""


async def said_of(conn: Connection, draft_id: UUID) -> list[Said]:
    """What was said of a draft, in order."""
    return [Said(**row) for row in await conn.fetch(SAID, draft_id)]


ADD = """
insert into answer_drafts (id, window_id, ordinal, revision, note, shared_by)
select $1, $2, count(*) + 1, $3, $4, $5 from answer_drafts where window_id = $2
returning ordinal
"""
ADD_READER = "insert into answer_readers (draft_id, unit_id, person_id, decides) values ($1, $2, $3, $4)"


async def share(
    tx: Connection, draft_id: UUID, window_id: UUID, *, revision: int, note: str, by: str, readers: list[Reader]
) -> int:
    """Share the answers of a locked window as they are at a revision; which sharing it is."""
    ordinal: int = await tx.fetchval(ADD, draft_id, window_id, revision, note, by)
    await tx.executemany(ADD_READER, [(draft_id, one.unit_id, one.person_id, one.decides) for one in readers])
    return ordinal


SAY = """
insert into answer_words (draft_id, ordinal, person_id, unit_id, stance, words, revision)
select $1, count(*) + 1, $2, $3, $4, $5, $6 from answer_words where draft_id = $1
returning ordinal
"""


async def say(
    tx: Connection, draft_id: UUID, *, person_id: str, unit_id: str, stance: str, words: str, revision: int
) -> int:
    """Write down what somebody says of a draft, in its locked window. Raises OwnDraft."""
    try:
        ordinal: int = await tx.fetchval(SAY, draft_id, person_id, unit_id, stance, words, revision)
    except asyncpg.RaiseError as error:
        if str(error) != OwnDraft.code:
            raise
        raise OwnDraft from error
    return ordinal


@dataclass(frozen=True)
class Asked:
    """A draft that waits for somebody's word."""

    window_id: UUID
    title: str
    note: str
    shared_at: datetime
    decides: bool
    stance: str | None


ASKED = """
select d.window_id, o.title, d.note, d.shared_at, bool_or(r.decides) as decides,
       (select s.stance from answer_words s
         where s.draft_id = d.id and s.person_id = $1 order by s.ordinal desc limit 1) as stance
  from answer_drafts d
  join answer_readers r on r.draft_id = d.id and (r.person_id = $1 or r.unit_id = $2)
  join windows w on w.id = d.window_id and w.answers_published_at is null
  join documents o on o.id = w.document_id
 where d.ordinal = (select max(n.ordinal) from answer_drafts n where n.window_id = d.window_id)
 group by d.id, o.title
 order by d.shared_at desc
 limit 50
"""


async def asked_of(conn: Connection, *, person_id: str, unit_id: str) -> list[Asked]:
    """Drafts of answers that were shared with this person or this unit and are not public yet."""
    return [Asked(**row) for row in await conn.fetch(ASKED, person_id, unit_id)]

"""Seals of windows, and the comments of a window in the order in which they are sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Seal:
    """One sealing of a window's comments; the statement and the tree lie in the content store."""

    window_id: UUID
    ordinal: int
    root: str
    size: int
    statement_hash: str
    tree_hash: str
    last_comment: UUID | None
    sealed_at: datetime


@dataclass(frozen=True)
class Sealable:
    """What a seal holds of a comment."""

    id: UUID
    receipt: str
    body_hash: str
    clause: str
    text_version: int
    channel: str
    received_at: datetime
    attachments: tuple[str, ...] = ()


NEWEST = """
select window_id, ordinal, root, size, statement_hash, tree_hash, last_comment, sealed_at
  from comment_seals
 where window_id = $1
 order by ordinal desc
 limit 1
"""


async def newest(conn: Connection, window_id: UUID) -> Seal | None:
    """The newest seal of a window, once one is made."""
    row = await conn.fetchrow(NEWEST, window_id)
    return Seal(**row) if row else None


ONE = """
select window_id, ordinal, root, size, statement_hash, tree_hash, last_comment, sealed_at
  from comment_seals
 where window_id = $1 and ordinal = $2
"""


async def find(conn: Connection, window_id: UUID, ordinal: int) -> Seal | None:
    """One seal of a window."""
    row = await conn.fetchrow(ONE, window_id, ordinal)
    return Seal(**row) if row else None


NEXT = "select count(*) + 1 from feedback_summaries where window_id = $1"


async def next_ordinal(tx: Connection, window_id: UUID) -> int:
    """The number of a locked window's next summary, which is that of its seal."""
    ordinal: int = await tx.fetchval(NEXT, window_id)
    return ordinal


ADD = """
insert into comment_seals (window_id, ordinal, root, size, statement_hash, tree_hash, last_comment)
values ($1, $2, $3, $4, $5, $6, $7)
returning window_id, ordinal, root, size, statement_hash, tree_hash, last_comment, sealed_at
"""


async def add(
    tx: Connection,
    window_id: UUID,
    ordinal: int,
    *,
    root: str,
    size: int,
    statement_hash: str,
    tree_hash: str,
    last_comment: UUID | None,
) -> Seal:
    """Record a seal; the summary of the same number has to follow in the same transaction."""
    row = await tx.fetchrow(ADD, window_id, ordinal, root, size, statement_hash, tree_hash, last_comment)
    assert row is not None
    return Seal(**row)


BATCH = """
select id, receipt, body_hash, clause, text_version, channel, received_at
  from comments
 where window_id = $1 and ($2::uuid is null or id > $2)
 order by id
 limit $3
"""
FILES = """
select comment_id, array_agg(content_hash order by position) as hashes
  from comment_attachments
 where comment_id = any($1::uuid[])
 group by comment_id
"""


async def in_order(tx: Connection, window_id: UUID, *, at_once: int) -> AsyncIterator[list[Sealable]]:
    """Every comment of a locked window, also those withdrawn or hidden, by id, so many at once."""
    last: UUID | None = None
    while rows := await tx.fetch(BATCH, window_id, last, at_once):
        files = {row["comment_id"]: tuple(row["hashes"]) for row in await tx.fetch(FILES, [row["id"] for row in rows])}
        yield [Sealable(**row, attachments=files.get(row["id"], ())) for row in rows]
        last = rows[-1]["id"]
        if len(rows) < at_once:
            break

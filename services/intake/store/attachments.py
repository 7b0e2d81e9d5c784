"""Which files came with a comment; their bytes lie in the content store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Attachment:
    """A file of a comment."""

    name: str
    content_hash: str
    size: int
    media_type: str


ADD = """
insert into comment_attachments (comment_id, position, name, content_hash, size, media_type)
values ($1, $2, $3, $4, $5, $6)
"""


async def add(tx: Connection, comment_id: UUID, files: Sequence[Attachment]) -> None:
    """Keep the files of a comment, in their order."""
    rows = [
        (comment_id, position, file.name, file.content_hash, file.size, file.media_type)
        for position, file in enumerate(files, 1)
    ]
    await tx.executemany(ADD, rows)


OF_COMMENT = """
select name, content_hash, size, media_type from comment_attachments where comment_id = $1 order by position
"""


async def of_comment(conn: Connection, comment_id: UUID) -> list[Attachment]:
    """The files that came with a comment."""
    return [Attachment(**row) for row in await conn.fetch(OF_COMMENT, comment_id)]


OF_COMMENTS = """
select comment_id, name, content_hash, size, media_type
  from comment_attachments where comment_id = any($1::uuid[]) order by comment_id, position
"""


async def of_comments(conn: Connection, comment_ids: Sequence[UUID]) -> dict[UUID, list[Attachment]]:
    """The files of those comments that have some."""
    found: dict[UUID, list[Attachment]] = {}
    for row in await conn.fetch(OF_COMMENTS, comment_ids):
        file = Attachment(row["name"], row["content_hash"], row["size"], row["media_type"])
        found.setdefault(row["comment_id"], []).append(file)
    return found


NOTE = """
insert into comment_files (content_hash) values ($1)
on conflict (content_hash) do update set kept_at = clock_timestamp()
"""


async def note(tx: Connection, digest: str) -> None:
    """A file is about to be kept, now: from here its day is counted anew."""
    await tx.execute(NOTE, digest)


# Locked until they are gone: whoever keeps the same file meanwhile comes after that, and keeps it anew.
UNCLAIMED = """
select f.content_hash
  from comment_files f
 where f.kept_at < clock_timestamp() - make_interval(hours => $1)
   and not exists (select 1 from comment_attachments a where a.content_hash = f.content_hash)
 order by f.kept_at
 limit $2
   for update skip locked
"""
FORGET = "delete from comment_files where content_hash = any($1::text[])"


async def unclaimed(tx: Connection, *, hours: int, limit: int) -> list[str]:
    """Files that were kept longer ago and that no comment has, locked for this transaction."""
    return [row["content_hash"] for row in await tx.fetch(UNCLAIMED, hours, limit)]


async def forget(tx: Connection, digests: Sequence[str]) -> None:
    """They are deleted."""
    await tx.execute(FORGET, list(digests))

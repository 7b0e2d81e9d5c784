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

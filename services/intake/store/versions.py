"""Versions of a text and what is attached to each; rows that never change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from uuid import UUID

from services.intake.domain.documents import VersionUnknown
from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Version:
    """One text as it was handed in."""

    document_id: UUID
    version: int
    text_hash: str
    materials_hash: str
    structure_hash: str
    task_count: int
    characters: int
    file_hash: str | None
    file_name: str | None
    media_type: str
    change_note: str
    submitted_by: str
    submitted_at: datetime | None = None


@dataclass(frozen=True)
class Attachment:
    """One paper that came with a version."""

    document_id: UUID
    version: int
    position: int
    role: str
    name: str
    content_hash: str
    size: int
    media_type: str


ADD = """
insert into versions (document_id, version, text_hash, materials_hash, structure_hash, task_count, characters,
                      file_hash, file_name, media_type, change_note, submitted_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
returning submitted_at
"""
ADD_ATTACHMENT = """
insert into attachments (document_id, version, position, role, name, content_hash, size, media_type)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def add(tx: Connection, version: Version, attachments: Sequence[Attachment]) -> datetime:
    """Add a version with its attachments; when it was handed in by the database's clock."""
    at: datetime = await tx.fetchval(ADD, *astuple(version)[:-1])
    await tx.executemany(ADD_ATTACHMENT, [astuple(attachment) for attachment in attachments])
    return at


LATEST = """
select document_id, version, text_hash, materials_hash, structure_hash, task_count, characters, file_hash, file_name,
       media_type, change_note, submitted_by, submitted_at
  from versions
 where document_id = $1
 order by version desc
 limit 1
"""


async def latest(conn: Connection, document_id: UUID) -> Version:
    """The newest version. Raises VersionUnknown."""
    row = await conn.fetchrow(LATEST, document_id)
    if row is None:
        raise VersionUnknown
    return Version(**row)


ONE = """
select document_id, version, text_hash, materials_hash, structure_hash, task_count, characters, file_hash, file_name,
       media_type, change_note, submitted_by, submitted_at
  from versions
 where document_id = $1 and version = $2
"""


async def get(conn: Connection, document_id: UUID, version: int) -> Version:
    """One version. Raises VersionUnknown."""
    row = await conn.fetchrow(ONE, document_id, version)
    if row is None:
        raise VersionUnknown
    return Version(**row)


ALL = """
select document_id, version, text_hash, materials_hash, structure_hash, task_count, characters, file_hash, file_name,
       media_type, change_note, submitted_by, submitted_at
  from versions
 where document_id = $1
 order by version desc
"""


async def all_of(conn: Connection, document_id: UUID) -> list[Version]:
    """Every version, newest first."""
    return [Version(**row) for row in await conn.fetch(ALL, document_id)]


STANDING = """
select document_id, version, text_hash, materials_hash, structure_hash, task_count, characters, file_hash, file_name,
       media_type, change_note, submitted_by, submitted_at
  from versions
 where document_id = $1 and (submitted_at <= $2 or version = $3)
 order by version desc
 limit 1
"""


async def standing(conn: Connection, document_id: UUID, at: datetime, *, no_earlier_than: int) -> Version:
    """The newest version at that instant, but none before the version `no_earlier_than`. Raises VersionUnknown."""
    row = await conn.fetchrow(STANDING, document_id, at, no_earlier_than)
    if row is None:
        raise VersionUnknown
    return Version(**row)


ATTACHMENTS = """
select document_id, version, position, role, name, content_hash, size, media_type
  from attachments
 where document_id = $1 and version = $2
 order by position
"""


async def attachments_of(conn: Connection, document_id: UUID, version: int) -> list[Attachment]:
    """What came with a version, in order."""
    return [Attachment(**row) for row in await conn.fetch(ATTACHMENTS, document_id, version)]


AUTHORS = "select distinct submitted_by from versions where document_id = $1 order by submitted_by"


async def authors_of(conn: Connection, document_id: UUID) -> tuple[str, ...]:
    """Everybody who ever handed in a text of this document: none of them may review it."""
    return tuple(row["submitted_by"] for row in await conn.fetch(AUTHORS, document_id))

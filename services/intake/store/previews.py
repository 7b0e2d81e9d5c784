"""Sheets that were uploaded and wait for their confirmation; and the batches of entries that came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Preview:
    """One uploaded sheet. `rows` are sealed with the key that only the page of its preview holds."""

    id: UUID
    window_id: UUID
    kind: str
    content_hash: str
    name: str
    rows: dict[str, Any] | None
    revision: int
    made_by: str
    applied_at: datetime | None
    outcome: dict[str, Any] | None


ADD = """
insert into sheet_previews (id, window_id, kind, content_hash, name, rows, revision, made_by)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def add(tx: Connection, preview: Preview) -> None:
    """Keep a sheet until it is confirmed."""
    await tx.execute(
        ADD, preview.id, preview.window_id, preview.kind, preview.content_hash, preview.name, preview.rows,
        preview.revision, preview.made_by,
    )  # fmt: skip


FIND = """
select id, window_id, kind, content_hash, name, rows, revision, made_by, applied_at, outcome
  from sheet_previews
 where id = $1 and window_id = $2 and kind = $3 and made_by = $4
   for update
"""


async def find_locked(tx: Connection, preview_id: UUID, window_id: UUID, kind: str, made_by: str) -> Preview | None:
    """The sheet that this person uploaded, if it is still kept."""
    row = await tx.fetchrow(FIND, preview_id, window_id, kind, made_by)
    return Preview(**row) if row else None


APPLIED = "update sheet_previews set applied_at = clock_timestamp(), outcome = $2, rows = null where id = $1"


async def mark_applied(tx: Connection, preview_id: UUID, outcome: dict[str, Any]) -> None:
    """The sheet is carried out; its rows go."""
    await tx.execute(APPLIED, preview_id, outcome)


FORGET = "delete from sheet_previews where made_at < clock_timestamp() - make_interval(hours => $1)"


async def forget_old(tx: Connection, hours: int) -> None:
    """Let go of what nobody confirmed."""
    await tx.execute(FORGET, hours)


@dataclass(frozen=True)
class Batch:
    """Entries that came from one sheet."""

    id: UUID
    content_hash: str
    name: str
    entered_by: str
    entered_at: datetime
    rows: int


ADD_BATCH = """
insert into entry_batches (id, window_id, content_hash, name, entered_by) values ($1, $2, $3, $4, $5)
on conflict (window_id, content_hash) do nothing
returning id
"""


async def add_batch(tx: Connection, batch_id: UUID, window_id: UUID, *, content_hash: str, name: str, by: str) -> bool:
    """A batch; False when the same sheet was entered before."""
    return await tx.fetchval(ADD_BATCH, batch_id, window_id, content_hash, name, by) is not None


BATCH = """
select b.id, b.content_hash, b.name, b.entered_by, b.entered_at,
       (select count(*) from entry_rows r where r.batch_id = b.id) as rows
  from entry_batches b
 where b.window_id = $1 and ($2::uuid is null or b.id = $2) and ($3::text is null or b.content_hash = $3)
 order by b.entered_at desc
 limit 50
"""


async def batches(
    conn: Connection, window_id: UUID, *, batch_id: UUID | None = None, content_hash: str | None = None
) -> list[Batch]:
    """Batches of a window, the newest first; the one of that id, or of that sheet."""
    return [Batch(**row) for row in await conn.fetch(BATCH, window_id, batch_id, content_hash)]


ADD_ROWS = """
insert into entry_rows (batch_id, row, comment_id)
select $1, e.row, c.id
  from unnest($2::integer[], $3::text[]) as e (row, receipt)
  join comments c on c.receipt = e.receipt
"""


async def add_rows(tx: Connection, batch_id: UUID, rows: list[int], receipts: list[str]) -> None:
    """Which row of the sheet became which comment."""
    await tx.execute(ADD_ROWS, batch_id, rows, receipts)


@dataclass(frozen=True)
class Entered:
    """One entered row with its receipt."""

    row: int
    receipt: str
    channel: str
    received_at: datetime
    clause: str
    body: str


ENTERED = """
select r.row, c.receipt, c.channel, c.received_at, c.clause, left(c.body, 200) as body
  from entry_rows r
  join comments c on c.id = r.comment_id
 where r.batch_id = $1
 order by r.row
"""


async def entered_of(conn: Connection, batch_id: UUID) -> list[Entered]:
    """The rows of a batch with the receipts under which their authors find the answers."""
    return [Entered(**row) for row in await conn.fetch(ENTERED, batch_id)]


KNOWN = "select distinct likeness from comments where window_id = $1 and likeness = any($2::text[])"


async def known_likenesses(conn: Connection, window_id: UUID, likenesses: list[str]) -> set[str]:
    """Those of these words that the window holds already."""
    return {row["likeness"] for row in await conn.fetch(KNOWN, window_id, likenesses)}

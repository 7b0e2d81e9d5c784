"""Places in comments that are covered: what the machine proposed, what a person decided, and how far was looked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.domain.masking import Span
from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Unread:
    """A comment in which nobody has looked for personal data yet, with the names of its files."""

    id: UUID
    window_id: UUID
    body: str
    files: str


UNREAD = """
with next as materialized (
    select w.id, r.through
      from windows w
      left join mask_readings r on r.window_id = w.id
     where w.opens_at <= clock_timestamp()
       and exists (select 1 from comments c
                    where c.window_id = w.id and (r.through is null or c.id > r.through) and c.id < $1)
     limit 1
)
select c.id, c.window_id, c.body,
       coalesce((select string_agg(f.name, ' ') from comment_attachments f where f.comment_id = c.id), '') as files
  from next n
  join comments c on c.window_id = n.id and (n.through is null or c.id > n.through) and c.id < $1
 order by c.id
 limit $2
"""


async def unread(conn: Connection, *, before: UUID, limit: int) -> list[Unread]:
    """The next comments of one window that were not looked through, of those whose id lies before the given one."""
    return [Unread(**row) for row in await conn.fetch(UNREAD, before, limit)]


PROPOSE = """
insert into comment_masks (comment_id, window_id, start_at, end_at, kind)
select g.comment_id, g.window_id, g.start_at, g.end_at, g.kind
  from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::text[])
    as g (comment_id, window_id, start_at, end_at, kind)
on conflict (comment_id, start_at, end_at) do nothing
"""


async def propose(tx: Connection, spans: Sequence[tuple[Unread, Span]]) -> None:
    """Keep what the machine proposes to cover."""
    await tx.execute(
        PROPOSE,
        [comment.id for comment, _ in spans],
        [comment.window_id for comment, _ in spans],
        [span.start for _, span in spans],
        [span.end for _, span in spans],
        [span.kind.value for _, span in spans],
    )


HINT = """
insert into comment_hints (comment_id, window_id, hint)
select g.comment_id, g.window_id, g.hint from unnest($1::uuid[], $2::uuid[], $3::text[]) as g (comment_id, window_id, hint)
on conflict (comment_id, hint) do nothing
"""


async def hint(tx: Connection, hints: Sequence[tuple[Unread, str]]) -> None:
    """Keep what the office should look at with care."""
    await tx.execute(
        HINT, [one.id for one, _ in hints], [one.window_id for one, _ in hints], [name for _, name in hints]
    )


READ_THROUGH = """
insert into mask_readings (window_id, through) values ($1, $2)
on conflict (window_id) do update set through = greatest(mask_readings.through, excluded.through)
"""


async def read_through(tx: Connection, last: Unread) -> None:
    """Note up to which comment its window was looked through."""
    await tx.execute(READ_THROUGH, last.window_id, last.id)


@dataclass(frozen=True)
class Proposed:
    """A comment with places on which nobody decided, or with hints."""

    id: UUID
    body: str
    channel: str
    clause: str
    received_at: datetime


PROPOSED = """
select c.id, c.body, c.channel, c.clause, c.received_at
  from comments c
 where c.window_id = $1 and ($2::uuid is null or c.id > $2)
   and c.id in (
    select m.comment_id from comment_masks m
     where m.window_id = $1 and m.covered is null and ($2::uuid is null or m.comment_id > $2)
    union
    select h.comment_id from comment_hints h
     where $4 and h.window_id = $1 and ($2::uuid is null or h.comment_id > $2)
 )
 order by c.id
 limit $3
"""


async def proposed(
    conn: Connection, window_id: UUID, *, after: UUID | None = None, hints: bool = False, limit: int = 50
) -> list[Proposed]:
    """Comments with open proposals, and (with `hints`) those that hint at sensitive data, in the order they came."""
    return [Proposed(**row) for row in await conn.fetch(PROPOSED, window_id, after, limit, hints)]


@dataclass(frozen=True)
class Place:
    """One place of a comment: proposed, or decided on."""

    comment_id: UUID
    start_at: int
    end_at: int
    kind: str
    covered: bool | None


PLACES = """
select comment_id, start_at, end_at, kind, covered
  from comment_masks
 where comment_id = any($1::uuid[])
 order by comment_id, start_at
"""


async def places_of(conn: Connection, comment_ids: Iterable[UUID]) -> list[Place]:
    """Every place of these comments."""
    return [Place(**row) for row in await conn.fetch(PLACES, list(comment_ids))]


HINTS = "select comment_id, hint from comment_hints where comment_id = any($1::uuid[]) order by comment_id, hint"


async def hints_of(conn: Connection, comment_ids: Iterable[UUID]) -> Mapping[UUID, tuple[str, ...]]:
    """The hints of these comments."""
    found: defaultdict[UUID, tuple[str, ...]] = defaultdict(tuple)
    for row in await conn.fetch(HINTS, list(comment_ids)):
        found[row["comment_id"]] += (row["hint"],)
    return found


BODY = "select body from comments where id = $1 and window_id = $2"


async def body_of(conn: Connection, window_id: UUID, comment_id: UUID) -> str | None:
    """The words of a comment of this window; None when it has no such comment."""
    body: str | None = await conn.fetchval(BODY, comment_id, window_id)
    return body


DECIDE = """
insert into comment_masks (comment_id, window_id, start_at, end_at, kind, covered, decided_by, decided_at)
select $1, $2, g.start_at, g.end_at, $5, $6, $7, clock_timestamp()
  from unnest($3::integer[], $4::integer[]) as g (start_at, end_at)
on conflict (comment_id, start_at, end_at) do update
   set covered = excluded.covered, decided_by = excluded.decided_by, decided_at = excluded.decided_at
"""


async def decide(
    tx: Connection, window_id: UUID, comment_id: UUID, places: Sequence[tuple[int, int]], *, kind: str, covered: bool,
    by: str,
) -> None:  # fmt: skip
    """Cover places of a comment, or lay them open; every decision stays in the history."""
    starts, ends = [start for start, _ in places], [end for _, end in places]
    await tx.execute(DECIDE, comment_id, window_id, starts, ends, kind, covered, by)


KNOWN = "select start_at, end_at from comment_masks where comment_id = $1"


async def known_places(conn: Connection, comment_id: UUID) -> set[tuple[int, int]]:
    """The places of a comment that the machine proposed, or that somebody decided about."""
    return {(row["start_at"], row["end_at"]) for row in await conn.fetch(KNOWN, comment_id)}


OPEN = "select count(*) from comment_masks where window_id = $1 and covered is null"


async def open_count(conn: Connection, window_id: UUID) -> int:
    """How many places wait for a decision."""
    count: int = await conn.fetchval(OPEN, window_id)
    return count

"""A window with very many invented opinions, written past the ways in: what benches summarise and open pages of."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import asyncpg

from bench.opinions import opinions
from services.intake.domain.comments import likeness, new_receipt
from services.intake.domain.ids import uuid7

AT_ONCE = 5_000
ADD = """
insert into intake.comments (id, window_id, receipt, channel, clause, body, body_hash, likeness, received_at, text_version)
select c.id, w.id, c.receipt, 'web', '', c.body, encode(sha256(c.body::bytea), 'hex'), c.likeness,
       w.opens_at + (w.closes_at - w.opens_at) * c.at, 1
  from intake.windows w,
       unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::float8[]) as c (id, receipt, body, likeness, at)
 where w.id = $1
"""


def batches(count: int) -> Iterator[tuple[int, list[tuple[str, int]]]]:
    """So many opinions, each with the one that it is a copy of, in batches: where a batch begins, and what is in it."""
    made = opinions(count)
    for start in range(0, count, AT_ONCE):
        yield start, [next(made) for _ in range(min(AT_ONCE, count - start))]


async def fill(owner: asyncpg.Connection[asyncpg.Record], window_id: UUID, count: int) -> None:
    """Write so many opinions into a window, spread evenly over its time."""
    await owner.execute("set session_replication_role = replica")
    for start, batch in batches(count):
        bodies = [body for body, _ in batch]
        places = range(start, start + len(bodies))
        await owner.execute(
            ADD,
            window_id,
            [uuid7() for _ in bodies],
            [new_receipt() for _ in bodies],
            bodies,
            [likeness(body) for body in bodies],
            [place / count for place in places],
        )
    await owner.execute("reset session_replication_role")
    await owner.execute("analyze intake.comments")

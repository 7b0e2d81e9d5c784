"""Taking comments: one statement for one or many, which holds the window's predicate and shares its row's lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.kernel.runtime.db import Connection


@dataclass(frozen=True, slots=True)
class NewComment:
    """A comment on its way in."""

    id: UUID
    window_id: UUID
    receipt: str
    channel: str
    clause: str
    body: str
    body_hash: str
    likeness: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The key under which a request may be sent again: whose it is, for which route, and what was sent."""

    actor: str
    key: str
    route: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The receipt. `again` when the comment had been taken before, under the same key."""

    receipt: str
    received_at: datetime
    body_hash: str
    channel: str
    window_id: UUID
    again: bool = False


# The instant is read once: the same one passes the predicate and is kept. An uncommitted close makes this wait for
# its row and then look at it again (PERFORMANCE 3); the foreign key alone would not. Rows are locked in the order in
# which closing locks them. A key is claimed only with a comment that is taken, and the other way round.
TAKE = """
with arrival as materialized (select clock_timestamp() as at),
     given as materialized (
    select g.id, g.window_id, g.receipt, g.channel, g.clause, g.body, g.body_hash, g.likeness,
           g.actor, g.key, g.route, g.request_hash
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                  $9::text[], $10::text[], $11::text[], $12::text[])
        as g(id, window_id, receipt, channel, clause, body, body_hash, likeness, actor, key, route, request_hash)
),
     standing as materialized (
    select w.id, w.version, a.at
      from windows w, arrival a
     where w.id = any($2::uuid[]) and window_is_open(w, a.at)
     order by w.closes_at, w.id
       for key share of w
),
     claimed as (
    insert into idempotency (actor, key, route, body_hash, status, response)
    select g.actor, g.key, g.route, g.request_hash, 201, jsonb_build_object('comment', g.id)
      from given g
      join standing s on s.id = g.window_id
     where g.key is not null
     order by g.actor, g.key
    on conflict (actor, key) do nothing
    returning (response ->> 'comment')::uuid as id
)
insert into comments (id, window_id, receipt, channel, clause, body, body_hash, likeness, received_at, text_version)
select g.id, s.id, g.receipt, g.channel, g.clause, g.body, g.body_hash, g.likeness, s.at, s.version
  from given g
  join standing s on s.id = g.window_id
 where g.key is null or g.id in (select c.id from claimed c)
 order by g.id
returning id, received_at
"""


async def take(tx: Connection, given: Sequence[tuple[NewComment, Claim | None]]) -> dict[UUID, Taken]:
    """Take comments whose windows are open at this instant by the database's clock: the receipt of each that was.

    Not among them is what came outside its window, and whose key was claimed before.
    """
    rows = await tx.fetch(
        TAKE,
        [comment.id for comment, _ in given],
        [comment.window_id for comment, _ in given],
        [comment.receipt for comment, _ in given],
        [comment.channel for comment, _ in given],
        [comment.clause for comment, _ in given],
        [comment.body for comment, _ in given],
        [comment.body_hash for comment, _ in given],
        [comment.likeness for comment, _ in given],
        [claim.actor if claim else None for _, claim in given],
        [claim.key if claim else None for _, claim in given],
        [claim.route if claim else None for _, claim in given],
        [claim.request_hash if claim else None for _, claim in given],
    )
    instants = {row["id"]: row["received_at"] for row in rows}
    return {
        comment.id: Taken(comment.receipt, at, comment.body_hash, comment.channel, comment.window_id)
        for comment, _ in given
        if (at := instants.get(comment.id))
    }


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands under a key: what was asked then, and the comment that was taken for it, if it was one."""

    route: str
    request_hash: str
    taken: Taken | None


KEPT = """
select i.actor, i.key, i.route, i.body_hash as request_hash,
       c.receipt, c.received_at, c.body_hash, c.channel, c.window_id
  from unnest($1::text[], $2::text[]) as g(actor, key)
  join idempotency i on i.actor = g.actor and i.key = g.key
  left join comments c on c.id = (i.response ->> 'comment')::uuid
"""


async def kept(conn: Connection, claims: Sequence[Claim]) -> dict[tuple[str, str], Kept]:
    """What stands under these keys, by actor and key."""
    rows = await conn.fetch(KEPT, [claim.actor for claim in claims], [claim.key for claim in claims])
    return {(row["actor"], row["key"]): Kept(row["route"], row["request_hash"], _receipt(row)) for row in rows}


def _receipt(row: asyncpg.Record) -> Taken | None:
    if row["receipt"] is None:
        return None
    return Taken(row["receipt"], row["received_at"], row["body_hash"], row["channel"], row["window_id"], again=True)

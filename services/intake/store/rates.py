"""Counters of the gate. Nothing here waits for the disk: the tables are unlogged, and refusals may be written late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.runtime.db import Connection

UNBOUNDED = 2**31 - 1
# Its mark, what it is spent for, and until when it holds.
Spending = tuple[bytes, bytes, datetime]


@dataclass(frozen=True, slots=True)
class Rate:
    """A counter after it was asked for more: how many of those it granted, its sum, and when it begins again."""

    granted: int
    count: int
    seconds_left: float


# In one statement with the counting: under load a message of its own costs more than what it says.
COUNT = """
with spent as materialized (
    insert into spent_proofs as s (mark, spent_for, expires_at)
    select g.mark, g.spent_for, g.expires_at
      from unnest($4::bytea[], $5::bytea[], $6::timestamptz[]) as g(mark, spent_for, expires_at)
     order by g.mark
    on conflict (mark) do update set spent_for = s.spent_for where s.spent_for = excluded.spent_for
    returning mark
)
insert into comment_rates as r (key, ends_at, count, allowed)
select g.key, to_timestamp((floor(extract(epoch from clock_timestamp()) / $1) + 1) * $1), least(g.asked, g.allowed),
       g.allowed
  from unnest($2::bytea[], $3::integer[], $7::integer[]) as g(key, asked, allowed)
 where cardinality($4::bytea[]) = (select count(*) from spent)
 order by g.key
on conflict (key) do update
   set ends_at = excluded.ends_at,
       count = case when r.ends_at = excluded.ends_at
                    then greatest(r.count, least(r.count + excluded.count, excluded.allowed))
                    else excluded.count end,
       allowed = excluded.allowed
returning new.key,
          new.count - case when old.ends_at = new.ends_at then old.count else 0 end as granted,
          new.count,
          extract(epoch from new.ends_at - clock_timestamp())::float8 as seconds_left
"""


async def count(
    conn: Connection, asked: Mapping[bytes, tuple[int, int]], *, seconds: int, proofs: Sequence[Spending] = ()
) -> dict[bytes, Rate]:
    """Ask counters for more: {key: (how many, of how many allowed)}, over periods of so many seconds.

    With proofs: spend them as `spend` does. Where one of them was spent on anything else before, nothing is counted
    and nothing comes back.
    """
    keys = list(asked)
    rows = await conn.fetch(
        COUNT,
        seconds,
        keys,
        [asked[key][0] for key in keys],
        *([proof[place] for proof in proofs] for place in range(3)),
        [asked[key][1] for key in keys],
    )
    return {row["key"]: Rate(row["granted"], row["count"], row["seconds_left"]) for row in rows}


LOOK = "select count from comment_rates where key = $1 and ends_at > clock_timestamp()"


async def look(conn: Connection, key: bytes) -> int:
    """What a counter says in this period."""
    found: int | None = await conn.fetchval(LOOK, key)
    return found or 0


SPEND = """
insert into spent_proofs as s (mark, spent_for, expires_at)
select g.mark, g.spent_for, g.expires_at
  from unnest($1::bytea[], $2::bytea[], $3::timestamptz[]) as g(mark, spent_for, expires_at)
 order by g.mark
on conflict (mark) do update set spent_for = s.spent_for where s.spent_for = excluded.spent_for
returning mark
"""


async def spend(conn: Connection, proofs: Sequence[Spending]) -> set[bytes]:
    """Spend proofs, each once named; those not spent on anything else before."""
    rows = await conn.fetch(SPEND, *([proof[place] for proof in proofs] for place in range(3)))
    return {row["mark"] for row in rows}


REFUSED = """
insert into refused_attempts as r (window_id, channel, code, count)
select g.window_id, g.channel, g.code, g.count
  from unnest($1::uuid[], $2::text[], $3::text[], $4::integer[]) as g(window_id, channel, code, count)
 where exists (select 1 from windows w where w.id = g.window_id)
 order by g.window_id, g.channel, g.code
on conflict (window_id, at, channel, code) do update set count = r.count + excluded.count
"""
WRITTEN_LATE = "set local synchronous_commit = off"


async def count_refused(tx: Connection, refused: Mapping[tuple[UUID, str, str], int]) -> None:
    """Count attempts that were refused, {(window, channel, code): how many}: no words and no person.

    The commit waits for no disk: a power cut may lose the last half second of them.
    """
    await tx.execute(WRITTEN_LATE)
    keys = list(refused)
    await tx.execute(REFUSED, *([key[place] for key in keys] for place in range(3)), list(refused.values()))


FORGET_RATES = "delete from comment_rates where ends_at < clock_timestamp()"
FORGET_PROOFS = "delete from spent_proofs where expires_at < clock_timestamp()"


async def forget(tx: Connection) -> None:
    """Drop the counters of past periods and the proofs that hold no more."""
    await tx.execute(FORGET_RATES)
    await tx.execute(FORGET_PROOFS)

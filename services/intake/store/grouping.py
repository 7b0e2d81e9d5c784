"""The machine's grouping of a closed window, written in bounded steps; readers see it from the summary on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kernel.runtime.db import Connection

AT_ONCE = 10_000
COUNT_SECONDS = 300

ALONE = "select pg_try_advisory_xact_lock(hashtextextended('grouping/' || $1::uuid, 0))"


async def alone(tx: Connection, window_id: UUID) -> bool:
    """Whether no other process groups this window; it stays so until the transaction ends."""
    found: bool = await tx.fetchval(ALONE, window_id)
    return found


CLOSING = "select count(*) + 1 from feedback_summaries where window_id = $1"


async def closing_of(conn: Connection, window_id: UUID) -> int:
    """The number of the summary that comes next."""
    number: int = await conn.fetchval(CLOSING, window_id)
    return number


STAND = """
select count(*) as received, count(withdrawn_at) as withdrawn from comments where window_id = $1
"""


@dataclass(frozen=True)
class Stand:
    """How many came and were taken back. Both only grow: the same stand means the same opinions."""

    received: int
    withdrawn: int


async def stand_of(conn: Connection, window_id: UUID) -> Stand:
    """The stand now, counted."""
    row = await conn.fetchrow(STAND, window_id, timeout=COUNT_SECONDS)
    assert row is not None
    return Stand(**row)


OPINIONS = """
select c.id, c.body, c.received_at, c.hidden_at is not null as hidden, m.machine_group
  from comments c
  left join opinion_members m on m.comment_id = c.id and m.closing < $2
 where c.window_id = $1 and c.withdrawn_at is null
 order by c.id
"""


async def opinions(tx: Connection, window_id: UUID, closing: int) -> AsyncIterator[Sequence[Any]]:
    """The opinions that stand, in the order in which they came, so many at once from the server's cursor.

    Each with its group where an earlier closing made one.
    """
    cursor = await tx.cursor(OPINIONS, window_id, closing)
    while rows := await cursor.fetch(AT_ONCE):
        yield rows


DROP_MEMBERS = """
delete from opinion_members
 where comment_id in (select comment_id from opinion_members where window_id = $1 and closing = $2 limit $3)
returning comment_id
"""
DROP_GROUPS = """
delete from opinion_groups
 where id in (select id from opinion_groups where window_id = $1 and closing = $2 limit $3)
returning id
"""


async def drop_members(tx: Connection, window_id: UUID, closing: int) -> bool:
    """Drop some of what a run that broke off has left; False when nothing is."""
    return bool(await tx.fetch(DROP_MEMBERS, window_id, closing, AT_ONCE))


async def drop_groups(tx: Connection, window_id: UUID, closing: int) -> bool:
    """The same of its groups, once they have no members."""
    return bool(await tx.fetch(DROP_GROUPS, window_id, closing, AT_ONCE))


@dataclass(frozen=True)
class NewGroup:
    """One group as the machine made it. `profile` is [[day, opinions], ...] as JSON."""

    id: UUID
    representative: UUID
    size: int
    busiest_hour: int
    profile: str


ADD_GROUPS = """
insert into opinion_groups (id, window_id, closing, representative, size, busiest_hour, profile)
select g.id, $1, $2, g.representative, g.size, g.busiest_hour, g.profile::jsonb
  from unnest($3::uuid[], $4::uuid[], $5::integer[], $6::integer[], $7::text[])
    as g (id, representative, size, busiest_hour, profile)
"""


async def add_groups(tx: Connection, window_id: UUID, closing: int, groups: Sequence[NewGroup]) -> None:
    """Write some groups."""
    await tx.execute(
        ADD_GROUPS,
        window_id,
        closing,
        [group.id for group in groups],
        [group.representative for group in groups],
        [group.size for group in groups],
        [group.busiest_hour for group in groups],
        [group.profile for group in groups],
    )


ADD_MEMBERS = """
insert into opinion_members (comment_id, window_id, closing, machine_group)
select m.comment_id, $1, $2, m.machine_group
  from unnest($3::uuid[], $4::uuid[]) as m (comment_id, machine_group)
"""


async def add_members(
    tx: Connection, window_id: UUID, closing: int, comment_ids: Sequence[UUID], group_ids: Sequence[UUID]
) -> None:
    """Write to which group some opinions belong."""
    await tx.execute(ADD_MEMBERS, window_id, closing, comment_ids, group_ids)


REVIVE = "update opinion_groups set retired_at = null where id = any($1::uuid[]) and retired_at is not null"


async def revive(tx: Connection, group_ids: Sequence[UUID]) -> None:
    """Groups of an earlier closing that new opinions joined are there again, also where a person merged them away."""
    await tx.execute(REVIVE, group_ids)


TALLY_UP = """
insert into window_tallies (window_id, received, withdrawn, late, groups, answered, adopted, partly, not_adopted)
select $1, $2, $3, $4,
       (select count(*) from opinion_groups g where g.window_id = $1 and g.retired_at is null and g.size > 0),
       a.answered, a.adopted, a.partly, a.not_adopted
  from (select count(*) as answered,
               count(*) filter (where n.disposition = 'adopted') as adopted,
               count(*) filter (where n.disposition = 'partly') as partly,
               count(*) filter (where n.disposition = 'not_adopted') as not_adopted
          from answers n
          join comments c on c.id = n.comment_id
         where n.window_id = $1 and c.withdrawn_at is null) a
on conflict (window_id) do update
   set received = excluded.received, withdrawn = excluded.withdrawn, late = excluded.late, groups = excluded.groups,
       answered = excluded.answered, adopted = excluded.adopted, partly = excluded.partly,
       not_adopted = excluded.not_adopted
"""


async def tally_up(tx: Connection, window_id: UUID, stand: Stand, late: int) -> None:
    """Store the figures that pages read; from now on triggers keep them."""
    await tx.execute(TALLY_UP, window_id, stand.received, stand.withdrawn, late, timeout=COUNT_SECONDS)

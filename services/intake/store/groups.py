"""Groups of opinions with their stored figures, their members, and the history of what was done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.domain.groups import GroupUnknown
from services.kernel.runtime.db import Connection

# A merge may move hundreds of thousands of opinions in its one transaction.
ACT_SECONDS = 300


@dataclass(frozen=True)
class Group:
    """One group that is not merged away. `size` counts the opinions that stand, `answered` those with an answer."""

    id: UUID
    window_id: UUID
    name: str
    made_by: str | None
    revision: int
    representative: UUID | None
    size: int
    answered: int
    busiest_hour: int
    profile: list[tuple[str, int]]
    body: str | None
    clause: str | None
    hidden_reason: str | None
    decided: list[list[int]] | None


GROUPS = """
select g.id, g.window_id, g.name, g.made_by, g.revision, g.representative, g.size, g.answered, g.busiest_hour, g.profile,
       c.body, c.clause, c.hidden_reason, comment_decisions(c.id) as decided
  from opinion_groups g
  left join comments c on c.id = g.representative
 where g.window_id = $1 and g.retired_at is null and g.size > 0
   and ($2::integer is null or (-g.size, g.id) > (-$2::integer, $3::uuid))
 order by -g.size, g.id
 limit $4
"""


async def groups_of(
    conn: Connection, window_id: UUID, *, after: tuple[int, UUID] | None = None, limit: int = 50
) -> list[Group]:
    """Groups of a window, the largest first, after the size and id of the last one of the page before."""
    size, group_id = after or (None, None)
    return [_group(row) for row in await conn.fetch(GROUPS, window_id, size, group_id, limit)]


GROUP = """
select g.id, g.window_id, g.name, g.made_by, g.revision, g.representative, g.size, g.answered, g.busiest_hour, g.profile,
       c.body, c.clause, c.hidden_reason, comment_decisions(c.id) as decided
  from opinion_groups g
  left join comments c on c.id = g.representative
 where g.window_id = $1 and g.id = any($2::uuid[]) and g.retired_at is null
 order by g.id
"""


async def get(conn: Connection, window_id: UUID, group_id: UUID) -> Group:
    """One group of the window. Raises GroupUnknown."""
    row = await conn.fetchrow(GROUP, window_id, [group_id])
    if row is None:
        raise GroupUnknown(field="group")
    return _group(row)


async def several(conn: Connection, window_id: UUID, group_ids: Sequence[UUID]) -> dict[UUID, Group]:
    """Those of the named groups that the window holds, by id."""
    return {row["id"]: _group(row) for row in await conn.fetch(GROUP, window_id, list(group_ids))}


GROUP_OF = "select group_id from opinion_members where comment_id = $1"


async def group_of(conn: Connection, comment_id: UUID) -> UUID | None:
    """The group of an opinion; None before its window's result is recorded."""
    found: UUID | None = await conn.fetchval(GROUP_OF, comment_id)
    return found


@dataclass(frozen=True)
class Member:
    """One opinion of a group. It was `moved` when a person put it elsewhere than the machine."""

    id: UUID
    body: str
    clause: str
    channel: str
    received_at: datetime
    withdrawn_at: datetime | None
    hidden_reason: str | None
    decided: list[list[int]] | None
    moved: bool
    disposition: str | None


MEMBERS = """
select c.id, c.body, c.clause, c.channel, c.received_at, c.withdrawn_at, c.hidden_reason,
       comment_decisions(c.id) as decided,
       coalesce(m.person_group <> m.machine_group, false) as moved, a.disposition
  from opinion_members m
  join comments c on c.id = m.comment_id
  left join answers a on a.comment_id = m.comment_id
 where m.window_id = $1 and m.group_id = $2 and ($3::uuid is null or m.comment_id > $3)
 order by m.comment_id
 limit $4
"""


async def members_of(
    conn: Connection, window_id: UUID, group_id: UUID, *, after: UUID | None = None, limit: int = 50
) -> list[Member]:
    """The opinions of a group in the order in which they came, also withdrawn ones, which are marked."""
    return [Member(**row) for row in await conn.fetch(MEMBERS, window_id, group_id, after, limit)]


HELD = """
select m.comment_id
  from opinion_members m
  join comments c on c.id = m.comment_id
 where m.window_id = $1 and m.group_id = $2 and m.comment_id = any($3::uuid[]) and c.withdrawn_at is null
"""


async def standing_of(tx: Connection, window_id: UUID, group_id: UUID, comment_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the named opinions that stand and are in the group."""
    return {row["comment_id"] for row in await tx.fetch(HELD, window_id, group_id, list(comment_ids))}


MOVE = "update opinion_members set person_group = $2 where comment_id = any($1::uuid[])"


async def move(tx: Connection, comment_ids: Sequence[UUID], to: UUID) -> None:
    """A person puts these opinions into a group; where the machine put them stays."""
    await tx.execute(MOVE, list(comment_ids), to)


MOVE_ALL = "update opinion_members set person_group = $3 where window_id = $1 and group_id = any($2::uuid[])"


async def move_all(tx: Connection, window_id: UUID, group_ids: Sequence[UUID], to: UUID) -> None:
    """A person puts all opinions of these groups into another."""
    await tx.execute(MOVE_ALL, window_id, list(group_ids), to, timeout=ACT_SECONDS)


ADD = "insert into opinion_groups (id, window_id, name, made_by) values ($1, $2, $3, $4)"


async def add(tx: Connection, *, group_id: UUID, window_id: UUID, name: str, made_by: str) -> None:
    """A group made by a person; its figures follow by `count_again`."""
    await tx.execute(ADD, group_id, window_id, name, made_by)


RENAME = "update opinion_groups set name = $2, revision = revision + 1 where id = $1"


async def rename(tx: Connection, group_id: UUID, name: str) -> None:
    """Give a group its name."""
    await tx.execute(RENAME, group_id, name)


RETIRE = "update opinion_groups set retired_at = clock_timestamp(), revision = revision + 1 where id = any($1::uuid[])"
COUNT_GROUPS = "update window_tallies set groups = groups + $2 where window_id = $1"


async def retire(tx: Connection, group_ids: Sequence[UUID]) -> None:
    """These groups were merged into another."""
    await tx.execute(RETIRE, list(group_ids))


async def more_groups(tx: Connection, window_id: UUID, more: int) -> None:
    """The window has so many more groups than before."""
    await tx.execute(COUNT_GROUPS, window_id, more)


COUNT_AGAIN = """
with standing as materialized (
    select m.group_id, c.id, c.received_at, c.hidden_at, a.comment_id is not null as answered,
           coalesce(a.own, false) as own, a.revision
      from opinion_members m
      join comments c on c.id = m.comment_id
      left join answers a on a.comment_id = m.comment_id
     where m.window_id = $1 and m.group_id = any($2::uuid[]) and c.withdrawn_at is null
), days as (
    select group_id, (received_at at time zone $3)::date as day, count(*) as n
      from standing group by group_id, day
), hours as (
    select group_id, date_trunc('hour', received_at) as hour, count(*) as n from standing group by group_id, hour
), figures as (
    select s.group_id, count(*) as size, count(*) filter (where s.answered) as answered,
           count(*) filter (where s.own) as own,
           (array_agg(s.id order by s.hidden_at is not null, s.id))[1] as earliest,
           (select max(h.n) from hours h where h.group_id = s.group_id) as busiest_hour,
           (select jsonb_agg(jsonb_build_array(d.day, d.n) order by d.day) from days d
             where d.group_id = s.group_id) as profile
      from standing s group by s.group_id
), parts as (
    insert into group_answers as n (group_id, window_id, revision, size)
    select p.group_id, $1, p.revision, sum(p.size)
      from (select group_id, revision, 0 as size from group_answers where group_id = any($2::uuid[])
             union all
            select group_id, revision, 1 from standing where answered and not own) p
     group by p.group_id, p.revision
    on conflict (group_id, revision) do update set size = excluded.size
)
update opinion_groups g
   set size = coalesce(f.size, 0), answered = coalesce(f.answered, 0), own = coalesce(f.own, 0), busiest_hour = coalesce(f.busiest_hour, 0),
       profile = coalesce(f.profile, '[]'), revision = g.revision + 1,
       representative = case when exists (select 1 from standing s where s.id = g.representative and s.group_id = g.id)
                             then g.representative else coalesce(f.earliest, g.representative) end
  from opinion_groups o
  left join figures f on f.group_id = o.id
 where g.id = o.id and o.id = any($2::uuid[])
"""


async def count_again(tx: Connection, window_id: UUID, group_ids: Sequence[UUID], zone: str) -> None:
    """Figures of groups whose members were moved; a representative that left gives way to the earliest opinion."""
    await tx.execute(COUNT_AGAIN, window_id, list(group_ids), zone, timeout=ACT_SECONDS)


@dataclass(frozen=True)
class Act:
    """One act in the history of a window's groups; `acted_by` is None for the machine."""

    ordinal: int
    act: str
    acted_by: str | None
    acted_at: datetime
    detail: dict[str, Any]


ADD_ACT = """
insert into opinion_group_acts (window_id, ordinal, act, acted_by, detail)
select $1, coalesce(max(ordinal), 0) + 1, $2, $3, $4 from opinion_group_acts where window_id = $1
"""


async def add_act(tx: Connection, window_id: UUID, *, act: str, by: str | None, detail: dict[str, Any]) -> None:
    """Write down what was done, in a window that is locked."""
    await tx.execute(ADD_ACT, window_id, act, by, detail)


ACTS = """
select ordinal, act, acted_by, acted_at, detail from opinion_group_acts
 where window_id = $1 and ($2::uuid is null or detail -> 'groups' ? ($2::uuid)::text)
 order by ordinal desc
 limit $3
"""


async def acts_of(conn: Connection, window_id: UUID, *, group_id: UUID | None = None, limit: int = 50) -> list[Act]:
    """What was done, the newest first; to one group, or to any."""
    return [Act(**row) for row in await conn.fetch(ACTS, window_id, group_id, limit)]


def _group(row: Any) -> Group:
    return Group(**{**row, "profile": [(day, count) for day, count in row["profile"]]})


KINDS = "select groups from window_tallies where window_id = $1"


async def kinds_of(conn: Connection, window_id: UUID) -> int:
    """How many groups a window has, as stored."""
    count: int = await conn.fetchval(KINDS, window_id) or 0
    return count

"""Opinions that are hidden from the public: chosen, counted, with every act kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from services.kernel.runtime.db import Connection

# An act by search reads every comment of a window, and a group may be large.
ACT_SECONDS = 120
BEFORE_ALL = UUID(int=0)

CHOSEN_ONES = """
select c.id from comments c
 where c.window_id = $1 and c.id = any($2::uuid[]) and (c.hidden_at is not null) = $3
 order by c.id
"""
CHOSEN_GROUP = """
select c.id
  from opinion_members m
  join comments c on c.id = m.comment_id
 where m.window_id = $1 and m.group_id = $2 and (c.hidden_at is not null) = $3
 order by c.id
 limit $4
"""
CHOSEN_BY_WORDS = """
select c.id from comments c
 where c.window_id = $1 and position($2 in c.body) > 0 and (c.hidden_at is not null) = $3
 order by c.id
 limit $4
"""


async def chosen(tx: Connection, window_id: UUID, comment_ids: Sequence[UUID], *, hidden: bool) -> list[UUID]:
    """Those of the named opinions that are (or are not) hidden."""
    return [row["id"] for row in await tx.fetch(CHOSEN_ONES, window_id, list(comment_ids), hidden)]


async def chosen_group(tx: Connection, window_id: UUID, group_id: UUID, *, hidden: bool, limit: int) -> list[UUID]:
    """The opinions of a group that are (or are not) hidden."""
    rows = await tx.fetch(CHOSEN_GROUP, window_id, group_id, hidden, limit, timeout=ACT_SECONDS)
    return [row["id"] for row in rows]


async def chosen_by_words(tx: Connection, window_id: UUID, words: str, *, hidden: bool, limit: int) -> list[UUID]:
    """The opinions in which these words stand and which are (or are not) hidden."""
    rows = await tx.fetch(CHOSEN_BY_WORDS, window_id, words, hidden, limit, timeout=ACT_SECONDS)
    return [row["id"] for row in rows]


HIDE = """
update comments set hidden_at = clock_timestamp(), hidden_by = $3, hidden_reason = $4
 where window_id = $1 and id = any($2::uuid[]) and hidden_at is null
returning id
"""
SHOW = """
update comments set hidden_at = null, hidden_by = null, hidden_reason = null
 where window_id = $1 and id = any($2::uuid[]) and hidden_at is not null
returning id
"""


async def hide(tx: Connection, window_id: UUID, comment_ids: Sequence[UUID], *, by: str, reason: str) -> list[UUID]:
    """Hide these opinions from the public; those that were hidden now."""
    return [row["id"] for row in await tx.fetch(HIDE, window_id, comment_ids, by, reason, timeout=ACT_SECONDS)]


async def show(tx: Connection, window_id: UUID, comment_ids: Sequence[UUID]) -> list[UUID]:
    """Show these opinions again; those that were hidden before."""
    return [row["id"] for row in await tx.fetch(SHOW, window_id, comment_ids, timeout=ACT_SECONDS)]


IS_OWN = "select own_window($1, $2)"


async def is_own(conn: Connection, window_id: UUID, person_id: str) -> bool:
    """Whether the person drafted the window's document, or is today one pair of eyes with somebody who did."""
    return bool(await conn.fetchval(IS_OWN, window_id, person_id))


ADD_ACT = """
insert into moderation_acts (window_id, ordinal, act, reason, words, chosen_by, count, acted_by, unit_id)
select $1, count(*) + 1, $2, $3, $4, $5, $6, $7, $8 from moderation_acts where window_id = $1
returning ordinal
"""
ADD_COMMENTS = """
insert into moderated_comments (comment_id, window_id, ordinal)
select g.id, $1, $2 from unnest($3::uuid[]) as g (id)
"""


@dataclass(frozen=True)
class NewAct:
    """An act on its way into the history."""

    act: str
    reason: str
    words: str
    chosen_by: str
    acted_by: str
    unit_id: str


async def add_act(tx: Connection, window_id: UUID, act: NewAct, comment_ids: Sequence[UUID]) -> int:
    """Keep an act on a locked window and the opinions that it touched; its ordinal."""
    ordinal: int = await tx.fetchval(
        ADD_ACT, window_id, act.act, act.reason, act.words, act.chosen_by, len(comment_ids), act.acted_by, act.unit_id
    )
    await tx.execute(ADD_COMMENTS, window_id, ordinal, list(comment_ids), timeout=ACT_SECONDS)
    return ordinal


@dataclass(frozen=True)
class ActRow:
    """One act of the history."""

    ordinal: int
    act: str
    reason: str
    words: str
    chosen_by: str
    count: int
    acted_by: str
    unit_id: str
    acted_at: datetime


ACTS = """
select ordinal, act, reason, words, chosen_by, count, acted_by, unit_id, acted_at
  from moderation_acts
 where window_id = $1 and ($2::integer is null or ordinal < $2)
 order by ordinal desc
 limit $3
"""


async def acts_of(conn: Connection, window_id: UUID, *, before: int | None = None, limit: int = 50) -> list[ActRow]:
    """The history of a window, the newest act first."""
    return [ActRow(**row) for row in await conn.fetch(ACTS, window_id, before, limit)]


WHY = """
select distinct on (m.comment_id) m.comment_id, a.words
  from moderated_comments m
  join moderation_acts a on a.window_id = m.window_id and a.ordinal = m.ordinal
 where m.comment_id = any($1::uuid[]) and a.act = 'hidden'
 order by m.comment_id, m.ordinal desc
"""


async def words_of(conn: Connection, comment_ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """What was said when these opinions were last hidden."""
    return {row["comment_id"]: row["words"] for row in await conn.fetch(WHY, list(comment_ids))}


HIDDEN = """
select hidden_reason as reason, count(*) as count
  from comments
 where window_id = $1 and hidden_at is not null
 group by hidden_reason
 order by count(*) desc, hidden_reason
"""


async def hidden_counts(conn: Connection, window_id: UUID) -> dict[str, int]:
    """How many opinions are hidden now, by reason, the most frequent first."""
    return {row["reason"]: row["count"] for row in await conn.fetch(HIDDEN, window_id)}


@dataclass(frozen=True)
class Listed:
    """An opinion as those see it who may hide it."""

    id: UUID
    body: str
    channel: str
    clause: str
    received_at: datetime
    withdrawn_at: datetime | None
    hidden_at: datetime | None
    hidden_reason: str | None
    group_id: UUID | None


# A page reads at most so many opinions, however rare the words are; the next one goes on where it ended. Words that
# are not rare are found in the first stretch, and each stretch is so many times as long as the one before.
MOST_READ, FIRST_STRETCH, LONGER = 20_000, 500, 6
LISTED = """
with part as (
    (select c.id from comments c
      where $4::uuid is null and $3::boolean is not true and c.window_id = $1 and c.id > $2
      order by c.id
      limit $7)
    union all
    (select c.id from comments c
      where $4::uuid is null and $3::boolean and c.window_id = $1 and c.id > $2 and c.hidden_at is not null
      order by c.id
      limit $7)
    union all
    (select m.comment_id from opinion_members m
      where m.window_id = $1 and m.group_id = $4 and m.comment_id > $2
      order by m.comment_id
      limit $7)
), read as (
    select c.id, c.body, c.channel, c.clause, c.received_at, c.withdrawn_at, c.hidden_at, c.hidden_reason,
           row_number() over (order by p.id) = $7 as last,
           ($3::boolean is null or (c.hidden_at is not null) = $3)
           and ($5 = '' or position($5 in c.body) > 0)
           and ($6::text is null or c.channel = $6) as fits
      from part p
     cross join lateral (select c.id, c.body, c.channel, c.clause, c.received_at, c.withdrawn_at, c.hidden_at,
                                c.hidden_reason
                           from comments c where c.id = p.id limit 1) c
     order by p.id
)
select r.id, r.body, r.channel, r.clause, r.received_at, r.withdrawn_at, r.hidden_at, r.hidden_reason,
       (select m.group_id from opinion_members m where m.comment_id = r.id) as group_id, r.fits, r.last
  from read r
 where r.fits or r.last
 order by r.id
 limit $8
"""


@dataclass(frozen=True)
class Filter:
    """Which opinions are listed; an empty filter lists all."""

    hidden: bool | None = None
    search: str = ""
    group: UUID | None = None
    channel: str | None = None

    @property
    def sifts(self) -> bool:
        """Whether opinions are read that are not listed; where not, an index gives the very page."""
        by_index = self.hidden is None or (self.hidden and self.group is None)
        return not by_index or bool(self.search or self.channel)


class Page(NamedTuple):
    """Opinions that were found, and from where to go on; None when there is nothing behind."""

    found: list[Listed]
    further: UUID | None


async def listed(
    conn: Connection, window_id: UUID, chosen: Filter, *, after: UUID | None = None, limit: int = 50
) -> Page:
    """Opinions of a window that pass the filter, in the order in which they came."""
    found, further, left = list[Listed](), after, MOST_READ
    stretch = FIRST_STRETCH if chosen.sifts else limit + 1
    while True:
        within = min(stretch, left)
        rows = await conn.fetch(
            LISTED, window_id, further or BEFORE_ALL, chosen.hidden, chosen.group, chosen.search, chosen.channel,
            within, limit + 1 - len(found), timeout=ACT_SECONDS,
        )  # fmt: skip
        found += [_listed(row) for row in rows if row["fits"]]
        if len(found) > limit:
            return Page(found[:limit], found[limit - 1].id)
        further = rows[-1]["id"] if rows and rows[-1]["last"] else None
        left -= within
        if further is None or left <= 0:
            return Page(found, further)
        stretch *= LONGER


def _listed(row: asyncpg.Record) -> Listed:
    return Listed(**{name: value for name, value in row.items() if name not in ("fits", "last")})

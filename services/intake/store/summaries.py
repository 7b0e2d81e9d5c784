"""Recorded feedback summaries, what they are counted from, and the figures of a year that were kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.intake.domain.groups import CampaignRule
from services.intake.domain.summary import Campaign, Counted, Largest, Sizes
from services.kernel.runtime.db import Connection

COUNT_SECONDS = 300


@dataclass(frozen=True)
class Summary:
    """The row of a summary; its content lies in the content store."""

    window_id: UUID
    summary_hash: str
    received: int
    late: int
    recorded_at: datetime
    ordinal: int


FIND = """
select window_id, summary_hash, received, late, recorded_at, ordinal
  from feedback_summaries
 where window_id = $1
 order by ordinal desc
 limit 1
"""


async def find(conn: Connection, window_id: UUID) -> Summary | None:
    """The newest summary of a window, once one is recorded."""
    row = await conn.fetchrow(FIND, window_id)
    return Summary(**row) if row else None


ADD = """
insert into feedback_summaries (window_id, ordinal, summary_hash, received, late)
select $1, count(*) + 1, $2, $3, $4 from feedback_summaries where window_id = $1
returning ordinal
"""


async def add(tx: Connection, window_id: UUID, *, summary_hash: str, received: int, late: int) -> int:
    """Record the summary of a locked window: its first, or the next after it was reopened; which one it is."""
    ordinal: int = await tx.fetchval(ADD, window_id, summary_hash, received, late)
    return ordinal


OF_WINDOW = """
select window_id, summary_hash, received, late, recorded_at, ordinal
  from feedback_summaries
 where window_id = $1
 order by ordinal
"""


async def of_window(conn: Connection, window_id: UUID) -> list[Summary]:
    """Every summary of a window: more than one where it was reopened."""
    return [Summary(**row) for row in await conn.fetch(OF_WINDOW, window_id)]


# One pass over the comments, whatever their number; each set adds up to the same.
COUNT = """
select grouping(channel, clause, day, hour, hidden) as of, channel, clause, day, hour, hidden, count(*) as count
  from (select channel, clause, (received_at at time zone $2)::date as day,
               case when (received_at at time zone $2)::date = $3::date
                    then extract(hour from received_at at time zone $2)::integer end as hour,
               hidden_reason as hidden
          from comments
         where window_id = $1 and withdrawn_at is null) c
 group by grouping sets ((channel), (clause), (day), (hour), (hidden))
 order by count(*) desc, clause, day, hour, hidden
"""
REFUSED = """
select code, sum(count)::integer as count from refused_attempts where window_id = $1 group by code order by sum(count) desc, code
"""
# The bit of a column that is not in a row's set is 1.
CHANNEL, CLAUSE, DAY, HOUR, HIDDEN = 0b01111, 0b10111, 0b11011, 0b11101, 0b11110


async def counted(tx: Connection, window_id: UUID, *, zone: str, last_day: date) -> Counted:
    """The opinions that stand by way in, clause, day, hour of the last day and reason of hiding; what was refused."""
    rows = await tx.fetch(COUNT, window_id, zone, last_day, timeout=COUNT_SECONDS)
    return Counted(
        channels={row["channel"]: row["count"] for row in rows if row["of"] == CHANNEL},
        clauses=[(row["clause"], row["count"]) for row in rows if row["of"] == CLAUSE],
        days=sorted((row["day"], row["count"]) for row in rows if row["of"] == DAY),
        last_day=last_day,
        hours=sorted((row["hour"], row["count"]) for row in rows if row["of"] == HOUR and row["hour"] is not None),
        hidden=[(row["hidden"], row["count"]) for row in rows if row["of"] == HIDDEN and row["hidden"] is not None],
        refused=[(row["code"], row["count"]) for row in await tx.fetch(REFUSED, window_id)],
    )


SIZES = """
select width_bucket(size, array[1, 2, 3, 10, 100, 1000]) as class, count(*) as groups, sum(size) as opinions
  from opinion_groups
 where window_id = $1 and retired_at is null and size > 0
 group by class
 order by class
"""
LARGEST = """
select g.id, g.name, g.size, g.representative, c.clause
  from opinion_groups g
  join comments c on c.id = g.representative
 where g.window_id = $1 and g.retired_at is null and g.size > 1
 order by -g.size, g.id
 limit $2
"""
CAMPAIGNS = """
select g.id, g.size, g.busiest_hour, g.profile, count(*) over () as groups, sum(g.size) over () as opinions
  from opinion_groups g
 where g.window_id = $1 and g.retired_at is null and (g.size >= $2 or g.busiest_hour >= $3)
 order by -g.size, g.id
 limit $4
"""


async def sizes(tx: Connection, window_id: UUID, rule: CampaignRule, *, listed: int, distinct: int) -> Sizes:
    """The groups by size, the largest ones, and the campaigns."""
    found = await tx.fetch(CAMPAIGNS, window_id, rule.size, rule.an_hour, listed)
    return Sizes(
        distinct=distinct,
        classes=[
            (row["class"], row["groups"], row["opinions"])
            for row in await tx.fetch(SIZES, window_id, timeout=COUNT_SECONDS)
        ],
        largest=[Largest(**row) for row in await tx.fetch(LARGEST, window_id, listed)],
        campaigns=[Campaign(row["id"], row["size"], row["busiest_hour"], row["profile"]) for row in found],
        campaign_groups=found[0]["groups"] if found else 0,
        campaign_opinions=int(found[0]["opinions"]) if found else 0,
        rule=rule,
    )


KEEP = """
insert into kept_figures (issuer_unit, year, content_hash) values ($1, $2, $3)
on conflict (issuer_unit, year, content_hash) do nothing
"""


async def keep_figures(tx: Connection, issuer_unit: str, year: int, content_hash: str) -> None:
    """Note where the figures of a year are kept."""
    await tx.execute(KEEP, issuer_unit, year, content_hash)

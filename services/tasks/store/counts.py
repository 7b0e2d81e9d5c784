"""The numbers of the inbox's tabs and lights, counted from the indexes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.kernel.runtime.db import Connection
from services.tasks.store.asked import Moment, Reader


@dataclass(frozen=True)
class Counts:
    """How many items wait for the reader, by due date, and how many stand in the other lists."""

    mine: int
    overdue: int
    today: int
    soon: int
    ahead: int
    unknown: int
    undated: int
    unit: int
    done: int
    by_me: int
    watched: int


COUNTS = """
select waiting.mine, waiting.overdue, waiting.today, waiting.soon,
       waiting.mine - waiting.overdue - waiting.today - waiting.soon - waiting.unknown - waiting.undated as ahead,
       waiting.unknown, waiting.undated,
       (select count(*) from items
         where state = 'claimed' and role = any($1::text[]) and place = any(array['', $2::text])
           and (person_id, role) not in (select unnest($3::text[]), unnest($4::text[]))) as unit,
       (select count(*) from items
         where state in ('done', 'cancelled') and role = any($1) and place = any(array['', $2])
           and closed_at >= $9::timestamptz
           and (place <> '' or person_unit_id = $2 or person_id = any($3) or closed_by = any($3)))
     + (select count(*) from items
         where state in ('done', 'cancelled') and role = 'person' and place = any(array['', $2])
           and closed_at >= $9 and person_id = any($5::text[])) as done,
       (select count(*) from items
         where state in ('done', 'cancelled') and person_id = any($5) and closed_at >= $9)
     + (select count(*) from items
         where state in ('done', 'cancelled') and closed_by = any($5) and closed_at >= $9
           and person_id <> all($5) is not false) as by_me,
       (select count(*) from (
               select id from items where state = 'claimed' and asked_by = any($5)
                union
               select id from items where state = 'claimed' and came_from = any($5)
                union
               select id from items where state = 'claimed' and person_id = any($5) and sort = 'copy') sent) as watched
  from (select count(*) as mine,
               count(*) filter (where due_ends_at <= $6::timestamptz and not due_provisional) as overdue,
               count(*) filter (where due_on <= $7::date and due_ends_at > $6 and not due_provisional) as today,
               count(*) filter (where due_on > $7 and due_on <= $8::date and due_ends_at > $6
                                  and not due_provisional) as soon,
               count(*) filter (where due_provisional) as unknown,
               count(*) filter (where due_on is null and not due_provisional) as undated
          from (select due_on, due_ends_at, due_provisional from items
                 where state = 'open' and role = any($1) and place = any(array['', $2])
                 union all
                select i.due_on, i.due_ends_at, i.due_provisional
                  from unnest($3::text[], $4::text[]) as hand (person_id, role)
                  join items i on i.state = 'claimed' and i.person_id = hand.person_id and i.role = hand.role
                              and i.place = any(array['', $2])) each) waiting
"""


async def counts(conn: Connection, reader: Reader, moment: Moment) -> Counts:
    """How much stands in each list of the reader, and under each light of what waits."""
    row = await conn.fetchrow(COUNTS, *parameters(reader, moment))
    if row is None:
        raise LookupError("an aggregate without a row")
    return Counts(**row)


def parameters(reader: Reader, moment: Moment) -> list[Any]:
    """What COUNTS takes, in its order."""
    return [reader.roles, reader.unit_id, *reader.columns, reader.whole, *vars(moment).values()]

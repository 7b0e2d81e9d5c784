"""Figures of a year, by event date in the office's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Decision:
    """One decided round, as far as it is counted."""

    id: UUID
    kind: str
    stage: str
    form: str
    outcome: str


DECISIONS = """
select id, kind, stage, form, outcome
  from rounds
 where issuer_unit = $1 and why = 'decided' and decided_at >= $2 and decided_at < $3
 order by decided_at, id
"""


async def decisions(conn: Connection, issuer_unit: str, since: datetime, until: datetime) -> list[Decision]:
    """Every round decided in the period; a meeting counts on the day of its record."""
    return [Decision(**dict(row)) for row in await conn.fetch(DECISIONS, issuer_unit, since, until)]


@dataclass(frozen=True)
class Sessions:
    """Meetings held in the period."""

    meetings: int
    items: int
    dissents: int
    departures: int


SESSIONS = """
select count(distinct (m.name, (m.started_at at time zone $4)::date)) as meetings,
       count(*) as items,
       coalesce(sum((select count(*) from statements s where s.meeting_id = m.id and s.dissents)), 0)::int as dissents,
       count(*) filter (where d.against_majority) as departures
  from meetings m
  join meeting_decisions d on d.meeting_id = m.id
 where m.issuer_unit = $1 and m.started_at >= $2 and m.started_at < $3
"""


async def sessions(conn: Connection, issuer_unit: str, since: datetime, until: datetime, zone: str) -> Sessions:
    """Meetings, items, dissenting statements, decisions against the majority, by the day of the meeting."""
    row = await conn.fetchrow(SESSIONS, issuer_unit, since, until, zone)
    return Sessions(**dict(row)) if row else Sessions(0, 0, 0, 0)


REVIEWED_BEFORE = """
select count(*) as submitted,
       count(*) filter (where exists (
           select 1 from rounds l
            where l.document_id = r.document_id and l.form = 'legality' and l.why = 'decided'
              and l.text_hash = r.text_hash and l.decided_at <= r.decided_at)) as reviewed
  from rounds r
 where r.issuer_unit = $1 and r.form = 'meeting' and r.kind <> 'ANNUAL_REPORT'
   and r.why = 'decided' and r.decided_at >= $2 and r.decided_at < $3
"""


async def reviewed_before(conn: Connection, issuer_unit: str, since: datetime, until: datetime) -> tuple[int, int]:
    """(reviewed, submitted): items that came to a meeting, and those of them whose very text had been reviewed."""
    row = await conn.fetchrow(REVIEWED_BEFORE, issuer_unit, since, until)
    return (row["reviewed"], row["submitted"]) if row else (0, 0)


SIGNED_AND_ASKED = """
select (select count(*) from sign_offs s join rounds r on r.id = s.round_id
         where r.issuer_unit = $1 and s.signed_at >= $2 and s.signed_at < $3) as signed,
       (select count(*) from supplements p join rounds r on r.id = p.round_id
         where r.issuer_unit = $1 and p.asked_at >= $2 and p.asked_at < $3) as asked
"""


async def signed_and_asked(conn: Connection, issuer_unit: str, since: datetime, until: datetime) -> tuple[int, int]:
    """Sign-offs given, and requests for papers made."""
    row = await conn.fetchrow(SIGNED_AND_ASKED, issuer_unit, since, until)
    return (row["signed"], row["asked"]) if row else (0, 0)

"""Who was told what, by mail: one message for each fact and person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.kernel.contracts.notify import Tell
from services.kernel.runtime.db import Connection

ADD_FACT = """
insert into facts (fact, event, document_id, tell) values ($1, $2, $3, $4)
on conflict (fact) do nothing
"""


async def add_fact(tx: Connection, tell: Tell) -> None:
    """Keep what is told; a fact known already stays as it was first told."""
    await tx.execute(ADD_FACT, tell.fact, tell.event, tell.document.document_id, tell.model_dump(mode="json"))


# When the named unit has nobody in that role, everybody who holds it elsewhere is told rather than nobody.
RECIPIENTS = """
with holders as (
    select o.person_id, o.unit_id
      from directory.offices as o
      join directory.persons as p on p.id = o.person_id
     where o.role = $1 and btrim(coalesce(p.email, '')) <> '' and ($3::text is null or o.person_id = $3)
     union
    select d.deputy_id, d.unit_id
      from directory.deputies as d
      join directory.persons as p on p.id = d.deputy_id
     where $1 = any(d.roles) and btrim(coalesce(p.email, '')) <> '' and ($3::text is null or d.person_id = $3)
)
select distinct person_id
  from holders
 where $2::text is null or unit_id = $2
    or not exists (select 1 from holders as h where h.unit_id = $2)
 order by person_id
"""


async def recipients(conn: Connection, *, role: str, unit_id: str | None, person_id: str | None = None) -> list[str]:
    """The ids of those who hold `role` (in the unit, if named) or stand in for a holder, and have an address.

    Of `person_id` only and their deputies, if one is named.
    """
    return [row["person_id"] for row in await conn.fetch(RECIPIENTS, role, unit_id, person_id)]


ADD_MESSAGE = """
insert into messages (id, fact, person_id) values ($1, $2, $3)
on conflict (fact, person_id) do nothing
returning id
"""


async def add_message(tx: Connection, fact: str, person_id: str) -> UUID | None:
    """One message; None where this person was told already."""
    added: UUID | None = await tx.fetchval(ADD_MESSAGE, uuid4(), fact, person_id)
    return added


SET_LETTER = "update messages set letter_id = $2 where id = $1"


async def set_letter(tx: Connection, message_id: UUID, letter_id: UUID) -> None:
    """Remember which letter of the outbox carries the message."""
    await tx.execute(SET_LETTER, message_id, letter_id)


@dataclass(frozen=True)
class Outgoing:
    """A message as it is about to leave; `email` is today's address, None where there is none."""

    id: UUID
    fact: str
    person_id: str
    tell: dict[str, Any]
    created_at: datetime
    sent_at: datetime | None
    email: str | None


OUTGOING = """
select m.id, m.fact, m.person_id, f.tell, m.created_at, m.sent_at, nullif(btrim(p.email), '') as email
  from messages as m
  join facts as f on f.fact = m.fact
  left join directory.persons as p on p.id = m.person_id
 where m.id = $1
"""


async def find_outgoing(conn: Connection, message_id: UUID) -> Outgoing | None:
    """A message with the address it goes to."""
    row = await conn.fetchrow(OUTGOING, message_id)
    return Outgoing(**row) if row else None


MARK_SENT = "update messages set sent_at = coalesce(sent_at, clock_timestamp()) where id = $1"


async def mark_sent(tx: Connection, message_id: UUID) -> None:
    """The mail server has taken it."""
    await tx.execute(MARK_SENT, message_id)


@dataclass(frozen=True)
class Told:
    """A message as the operator sees it. `letter_state` is None once the outbox has forgotten the letter."""

    id: UUID
    event: str
    title: str
    doc_number: str | None
    person_name: str | None
    unit_name: str | None
    created_at: datetime
    sent_at: datetime | None
    letter_id: UUID | None
    letter_state: str | None
    attempts: int | None
    next_try_at: datetime | None
    last_error: str | None


TOLD = """
select m.id, f.event, f.tell -> 'document' ->> 'title' as title, f.tell ->> 'doc_number' as doc_number,
       p.name as person_name,
       (select min(u.short_name) from directory.offices as o join directory.units as u on u.id = o.unit_id
         where o.person_id = m.person_id) as unit_name,
       m.created_at, m.sent_at, m.letter_id, b.state as letter_state, b.attempts, b.next_try_at, b.last_error
  from messages as m
  join facts as f on f.fact = m.fact
  left join directory.persons as p on p.id = m.person_id
  left join outbox as b on b.id = m.letter_id
 where ($1::uuid is null or (m.created_at, m.id) < (select c.created_at, c.id from messages as c where c.id = $1))
   and ($2 = 'all' or ($2 = 'sent' and m.sent_at is not null)
        or ($2 = 'waiting' and m.sent_at is null and b.state = 'waiting')
        or ($2 = 'parked' and m.sent_at is null and b.state = 'parked'))
 order by m.created_at desc, m.id desc
 limit $3
"""


async def told(conn: Connection, *, state: str, after: UUID | None, limit: int) -> list[Told]:
    """Messages, newest first; `state` is all, sent, waiting or parked."""
    return [Told(**row) for row in await conn.fetch(TOLD, after, state, limit)]


@dataclass(frozen=True)
class Counts:
    """How many messages are in each state."""

    sent: int
    waiting: int
    parked: int


COUNTS = """
select count(*) filter (where m.sent_at is not null) as sent,
       count(*) filter (where m.sent_at is null and b.state = 'waiting') as waiting,
       count(*) filter (where m.sent_at is null and b.state = 'parked') as parked
  from messages as m
  left join outbox as b on b.id = m.letter_id and m.sent_at is null
"""


async def counts(conn: Connection) -> Counts:
    """Sent, waiting and parked."""
    row = await conn.fetchrow(COUNTS)
    return Counts(**row) if row else Counts(0, 0, 0)


@dataclass(frozen=True)
class Unheard:
    """A fact that nobody could be told: nobody holds the role with an address."""

    fact: str
    event: str
    title: str
    role: str
    told_at: datetime


UNHEARD = """
select f.fact, f.event, f.tell -> 'document' ->> 'title' as title, f.tell ->> 'role' as role, f.told_at
  from facts as f
 where not exists (select 1 from messages as m where m.fact = f.fact)
 order by f.told_at desc
 limit $1
"""


async def unheard(conn: Connection, limit: int) -> list[Unheard]:
    """Facts without any recipient, newest first."""
    return [Unheard(**row) for row in await conn.fetch(UNHEARD, limit)]

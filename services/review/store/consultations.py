"""Units that were asked for their views, and what they replied: kept as asked and as said; a unit's newest reply counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.kernel.contracts.messages import Deadline
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.auth import Actor, Principal
from services.kernel.runtime.db import Connection
from services.review.domain.consultation_commands import Reply
from services.review.domain.consultation_refusals import AskGone, ReplyElsewhere, UnitUnfit
from services.review.domain.consultations import Asked, Replied
from services.review.domain.refusals import AuthorMayNotSign, RoundClosed

SAID_BY_THE_DATABASE: dict[str, type[Refused]] = {
    refusal.code: refusal for refusal in (RoundClosed, AskGone, ReplyElsewhere, UnitUnfit, AuthorMayNotSign)
}

ADD_ASK = """
insert into consultation_asks (round_id, ordinal, unit_id, unit_name, role, question, due, due_on, asked_by, asked_name)
select $1, coalesce(max(ordinal), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9
  from consultation_asks
 where round_id = $1
returning id
"""


async def ask(
    tx: Connection, round_id: UUID, unit: tuple[str, str, str], *, question: str, due: Deadline, by: Actor
) -> UUID:
    """Ask a unit, given as (id, name, role that answers for it). Raises RoundClosed, UnitUnfit."""
    when = (due.model_dump(mode="json"), due.last_day)
    try:
        added: UUID = await tx.fetchval(ADD_ASK, round_id, *unit, question, *when, by.person_id, by.person_name)
    except asyncpg.RaiseError as error:
        raise _said(error) from error
    return added


END_ASK = """
insert into consultation_ends (ask_id, person_id, person_name) values ($1, $2, $3)
on conflict (ask_id) do nothing
returning ask_id
"""


async def withdraw(tx: Connection, ask_id: UUID, by: Actor) -> None:
    """Ask a unit no more. Raises RoundClosed, AskGone where it has replied or was withdrawn before."""
    try:
        done = await tx.fetchval(END_ASK, ask_id, by.person_id, by.person_name)
    except asyncpg.RaiseError as error:
        raise _said(error) from error
    if done is None:
        raise AskGone


ADD_REPLY = """
insert into consultation_replies (ask_id, position, stance, opinion, person_id, person_name, unit_id, on_behalf_of,
                                  on_behalf_name)
select $1, coalesce(max(position), 0) + 1, $2, $3, $4, $5, $6, $7, $8
  from consultation_replies
 where ask_id = $1
returning id
"""


async def reply(tx: Connection, ask_id: UUID, said: Reply, by: Actor, away: Principal | None) -> UUID:
    """Add a unit's reply, given in the place of `away` where there is one.

    Raises RoundClosed, AskGone, ReplyElsewhere, AuthorMayNotSign.
    """
    person = (by.person_id, by.person_name, by.unit_id)
    behalf = (away.person_id, away.person_name) if away else (None, None)
    try:
        added: UUID = await tx.fetchval(ADD_REPLY, ask_id, said.stance, said.opinion, *person, *behalf)
    except asyncpg.RaiseError as error:
        raise _said(error) from error
    return added


ASKS = """
select a.id, a.round_id, a.ordinal, a.unit_id, a.unit_name, a.role, a.question, a.due, a.asked_by, a.asked_name,
       a.asked_at, e.ended_at as withdrawn_at, p.replies, p.stance, p.opinion, p.person_id, p.person_name,
       p.on_behalf_of, p.on_behalf_name, p.replied_at
  from consultation_asks a
  left join consultation_ends e on e.ask_id = a.id
  left join lateral (select r.position as replies, r.stance, r.opinion, r.person_id, r.person_name, r.on_behalf_of,
                            r.on_behalf_name, r.replied_at
                       from consultation_replies r
                      where r.ask_id = a.id order by r.position desc limit 1) p on true
 where a.round_id = $1
 order by a.ordinal
"""
OF_REPLY = ("replies", "stance", "opinion", "person_id", "person_name", "on_behalf_of", "on_behalf_name", "replied_at")


async def asks_of(conn: Connection, round_id: UUID) -> Sequence[Asked]:
    """Everybody who was asked in a round, in order, each with the reply that counts."""
    return [_asked(row) for row in await conn.fetch(ASKS, round_id)]


IS_ASKED = """
select exists (select 1
                 from consultation_asks a
                where a.round_id = $1 and a.unit_id = $2
                  and not exists (select 1 from consultation_ends e where e.ask_id = a.id))
"""


async def is_asked(conn: Connection, round_id: UUID, unit_id: str) -> bool:
    """Whether the unit is asked for its views in this round."""
    asked: bool = await conn.fetchval(IS_ASKED, round_id, unit_id)
    return asked


def _asked(row: asyncpg.Record) -> Asked:
    values = dict(row)
    said = [values.pop(name) for name in OF_REPLY]
    replied_at: datetime | None = said[-1]
    due = Deadline.model_validate(values.pop("due"))
    return Asked(**values, due=due, reply=Replied(*said) if replied_at is not None else None)


def _said(error: asyncpg.RaiseError) -> Refused:
    refusal = SAID_BY_THE_DATABASE.get(str(error))
    if refusal is None:
        raise error
    return refusal()

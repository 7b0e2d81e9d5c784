"""Seals: entries, keepers, uses. The database itself refuses a use that the law forbids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.domain import seals as domain
from services.review.domain.refusals import FOUR_EYES, RoundClosed
from services.review.domain.rounds import Round
from services.review.domain.seals import Approval, EnterSeal, Place, Seal, SealForm, UseSeal

MOST = 100
OTHERS: tuple[type[Refused], ...] = (
    RoundClosed,
    domain.NotApproved,
    domain.OtherSeal,
    domain.NotKeeper,
    domain.OwnApproval,
)
SAID_BY_THE_DATABASE: dict[str, type[Refused]] = {**FOUR_EYES, **{refusal.code: refusal for refusal in OTHERS}}

ENTER = """
insert into seals (unit_id, name, form, certificate, person_id, person_name) values ($1, $2, $3, $4, $5, $6)
on conflict (unit_id, name, form) do nothing
returning id
"""


async def enter(tx: Connection, command: EnterSeal, actor: Actor) -> UUID:
    """A new seal, without a keeper yet. Raises SealEntered."""
    who = (actor.person_id, actor.person_name)
    added: UUID | None = await tx.fetchval(
        ENTER, command.unit_id, command.name, command.form, command.certificate, *who
    )
    if added is None:
        raise domain.SealEntered(field="name")
    return added


KEEP = """
insert into seal_keepings (seal_id, revision, keeper_id, keeper_name, reason, person_id, person_name)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (seal_id, revision) do nothing
returning revision
"""


async def keep(
    tx: Connection, seal_id: UUID, revision: int, *, keeper: tuple[str | None, str | None], reason: str, actor: Actor
) -> bool:
    """Who keeps a seal from now on; False when somebody else wrote that revision."""
    who = (actor.person_id, actor.person_name)
    return await tx.fetchval(KEEP, seal_id, revision, *keeper, reason, *who) is not None


SEALS = """
select s.id, s.unit_id, s.name, s.form, s.certificate, k.revision, k.keeper_id, k.keeper_name, k.at as kept_since,
       (select count(*)::int from seal_uses u where u.seal_id = s.id) as uses
  from seals s
  join lateral (select revision, keeper_id, keeper_name, at from seal_keepings
                 where seal_id = s.id order by revision desc limit 1) k on true
 where ($1::uuid is null or s.id = $1) and ($2::text is null or s.unit_id = $2)
 order by s.unit_id, s.entered_at
"""


async def seals(conn: Connection, *, unit_id: str | None = None) -> list[Seal]:
    """The register."""
    return [Seal(**dict(row)) for row in await conn.fetch(SEALS, None, unit_id)]


async def seal(conn: Connection, seal_id: UUID) -> Seal:
    """One seal. Raises UnknownSeal."""
    row = await conn.fetchrow(SEALS, seal_id, None)
    if row is None:
        raise domain.UnknownSeal(field="seal_id")
    return Seal(**dict(row))


APPROVAL = """
select r.id as round_id, r.text_hash, coalesce(r.record_hash, '') as record_hash, r.outcome,
       array(select person_id from sign_offs where round_id = r.id) as signers
  from rounds r
 where r.document_id = $1 and r.form = 'signing' and r.why = 'decided'
 order by r.ordinal desc
 limit 1
"""


async def approval(conn: Connection, document_id: UUID) -> Approval | None:
    """The signing that stands for a document; None while it is not signed, or was returned."""
    row = await conn.fetchrow(APPROVAL, document_id)
    if row is None or row["outcome"] != "signed":
        return None
    return Approval(row["round_id"], row["text_hash"], row["record_hash"], frozenset(row["signers"]))


@dataclass(frozen=True)
class Use:
    """One use of a seal; what the log shows."""

    id: UUID
    seal_id: UUID
    seal_name: str
    document_id: UUID
    title: str
    round_id: UUID
    text_hash: str
    approval_hash: str
    certificate: str
    copies: int
    person_name: str
    unit_name: str
    used_at: datetime
    issuer_unit: str
    place: int
    form: SealForm

    @property
    def filed_at(self) -> datetime:
        """When, by the name that sheets use."""
        return self.used_at


USE = """
insert into seal_uses (round_id, seal_id, document_id, text_hash, approval_id, approval_hash, certificate, copies,
                       person_id, person_name, unit_id, unit_name)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
returning id
"""


async def use(tx: Connection, round_: Round, chosen: Seal, approved: Approval, command: UseSeal, actor: Actor) -> UUID:
    """Write a use into the log. Raises what the database refuses, and AlreadySealed."""
    bound = (round_.document_id, round_.text_hash, approved.round_id, approved.record_hash, chosen.certificate)
    person = (actor.person_id, actor.person_name, actor.unit_id, actor.unit_name)
    try:
        used: UUID = await tx.fetchval(USE, round_.id, chosen.id, *bound, command.copies, *person)
    except asyncpg.RaiseError as error:
        refusal = SAID_BY_THE_DATABASE.get(str(error))
        if refusal is None:
            raise
        raise refusal from error
    except asyncpg.UniqueViolationError as error:
        raise domain.AlreadySealed(field="seal_id") from error
    return used


USES = """
select u.id, u.seal_id, s.name as seal_name, u.document_id, r.title, u.round_id, u.text_hash, u.approval_hash,
       u.certificate, u.copies, u.person_name, u.unit_name, u.used_at, u.issuer_unit, u.place, s.form
  from seal_uses u
  join seals s on s.id = u.seal_id
  join rounds r on r.id = u.round_id
 where ($1::uuid is null or u.document_id = $1) and ($2::text is null or s.unit_id = $2)
 order by u.used_at desc, u.id desc
 limit $3
"""


async def uses(conn: Connection, *, unit_id: str | None, limit: int) -> list[Use]:
    """The log, newest in front."""
    return [Use(**dict(row)) for row in await conn.fetch(USES, None, unit_id, limit)]


async def uses_on(conn: Connection, round_: Round) -> list[Use]:
    """The seals on this round's very text, in the order of its issuers."""
    found = [Use(**dict(row)) for row in await conn.fetch(USES, round_.document_id, None, MOST)]
    return sorted((one for one in found if one.text_hash == round_.text_hash), key=lambda one: one.place)


async def places_on(conn: Connection, round_: Round) -> list[Place]:
    """Every place for a seal on this round's text, filled or empty."""
    found = {one.issuer_unit: one for one in await uses_on(conn, round_)}
    return [
        Place(ordinal, unit, found[unit].used_at, found[unit].form) if unit in found else Place(ordinal, unit)
        for ordinal, unit in enumerate(round_.issuers, start=1)
    ]

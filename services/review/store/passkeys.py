"""Passkeys, and what their authenticators are asked: each question once, for some minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID

import asyncpg

from services.kernel.runtime.db import Connection
from services.review.domain.passkey_refusals import PasskeyProofMissing, SignInStale
from services.review.domain.refusals import PasskeyKnown, UnknownPasskey

ASKED_FOR = timedelta(minutes=10)
Purpose: TypeAlias = Literal["enrol", "prove", "sign"]


@dataclass(frozen=True)
class Passkey:
    """A passkey of a person. It counts until it is revoked."""

    id: UUID
    person_id: str
    credential_id: str
    public_key: str
    sign_count: int
    label: str
    enrolled_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_reason: str | None


PASSKEYS = """
select id, person_id, credential_id, public_key, sign_count, label, enrolled_at, used_at, revoked_at, revoked_by,
       revoked_reason
  from passkeys
 where person_id = any($1)
 order by enrolled_at
"""


async def passkeys_of(conn: Connection, *person_ids: str) -> list[Passkey]:
    """The passkeys of these persons, revoked ones too."""
    return [Passkey(**dict(row)) for row in await conn.fetch(PASSKEYS, person_ids)]


PASSKEY = """
select id, person_id, credential_id, public_key, sign_count, label, enrolled_at, used_at, revoked_at, revoked_by,
       revoked_reason
  from passkeys
 where id = $1
   for update
"""


async def find_passkey(tx: Connection, passkey_id: UUID) -> Passkey | None:
    """The passkey of that id, locked."""
    row = await tx.fetchrow(PASSKEY, passkey_id)
    return Passkey(**dict(row)) if row else None


LOCK_PASSKEYS = """
select id, person_id, credential_id, public_key, sign_count, label, enrolled_at, used_at, revoked_at, revoked_by,
       revoked_reason
  from passkeys
 where person_id = $1 and revoked_at is null
 order by id
   for update
"""


async def lock_passkeys(tx: Connection, person_id: str) -> list[Passkey]:
    """The passkeys that count for a person, locked: two answers of one authenticator come one after the other."""
    return [Passkey(**dict(row)) for row in await tx.fetch(LOCK_PASSKEYS, person_id)]


ADD_PASSKEY = """
insert into passkeys (person_id, credential_id, public_key, sign_count, label)
values ($1, $2, $3, $4, $5)
returning id
"""


async def add_passkey(
    tx: Connection, person_id: str, *, credential_id: str, public_key: str, sign_count: int, label: str
) -> UUID:
    """Enrol a passkey. Raises PasskeyKnown."""
    try:
        id_: UUID = await tx.fetchval(ADD_PASSKEY, person_id, credential_id, public_key, sign_count, label)
    except asyncpg.UniqueViolationError as error:
        raise PasskeyKnown from error
    return id_


USE_PASSKEY = "update passkeys set sign_count = $2, used_at = $3 where id = $1"


async def use_passkey(tx: Connection, passkey_id: UUID, *, sign_count: int, at: datetime) -> None:
    """Keep the authenticator's counter."""
    await tx.execute(USE_PASSKEY, passkey_id, sign_count, at)


REVOKE_PASSKEY = """
update passkeys
   set revoked_at = clock_timestamp(), revoked_by = $2, revoked_reason = $3
 where id = $1 and revoked_at is null
"""


async def revoke_passkey(tx: Connection, passkey_id: UUID, *, by: str, reason: str) -> None:
    """From now on it counts no more."""
    await tx.execute(REVOKE_PASSKEY, passkey_id, by, reason)


PROOF_LASTS = "select proof_lasts()"


async def proof_lasts(conn: Connection) -> timedelta:
    """How long a sign-in or the word of a passkey is fresh enough to change passkeys."""
    lasts: timedelta = await conn.fetchval(PROOF_LASTS)
    return lasts


SAID_BY_THE_DATABASE = {refusal.code: refusal for refusal in (PasskeyProofMissing, SignInStale, UnknownPasskey)}
NOTE = """
insert into passkey_acts (passkey_id, act, person_id, by_id, proof_passkey, signed_in_at, by_program)
values ($1, $2, $3, $4, $5, $6, $7)
returning id
"""


@dataclass(frozen=True)
class Proof:
    """By what somebody changes passkeys: a passkey of theirs, a sign-in of minutes ago, or an operator's program."""

    passkey_id: UUID | None = None
    signed_in_at: datetime | None = None
    by_program: bool = False


async def note(
    tx: Connection, passkey_id: UUID, act: Literal["enrolled", "revoked"], *, owner: str, by: str, proof: Proof
) -> UUID:
    """Record a change with its proof, which the database checks. Raises PasskeyProofMissing, SignInStale."""
    proven = (proof.passkey_id, proof.signed_in_at, proof.by_program)
    try:
        noted: UUID = await tx.fetchval(NOTE, passkey_id, act, owner, by, *proven)
    except asyncpg.RaiseError as error:
        refusal = SAID_BY_THE_DATABASE.get(str(error))
        if refusal is None:
            raise
        raise refusal from error
    return noted


@dataclass(frozen=True)
class PasskeyAct:
    """A change of somebody's passkeys: what, of which label, whose, by whom, when."""

    act: Literal["enrolled", "revoked"]
    label: str
    person_id: str
    by_name: str
    done_at: datetime


GET_ACT = """
select a.act, k.label, a.person_id, coalesce(p.name, a.by_id) as by_name, a.done_at
  from passkey_acts a
  join passkeys k on k.id = a.passkey_id
  left join directory.persons p on p.id = a.by_id
 where a.id = $1
"""


async def get_act(conn: Connection, act_id: UUID) -> PasskeyAct:
    """The change of that id."""
    row = await conn.fetchrow(GET_ACT, act_id)
    assert row is not None
    return PasskeyAct(**dict(row))


FORGET_OLD = "delete from passkey_challenges where person_id = $1 and expires_at < clock_timestamp()"
ASK = """
insert into passkey_challenges (nonce, person_id, purpose, round_id, challenge, expires_at)
values ($1, $2, $3, $4, $5, clock_timestamp() + $6)
"""


async def ask(
    tx: Connection, person_id: str, purpose: Purpose, *, nonce: str, challenge: bytes, round_id: UUID | None = None
) -> None:
    """Remember what an authenticator is asked; to sign, about which round."""
    await tx.execute(FORGET_OLD, person_id)
    await tx.execute(ASK, nonce, person_id, purpose, round_id, challenge, ASKED_FOR)


TAKE_CHALLENGE = """
delete from passkey_challenges
 where nonce = $1 and person_id = $2 and purpose = $3 and round_id is not distinct from $4
returning challenge, expires_at > clock_timestamp() as in_time
"""


async def take_challenge(
    tx: Connection, person_id: str, purpose: Purpose, nonce: str, round_id: UUID | None = None
) -> bytes | None:
    """What was asked under this number, which is used up; None when nothing was, or too long ago."""
    row = await tx.fetchrow(TAKE_CHALLENGE, nonce, person_id, purpose, round_id)
    return bytes(row["challenge"]) if row and row["in_time"] else None

"""Persons' keys: made once, ended once, their public halves kept for good."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.kernel.runtime.db import Connection
from services.review.domain.keys import SigningKey, WrappedKey

KEY_TO_SIGN = "select id, algorithm, public_key, wrapped, wrapped_by from key_to_sign($1, $2)"


async def find_key_to_sign(tx: Connection, round_id: UUID, person_id: str) -> WrappedKey | None:
    """The person's current key, still encrypted, for a round that is open; None where there is none yet."""
    row = await tx.fetchrow(KEY_TO_SIGN, round_id, person_id)
    return WrappedKey(person_id=person_id, **dict(row)) if row else None


ADD_KEY = """
insert into signing_keys (id, person_id, algorithm, public_key, wrapped, wrapped_by, valid_from)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (person_id) where valid_to is null do nothing
"""


async def add_key(tx: Connection, key: WrappedKey, *, valid_from: datetime) -> None:
    """Keep a new key, unless another transaction has just given the person one."""
    await tx.execute(
        ADD_KEY, key.id, key.person_id, key.algorithm, key.public_key, key.wrapped, key.wrapped_by, valid_from
    )


END_KEY = """
update signing_keys
   set valid_to = greatest($2, valid_from), ended_why = $3, ended_by = $4, ended_reason = $5
 where person_id = $1 and valid_to is null
returning id
"""


async def end_key(tx: Connection, person_id: str, *, at: datetime, why: str, by: str, reason: str) -> UUID | None:
    """End the person's current key; None where there is none. `why` is rotated or revoked."""
    ended: UUID | None = await tx.fetchval(END_KEY, person_id, at, why, by, reason)
    return ended


KEYS = """
select id, person_id, algorithm, public_key, valid_from, valid_to, ended_why, ended_by, ended_reason
  from signing_keys
 where $1::text[] is null or person_id = any($1)
 order by person_id, valid_from
 limit $2
"""
MOST_KEYS = 5000


async def keys_of(conn: Connection, person_ids: list[str] | None = None) -> list[SigningKey]:
    """The public side of keys, ended ones too, of these persons or of all; at most 5000."""
    return [SigningKey(**dict(row)) for row in await conn.fetch(KEYS, person_ids, MOST_KEYS)]

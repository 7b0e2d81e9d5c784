"""API keys in the directory, which every service reads at each request; revoked here."""

from __future__ import annotations

from uuid import UUID

from services.kernel.runtime.db import Connection
from services.tasks.domain.keys import ApiKey, KeyUnknown

KEYS = """
select k.id, k.prefix, k.label, k.person_id, p.name as person_name, k.unit_id, u.short_name as unit_name, k.scopes,
       k.created_at, k.expires_at, k.last_used_at, k.revoked_at, r.name as revoked_by_name, k.revoked_why,
       k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp()) as stands
  from directory.api_keys k
  join directory.persons p on p.id = k.person_id
  join directory.units u on u.id = k.unit_id
  left join directory.persons r on r.id = k.revoked_by
 where ($1::text is null or k.unit_id = $1) and ($2::uuid is null or k.id = $2)
 order by k.revoked_at is not null, k.created_at desc, k.id
 limit 500
"""


async def keys_of(conn: Connection, unit_id: str | None) -> list[ApiKey]:
    """The keys of a unit, or of all units; those that were revoked come last."""
    return [ApiKey(**row) for row in await conn.fetch(KEYS, unit_id, None)]


async def get(conn: Connection, key_id: UUID) -> ApiKey:
    """The key of that id. Raises KeyUnknown."""
    row = await conn.fetchrow(KEYS, None, key_id)
    if row is None:
        raise KeyUnknown
    return ApiKey(**row)


LOCK = "select id from directory.api_keys where id = $1 for no key update"


async def lock(tx: Connection, key_id: UUID, unit_id: str | None) -> ApiKey:
    """The key, held until the end of the transaction. Raises KeyUnknown, also for a key of another unit."""
    await tx.execute(LOCK, key_id)
    key = await get(tx, key_id)
    if unit_id not in (None, key.unit_id):
        raise KeyUnknown
    return key


REVOKE = """
update directory.api_keys set revoked_at = clock_timestamp(), revoked_by = $2, revoked_why = $3 where id = $1
"""


async def revoke(tx: Connection, key_id: UUID, *, by: str, why: str) -> None:
    """From the end of this transaction on the key opens nothing in any service."""
    await tx.execute(REVOKE, key_id, by, why)

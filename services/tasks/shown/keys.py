"""API keys as people and programs see them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.kernel.runtime.auth import Actor
from services.tasks.domain.keys import ApiKey, may_revoke
from services.tasks.shown.words import Shown, role_words


class KeyShown(Shown):
    """A key by its first characters; `yours`: the reader may revoke it."""

    id: UUID
    prefix: str
    label: str
    person_id: str
    person_name: str
    unit_id: str
    unit_name: str
    scopes: list[str]
    scope_words: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    revoked_by_name: str | None
    revoked_why: str | None
    stands: bool
    yours: bool


def key_shown(key: ApiKey, actor: Actor) -> KeyShown:
    """A key with the names of its scopes, for this reader."""
    yours = may_revoke(key, actor) and key.revoked_at is None
    return KeyShown(**vars(key), scope_words=[role_words(scope) for scope in key.scopes], yours=yours)

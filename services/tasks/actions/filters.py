"""Keeping a filter of the inbox under a name, changing it, removing it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.domain.filters import MOST_KEPT, ChangeFilter, SaveFilter, TooMany
from services.tasks.store import filters as store
from services.tasks.store.filters import Saved


async def save(tx: Connection, actor: Actor, command: SaveFilter) -> Saved:
    """Keep a filter; as the default it takes the place of the one before. Raises NameTaken, TooMany."""
    if await store.lock_all(tx, actor.person_id, actor.unit_id) >= MOST_KEPT:
        raise TooMany
    if command.default:
        await store.clear_default(tx, actor.person_id, actor.unit_id)
    made = await store.add(tx, command, person_id=actor.person_id, unit_id=actor.unit_id)
    return await store.lock(tx, made, person_id=actor.person_id, unit_id=actor.unit_id)


async def change(tx: Connection, actor: Actor, filter_id: UUID, command: ChangeFilter) -> Saved:
    """Change a filter of one's own. Raises FilterUnknown, NameTaken."""
    await store.lock_all(tx, actor.person_id, actor.unit_id)
    saved = await store.lock(tx, filter_id, person_id=actor.person_id, unit_id=actor.unit_id)
    if command.default:
        await store.clear_default(tx, actor.person_id, actor.unit_id)
    changed = replace(
        saved,
        name=command.name or saved.name,
        asked=command.asked or saved.asked,
        is_default=saved.is_default if command.default is None else command.default,
        is_shared=saved.is_shared if command.shared is None else command.shared,
    )
    await store.change(tx, changed)
    return changed


async def remove(tx: Connection, actor: Actor, filter_id: UUID) -> None:
    """Remove a filter of one's own. Raises FilterUnknown."""
    await store.lock(tx, filter_id, person_id=actor.person_id, unit_id=actor.unit_id)
    await store.remove(tx, filter_id)

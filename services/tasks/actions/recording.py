"""What every act on an item does around itself: lock, compare versions, record who did it for whom, tell by mail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from services.kernel.contracts.messages import Message
from services.kernel.runtime import outbox
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.domain import items as rules
from services.tasks.domain import verbs
from services.tasks.domain.items import Holder, Item
from services.tasks.store import items as store
from services.tasks.store import verbs as verb_store


class ItemLetter(Message):
    """What the outbox carries: which item and whom, never an address or a word that somebody wrote."""

    item_id: UUID
    person_id: str
    event: str
    event_id: int


async def take(tx: Connection, item_id: UUID) -> tuple[Item, Holder | None]:
    """The item under its lock, with whoever holds it. Raises ItemUnknown."""
    item = await store.lock(tx, item_id)
    return item, await store.find_holder(tx, item_id)


async def insist_on_version(tx: Connection, item: Item, seen: int | None) -> None:
    """Raises ItemMoved when something happened since the sender looked."""
    meanwhile = await verb_store.since(tx, item.id, seen) if seen is not None and seen != item.version else []
    verbs.refuse_stale(item, seen, meanwhile)


async def record(tx: Connection, item: Item, event: str, actor: Actor, details: dict[str, Any]) -> int:
    """One line in the item's record; `item` as it was when the actor acted says on whose behalf."""
    away = rules.behalf_of(item, actor)
    return await store.add_event(
        tx,
        item.id,
        event,
        person_id=actor.person_id,
        unit_id=actor.unit_id,
        on_behalf_of=away.person_id if away else None,
        details=details,
    )


async def tell(tx: Connection, item_id: UUID, event: str, event_id: int, *, actor: Actor, to: Iterable[str]) -> None:
    """One mail to each of these, and to who stands in for them; who acts knows it already."""
    for person_id in await verb_store.reached(tx, sorted(set(to))):
        if person_id != actor.person_id:
            await letter(tx, item_id, event, event_id, to=person_id)


async def letter(tx: Connection, item_id: UUID, event: str, event_id: int, *, to: str) -> None:
    """One mail to one person."""
    message = ItemLetter(item_id=item_id, person_id=to, event=event, event_id=event_id)
    await outbox.mail(tx, key=f"person/{to}", to=to, name=event, message=message)

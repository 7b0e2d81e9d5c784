"""Taking an item on and giving it back; posting, moving and closing it for a workflow."""

from __future__ import annotations

from uuid import UUID

from services.kernel.contracts.tasks import ChangeDue, CloseItem, PostItem
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.actions.asking import cancel_open_opinions
from services.tasks.actions.recording import insist_on_version, record, take
from services.tasks.domain import items as rules
from services.tasks.domain.due import DueDate, due_from
from services.tasks.domain.items import Item
from services.tasks.domain.verbs import HANDED, Release
from services.tasks.store import items as store
from services.tasks.store import verbs as verb_store


async def claim(tx: Connection, actor: Actor, item_id: UUID, seen: int | None = None) -> Item:
    """The item becomes the actor's, or that of whom they stand in for; what was passed on to them is taken up.

    Raises ItemUnknown, ItemClosed, ItemClaimed, ItemMoved; twice is harmless.
    """
    item, holder = await take(tx, item_id)
    rules.refuse_claim(item, actor, holder)
    if holder is None or not rules.in_hand(item, actor):
        await insist_on_version(tx, item, seen)
        away = rules.behalf_of(item, actor)
        person_id = away.person_id if away else actor.person_id
        await store.claim(tx, item_id, person_id=person_id, unit_id=actor.unit_id)
        await record(tx, item, "claimed", actor, {"taken_over_from": holder.person_id} if holder else {})
    elif item.came_how in HANDED and not await verb_store.has_acted(tx, item_id):
        await verb_store.touch(tx, item_id)
        await record(tx, item, "claimed", actor, {})
    return await store.get(tx, item_id)


async def release(tx: Connection, actor: Actor, item_id: UUID, command: Release | None = None) -> Item:
    """The item waits for anybody of the office again.

    Raises ItemUnknown, ItemClosed, NotForThis, ItemClaimed, ItemMoved; twice is harmless.
    """
    item, holder = await take(tx, item_id)
    rules.refuse_release(item, actor, holder)
    if holder is not None:
        await insist_on_version(tx, item, command.version if command else None)
        await store.release(tx, item_id)
        await record(tx, item, "released", actor, {"reason": command.reason} if command and command.reason else {})
    return await store.get(tx, item_id)


async def post(tx: Connection, message: PostItem) -> UUID:
    """Put an item into the inbox; the same key again gives the same item and changes nothing."""
    item_id, new = await store.post(tx, message)
    if new:
        await store.add_event(tx, item_id, "posted", details={"role": message.role, "unit_id": message.unit_id})
    if new and message.person_id is not None:
        person, unit = message.person_id, message.unit_id or ""
        await store.claim(tx, item_id, person_id=person, unit_id=unit)
        await store.add_event(tx, item_id, "claimed", person_id=person, unit_id=unit, details={"by": "request"})
    return item_id


async def change_due(tx: Connection, message: ChangeDue) -> None:
    """Move the due date of an item. Raises ItemUnknown. A closed item keeps the date that it had."""
    item = await store.lock_key(tx, message.key)
    due = due_from(message.due)
    if rules.is_closed(item) or due == item.due:
        return
    await store.change_due(tx, item.id, due, message.due.rule_id)
    await store.add_event(tx, item.id, "due_changed", details={"from": _day(item.due), "to": _day(due)})


def _day(due: DueDate) -> str | None:
    return due.on.isoformat() if due.on and not due.provisional else None


async def close(tx: Connection, message: CloseItem) -> None:
    """Take an item out of the inbox, whoever holds it. Raises ItemUnknown. The first outcome stays."""
    item = await store.lock_key(tx, message.key)
    if rules.is_closed(item):
        return
    state = rules.closing_state(message.outcome)
    await store.close(tx, item.id, state, outcome=message.outcome, actor_id=message.actor_id)
    stood_in = message.actor_id is not None and await verb_store.stands_in(tx, item, message.actor_id)
    await store.add_event(
        tx,
        item.id,
        "closed",
        person_id=message.actor_id,
        on_behalf_of=item.person_id if stood_in else None,
        details={"outcome": message.outcome},
    )
    await cancel_open_opinions(tx, item)

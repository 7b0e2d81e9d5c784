"""Changing hands: reassign what others hold, hand over what one holds, and take either back before the other acts."""

from __future__ import annotations

from uuid import UUID

from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.actions.recording import insist_on_version, record, take, tell
from services.tasks.domain import verbs as rules
from services.tasks.domain.items import Came, Item, Sort
from services.tasks.domain.verbs import PassAllOn, PassOn, TakeBack
from services.tasks.store import items as store
from services.tasks.store import verbs as verb_store
from services.tasks.store.verbs import Giving


async def reassign(tx: Connection, actor: Actor, item_id: UUID, command: PassOn) -> Item:
    """Give a duty to somebody who holds its office, whoever has it now.

    Raises ItemUnknown, ItemClosed, NotYours, ItemMoved, SamePerson, NotEligible.
    """
    item, _ = await take(tx, item_id)
    rules.refuse_reassign(item, actor)
    await insist_on_version(tx, item, command.version)
    return await _pass_on(tx, actor, item, Came.REASSIGNED, to=command.to, reason=command.reason)


async def hand_over(tx: Connection, actor: Actor, item_id: UUID, command: PassOn) -> Item:
    """Give what one holds to a colleague who may carry it out.

    Raises ItemUnknown, ItemClosed, NotForThis, ItemClaimed, NotYours, ItemMoved, SamePerson, NotEligible.
    """
    item, holder = await take(tx, item_id)
    rules.refuse_hand_over(item, actor, holder)
    await insist_on_version(tx, item, command.version)
    return await _pass_on(tx, actor, item, Came.HANDED_OVER, to=command.to, reason=command.reason)


async def hand_all_over(tx: Connection, actor: Actor, command: PassAllOn) -> tuple[list[UUID], list[UUID]]:
    """Hand over all that the actor holds in this unit: what went, and what stays because the other may not have it."""
    handed, left = [], []
    for item_id in await verb_store.lock_held(tx, actor.person_id, actor.unit_id):
        item = await store.get(tx, item_id)
        if command.to != actor.person_id and command.to in await eligible_ids(tx, item, actor):
            await _pass_on(tx, actor, item, Came.HANDED_OVER, to=command.to, reason=command.reason)
            handed.append(item_id)
        else:
            left.append(item_id)
    return handed, left


async def _pass_on(tx: Connection, actor: Actor, item: Item, how: Came, *, to: str, reason: str) -> Item:
    rules.refuse_target(item, to, await eligible_ids(tx, item, actor))
    unit_id = unit_for(item, actor)
    giving = Giving(how, actor.person_id, actor.unit_id, reason)
    await verb_store.hand(tx, item.id, to=to, unit_id=unit_id, giving=giving)
    details = {"to": to, "to_unit": unit_id, "from": item.person_id, "from_unit": item.person_unit_id, "reason": reason}
    event_id = await record(tx, item, how.value, actor, details)
    told = [person for person in (to, item.person_id) if person is not None]
    await tell(tx, item.id, how.value, event_id, actor=actor, to=told)
    return await store.get(tx, item.id)


def unit_for(item: Item, actor: Actor) -> str:
    """The unit within which the item changes hands: its own, or that of who holds it, or the actor's."""
    return item.unit_id or item.person_unit_id or actor.unit_id


async def eligible_ids(tx: Connection, item: Item, actor: Actor) -> frozenset[str]:
    """Who may be given the item."""
    found = await verb_store.eligible(tx, unit_for(item, actor), item.role)
    return frozenset(colleague.person_id for colleague in found)


async def take_back(tx: Connection, actor: Actor, item_id: UUID, command: TakeBack) -> Item:
    """Undo a reassignment or a handing over while the other has done nothing: the item is where it was before.

    Whoever had it and no longer may leaves it to the office. Raises ItemUnknown, ItemClosed, NotToBeTakenBack,
    TakenUp, ItemMoved.
    """
    item, _ = await take(tx, item_id)
    rules.refuse_take_back(item, actor, acted=await verb_store.has_acted(tx, item_id))
    await insist_on_version(tx, item, command.version)
    before = await verb_store.last_given(tx, item)
    to, unit_id = before["from"], before["from_unit"]
    if item.sort is Sort.DUTY and (to is None or to not in await eligible_ids(tx, item, actor)):
        to, unit_id = None, None
    await verb_store.give_back(tx, item_id, to=to, unit_id=unit_id)
    event_id = await record(tx, item, "taken_back", actor, {"to": to, "from": item.person_id})
    await tell(tx, item_id, "taken_back", event_id, actor=actor, to=[p for p in (item.person_id, to) if p is not None])
    return await store.get(tx, item_id)

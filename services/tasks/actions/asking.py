"""Errands bound to a duty: asking somebody's opinion, copies for information, and urging whoever has it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from services.kernel.procedure.calendar import Calendar, CalendarYearUnknown
from services.kernel.procedure.deadlines import OFFICE_ZONE, office_day, working_days_after
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import db
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.actions.recording import insist_on_version, letter, record, take, tell
from services.tasks.domain import verbs as rules
from services.tasks.domain.due import DueDate, due_by
from services.tasks.domain.items import Came, Item, ItemState, NotForThis, Sort, behalf_of, in_hand
from services.tasks.domain.verbs import Ask, Copy, GiveAnswer, NotEligible, SamePerson, TakeBack
from services.tasks.store import items as store
from services.tasks.store import verbs as verb_store
from services.tasks.store.verbs import Giving

URGE_MOST, URGE_PAUSE_DAYS = "urge_most", "urge_pause_days"


async def ask(tx: Connection, actor: Actor, item_id: UUID, command: Ask, *, calendar: Calendar) -> Item:
    """Ask one person's opinion on a duty that one holds; the answer is the item made for them.

    Raises ItemUnknown, ItemClosed, NotForThis, ItemClaimed, NotYours, ItemMoved, SamePerson, NotEligible.
    """
    item, holder = await take(tx, item_id)
    rules.refuse_ask(item, actor, holder)
    await insist_on_version(tx, item, command.version)
    to = await _addressee(tx, actor, item, command.to)
    due = _due_in(command.working_days, await db.now(tx), calendar)
    giving = Giving(Came.ASKED, actor.person_id, actor.unit_id, command.question)
    errand_id = await verb_store.add_errand(tx, item_id, Sort.OPINION, to=to, due=due, giving=giving)
    assert errand_id is not None  # only copies are sent once
    await verb_store.touch(tx, item_id)
    await record(tx, item, "asked", actor, {"to": command.to, "item": str(errand_id)})
    errand = await store.get(tx, errand_id)
    event_id = await _record_as(tx, item, errand, "asked", actor, {"to": command.to})
    await tell(tx, errand_id, "asked", event_id, actor=actor, to=[command.to])
    return errand


async def _addressee(tx: Connection, actor: Actor, item: Item, person_id: str) -> tuple[str, str]:
    if person_id in (actor.person_id, item.person_id):
        raise SamePerson(field="to")
    unit_id = await verb_store.find_unit_of(tx, person_id, actor.unit_id)
    if unit_id is None:
        raise NotEligible(field="to")
    return person_id, unit_id


def _due_in(days: int | None, now: datetime, calendar: Calendar) -> DueDate:
    if days is None:
        return DueDate()
    try:
        return due_by(working_days_after(office_day(now), days, calendar))
    except CalendarYearUnknown:
        return DueDate(provisional=True)


async def _record_as(
    tx: Connection, acted_on: Item, target: Item, event: str, actor: Actor, details: dict[str, str | None]
) -> int:
    """A line in another item's record, on behalf of the same person as in the item that was acted on."""
    away = behalf_of(acted_on, actor)
    return await store.add_event(
        tx,
        target.id,
        event,
        person_id=actor.person_id,
        unit_id=actor.unit_id,
        on_behalf_of=away.person_id if away else None,
        details=details,
    )


async def answer(tx: Connection, actor: Actor, item_id: UUID, command: GiveAnswer) -> Item:
    """Give the opinion that was asked for; it stands with the duty from now on.

    Raises ItemUnknown, ItemClosed, NotForThis, NotYours, ItemMoved.
    """
    parent, errand = await _with_parent(tx, item_id)
    rules.refuse_answer(errand, actor, Sort.OPINION)
    await insist_on_version(tx, errand, command.version)
    await verb_store.answer(tx, item_id, person_id=actor.person_id, words=command.answer)
    await record(tx, errand, "answered", actor, {})
    await _note_on_parent(tx, parent, errand, "answered", actor)
    return await store.get(tx, item_id)


async def read(tx: Connection, actor: Actor, item_id: UUID) -> Item:
    """Say that one has read a copy; the sender sees when. Twice is harmless. Raises ItemUnknown, NotForThis, NotYours."""
    parent, errand = await _with_parent(tx, item_id)
    if errand.sort is Sort.COPY and errand.outcome == "read" and in_hand(errand, actor):
        return errand
    rules.refuse_answer(errand, actor, Sort.COPY)
    await store.close(tx, item_id, ItemState.DONE, outcome="read", actor_id=actor.person_id)
    await record(tx, errand, "read", actor, {})
    await _record_as(tx, errand, parent, "read", actor, {"item": str(errand.id)})
    return await store.get(tx, item_id)


async def withdraw(tx: Connection, actor: Actor, item_id: UUID, command: TakeBack) -> Item:
    """Take a question back before it is answered.

    Raises ItemUnknown, ItemClosed, NotToBeTakenBack, TakenUp, ItemMoved.
    """
    parent, errand = await _with_parent(tx, item_id)
    rules.refuse_withdraw(errand, parent, actor, acted=await verb_store.has_acted(tx, item_id))
    await insist_on_version(tx, errand, command.version)
    await store.close(tx, item_id, ItemState.CANCELLED, outcome="withdrawn", actor_id=actor.person_id)
    event_id = await _record_as(tx, parent, errand, "withdrawn", actor, {})
    await tell(tx, item_id, "withdrawn", event_id, actor=actor, to=[errand.person_id or ""])
    await _note_on_parent(tx, parent, errand, "withdrawn", actor)
    return await store.get(tx, item_id)


async def _with_parent(tx: Connection, item_id: UUID) -> tuple[Item, Item]:
    """The duty and its errand, both locked, the duty first as everywhere. Raises ItemUnknown, NotForThis."""
    parent_id = await verb_store.find_parent_id(tx, item_id)
    if parent_id is None:
        await store.get(tx, item_id)
        raise NotForThis
    return await store.lock(tx, parent_id), await store.lock(tx, item_id)


async def _note_on_parent(tx: Connection, parent: Item, errand: Item, event: str, actor: Actor) -> None:
    """What came of a question stands in the duty's record; who holds the duty has it before their next act."""
    if parent.closed_at is None:
        await verb_store.touch(tx, parent.id)
    acted_on = errand if event == "answered" else parent
    event_id = await _record_as(tx, acted_on, parent, event, actor, {"item": str(errand.id)})
    to = [person for person in (parent.person_id, errand.asked_by) if person is not None]
    await tell(tx, parent.id, event, event_id, actor=actor, to=to)


async def copy(tx: Connection, actor: Actor, item_id: UUID, command: Copy) -> list[UUID]:
    """Make the matter known to these persons; each gets one copy, ever. Gives the copies made just now.

    Raises ItemUnknown, NotForThis, SamePerson, NotEligible.
    """
    item, _ = await take(tx, item_id)
    rules.refuse_copy(item, actor)
    made = []
    giving = Giving(Came.COPIED, actor.person_id, actor.unit_id, command.note)
    for person_id in sorted(set(command.to)):
        to = await _addressee(tx, actor, item, person_id)
        errand_id = await verb_store.add_errand(tx, item_id, Sort.COPY, to=to, due=DueDate(), giving=giving)
        if errand_id is None:
            continue
        made.append(errand_id)
        await record(tx, item, "copied", actor, {"to": person_id, "item": str(errand_id)})
        event_id = await _record_as(tx, item, await store.get(tx, errand_id), "copied", actor, {"to": person_id})
        await tell(tx, errand_id, "copied", event_id, actor=actor, to=[person_id])
    return made


async def urge(tx: Connection, actor: Actor, item_id: UUID, *, book: RuleBook) -> list[str]:
    """Remind whoever has the item, or all of its office: one mail each. Gives the persons told.

    Raises ItemUnknown, ItemClosed, SamePerson, UrgedEnough.
    """
    item, _ = await take(tx, item_id)
    last, times = await verb_store.urged(tx, item_id)
    today = office_day(await db.now(tx))
    pause = timedelta(days=int(str(book.parameter(URGE_PAUSE_DAYS))))
    again_from = datetime.combine(today + timedelta(days=1) - pause, datetime.min.time(), OFFICE_ZONE)
    most = int(str(book.parameter(URGE_MOST)))
    rules.refuse_urge(item, actor, last=last, urged=times, most=most, again_from=again_from)
    told = [person for person in await verb_store.answerable(tx, item) if person != actor.person_id]
    event_id = await store.add_event(
        tx, item_id, "urged", person_id=actor.person_id, unit_id=actor.unit_id, details={"told": told}
    )
    for person_id in told:
        await letter(tx, item_id, "urged", event_id, to=person_id)
    return told


async def cancel_open_opinions(tx: Connection, parent: Item) -> None:
    """A duty that is closed needs no more opinions: they end, visibly, and who was asked is told."""
    for errand_id in await verb_store.lock_open_opinions(tx, parent.id):
        errand = await store.get(tx, errand_id)
        await store.close(tx, errand_id, ItemState.CANCELLED, outcome="parent_closed", actor_id=None)
        event_id = await store.add_event(tx, errand_id, "closed", details={"outcome": "parent_closed"})
        for person_id in await verb_store.answerable(tx, errand):
            await letter(tx, errand_id, "closed", event_id, to=person_id)

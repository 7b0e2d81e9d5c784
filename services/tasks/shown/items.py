"""An item of the inbox as it is read: in words, with its record, and with what may be done. Lists are `lists.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.desk import Desk
from services.tasks.domain import items as rules
from services.tasks.domain import verbs
from services.tasks.domain.items import Came, Holder, Item, ItemState, Sort
from services.tasks.shown import words
from services.tasks.shown.words import DueShown, RuleShown, Shown
from services.tasks.store import inbox as store
from services.tasks.store import items as item_store
from services.tasks.store import verbs as verb_store
from services.tasks.store.names import Named


class HolderShown(Shown):
    """Who has taken an item on; the person is named to colleagues only."""

    unit_id: str
    unit_name: str
    person_name: str | None
    deputy_name: str | None = None


class ItemShown(Shown):
    """One thing to do, in words."""

    id: UUID
    document_id: UUID
    title: str
    kind: str
    kind_words: str
    stage: str
    stage_words: str
    ordinal: int
    role: str
    role_words: str
    unit_id: str | None
    unit_name: str | None
    drafting_unit: str
    drafting_unit_name: str
    link: str
    due: DueShown
    rule: RuleShown | None
    state: ItemState
    mine: bool
    in_place_of: str | None
    holder: HolderShown | None
    posted_at: datetime
    closed_at: datetime | None
    outcome: str | None
    outcome_words: str | None
    version: int
    sort: Sort
    parent_id: UUID | None
    came_how: Came
    came_from_name: str | None
    came_words: str
    question: str
    answer: str | None
    opens: bool
    if_left_alone: str


class ErrandShown(Shown):
    """An opinion asked about an item, or a copy of it, with what came of it."""

    id: UUID
    sort: Sort
    state: ItemState
    outcome: str | None
    person_name: str
    unit_name: str
    asker_name: str
    question: str
    answer: str | None
    due_on: date | None
    version: int
    closed_at: datetime | None


class MayShown(Shown):
    """What the reader may do with an item now; each act checks again."""

    claim: bool
    release: bool
    hand_over: bool
    reassign: bool
    take_back: bool
    ask: bool
    answer: bool
    read: bool
    withdraw: bool
    copy_to: bool
    urge: bool


class EventShown(Shown):
    """One line of an item's record."""

    event: str
    at: datetime
    version: int
    words: str
    person_name: str | None
    unit_name: str | None
    on_behalf_name: str | None
    to_name: str | None
    details: dict[str, str | None]


class OneItem(Shown):
    """An item with its record, the errands bound to it, and what may be done."""

    item: ItemShown
    events: list[EventShown]
    errands: list[ErrandShown]
    may: MayShown


async def item_shown(conn: Connection, desk: Desk, actor: Actor, item_id: UUID) -> ItemShown:
    """One item with names and words. Raises ItemUnknown."""
    item = await item_store.get(conn, item_id)
    return line_shown(desk, actor, item, await desk.names.of(conn, [item]))


def line_shown(desk: Desk, actor: Actor, item: Item, named: Named) -> ItemShown:
    """A line of a list as the actor may read it."""
    said = words.said_of(desk.book, item)
    return ItemShown(
        id=item.id,
        document_id=item.document_id,
        title=item.title,
        kind=item.kind,
        kind_words=said.kind,
        stage=item.stage,
        stage_words=said.stage,
        ordinal=item.ordinal,
        role=item.role,
        role_words=said.role,
        unit_id=item.unit_id,
        unit_name=named.units[item.unit_id] if item.unit_id else None,
        drafting_unit=item.drafting_unit,
        drafting_unit_name=named.units[item.drafting_unit],
        link=item.link,
        due=words.due_shown(desk, item.due),
        rule=said.rule,
        state=item.state,
        mine=rules.in_hand(item, actor),
        in_place_of=_in_place_of(actor, item),
        version=item.version,
        sort=item.sort,
        parent_id=item.parent_id,
        came_how=item.came_how,
        came_from_name=named.persons[item.came_from] if item.came_from else None,
        came_words=item.came_words,
        question=item.question,
        answer=item.answer,
        holder=_holder(actor, item, named),
        posted_at=item.posted_at,
        closed_at=item.closed_at,
        outcome=item.outcome,
        outcome_words=said.outcome,
        opens=may_open(item, actor),
        if_left_alone=said.if_left_alone,
    )


def _in_place_of(actor: Actor, item: Item) -> str | None:
    if not actor.principals or not rules.belongs_to(item, actor):
        return None
    away = rules.behalf_of(item, actor)
    return away.person_name if away else None


def _holder(actor: Actor, item: Item, named: Named) -> HolderShown | None:
    if item.person_id is None or item.person_unit_id is None:
        return None
    colleague = item.person_unit_id == actor.unit_id
    return HolderShown(
        unit_id=item.person_unit_id,
        unit_name=named.units[item.person_unit_id],
        person_name=named.persons[item.person_id] if colleague else None,
    )


async def one_item(conn: Connection, desk: Desk, actor: Actor, item_id: UUID) -> OneItem:
    """An item that the actor may see, with its record. Raises ItemUnknown, also for the items of others."""
    item = await item_store.get(conn, item_id)
    if not may_open(item, actor):
        raise rules.ItemUnknown
    shown = await item_shown(conn, desk, actor, item_id)
    holder = await item_store.find_holder(conn, item_id)
    if holder is not None and shown.holder is not None and shown.holder.person_name:
        shown = shown.model_copy(update={"holder": shown.holder.model_copy(update={"deputy_name": holder.deputy_name})})
    return OneItem(
        item=shown,
        events=[_event(actor, event) for event in await store.events(conn, item_id)],
        errands=[ErrandShown(**_plain(errand)) for errand in await verb_store.errands(conn, item_id)],
        may=await _may(conn, actor, item, holder),
    )


def may_open(item: Item, actor: Actor) -> bool:
    """Whether the actor may open the item's page: who sent it on still sees what becomes of it."""
    return rules.sees(item, actor) or verbs.sent_by(item, actor)


def _plain(errand: verb_store.Errand) -> dict[str, Any]:
    return {name: value for name, value in vars(errand).items() if name in ErrandShown.model_fields}


async def _may(conn: Connection, actor: Actor, item: Item, holder: Holder | None) -> MayShown:
    """The same questions that the acts ask, so that no button leads to a refusal that could be foreseen."""
    acted = await verb_store.has_acted(conn, item.id)
    parent = await item_store.get(conn, item.parent_id) if item.parent_id else None
    handed = item.came_how in verbs.HANDED
    mine = rules.in_hand(item, actor)
    return MayShown(
        claim=_allows(lambda: rules.refuse_claim(item, actor, holder)) and (not mine or (handed and not acted)),
        release=mine and _allows(lambda: rules.refuse_release(item, actor, holder)),
        hand_over=_allows(lambda: verbs.refuse_hand_over(item, actor, holder)),
        reassign=_allows(lambda: verbs.refuse_reassign(item, actor)),
        take_back=_allows(lambda: verbs.refuse_take_back(item, actor, acted=acted)),
        ask=_allows(lambda: verbs.refuse_ask(item, actor, holder)),
        answer=_allows(lambda: verbs.refuse_answer(item, actor, Sort.OPINION)),
        read=_allows(lambda: verbs.refuse_answer(item, actor, Sort.COPY)),
        withdraw=parent is not None and _allows(lambda: verbs.refuse_withdraw(item, parent, actor, acted=acted)),
        copy_to=_allows(lambda: verbs.refuse_copy(item, actor)),
        urge=not mine and item.closed_at is None and item.sort is not Sort.COPY,
    )


def _allows(check: Callable[[], None]) -> bool:
    try:
        check()
    except Refused:
        return False
    return True


def _event(actor: Actor, event: store.ItemEvent) -> EventShown:
    colleague = event.unit_id in (None, actor.unit_id)
    return EventShown(
        event=event.event,
        at=event.at,
        version=event.version,
        words=verbs.EVENT_WORDS[event.event].of(language.current()),
        person_name=event.person_name if colleague else None,
        unit_name=event.unit_name,
        on_behalf_name=event.on_behalf_name if colleague else None,
        to_name=event.to_name if colleague else None,
        details={name: str(value) if value is not None else None for name, value in event.details.items()},
    )

"""The inbox as it is read: one page of items, the counts of its tabs, and one item with its record."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from services.kernel.contracts.refusals import Invalid, Refused, Words
from services.kernel.procedure.deadlines import OFFICE_ZONE, office_day
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.desk import Desk
from services.tasks.domain import items as rules
from services.tasks.domain import verbs
from services.tasks.domain.due import last_soon_day
from services.tasks.domain.items import Came, Holder, Item, ItemState, Sort
from services.tasks.shown import words
from services.tasks.shown.words import DueShown, RuleShown, Shown
from services.tasks.store import inbox as store
from services.tasks.store import items as item_store
from services.tasks.store import verbs as verb_store
from services.tasks.store.inbox import Counts, Reader, Wanted

PAGE = 50
View = Literal["mine", "unit", "done"]
FIRST = (datetime.min.replace(tzinfo=UTC), UUID(int=0))
LAST = (datetime.max.replace(tzinfo=UTC), UUID(int=(1 << 128) - 1))


class Due(StrEnum):
    """Which due dates to show."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"


class BadCursor(Invalid):
    """Not a place in this list."""

    code = "inbox.after"
    title = Words("翻页的位置读不懂", "Not a place in this list")
    remedy = Words("请从第一页重新开始。", "Start again from the first page.")


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


class CountsShown(Shown):
    """The numbers of the tabs, and of the lights within "mine"."""

    mine: int
    overdue: int
    today: int
    soon: int
    ahead: int
    unknown: int
    undated: int
    unit: int
    done: int


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


class InboxShown(Shown):
    """A page of the inbox; `next` asks for the one after it."""

    view: View
    items: list[ItemShown]
    next: str | None
    counts: CountsShown


class OneItem(Shown):
    """An item with its record, the errands bound to it, and what may be done."""

    item: ItemShown
    events: list[EventShown]
    errands: list[ErrandShown]
    may: MayShown


class Query(Shown):
    """What is asked of the inbox."""

    view: View = "mine"
    document_id: UUID | None = None
    stage: str | None = None
    due: Due | None = None
    q: str | None = None
    after: str | None = None


def reader_of(actor: Actor) -> Reader:
    """Whose inbox this is."""
    return Reader(actor.person_id, actor.unit_id, rules.roles_of(actor), rules.hands_of(actor))


async def inbox(conn: Connection, desk: Desk, actor: Actor, query: Query) -> InboxShown:
    """One page of the actor's inbox. Raises BadCursor."""
    reader = reader_of(actor)
    after = _read_cursor(query.after) if query.after else (LAST if query.view == "done" else FIRST)
    found = await store.page(conn, query.view, reader, _wanted(desk, query), after=after, limit=PAGE + 1)
    shown = found[:PAGE]
    return InboxShown(
        view=query.view,
        items=await items_shown(conn, desk, actor, shown),
        next=_cursor(shown[-1], query.view) if len(found) > PAGE else None,
        counts=CountsShown(**vars(await counts(conn, desk, reader))),
    )


async def counts(conn: Connection, desk: Desk, reader: Reader) -> Counts:
    """What stands under each tab and light at the desk's clock."""
    now = desk.now()
    today = office_day(now)
    # The tab of closed items begins with this month in the office's time zone.
    done_since = datetime.combine(today.replace(day=1), time.min, OFFICE_ZONE)
    soon_until = last_soon_day(today, desk.calendar)
    return await store.counts(conn, reader, now=now, today=today, soon_until=soon_until, done_since=done_since)


def _wanted(desk: Desk, query: Query) -> Wanted:
    now = desk.now()
    today = office_day(now)
    words_ = (query.q or "").strip() or None
    wanted = Wanted(document_id=query.document_id, stage=query.stage or None, words=words_)
    match query.due:
        case None:
            return wanted
        case Due.OVERDUE:
            return Wanted(**{**vars(wanted), "ends_by": now})
        case Due.TODAY:
            return Wanted(**{**vars(wanted), "ends_after": now, "on_to": today})
        case Due.SOON:
            return Wanted(**{**vars(wanted), "ends_after": now, "on_to": last_soon_day(today, desk.calendar)})


async def items_shown(conn: Connection, desk: Desk, actor: Actor, items: Sequence[Item]) -> list[ItemShown]:
    """Items with names and words, in their order."""
    units = {unit for item in items for unit in (item.unit_id, item.drafting_unit, item.person_unit_id) if unit}
    persons = {person for item in items for person in (item.person_id, item.came_from) if person}
    unit_names = await store.unit_names(conn, sorted(units))
    person_names = await store.person_names(conn, sorted(persons))
    return [_shown(desk, actor, item, unit_names, person_names) for item in items]


def _shown(desk: Desk, actor: Actor, item: Item, unit_names: dict[str, str], person_names: dict[str, str]) -> ItemShown:
    return ItemShown(
        id=item.id,
        document_id=item.document_id,
        title=item.title,
        kind=item.kind,
        kind_words=words.kind_words(desk.book, item.kind),
        stage=item.stage,
        stage_words=words.stage_words(desk.book, item.kind, item.stage),
        ordinal=item.ordinal,
        role=item.role,
        role_words=words.role_words(item.role),
        unit_id=item.unit_id,
        unit_name=unit_names.get(item.unit_id, item.unit_id) if item.unit_id else None,
        drafting_unit=item.drafting_unit,
        drafting_unit_name=unit_names.get(item.drafting_unit, item.drafting_unit),
        link=item.link,
        due=words.due_shown(desk, item.due),
        rule=words.rule_shown(desk.book, item.rule_id),
        state=item.state,
        mine=rules.in_hand(item, actor),
        in_place_of=_in_place_of(actor, item),
        version=item.version,
        sort=item.sort,
        parent_id=item.parent_id,
        came_how=item.came_how,
        came_from_name=person_names.get(item.came_from, item.came_from) if item.came_from else None,
        came_words=item.came_words,
        question=item.question,
        answer=item.answer,
        holder=_holder(actor, item, unit_names, person_names),
        posted_at=item.posted_at,
        closed_at=item.closed_at,
        outcome=item.outcome,
        outcome_words=words.outcome_words(desk.book, item.outcome),
    )


def _in_place_of(actor: Actor, item: Item) -> str | None:
    away = rules.behalf_of(item, actor) if rules.belongs_to(item, actor) else None
    return away.person_name if away else None


def _holder(actor: Actor, item: Item, unit_names: dict[str, str], person_names: dict[str, str]) -> HolderShown | None:
    if item.person_id is None or item.person_unit_id is None:
        return None
    colleague = item.person_unit_id == actor.unit_id
    return HolderShown(
        unit_id=item.person_unit_id,
        unit_name=unit_names.get(item.person_unit_id, item.person_unit_id),
        person_name=person_names.get(item.person_id, item.person_id) if colleague else None,
    )


async def one_item(conn: Connection, desk: Desk, actor: Actor, item_id: UUID) -> OneItem:
    """An item that the actor may see, with its record. Raises ItemUnknown, also for the items of others."""
    item = await item_store.get(conn, item_id)
    if not may_open(item, actor):
        raise rules.ItemUnknown
    (shown,) = await items_shown(conn, desk, actor, [item])
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


def _cursor(item: Item, view: View) -> str:
    moment = item.closed_at if view == "done" and item.closed_at else item.due_sort
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{item.id}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        moment, _, item_id = base64.urlsafe_b64decode(padded).decode().partition("|")
        read = datetime.fromisoformat(moment)
        if read.tzinfo is None:
            raise ValueError(moment)
        return read, UUID(item_id)
    except (ValueError, binascii.Error) as error:
        raise BadCursor(field="after") from error

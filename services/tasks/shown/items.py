"""The inbox as it is read: one page of items, the counts of its tabs, and one item with its record."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Literal
from uuid import UUID

from services.kernel.contracts.refusals import Invalid, Words
from services.kernel.procedure.deadlines import OFFICE_ZONE, office_day
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.desk import Desk
from services.tasks.domain import items as rules
from services.tasks.domain.due import last_soon_day
from services.tasks.domain.items import Item, ItemState
from services.tasks.shown import words
from services.tasks.shown.words import DueShown, RuleShown, Shown
from services.tasks.store import inbox as store
from services.tasks.store import items as item_store
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
    holder: HolderShown | None
    posted_at: datetime
    closed_at: datetime | None
    outcome: str | None
    outcome_words: str | None


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
    person_name: str | None
    unit_name: str | None
    details: dict[str, str | None]


class InboxShown(Shown):
    """A page of the inbox; `next` asks for the one after it."""

    view: View
    items: list[ItemShown]
    next: str | None
    counts: CountsShown


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
    return Reader(actor.person_id, actor.unit_id, rules.roles_of(actor))


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
    persons = {item.person_id for item in items if item.person_id}
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
        mine=item.person_id == actor.person_id,
        holder=_holder(actor, item, unit_names, person_names),
        posted_at=item.posted_at,
        closed_at=item.closed_at,
        outcome=item.outcome,
        outcome_words=words.outcome_words(desk.book, item.outcome),
    )


def _holder(actor: Actor, item: Item, unit_names: dict[str, str], person_names: dict[str, str]) -> HolderShown | None:
    if item.person_id is None or item.person_unit_id is None:
        return None
    colleague = item.person_unit_id == actor.unit_id
    return HolderShown(
        unit_id=item.person_unit_id,
        unit_name=unit_names.get(item.person_unit_id, item.person_unit_id),
        person_name=person_names.get(item.person_id, item.person_id) if colleague else None,
    )


async def one_item(conn: Connection, desk: Desk, actor: Actor, item_id: UUID) -> tuple[ItemShown, list[EventShown]]:
    """An item of the actor's offices with its record. Raises ItemUnknown, also for the items of others."""
    item = await item_store.get(conn, item_id)
    if not rules.belongs_to(item, actor):
        raise rules.ItemUnknown
    shown = await items_shown(conn, desk, actor, [item])
    record = [_event(actor, event) for event in await store.events(conn, item_id)]
    return shown[0], record


def _event(actor: Actor, event: store.ItemEvent) -> EventShown:
    colleague = event.unit_id in (None, actor.unit_id)
    return EventShown(
        event=event.event,
        at=event.at,
        person_name=event.person_name if colleague else None,
        unit_name=event.unit_name,
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

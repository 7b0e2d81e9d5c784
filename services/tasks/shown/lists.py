"""The lists of the inbox as they are read: one page of one list, in one order, with the counts of all of them."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

from services.kernel.contracts.refusals import Invalid, Words
from services.kernel.procedure.calendar import ONE_DAY
from services.kernel.procedure.deadlines import OFFICE_ZONE, office_day
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.desk import Desk
from services.tasks.domain import items as rules
from services.tasks.domain.due import last_soon_day
from services.tasks.domain.filters import Due, Sorted, View
from services.tasks.shown.items import ItemShown, line_shown
from services.tasks.shown.words import Shown
from services.tasks.store import counts, lists
from services.tasks.store.asked import Moment, Place, Reader, Wanted

PAGE = 20
SUNDAY = 6
# Microseconds to the end of the calendar: no place in a list lies beyond.
FARTHEST = 253_402_300_800_000_000
CLOSED: frozenset[View] = frozenset({"by_me", "done"})


class BadCursor(Invalid):
    """Not a place in this list."""

    code = "inbox.after"
    title = Words("翻页的位置读不懂", "Not a place in this list")
    remedy = Words("请从第一页重新开始。", "Start again from the first page.")


class NoDocument(Invalid):
    """All that waits on a document, without the document."""

    code = "inbox.document"
    title = Words("没有写明是哪一份文件", "Which document is not said")
    remedy = Words("请从文件或者待办的页面打开这一列表。", "Open this list from a document or an item.")


class NotStandingIn(Invalid):
    """In the place of somebody for whom the reader does not stand in."""

    code = "inbox.place_of"
    title = Words("您今天不代理这位同事", "You do not stand in for this colleague today")
    remedy = Words("请去掉这一条件。", "Take this condition away.")


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
    by_me: int
    watched: int


class InboxShown(Shown):
    """A page of the inbox; `next` asks for the one after it."""

    view: View
    items: list[ItemShown]
    next: str | None
    counts: CountsShown


class Query(Shown):
    """What is asked of the inbox. `place_of` is the person away for whom the reader stands in."""

    view: View = "mine"
    document_id: UUID | None = None
    stage: str | None = None
    kind: str | None = None
    unit: str | None = None
    place_of: str | None = None
    due: Due | None = None
    q: str | None = None
    by: Sorted = "due"
    after: str | None = None

    @property
    def ordered(self) -> str:
        """What is closed stands last closed first, whatever was asked."""
        return "closed" if self.view in CLOSED else self.by


def reader_of(actor: Actor, place_of: str | None = None) -> Reader:
    """Whose inbox this is; with `place_of`, only what is in their hands for that person. Raises NotStandingIn."""
    hands = rules.hands_of(actor)
    if place_of is None:
        return Reader(actor.person_id, actor.unit_id, rules.roles_of(actor), hands)
    away = next((each for each in actor.principals if each.person_id == place_of), None)
    if away is None:
        raise NotStandingIn(field="place_of")
    kept = [(person, role) for person, role in hands if person == place_of]
    return Reader(place_of, actor.unit_id, sorted({role for _, role in kept} - {rules.PERSON}), kept)


async def inbox(conn: Connection, desk: Desk, actor: Actor, query: Query) -> InboxShown:
    """One page of the actor's inbox. Raises BadCursor, NoDocument, NotStandingIn."""
    if query.view == "document" and query.document_id is None:
        raise NoDocument(field="document_id")
    by, moment = query.ordered, _moment(desk)
    after = _read_cursor(query.after, by) if query.after else None
    reader, wanted = reader_of(actor, query.place_of), _wanted(moment, query)
    found = await lists.listed(conn, query.view, reader, wanted, by=by, after=after, limit=PAGE + 1)
    kept = found[:PAGE]
    named = await desk.names.of(conn, kept)
    return InboxShown(
        view=query.view,
        items=[line_shown(desk, actor, item, named) for item in kept],
        next=_cursor(lists.place_of(kept[-1], by), by) if len(found) > PAGE else None,
        counts=CountsShown(**vars(await counts.counts(conn, reader, moment))),
    )


def _moment(desk: Desk) -> Moment:
    now = desk.now()
    today = office_day(now)
    # The tab of closed items begins with this month in the office's time zone.
    done_since = datetime.combine(today.replace(day=1), time.min, OFFICE_ZONE)
    return Moment(now, today, last_soon_day(today, desk.calendar), done_since)


def _wanted(moment: Moment, query: Query) -> Wanted:
    wanted = Wanted(
        document_id=query.document_id,
        stage=query.stage or None,
        kind=query.kind or None,
        drafting_unit=query.unit or None,
        words=(query.q or "").strip() or None,
    )
    sunday = moment.today + timedelta(days=SUNDAY - moment.today.weekday())
    match query.due:
        case None:
            return wanted
        case Due.OVERDUE:
            return replace(wanted, ends_by=moment.now)
        case Due.TODAY:
            return replace(wanted, ends_after=moment.now, on_to=moment.today)
        case Due.SOON:
            return replace(wanted, ends_after=moment.now, on_to=moment.soon_until)
        case Due.WEEK:
            return replace(wanted, ends_after=moment.now, on_to=sunday)
        case Due.LATER:
            return replace(wanted, on_from=sunday + ONE_DAY)


def _cursor(place: Place, by: str) -> str:
    written = json.dumps([by, place.number, place.text, str(place.item_id)], ensure_ascii=False)
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, by: str) -> Place:
    """The place in a list of that order. Raises BadCursor, also for a place in a list of another order."""
    try:
        written = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        match written:
            case [order, int(number), str(text), str(item_id)] if order == by and abs(number) < FARTHEST:
                return Place(number, text.replace("\x00", ""), UUID(item_id))
        raise ValueError(cursor)
    except (ValueError, RecursionError) as error:
        raise BadCursor(field="after") from error

"""What others are asked for within a round: each ask has an inbox item and reminders of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Literal, NamedTuple

from temporalio import workflow

from workflows.calls import ask
from workflows.patches import changed

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts import notify, tasks
    from services.kernel.contracts.lifecycle import Ask, AsksChanged
    from services.kernel.contracts.messages import Deadline, DocumentRef

Reminder = Literal["due_soon", "overdue"]


class Frame(NamedTuple):
    """The round in which somebody is asked."""

    key: str
    document: DocumentRef
    ordinal: int
    link: str
    rule_id: str | None
    due: Callable[[], Deadline | None]


class Moment(NamedTuple):
    """When which reminder of an ask is due."""

    at: datetime
    key: str
    event: Reminder


class Asks:
    """Follows what the rows say: an open ask has an item in the inbox, any other has none."""

    def __init__(self) -> None:
        self._heard: dict[str, AsksChanged] = {}
        self._open: dict[str, tasks.PostItem] = {}
        self._told: list[str] = []
        self._stirred = False

    def take(self, fact: AsksChanged) -> None:
        """Keep the newest word about one kind of ask."""
        known = self._heard.get(fact.what)
        if known is None or known.revision < fact.revision:
            self._heard[fact.what] = fact
            self._stirred = True

    @property
    def stirred(self) -> bool:
        """Whether something was heard that has not been followed yet."""
        return self._stirred

    async def follow(self, frame: Frame) -> None:
        """Close the items of what is no longer asked, post those of what is asked now."""
        if not self._stirred or not changed("round-asks"):
            self._stirred = False
            return
        self._stirred = False
        states = {
            f"{frame.key}/{what}/{one.ordinal}": (what, one) for what, fact in self._heard.items() for one in fact.asks
        }
        for key, (_, one) in states.items():
            if key in self._open and one.state != "open":
                await self._close(key, one.state)
        for key, (what, one) in states.items():
            if key not in self._open and one.state == "open":
                await self._post(frame, key, what, one)

    async def move_due(self, frame: Frame) -> None:
        """The round's own date has moved: so have those of the asks that have none of their own."""
        due = frame.due()
        for key, item in self._open.items():
            if due is not None and self._asked(frame, key).due is None:
                self._open[key] = item.model_copy(update={"due": due})
                await ask(tasks.CHANGE_DUE, tasks.ChangeDue(key=key, due=due))

    def next_moment(self) -> Moment | None:
        """The next reminder of an ask that is open."""
        moments = [moment for key, item in self._open.items() for moment in self._moments(key, item)]
        return min(moments, default=None)

    async def remind(self, moment: Moment) -> None:
        """Tell the one who is asked that the day is near or over."""
        self._told.append(f"{moment.key}#{moment.event}")
        await ask(notify.TELL, _telling(self._open[moment.key], moment.event))

    async def end(self, outcome: str) -> None:
        """The round is over: nobody is asked any more."""
        for key in list(self._open):
            await self._close(key, outcome)

    def _asked(self, frame: Frame, key: str) -> Ask:
        what, _, ordinal = key.removeprefix(f"{frame.key}/").partition("/")
        return next(one for one in self._heard[what].asks if one.ordinal == int(ordinal))

    def _moments(self, key: str, item: tasks.PostItem) -> list[Moment]:
        if item.due is None or item.due.provisional or f"{key}#overdue" in self._told:
            return []
        if item.due.remind_at is not None and f"{key}#due_soon" not in self._told:
            return [Moment(item.due.remind_at, key, "due_soon")]
        return [Moment(item.due.ends_at, key, "overdue")] if item.due.ends_at is not None else []

    async def _post(self, frame: Frame, key: str, what: str, one: Ask) -> None:
        item = tasks.PostItem(
            key=key,
            document=frame.document,
            stage=what,
            ordinal=frame.ordinal,
            role=one.role,
            unit_id=one.unit_id,
            person_id=one.person_id,
            due=one.due or frame.due(),
            rule_id=one.rule_id or frame.rule_id,
            link=frame.link,
        )
        self._open[key] = item
        await asyncio.gather(ask(tasks.POST_ITEM, item), ask(notify.TELL, _telling(item, "assigned")))

    async def _close(self, key: str, outcome: str) -> None:
        del self._open[key]
        await ask(tasks.CLOSE_ITEM, tasks.CloseItem(key=key, outcome=outcome))


def _telling(item: tasks.PostItem, event: notify.Event) -> notify.Tell:
    return notify.Tell(
        fact=f"{item.key}#{event}",
        event=event,
        document=item.document,
        stage=item.stage,
        role=item.role,
        unit_id=item.unit_id,
        person_id=item.person_id,
        due=item.due,
        rule_id=item.rule_id,
        link=item.link,
    )

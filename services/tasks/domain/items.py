"""Inbox items: who may see and take one, and when taking or leaving it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.kernel.contracts.refusals import Conflict, NotFound, Words
from services.kernel.runtime.auth import Actor
from services.tasks.domain.due import DueDate


class ItemState(StrEnum):
    """Open to whoever holds the role, claimed by one person, done, or no longer needed."""

    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    CANCELLED = "cancelled"


# How a workflow says that nothing was decided because nothing needed deciding any more.
NOT_NEEDED = frozenset({"cancelled", "voided", "withdrawn", "superseded", "not_needed", "ended"})


@dataclass(frozen=True)
class Item:
    """One thing to do. `unit_id` None: anybody who holds the role, in whichever unit."""

    id: UUID
    key: str
    document_id: UUID
    title: str
    kind: str
    drafting_unit: str
    stage: str
    ordinal: int
    role: str
    unit_id: str | None
    link: str
    rule_id: str | None
    due: DueDate
    state: ItemState
    person_id: str | None
    person_unit_id: str | None
    posted_at: datetime
    closed_at: datetime | None
    outcome: str | None
    due_sort: datetime


@dataclass(frozen=True)
class Holder:
    """Who has taken an item on, with the names from the directory; `still_holds` the role that it asks for."""

    person_id: str
    person_name: str
    unit_id: str
    unit_name: str
    still_holds: bool


class ItemUnknown(NotFound):
    """No such item, or one that belongs to an office which the reader does not hold."""

    code = "item.not_found"
    title = Words("待办里没有这一件，或者不归您办理", "No such item, or it does not belong to your office")


class ItemClosed(Conflict):
    """The thing is done or no longer needed."""

    code = "item.closed"
    title = Words("这一件已经办结，不能再领取或者退回", "This item is closed and can no longer be claimed or released")
    remedy = Words(
        "不需要再办；结果在“本月办结”里。", "Nothing is left to do; the result stands under “Closed this month”."
    )


class ItemClaimed(Conflict):
    """Somebody else is at it."""

    code = "item.claimed"
    title = Words("这一件已经有人领取", "Somebody has already claimed this item")
    remedy = Words("请与领取人联系；由其退回后可以领取。", "Ask them; once they release it you can claim it.")


def roles_of(actor: Actor) -> list[str]:
    """The roles in which the actor acts; a key made with scopes acts only in those."""
    held = actor.roles & actor.scopes if actor.scopes else actor.roles
    return sorted(held)


def belongs_to(item: Item, actor: Actor) -> bool:
    """Whether the item is for an office that the actor holds here."""
    return item.role in roles_of(actor) and item.unit_id in (None, actor.unit_id)


def is_closed(item: Item) -> bool:
    """Whether the item is done or no longer needed."""
    return item.state in (ItemState.DONE, ItemState.CANCELLED)


def closing_state(outcome: str) -> ItemState:
    """Done, unless the outcome says that the thing is no longer needed."""
    return ItemState.CANCELLED if outcome in NOT_NEEDED else ItemState.DONE


def refuse_claim(item: Item, actor: Actor, holder: Holder | None) -> None:
    """Raises ItemUnknown, ItemClosed, ItemClaimed. Claiming one's own item again is no error.

    A holder who no longer has the office holds nothing up: a colleague may take over.
    """
    _refuse_foreign_or_closed(item, actor)
    if holder is not None and holder.person_id != actor.person_id and holder.still_holds:
        raise taken_by(holder, actor)


def refuse_release(item: Item, actor: Actor, holder: Holder | None) -> None:
    """Raises ItemUnknown, ItemClosed, ItemClaimed. Releasing what nobody holds is no error."""
    _refuse_foreign_or_closed(item, actor)
    if holder is not None and holder.person_id != actor.person_id:
        raise taken_by(holder, actor)


def _refuse_foreign_or_closed(item: Item, actor: Actor) -> None:
    if not belongs_to(item, actor):
        raise ItemUnknown
    if is_closed(item):
        raise ItemClosed(rule=item.rule_id)


def taken_by(holder: Holder, actor: Actor) -> ItemClaimed:
    """The refusal that names the unit; the person only to colleagues in that unit."""
    if holder.unit_id == actor.unit_id:
        return ItemClaimed(
            Words(
                f"{holder.unit_name}的{holder.person_name}已经领取这一件。",
                f"{holder.person_name} ({holder.unit_name}) has claimed this item.",
            )
        )
    return ItemClaimed(Words(f"{holder.unit_name}已经领取这一件。", f"{holder.unit_name} has claimed this item."))

"""Inbox items: who may see and take one, and when taking or leaving it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.kernel.contracts.refusals import Conflict, NotFound, Words
from services.kernel.runtime.auth import Actor, Principal
from services.kernel.runtime.directory import Role
from services.tasks.domain.due import DueDate


class ItemState(StrEnum):
    """Open to whoever holds the role, claimed by one person, done, or no longer needed."""

    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    CANCELLED = "cancelled"


class Sort(StrEnum):
    """A duty of an office, an opinion asked of one person, or a copy for one person to read."""

    DUTY = "duty"
    OPINION = "opinion"
    COPY = "copy"


class Came(StrEnum):
    """How an item came to whoever holds it."""

    POSTED = "posted"
    REASSIGNED = "reassigned"
    HANDED_OVER = "handed_over"
    ASKED = "asked"
    COPIED = "copied"


UNDATED = datetime(9999, 1, 1, tzinfo=UTC)
# The role of what belongs to one person, whatever office they hold.
PERSON = "person"
# Who may pass on what others hold: the head of the unit, and the officer on duty for the system.
PASSES_ON = frozenset({Role.UNIT_HEAD, Role.OPERATOR})
# How a workflow says that nothing was decided because nothing needed deciding any more.
NOT_NEEDED = frozenset({"cancelled", "voided", "withdrawn", "superseded", "not_needed", "ended", "parent_closed"})


class Item(NamedTuple):
    """One thing to do, as the database keeps it. `unit_id` None: anybody who holds the role, in whichever unit."""

    state: ItemState
    sort: Sort
    came_how: Came
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
    due_on: date | None
    target_on: date | None
    due_ends_at: datetime | None
    due_provisional: bool
    person_id: str | None
    person_unit_id: str | None
    posted_at: datetime
    closed_at: datetime | None
    outcome: str | None
    version: int
    parent_id: UUID | None
    came_from: str | None
    came_from_unit: str | None
    came_words: str
    came_version: int | None
    asked_by: str | None
    asked_by_unit: str | None
    question: str
    answer: str | None

    @property
    def due(self) -> DueDate:
        """Until when."""
        return DueDate(self.due_on, self.target_on, self.due_ends_at, self.due_provisional)

    @property
    def due_sort(self) -> datetime:
        """Where it stands in the order of due dates, as the database has it: last, if it has none."""
        return self.due_ends_at or UNDATED


@dataclass(frozen=True)
class Holder:
    """Who has taken an item on, with the names from the directory; `still_holds` the role that it asks for, `deputy_name`
    stands in for them today."""

    person_id: str
    person_name: str
    unit_id: str
    unit_name: str
    still_holds: bool
    deputy_name: str | None


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


class NotForThis(Conflict):
    """An opinion is answered, a copy is read: neither goes back to an office."""

    code = "item.other_sort"
    title = Words("这一件不能这样办理", "This cannot be done with an item of this sort")
    remedy = Words("征询请答复，抄送请确认已阅。", "Answer what you are asked; mark a copy as read.")


class ItemClaimed(Conflict):
    """Somebody else is at it."""

    code = "item.claimed"
    title = Words("这一件已经有人领取", "Somebody has already claimed this item")
    remedy = Words("请与领取人联系；由其退回后可以领取。", "Ask them; once they release it you can claim it.")


def roles_of(actor: Actor) -> list[str]:
    """The roles in which the actor acts, their own and those of whom they stand in for; a key's scopes bound them."""
    return sorted(_scoped(actor, actor.roles.union(*(away.roles for away in actor.principals))))


def hands_of(actor: Actor) -> list[tuple[str, str]]:
    """Whose items the actor works on, as (person, role): their own, and those of whom they stand in for."""
    own = [(actor.person_id, role) for role in (*_scoped(actor, actor.roles), PERSON)]
    others = [
        (away.person_id, role)
        for away in actor.principals
        for role in (*_scoped(actor, away.roles), *((PERSON,) if away.whole else ()))
    ]
    return sorted(own) + sorted(others)


def _scoped(actor: Actor, roles: frozenset[str]) -> frozenset[str]:
    return roles & actor.scopes if actor.scopes else roles


def in_hand(item: Item, actor: Actor) -> bool:
    """Whether the actor works on this item: they hold it, or stand in for whoever does."""
    if item.person_id is None:
        return False
    return item.person_id == actor.person_id or (
        (item.person_id, item.role) in hands_of(actor) and item.person_unit_id == actor.unit_id
    )


def behalf_of(item: Item, actor: Actor) -> Principal | None:
    """In whose place the actor works on an item; None where it is theirs, or free for an office of their own."""
    if in_hand(item, actor):
        return next((away for away in actor.principals if away.person_id == item.person_id), None)
    if item.role in actor.roles:
        return None
    return next((away for away in actor.principals if item.role in away.roles), None)


def belongs_to(item: Item, actor: Actor) -> bool:
    """Whether the item is for an office or a person that the actor is, or stands in for, here."""
    if item.sort is not Sort.DUTY:
        return in_hand(item, actor) or item.asked_by in {person for person, _ in hands_of(actor)}
    return item.role in roles_of(actor) and item.unit_id in (None, actor.unit_id)


def may_pass_on(item: Item, actor: Actor) -> bool:
    """Whether the actor may give a duty to somebody else though they do not hold it."""
    held = _scoped(actor, actor.roles) & PASSES_ON
    ours = actor.unit_id in (item.unit_id, item.person_unit_id) or item.unit_id is item.person_unit_id is None
    return item.sort is Sort.DUTY and (Role.OPERATOR in held or (Role.UNIT_HEAD in held and ours))


def sees(item: Item, actor: Actor) -> bool:
    """Whether the actor may open the item's page."""
    return belongs_to(item, actor) or may_pass_on(item, actor)


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
    refuse_foreign_or_closed(item, actor)
    if holder is not None and not in_hand(item, actor) and holder.still_holds:
        raise taken_by(holder, actor)


def refuse_release(item: Item, actor: Actor, holder: Holder | None) -> None:
    """Raises ItemUnknown, ItemClosed, ItemClaimed. Releasing what nobody holds is no error."""
    refuse_foreign_or_closed(item, actor)
    if item.sort is not Sort.DUTY:
        raise NotForThis
    if holder is not None and not in_hand(item, actor):
        raise taken_by(holder, actor)


def refuse_foreign_or_closed(item: Item, actor: Actor) -> None:
    """Raises ItemUnknown, ItemClosed."""
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

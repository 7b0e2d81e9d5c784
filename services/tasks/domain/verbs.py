"""Passing items on: who may give one to whom, ask, urge or take back, and why it is refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.kernel.contracts.refusals import Conflict, Forbidden, Invalid, Words
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.directory import Role
from services.tasks.domain.items import (
    Came,
    Holder,
    Item,
    ItemClosed,
    ItemUnknown,
    NotForThis,
    Sort,
    belongs_to,
    in_hand,
    may_pass_on,
    refuse_foreign_or_closed,
    sees,
    taken_by,
)

PersonId = Annotated[str, Field(min_length=1, max_length=100)]
Prose = Annotated[str, Field(max_length=2000)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
MOST_COPIES = 50
HANDED = (Came.REASSIGNED, Came.HANDED_OVER)
# What somebody does with an item that came to them; after that it is no longer taken back.
TAKEN_UP = frozenset({"claimed", "released", "reassigned", "handed_over", "asked"})

EVENT_WORDS: dict[str, Words] = {
    "posted": Words("进入待办", "came into the inbox"),
    "claimed": Words("领取", "claimed"),
    "released": Words("退回", "released"),
    "due_changed": Words("期限改变", "due date moved"),
    "closed": Words("办结", "closed"),
    "reassigned": Words("转派", "reassigned"),
    "handed_over": Words("移交", "handed over"),
    "taken_back": Words("撤回转派或者移交", "taken back"),
    "asked": Words("征询意见", "opinion asked"),
    "answered": Words("答复征询", "opinion given"),
    "withdrawn": Words("撤回征询", "question withdrawn"),
    "urged": Words("催办", "urged"),
    "copied": Words("抄送", "copied"),
    "read": Words("已阅", "read"),
}


class Command(BaseModel):
    """Frozen; an unknown field is an error, so that a misspelt one is not lost in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Seen(Command):
    """The version of the item that the sender has before them; None where the act is harmless without it."""

    version: Version | None = None


class Release(Seen):
    """Back to everybody of the office, and why."""

    reason: Prose = ""


class PassOn(Command):
    """To whom, and why. The version is the one that the sender has seen."""

    version: Version
    to: PersonId
    reason: Annotated[Prose, Field(min_length=1)]


class PassAllOn(Command):
    """Everything that one holds, to one colleague, and why."""

    to: PersonId
    reason: Annotated[Prose, Field(min_length=1)]


class TakeBack(Command):
    """What one passed on or asked, as it was when one looked."""

    version: Version


class Ask(Command):
    """A question to one person; due in so many working days, or whenever the duty is."""

    version: Version
    to: PersonId
    question: Annotated[Prose, Field(min_length=1)]
    working_days: Annotated[int, Field(ge=1, le=60)] | None = None


class GiveAnswer(Command):
    """The opinion that was asked for."""

    version: Version
    answer: Annotated[Prose, Field(min_length=1)]


class Copy(Command):
    """For information to these persons, with a note."""

    to: Annotated[tuple[PersonId, ...], Field(min_length=1, max_length=MOST_COPIES)]
    note: Prose = ""


class ItemMoved(Conflict):
    """Something happened to the item since the sender looked."""

    code = "item.moved"
    title = Words("没有办理：您打开以后，这一件有变化", "Not done: the item has changed since you looked")
    remedy = Words("请重新打开这一件，看过经过再办理。", "Open the item again, look at its record, then act.")


class NotYours(Forbidden):
    """Only who holds the item may do this, or those who may pass on what others hold."""

    code = "item.not_yours"
    title = Words("这一件不在您手里", "This item is not in your hands")
    remedy = Words(
        "请由领取人办理；需要换人的，请单位负责人转派。",
        "Whoever holds it must do this; the head of the unit may give it to somebody else.",
    )


class NotEligible(Invalid):
    """An item goes only to somebody who may carry it out."""

    code = "item.not_eligible"
    title = Words("这位同事不能办理这一件", "This person may not carry out this item")
    remedy = Words(
        "请选择本单位承担这一职责的同事；名录有误的，请管理员核对。",
        "Choose a colleague who holds the office; have the directory corrected where it is wrong.",
    )


class SamePerson(Invalid):
    """To oneself, or to whoever has it already."""

    code = "item.same_person"
    title = Words("这一件已经在这位同事手里", "This person has it already")
    remedy = Words("请选择另一位同事。", "Choose somebody else.")


class NotToBeTakenBack(Conflict):
    """Nothing of the sender's is under way with this item."""

    code = "item.nothing_to_take_back"
    title = Words("没有可以撤回的转派、移交或者征询", "There is nothing of yours to take back")
    remedy = Words("只有经手转出的人，在对方办理以前可以撤回。", "Only who passed it on may, before the other acted.")


class TakenUp(Conflict):
    """The other has begun."""

    code = "item.taken_up"
    title = Words("不能撤回：对方已经开始办理", "Too late to take back: the other has begun")
    remedy = Words("请和对方联系；由其退回或者移交。", "Ask them to release it or hand it over.")


class UrgedEnough(Conflict):
    """Reminders are few, so that they are read."""

    code = "item.urged"
    title = Words("今天已经催办过，或者催办次数已满", "Urged already today, or as often as allowed")
    remedy = Words("请改日再催；仍不办理的，请其单位负责人转派。", "Urge on another day, or have the item reassigned.")


def refuse_stale(item: Item, seen: int | None, meanwhile: Sequence[Words]) -> None:
    """Raises ItemMoved, saying what happened, when the sender saw another version than the row has."""
    if seen is None or seen == item.version:
        return
    zh, en = "；".join(words.zh for words in meanwhile), "; ".join(words.en for words in meanwhile)
    detail = Words(f"其间：{zh}。", f"Meanwhile: {en}.") if meanwhile else None
    raise ItemMoved(detail, field="version")


def refuse_reassign(item: Item, actor: Actor) -> None:
    """Raises ItemUnknown, ItemClosed, NotYours: for heads of units and the officer on duty."""
    _refuse_unseen_or_closed(item, actor)
    if not may_pass_on(item, actor):
        raise NotYours


def refuse_hand_over(item: Item, actor: Actor, holder: Holder | None) -> None:
    """Raises ItemUnknown, ItemClosed, NotForThis, ItemClaimed, NotYours: for whoever holds it."""
    refuse_foreign_or_closed(item, actor)
    if item.sort is Sort.COPY:
        raise NotForThis
    refuse_not_in_hand(item, actor, holder)


def refuse_not_in_hand(item: Item, actor: Actor, holder: Holder | None) -> None:
    """Raises ItemClaimed, NotYours."""
    if not in_hand(item, actor):
        raise taken_by(holder, actor) if holder is not None else NotYours


def refuse_target(item: Item, to: str, eligible: Collection[str]) -> None:
    """Raises SamePerson, NotEligible."""
    if to == item.person_id:
        raise SamePerson(field="to")
    if to not in eligible:
        raise NotEligible(field="to", rule=item.rule_id)


def refuse_ask(item: Item, actor: Actor, holder: Holder | None) -> None:
    """Raises ItemUnknown, ItemClosed, NotForThis, ItemClaimed, NotYours: a duty that the actor holds."""
    refuse_foreign_or_closed(item, actor)
    if item.sort is not Sort.DUTY:
        raise NotForThis
    refuse_not_in_hand(item, actor, holder)


def refuse_copy(item: Item, actor: Actor) -> None:
    """Raises ItemUnknown, NotForThis. What is closed may still be made known."""
    if not sees(item, actor):
        raise ItemUnknown
    if item.sort is not Sort.DUTY:
        raise NotForThis


def refuse_answer(item: Item, actor: Actor, sort: Sort) -> None:
    """Raises ItemUnknown, NotYours, ItemClosed, NotForThis: the person asked, or who stands in for them."""
    refuse_foreign_or_closed(item, actor)
    if item.sort is not sort:
        raise NotForThis
    if not in_hand(item, actor):
        raise NotYours


def refuse_take_back(item: Item, actor: Actor, *, acted: bool) -> None:
    """Raises ItemUnknown, ItemClosed, NotToBeTakenBack, TakenUp: of a reassignment or a handing over."""
    if not sees(item, actor) and not sent_by(item, actor):
        raise ItemUnknown
    if item.closed_at is not None:
        raise ItemClosed(rule=item.rule_id)
    if item.came_how not in HANDED or not sent_by(item, actor):
        raise NotToBeTakenBack
    if acted:
        raise TakenUp


def refuse_withdraw(child: Item, parent: Item, actor: Actor, *, acted: bool) -> None:
    """Raises ItemUnknown, NotToBeTakenBack, ItemClosed, TakenUp: of a question, by who asked or holds the duty now."""
    asked = child.asked_by in {actor.person_id, *(away.person_id for away in actor.principals)}
    if child.sort is not Sort.OPINION or not (asked or in_hand(parent, actor)):
        raise NotToBeTakenBack if belongs_to(child, actor) else ItemUnknown
    if child.closed_at is not None:
        raise ItemClosed(rule=child.rule_id)
    if acted:
        raise TakenUp


def refuse_urge(
    item: Item, actor: Actor, *, last: datetime | None, urged: int, most: int, again_from: datetime
) -> None:
    """Raises ItemUnknown, ItemClosed, SamePerson, UrgedEnough.

    For whoever waits for it: the drafting unit, supervision, who asked, the head of the unit, and colleagues.
    `again_from` is the beginning of the day before which the last one must lie.
    """
    waits = item.drafting_unit == actor.unit_id or Role.SUPERVISOR in actor.roles
    if not waits and not sees(item, actor):
        raise ItemUnknown
    if item.closed_at is not None:
        raise ItemClosed(rule=item.rule_id)
    if item.person_id == actor.person_id:
        raise SamePerson
    if urged >= most or (last is not None and last >= again_from):
        raise UrgedEnough


def sent_by(item: Item, actor: Actor) -> bool:
    """Whether the actor, or somebody for whom they stand in, passed the item on."""
    return item.came_from is not None and item.came_from in {
        actor.person_id,
        *(away.person_id for away in actor.principals),
    }


def _refuse_unseen_or_closed(item: Item, actor: Actor) -> None:
    if not sees(item, actor):
        raise ItemUnknown
    if item.closed_at is not None:
        raise ItemClosed(rule=item.rule_id)

"""Absence and delegation: who is away from when to when, and who stands in."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from services.kernel.contracts.refusals import Conflict, Forbidden, Invalid, NotFound, Words
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.directory import IN_PERSON, Role
from services.tasks.domain.verbs import Command, PersonId

SIGNED_IN_PERSON = "《党政机关公文处理工作条例》第二十二条"


class BeAway(Command):
    """From the first to the last day, both inclusive; `roles` empty: in everything but what is done in person.

    `person_id` is somebody of one's unit, whom its head sends away; None: oneself.
    """

    deputy_id: PersonId
    from_on: date
    until_on: date
    roles: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    note: Annotated[str, Field(max_length=300)] = ""
    person_id: PersonId | None = None


class AbsenceUnknown(NotFound):
    """No such absence in this unit."""

    code = "absence.not_found"
    title = Words("没有这一条代理", "No such absence")


class NotTheHead(Forbidden):
    """Only one's own absence, unless one heads the unit."""

    code = "absence.not_head"
    title = Words("只能登记、结束本人的代理", "You may record and end only your own absence")
    remedy = Words("同事的代理由本人或者单位负责人登记。", "A colleague or the head of the unit must do it.")


class BadDays(Invalid):
    """The days do not make a time to come."""

    code = "absence.days"
    title = Words("起止日期不对", "These days do not make an absence")
    remedy = Words("最后一天不能早于第一天，也不能已经过去。", "The last day is not before the first, nor past.")


class BadScope(Invalid):
    """An office that the person does not hold, or that nobody else can hold for them."""

    code = "absence.scope"
    title = Words("有的职责不能这样代理", "Some of these offices cannot be passed on")
    remedy = Words(
        "只能选本人承担的职责；签发、会议表决和系统运行由本人办理。",
        "Choose offices that the person holds; signing as head, voting and operating are done in person.",
    )


class NoDeputy(Invalid):
    """Somebody else, in the same unit."""

    code = "absence.deputy"
    title = Words("代理人应当是本单位的另一位同事", "A deputy is another person of the same unit")
    remedy = Words("请选择本单位的同事。", "Choose a colleague of the unit.")


class Overlap(Conflict):
    """One deputy at a time for each office."""

    code = "absence.overlap"
    title = Words("这段时间已经有人代理", "Somebody stands in already in this time")
    remedy = Words("请先结束原来的代理，或者改日期、改范围。", "End that one first, or choose other days or offices.")


class Chain(Conflict):
    """Who is away stands in for nobody, and a deputy is not away."""

    code = "absence.chain"
    title = Words(
        "不能转代理：有人在这段时间既不在岗又代理别人", "No chains: somebody would be away and stand in for others"
    )
    remedy = Words("请另选一位在岗并且自己没有请人代理的同事。", "Choose a colleague who is there all that time.")


class EndedAlready(Conflict):
    """It ends once."""

    code = "absence.ended"
    title = Words("这一条代理已经结束", "This absence has ended already")
    remedy = Words("不需要再办。", "Nothing is left to do.")


def refuse_absence(command: BeAway, actor: Actor, *, held: frozenset[str], today: date) -> None:
    """Raises NotTheHead, BadDays, NoDeputy, BadScope. `held`: what the absent person holds in the unit."""
    person_id = command.person_id or actor.person_id
    refuse_other(person_id, actor)
    if command.from_on > command.until_on or command.until_on < today:
        raise BadDays(field="until_on")
    if command.deputy_id == person_id:
        raise NoDeputy(field="deputy_id")
    if not held or not set(command.roles) <= held - IN_PERSON or not held - IN_PERSON:
        raise BadScope(field="roles", article=SIGNED_IN_PERSON)


def refuse_other(person_id: str, actor: Actor) -> None:
    """Raises NotTheHead: of oneself, or as head of the unit."""
    if person_id != actor.person_id and Role.UNIT_HEAD not in actor.roles:
        raise NotTheHead

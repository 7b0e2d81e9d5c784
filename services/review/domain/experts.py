"""Experts: how they are drawn, who may give an opinion, and when the argument may be filed (713号第十九条至第二十一条)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.kernel.contracts.facts import ExpertFacts
from services.kernel.contracts.refusals import Conflict, Invalid, Refused, Words
from services.review.domain.commands import Command, Line, Prose, Stance

STAGE = "expert_argument"
LEAST = "expert_min_count"
LABELS: dict[str, Words] = {
    "field": Words("专业领域", "Field"),
    "wanted": Words("抽取人数", "How many to draw"),
    "expert_id": Words("专家", "Expert"),
    "choice_reason": Words("不抽取、直接选定的理由", "Why chosen, not drawn"),
    "interested": Words("有没有直接利害关系", "Direct interest"),
    "words": Words("说明", "In words"),
    "stance": Words("意见类型", "Stance"),
    "expert_opinion": Words("论证意见", "Opinion"),
    "paper_hash": Words("签名盖章的意见", "Signed paper"),
    "signed_on": Words("签名日期", "Day of signing"),
    "adoption": Words("采纳情况", "Adoption"),
    "adoption_reason": Words("采纳或者不采纳的理由", "Reason"),
}
Adoption = Literal["adopted", "partly", "not_adopted"]


@dataclass(frozen=True)
class Expert:
    """An entry of the pool, as it now stands or as it stood when somebody was drawn."""

    id: UUID
    version: int
    name: str
    unit_id: str | None
    unit_name: str
    title: str
    fields: tuple[str, ...]
    contact: str
    active: bool
    reason: str
    person_name: str
    entered_at: datetime


@dataclass(frozen=True)
class Seat:
    """An expert in a round, with what is on record so far."""

    expert: Expert
    interested: bool | None
    stance: str | None = None
    opinion: str = ""
    paper_hash: str = ""
    signed_on: date | None = None
    adoption: str | None = None
    reason: str = ""


class EnterExpert(Command):
    """Enter an expert, or with `id` a new version of an entry."""

    id: UUID | None = None
    name: Annotated[Line, Field(min_length=1)]
    unit_id: Line = ""
    unit_name: Annotated[Line, Field(min_length=1)]
    title: Line = ""
    fields: Annotated[tuple[Line, ...], Field(min_length=1)]
    contact: Line = ""
    active: bool = True
    reason: Line = ""


class DrawExperts(Command):
    """Draw so many at random from a field."""

    field: Annotated[Line, Field(min_length=1)]
    wanted: Annotated[int, Field(ge=1, le=50)]


class ChooseExpert(Command):
    """Choose somebody without a draw, and say why."""

    expert_id: UUID
    choice_reason: Prose = ""


class DeclareInterest(Command):
    """What an expert declares: a direct interest or none."""

    expert_id: UUID
    interested: bool
    words: Prose = ""


class FileExpertOpinion(Command):
    """A signed opinion; the paper lies among the papers of the round."""

    expert_id: UUID
    stance: Stance
    expert_opinion: Annotated[Prose, Field(min_length=1)]
    paper_hash: Line
    signed_on: date


class AnswerExpert(Command):
    """What the drafting unit makes of an opinion, and why."""

    expert_id: UUID
    adoption: Adoption
    adoption_reason: Prose = ""


class PoolTooSmall(Conflict):
    """A field has not as many experts who may be drawn."""

    code = "expert.pool"
    rule = "expert.required"
    title = Words("可以抽取的专家不够", "Too few experts can be drawn")
    remedy = Words("请补充专家库，或者说明理由后选定其他领域的专家。", "Enter more, or choose others with a reason.")


class UnknownExpert(Invalid):
    """Nobody of that id in the pool, or in this round."""

    code = "expert.unknown"
    rule = "expert.required"
    title = Words("没有这名专家", "No such expert")


class ChangeUnexplained(Invalid):
    """An entry is changed for a reason."""

    code = "expert.change_unexplained"
    rule = "expert.required"
    title = Words("没有写变更登记的理由", "The reason for changing the entry is missing")
    remedy = Words("请写明为什么变更；以前的登记留在记录里。", "Give the reason; the earlier entry stays on record.")


class ChoiceUnexplained(Invalid):
    """Who is not drawn is chosen with a reason."""

    code = "expert.choice"
    rule = "expert.independence"
    title = Words("直接选定专家，没有写理由", "An expert is chosen without a reason")
    remedy = Words("请写明为什么不抽取；一般应当随机抽取。", "Say why nobody was drawn.")


class ExpertInterested(Conflict):
    """No opinion of somebody with a direct interest."""

    code = "expert.interested"
    rule = "expert.independence"
    title = Words("这名专家申报有直接利害关系，不能出具意见", "This expert has declared a direct interest")
    remedy = Words("请另行抽取专家。", "Draw another expert.")


class InterestUndeclared(Conflict):
    """An opinion comes after the declaration."""

    code = "expert.undeclared"
    rule = "expert.independence"
    title = Words("这名专家还没有申报利害关系", "This expert has not declared whether there is an interest")
    remedy = Words("请先申报。", "Let it be declared first.")


class OfDraftingUnit(Conflict):
    """Nobody of the drafting unit argues as an expert."""

    code = "expert.drafting_unit"
    rule = "expert.independence"
    title = Words("这名专家属于起草单位", "This expert belongs to the drafting unit")
    remedy = Words("请另行抽取专家。", "Draw another expert.")


class OpinionUnsigned(Invalid):
    """An opinion is a signed paper."""

    code = "expert.unsigned"
    rule = "expert.required"
    title = Words("没有签名盖章的论证意见", "The signed paper is not among the papers of the round")
    remedy = Words("请先在本轮附上签名盖章的意见，再记入。", "Attach the signed paper to the round first.")


class OpinionTwice(Conflict):
    """One opinion of one expert in one round."""

    code = "expert.twice"
    rule = "expert.required"
    title = Words("这名专家的意见已经记入", "This expert's opinion is on record")


class AnswerUnexplained(Invalid):
    """Adopted or not, it is explained."""

    code = "expert.answer"
    rule = "expert.required"
    title = Words("没有写采纳或者不采纳的理由", "The answer to the expert gives no reason")


class TooFewExperts(Conflict):
    """Fewer opinions than the rule asks for."""

    code = "expert.few"
    rule = "expert.required"
    title = Words("专家论证意见不够", "Too few expert opinions")


class ExpertsUnanswered(Conflict):
    """An opinion waits for its answer."""

    code = "expert.unanswered"
    rule = "expert.required"
    title = Words("有专家意见没有说明采纳情况", "An expert opinion has not been answered for")


def drawn(seed: str, candidates: Iterable[UUID], wanted: int) -> list[UUID]:
    """Those drawn: candidates in the order of the SHA-256 of seed and id, so that anybody can draw again and compare."""
    order = sorted(candidates, key=lambda one: hashlib.sha256(f"{seed}{one}".encode()).hexdigest())
    return order[:wanted]


def may_be_drawn(expert: Expert, field: str, *, drafting_unit: str, seated: Iterable[UUID]) -> bool:
    """Whether somebody is in the pot: active, of the field, not of the drafting unit, not drawn before."""
    return expert.active and field in expert.fields and expert.unit_id != drafting_unit and expert.id not in set(seated)


def filing_refused(seats: Sequence[Seat], *, least: int) -> Refused | None:
    """Why the argument cannot be filed: too few independent signed opinions, or one without an answer."""
    given = [seat for seat in seats if seat.stance is not None]
    if any(seat.interested for seat in given):
        return ExpertInterested(field="experts")
    if len(given) < least:
        return TooFewExperts(
            Words(f"至少{least}份，现有{len(given)}份。", f"At least {least}; there are {len(given)}."), field="experts"
        )
    if silent := [seat.expert.name for seat in given if seat.adoption is None]:
        return ExpertsUnanswered(
            Words(f"没有答复：{'、'.join(silent)}。", f"Not answered: {', '.join(silent)}."), field="experts"
        )
    return None


def facts_of(seats: Sequence[Seat]) -> ExpertFacts:
    """What the gates read of it."""
    given = [seat for seat in seats if seat.stance is not None]
    return ExpertFacts(
        opinions=len(given),
        signed=sum(bool(seat.paper_hash) for seat in given),
        interested=sum(bool(seat.interested) for seat in given),
    )

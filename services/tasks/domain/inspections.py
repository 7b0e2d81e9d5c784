"""政府督查: an approved matter with a plan, members, findings, conclusions that can be objected to (督查工作条例)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.kernel.contracts.refusals import Conflict, Forbidden, Invalid, NotFound, Refused, Words
from services.tasks.domain.inspection_commands import Propose

RULE, OBJECTION, REVIEW = "inspection.procedure", "inspection.objection", "inspection.review"
MEASURES = "inspection.measures"


class InspectionUnknown(NotFound):
    """No such inspection, or none that concerns this person."""

    code = "inspection.unknown"
    title = Words("没有这次督查", "No such inspection")


class PlanIncomplete(Invalid):
    """A matter with its source, a scope, objects, a method and days."""

    code = "inspection.plan"
    rule = RULE
    title = Words("督查方案没有写全", "The plan is incomplete")
    remedy = Words(
        "请写明事项和来源、督查内容、名录里的督查对象、方式和起止日期。",
        "Give the matter and its source, the scope, objects of the directory, the method and the days.",
    )


class Unapproved(Conflict):
    """H32: nothing is inspected before the matter and its plan are approved."""

    code = "inspection.unapproved"
    rule = RULE
    title = Words("督查事项和方案还没有批准", "Matter and plan are not approved")
    remedy = Words("请先报本级政府行政首长批准。", "The head of the government approves first.")


class Decided(Conflict):
    """It was approved or refused once."""

    code = "inspection.decided"
    rule = RULE
    title = Words("这次督查已经批准或者不予批准", "It was decided already")


class OwnProposal(Refused):
    """Who proposes does not approve."""

    code = "inspection.own_proposal"
    rule = RULE
    title = Words("提出督查的人不能自己批准", "Who proposes does not approve")
    remedy = Words("请由行政首长批准。", "The head approves.")


class NotTheHead(Forbidden):
    """The government's head, of the government that the inspecting unit belongs to."""

    code = "inspection.not_head"
    rule = RULE
    title = Words("应当由本级政府行政首长批准", "The head of this government decides that")


class Widened(Refused):
    """H32: findings stay within the plan."""

    code = "inspection.widened"
    rule = RULE
    title = Words(
        "超出了督查方案的内容或者对象，督查不得扩大范围", "It goes beyond the plan; the scope is never widened"
    )
    remedy = Words("需要督查别的内容或者单位的，另行报批。", "Another matter or unit needs an approval of its own.")


class OwnUnit(Refused):
    """Nobody inspects their own unit, nor reviews or checks there."""

    code = "inspection.own_unit"
    rule = RULE
    title = Words(
        "督查、复核、核查人员（或者和其互为代理的同事）属于督查对象，应当回避",
        "Whoever inspects, reviews or checks is recused where they, or who stands in for them, belong to the object",
    )
    remedy = Words("请另派人员。", "Send somebody else.")


class NotAMember(Forbidden):
    """Members who have not been recused inspect."""

    code = "inspection.not_a_member"
    rule = RULE
    title = Words("不是这次督查的人员，或者已经回避", "Not a member of this inspection, or recused")


class WordsNeeded(Invalid):
    """Every act says in words what and why."""

    code = "inspection.words"
    rule = RULE
    title = Words("没有写明内容或者理由", "The words are missing")


class Concluded(Conflict):
    """One conclusion for each object; each step after it once."""

    code = "inspection.concluded"
    rule = RULE
    title = Words("这一步已经办过", "This has been done")


class NotTheObject(Forbidden):
    """The unit that was inspected receives and objects."""

    code = "inspection.not_the_object"
    rule = OBJECTION
    title = Words("应当由督查对象办理", "The unit that was inspected does that")


class NotReceived(Conflict):
    """The days of an objection count from the receipt."""

    code = "inspection.not_received"
    rule = OBJECTION
    title = Words("还没有签收督查结论", "The conclusion was not received yet")
    remedy = Words("请先签收；期限从收到之日起算。", "Receive it first; the time counts from then.")


class ObjectionLate(Refused):
    """An objection comes within the rule's days of the receipt."""

    code = "inspection.objection_late"
    rule = OBJECTION
    title = Words("申请复核的期限已过", "The time for an objection is over")


class NoObjection(Conflict):
    """There is nothing to review."""

    code = "inspection.no_objection"
    rule = REVIEW
    title = Words("督查对象没有申请复核", "There is no objection")


class SamePerson(Refused):
    """H32: other people than those who inspected decide on the objection."""

    code = "inspection.same_person"
    rule = REVIEW
    title = Words("参加过督查的人员不能办理复核", "Whoever inspected does not review")
    remedy = Words("请由其他人员复核。", "Somebody else must review it.")


class NothingToCheck(Conflict):
    """The conclusion asked for no rectification."""

    code = "inspection.nothing_to_check"
    rule = RULE
    title = Words("督查结论没有要求整改", "The conclusion asks for no rectification")


class MeasureUnknown(NotFound):
    """No such measure."""

    code = "measure.unknown"
    title = Words("没有这项通报、表扬或者问责建议", "No such measure")


class MeasureUnapproved(Refused):
    """H33: nothing is issued without the approval of the government or its head."""

    code = "measure.unapproved"
    rule = MEASURES
    title = Words("没有经本级政府或者其行政首长批准", "The government or its head has not approved it")
    remedy = Words("请先报批。", "Have it approved first.")


class OwnMeasure(Refused):
    """Who proposes a measure does not approve it."""

    code = "measure.own"
    rule = MEASURES
    title = Words("提出的人不能自己批准", "Who proposes it does not approve it")


class MeasureDecided(Conflict):
    """Decided and issued once."""

    code = "measure.decided"
    rule = MEASURES
    title = Words("这一步已经办过", "This has been done")


@dataclass(frozen=True)
class Member:
    """Who inspects; with a reason once recused."""

    person_id: str
    person_name: str
    unit_id: str
    recused: str | None


@dataclass(frozen=True)
class Finding:
    """Something found."""

    unit_id: str
    item: str
    finding: str
    person_name: str
    at: datetime


@dataclass(frozen=True)
class Step:
    """What followed a conclusion."""

    step: str
    outcome: str | None
    words: str
    day: date
    until: date | None
    person_name: str


@dataclass(frozen=True)
class Conclusion:
    """The conclusion on one object, and what followed."""

    id: UUID
    unit_id: str
    words: str
    rectify_by: date | None
    person_id: str
    person_name: str
    at: datetime
    steps: Sequence[Step] = ()

    def step(self, name: str) -> Step | None:
        """The step of that name."""
        return next((one for one in self.steps if one.step == name), None)


@dataclass(frozen=True)
class MeasureProposed:
    """A measure, and whether it was approved and issued."""

    id: UUID
    unit_id: str
    kind: str
    words: str
    person_id: str
    person_name: str
    decision: str | None
    decided_by: str | None
    decided_words: str | None
    issued_at: datetime | None


@dataclass(frozen=True)
class Inspection:
    """One inspection with everything that belongs to it."""

    id: UUID
    unit_id: str
    matter: str
    source: str
    source_words: str
    method: str
    starts_on: date
    ends_on: date
    person_id: str
    person_name: str
    proposed_at: datetime
    approved: bool | None
    approved_words: str | None
    approved_by: str | None
    decided_at: datetime | None
    scope: Sequence[str] = ()
    objects: Sequence[str] = ()
    members: Sequence[Member] = ()
    findings: Sequence[Finding] = ()
    conclusions: Sequence[Conclusion] = ()
    measures: Sequence[MeasureProposed] = ()

    @property
    def state(self) -> str:
        """proposed, refused, under_way or concluded."""
        if self.approved is None:
            return "proposed"
        if not self.approved:
            return "refused"
        return "concluded" if {one.unit_id for one in self.conclusions} >= set(self.objects) else "under_way"

    def conclusion(self, unit_id: str) -> Conclusion:
        """The conclusion on an object. Raises Unapproved-like Conflict where there is none."""
        found = next((one for one in self.conclusions if one.unit_id == unit_id), None)
        if found is None:
            raise NoConclusion(field="unit_id")
        return found

    def sees(self, *, person_id: str, unit_id: str, roles: frozenset[str]) -> bool:
        """Supervisors and heads, members, and the objects of an approved inspection."""
        if roles & {"supervisor", "chief"} or any(one.person_id == person_id for one in self.members):
            return True
        return bool(self.approved) and unit_id in self.objects


class NoConclusion(Conflict):
    """There is no conclusion on that unit yet."""

    code = "inspection.no_conclusion"
    rule = RULE
    title = Words("对这个单位还没有督查结论", "There is no conclusion on this unit yet")


def plan_refused(command: Propose, *, units: frozenset[str]) -> Refused | None:
    """Why this is no plan."""
    whole = command.matter and command.source_words and command.scope and command.objects and command.method
    in_order = command.starts_on <= command.ends_on and set(command.objects) <= units
    return None if whole and in_order and all(command.scope) else PlanIncomplete(field="matter")


def finding_refused(inspection: Inspection, *, person_id: str, unit_id: str, item: str | None) -> Refused | None:
    """Why somebody neither finds nor concludes anything there."""
    if not inspection.approved:
        return Unapproved(field="inspection_id")
    if all(one.person_id != person_id or one.recused for one in inspection.members):
        return NotAMember(field="person_id")
    outside = unit_id not in inspection.objects or (item is not None and item not in inspection.scope)
    return Widened(field="item" if item else "unit_id") if outside else None


def objection_refused(conclusion: Conclusion, *, day: date) -> Refused | None:
    """Why the object does not object, on that day."""
    received = conclusion.step("received")
    if received is None or received.until is None:
        return NotReceived(field="unit_id")
    if conclusion.step("objected"):
        return Concluded(field="unit_id")
    return ObjectionLate(field="words") if day > received.until else None


def review_refused(inspection: Inspection, conclusion: Conclusion, *, person_id: str, unit_id: str) -> Refused | None:
    """Why somebody does not review it."""
    if conclusion.step("objected") is None:
        return NoObjection(field="unit_id")
    inspected = any(one.person_id == person_id for one in inspection.members) or conclusion.person_id == person_id
    return SamePerson(field="person_id") if inspected or unit_id == conclusion.unit_id else None


def issuing_refused(measure: MeasureProposed) -> Refused | None:
    """Why a measure is not issued (H33)."""
    if measure.issued_at is not None:
        return MeasureDecided(field="measure_id")
    return None if measure.decision == "approved" else MeasureUnapproved(field="measure_id")

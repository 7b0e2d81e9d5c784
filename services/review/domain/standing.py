"""Decisions in force: changed or ended only through their procedure; suspended by the head in urgency (713号第三十七条)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.kernel.contracts.refusals import Conflict, Forbidden, Invalid, NotFound, Refused, Words
from services.review.domain.commands import Command, Line, Prose

RULE, SEPARATE_ACTOR = "decision.adjustment", "legality.separate_actor"
DECISION = "MAJOR_DECISION"
Change = Literal["amended", "ended", "suspended", "resumed"]
Situation = Literal["problem", "circumstances", "force_majeure"]


class NotInForce(NotFound):
    """The register holds no own document under that id."""

    code = "standing.unknown"
    title = Words("登记簿里没有这份现行文件", "The register holds no such document")


class EndedAlready(Conflict):
    """What has ended does not change any more."""

    code = "standing.ended"
    rule = RULE
    title = Words("这份文件已经废止", "This document has ended")


class NotADecision(Refused):
    """Suspension is a matter of major decisions."""

    code = "standing.not_a_decision"
    rule = RULE
    title = Words("只有重大行政决策可以由行政首长决定中止执行", "Only a major decision is suspended by the head")
    remedy = Words("其他文件，请按程序修改或者废止。", "Other documents are amended or ended through their procedure.")


class SuspendedAlready(Conflict):
    """It stands still already."""

    code = "standing.suspended"
    rule = RULE
    title = Words("这项决策已经中止执行", "This decision is suspended already")


class NotSuspended(Conflict):
    """Only what stands still can go on."""

    code = "standing.not_suspended"
    rule = RULE
    title = Words("这项决策没有中止执行", "This decision is not suspended")


class NotUrgent(Invalid):
    """The head suspends in urgency, for one of the law's situations, and says why."""

    code = "standing.not_urgent"
    rule = RULE
    title = Words("没有写明紧急情况和理由", "Urgency and reason are not stated")
    remedy = Words(
        "情况紧急的，行政首长可以先决定中止执行：写明情形、为什么紧急和理由。不紧急的，按程序调整或者停止。",
        "State the situation, why it is urgent, and the reason; what is not urgent goes through the procedure.",
    )


class OtherProcedure(Refused):
    """A document is changed through the procedure that it was made by (H28)."""

    code = "standing.other_procedure"
    rule = RULE
    title = Words("没有按原来的程序修改或者停止", "Not changed through the procedure by which it was made")
    remedy = Words("请按同类文件的程序办理。", "Run the procedure of a document of the same kind.")


class OwnDocument(Forbidden):
    """Who drafted a document does not judge how it fares; nor a deputy of theirs, nor whose deputy they are."""

    code = "standing.own"
    status = 409
    rule = SEPARATE_ACTOR
    title = Words(
        "不能办理：您，或者和您互为代理的同事，参加过这份文件的起草",
        "You may not do this: you, or a colleague who stands in for you or you for them, took part in drafting it",
    )
    remedy = Words("请转给没有参加起草的同事办理。", "Pass it to a colleague who took no part in drafting it.")


class Undeclared(Refused):
    """The new document's own procedure said what it changes."""

    code = "standing.undeclared"
    rule = RULE
    title = Words(
        "新文件的程序里没有写明修改或者停止这份文件", "The new document did not declare that it changes this one"
    )


class ChangeUnclear(Invalid):
    """A declared change names a document in force of the same authority and kind, and a reason."""

    code = "standing.change"
    rule = RULE
    title = Words("没有写明修改或者停止哪份文件", "Which document is changed was not said")
    remedy = Words(
        "请选本机关同类的现行文件，并写明理由。",
        "Choose a document in force of the same authority and kind; give a reason.",
    )


class DeclareChange(Command):
    """Which document in force the new one amends or ends; `none` takes an earlier word back."""

    target_id: UUID
    change: Literal["amended", "ended", "none"]
    reason: Prose


class Suspend(Command):
    """Suspend a decision: which of the law's situations, why it is urgent, the reason."""

    situation: Situation
    urgency: Prose
    reason: Prose


class Resume(Command):
    """Let a suspended decision go on."""

    reason: Prose


@dataclass(frozen=True)
class Act:
    """One thing that happened to a document in force."""

    id: UUID
    position: int
    change: Change
    by_document: UUID | None
    by_name: str | None
    by_number: str | None
    situation: str
    urgency: str
    reason: str
    effective_on: date
    person_name: str
    at: datetime


@dataclass(frozen=True)
class InForce:
    """An own published document, with what happened to it since, newest in front."""

    document_id: UUID
    name: str
    doc_number: str
    kind: str
    issuer_unit: str
    drafting_unit: str
    agency_code: str
    text_hash: str
    published_on: date
    valid_to: date | None
    read_at: datetime
    acts: Sequence[Act] = ()

    @property
    def ended(self) -> Act | None:
        """What ended it."""
        return next((act for act in self.acts if act.change == "ended"), None)

    @property
    def amended(self) -> Act | None:
        """What amended it last."""
        return next((act for act in self.acts if act.change == "amended"), None)

    @property
    def suspension(self) -> Act | None:
        """The suspension under which it stands still."""
        last = next((act for act in self.acts if act.change != "ended"), None)
        return last if last and last.change == "suspended" and not self.ended else None

    def state(self, today: date) -> str:
        """ended, lapsed, suspended, amended or in_force, on the office's day."""
        if self.ended and self.ended.effective_on <= today:
            return "ended"
        if self.valid_to is not None and self.valid_to < today:
            return "lapsed"
        if self.suspension:
            return "suspended"
        return "amended" if self.amended else "in_force"

    def stands(self, today: date) -> bool:
        """Whether it still counts among the documents in force."""
        return self.state(today) not in ("ended", "lapsed")


def suspending_refused(text: InForce, command: Suspend) -> Refused | None:
    """Why the head does not suspend it."""
    if text.kind != DECISION:
        return NotADecision(field="document_id")
    if not command.urgency or not command.reason:
        return NotUrgent(field="urgency")
    if text.ended:
        return EndedAlready(field="document_id")
    return SuspendedAlready(field="document_id") if text.suspension else None


def resuming_refused(text: InForce, command: Resume) -> Refused | None:
    """Why it does not go on."""
    if not command.reason:
        return NotUrgent(field="reason")
    if text.ended:
        return EndedAlready(field="document_id")
    return None if text.suspension else NotSuspended(field="document_id")


def declaring_refused(
    target: InForce, command: DeclareChange, *, kind: str, issuer_unit: str, today: date
) -> Refused | None:
    """Why the new document does not change that one."""
    if not command.reason or target.issuer_unit != issuer_unit:
        return ChangeUnclear(field="target_id")
    if target.kind != kind:
        return OtherProcedure(field="target_id")
    return None if target.stands(today) or command.change == "none" else EndedAlready(field="target_id")


# Evaluation after the decision

EVALUATION = "decision.evaluation"
Ground = Literal["short_of_effect", "many_opinions", "authority"]
Outcome = Literal["keep", "adjust", "stop"]


class AssessedBefore(Refused):
    """H29: whoever did the main assessment before the decision does not evaluate it."""

    code = "evaluation.assessed_before"
    rule = EVALUATION
    title = Words(
        "这个机构在决策前承担过主要论证评估工作，不能承担后评估",
        "This body did the main assessment before the decision",
    )
    remedy = Words("请另行委托。", "Entrust another body.")


class EvaluationIncomplete(Invalid):
    """An evaluation has a ground with its reason, a body, and a day."""

    code = "evaluation.incomplete"
    rule = EVALUATION
    title = Words("后评估没有写全", "The evaluation is incomplete")
    remedy = Words("请写明理由、承担机构和完成日期。", "Give the reason, the body and the day.")


class ResultIncomplete(Invalid):
    """A result has findings and what the public said."""

    code = "evaluation.result"
    rule = EVALUATION
    title = Words("评估结果没有写全", "The result is incomplete")
    remedy = Words("请写明评估发现和听取社会公众意见的情况。", "Give the findings, and how the public was heard.")


class ResultGiven(Conflict):
    """An evaluation concludes once."""

    code = "evaluation.concluded"
    rule = EVALUATION
    title = Words("这次后评估已经有结果", "This evaluation has its result")


class UnknownEvaluation(NotFound):
    """No evaluation under that id."""

    code = "evaluation.unknown"
    title = Words("没有这次后评估", "No such evaluation")


class Commission(Command):
    """Have a decision evaluated, on one of the law's grounds, by a body, until a day."""

    ground: Ground
    reason: Prose
    body: Line
    body_unit: Line = ""
    due_on: date


class Conclude(Command):
    """What came of it; the result is an important basis for adjusting the decision."""

    outcome: Outcome
    findings: Prose
    public_views: Prose
    participants: Prose = ""


@dataclass(frozen=True)
class Evaluation:
    """An evaluation, with its result once there is one."""

    id: UUID
    document_id: UUID
    ground: str
    reason: str
    body: str
    due_on: date
    person_name: str
    at: datetime
    outcome: str | None
    findings: str | None
    public_views: str | None
    participants: str | None
    concluded_on: date | None


def commission_refused(
    text: InForce, command: Commission, *, assessors: frozenset[str], units: frozenset[str], today: date
) -> Refused | None:
    """Why it is not evaluated like this. `assessors` and `units` did the main assessments before."""
    if text.kind != DECISION:
        return NotADecision(field="document_id")
    if not command.reason or not command.body or command.due_on < today:
        return EvaluationIncomplete(field="body")
    did_before = command.body in assessors or (command.body_unit and command.body_unit in units)
    return AssessedBefore(field="body") if did_before else None


def result_refused(evaluation: Evaluation, command: Conclude) -> Refused | None:
    """Why this is no result."""
    if evaluation.outcome is not None:
        return ResultGiven(field="outcome")
    return None if command.findings and command.public_views else ResultIncomplete(field="findings")

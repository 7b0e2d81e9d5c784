"""Conclusions: which a stage knows, and what each must carry."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from services.kernel.contracts.refusals import Refused, Words
from services.kernel.procedure.stages import NOT_APPLICABLE, DocumentKind
from services.review.domain.commands import DeclareNotApplicable, FileStep, GiveOpinion, Sign, Verify
from services.review.domain.legality_refusals import BasisMissing, NotAccepted, ReformNotDeclared, RiskMissing
from services.review.domain.refusals import (
    CounselMissing,
    ExemptionUnfounded,
    MustBeDone,
    OpinionMissing,
    PointsMissing,
    ReasonTooShort,
    SignatureDate,
    SignatureName,
    StepEmpty,
    SupplementOpen,
    UnknownOutcome,
)

FILED = "filed"
EXEMPT = "exempt"
RETURN_PROCEDURE = "return_procedure"
WITH_POINTS = frozenset({"amend", "unlawful"})
UNLAWFUL = "unlawful"
SUBSTANTIVE = "substantive_change"
SHORTEST_REASON = 10
ARTICLE = re.compile(r"《[^《》]{2,}》[^《》]{0,30}第[〇零一二三四五六七八九十百千0-9]+[条款项章]")


@dataclass(frozen=True)
class Before:
    """What lies before the reviewer: kind of document, open requests, whether the matter was accepted.

    `grounds` are the questions of the procedure that were answered yes; `ground` the one on which the chosen outcome
    hangs, or empty.
    """

    kind: str
    awaiting_papers: bool
    accepted: bool
    grounds: tuple[str, ...] = ()
    ground: str = ""


def outcome_refused(outcome: str, allowed: Sequence[str]) -> Refused | None:
    """A refusal when the stage does not know this conclusion; not applicable is declared, never chosen."""
    known = [code for code in allowed if code != NOT_APPLICABLE]
    if outcome in known:
        return None
    return UnknownOutcome(
        Words(f"这个环节的结论只能是：{'、'.join(known)}。", f"This stage ends in one of: {', '.join(known)}."),
        field="outcome",
    )


def step_outcome(outcome: str, allowed: Sequence[str]) -> str:
    """What "filed" means for this stage: where it has a word of its own, such as dispatched or archived, that word."""
    return allowed[0] if outcome == FILED and FILED not in allowed else outcome


def step_refused(command: FileStep, *, papers: int, collected: bool) -> Refused | None:
    """Why a step cannot go on record like this. `collected`: its sheet has something to say for the record."""
    if not papers and not collected and not command.conclusion:
        return StepEmpty(field="conclusion")
    if command.outcome == EXEMPT and not (command.exemption and command.exemption.founded):
        return ExemptionUnfounded(field="exemption")
    return None


def not_applicable_refused(command: DeclareNotApplicable, *, allowed: bool) -> Refused | None:
    """Why the step cannot be declared not applicable."""
    if not allowed:
        return MustBeDone()
    if len(command.reason) < SHORTEST_REASON:
        return ReasonTooShort(field="reason")
    return None


def opinion_refused(
    command: GiveOpinion, *, allowed: Sequence[str], before: Before, earlier: Collection[object]
) -> Refused | None:
    """Why this is no legality opinion yet. `earlier` holds the ids of points that still wait for their handling."""
    if refusal := outcome_refused(command.outcome, allowed):
        return refusal
    if not command.opinion:
        return OpinionMissing(field="opinion")
    if refusal := _points_refused(command) or _exception_refused(command, before):
        return refusal
    if before.kind == DocumentKind.MAJOR_DECISION and not any(not one.interest for one in command.counsel):
        return CounselMissing(field="counsel")
    if before.awaiting_papers and command.outcome != RETURN_PROCEDURE:
        return SupplementOpen()
    if not before.accepted and command.outcome != RETURN_PROCEDURE:
        return NotAccepted()
    if any(answer.point_id not in earlier for answer in command.handled):
        return PointsMissing(
            Words(
                "有一项上轮意见不属于本文件，或者已经处理。", "An earlier point is not of this document, or is settled."
            ),
            field="handled",
        )
    return None


def names_article(basis: str) -> bool:
    """Whether a basis names an instrument and one of its articles, such as 《行政许可法》第十七条."""
    return ARTICLE.search(basis) is not None


def _points_refused(command: GiveOpinion) -> Refused | None:
    if command.outcome in WITH_POINTS and not command.points:
        return PointsMissing(field="points")
    if any(not point.text for point in command.points):
        return PointsMissing(field="points")
    grave = [point for point in command.points if point.nature == "must"]
    if command.outcome == UNLAWFUL and not any(names_article(point.basis) for point in grave):
        return BasisMissing(field="points")
    return None


def _exception_refused(command: GiveOpinion, before: Before) -> Refused | None:
    """The outcome that a predicate alone opens (713号第二十五条第二款)."""
    if before.ground and before.ground not in before.grounds:
        return ReformNotDeclared(field="outcome")
    if before.ground and not command.risk:
        return RiskMissing(field="risk")
    return None


def signature_refused(command: Sign, *, allowed: Sequence[str], name: str, today: date) -> Refused | None:
    """Why this is no signature: it needs a known conclusion, an opinion, the full name and the full date."""
    if refusal := outcome_refused(command.outcome, allowed):
        return refusal
    if not command.opinion:
        return OpinionMissing(field="opinion", rule="signing.elements")
    if command.name != name:
        return SignatureName(Words(f"请签“{name}”。", f"Sign as {name}."), field="name")
    if command.date != today:
        return SignatureDate(field="date")
    return None


def verification_refused(command: Verify, *, allowed: Sequence[str]) -> Refused | None:
    """Why this verification is not complete: a change of substance is described."""
    if refusal := outcome_refused(command.outcome, allowed):
        return refusal
    if command.outcome == SUBSTANTIVE and not command.note:
        return OpinionMissing(
            Words("请写明哪里有实质性改动。", "Say what has changed in substance."),
            field="note",
            rule="verification.required",
        )
    return None

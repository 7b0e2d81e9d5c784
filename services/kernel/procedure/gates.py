"""Gates: whether a stage may begin, and every reason why it may not yet.

    found = refusals(book, DocumentKind.NORMATIVE, "collective_deliberation", record)

The order of a procedure is data: what a stage needs, which outcomes must be about the same text,
and which conditions it checks stand with the stage in the rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.checks import CHECKS
from services.kernel.procedure.record import ClosedStage, Record
from services.kernel.procedure.refusals import Force, GateClosed, GateRefusal, blocking
from services.kernel.procedure.rules import DocumentKind, KindProcedure, RuleBook, Stage
from services.kernel.procedure.stages import NOT_APPLICABLE

__all__ = ["GateClosed", "GateRefusal", "blocking", "closing_refusals", "refusals", "to_be_repeated"]

IDENTITY = "text.identity"
DECLARED = "record.not_applicable"
NO_SUBSTITUTE = "legality.no_substitute"
FORCES: dict[str, Force] = {"B": "B", "R": "R", "W": "W"}


def refusals(book: RuleBook, kind: DocumentKind | str, stage_id: str, record: Record) -> tuple[GateRefusal, ...]:
    """Why the stage may not begin on this record; empty when it may. Raises UnknownStage."""
    procedure = book.kind(kind)
    stage = procedure.stage(stage_id)
    return (
        *_unanswered(book, procedure, stage, record),
        *(found for need in stage.needs for found in _unmet(book, procedure, procedure.stage(need), record)),
        *(found for other in stage.same_text for found in _other_text(book, procedure.stage(other), record)),
        *_failed_checks(book, stage, record),
    )


def to_be_repeated(book: RuleBook, kind: DocumentKind | str, stage_id: str, record: Record) -> tuple[str, ...]:
    """The steps before a stage whose conclusion lets nothing pass: the text is adjusted and they are done again.

    713号第二十四条: what cannot be controlled is decided only after the draft was adjusted and the risk assessed anew.
    """
    procedure = book.kind(kind)
    needed = (procedure.stage(need) for need in procedure.stage(stage_id).needs)
    return tuple(
        need.id
        for need in needed
        if need.form == "recorded_step"
        and (closed := record.closed.get(need.id)) is not None
        and closed.outcome in need.outcomes
        and any(True for _ in _not_passed(book, need, closed, record))
    )


def closing_refusals(
    book: RuleBook, kind: DocumentKind | str, stage_id: str, closed: ClosedStage, record: Record
) -> tuple[GateRefusal, ...]:
    """Why the stage may not be closed with that outcome: unknown here, or not to be declared away."""
    stage = book.kind(kind).stage(stage_id)
    return tuple(_irregular(book, stage, closed, record))


def _unanswered(book: RuleBook, procedure: KindProcedure, stage: Stage, record: Record) -> Iterator[GateRefusal]:
    if stage.predicate is None or stage.applies(record.predicates) is not None:
        return
    predicate = procedure.predicate(stage.predicate)
    yield GateRefusal(
        "gate.predicate_unanswered",
        "H39",
        DECLARED,
        Words(
            f"是否需要“{stage.name.zh}”尚未判断：{predicate.question.zh}",
            f"Whether {stage.name.en} applies is not settled: {predicate.question.en}",
        ),
        Words("请回答是或否，并说明理由。", "Answer yes or no, and give the reason."),
        Words(predicate.citation.words("zh"), predicate.citation.words("en")),
        "R",
    )


def _unmet(book: RuleBook, procedure: KindProcedure, need: Stage, record: Record) -> Iterator[GateRefusal]:
    """What keeps the needed stage from counting as closed."""
    closed = record.closed.get(need.id)
    if closed is not None:
        irregular = tuple(_irregular(book, need, closed, record))
        yield from irregular or _not_passed(book, need, closed, record)
    elif need.applies(record.predicates) is None:
        yield from _unanswered(book, procedure, need, record)
    elif need.applies(record.predicates):
        yield _about(
            book,
            need,
            "missing",
            Words(f"“{need.name.zh}”尚未办结", f"{need.name.en} is not closed"),
            Words(f"请先办结“{need.name.zh}”。", f"Close {need.name.en} first."),
        )


def _not_passed(book: RuleBook, need: Stage, closed: ClosedStage, record: Record) -> Iterator[GateRefusal]:
    outcome = book.outcome(closed.outcome)
    # 713号第二十五条: the exploratory reform is a way past the review only for what was found to be one.
    grounded = not outcome.ground or record.predicates.get(outcome.ground, False)
    if (outcome.passes and grounded) or _is_excepted(book, need, record):
        return
    yield _about(
        book,
        need,
        "not_passed",
        Words(f"“{need.name.zh}”的结论为“{outcome.words.zh}”", f"{need.name.en} ended: {outcome.words.en}"),
        Words(f"请按结论处理后重新办理“{need.name.zh}”。", f"Act on it, then repeat {need.name.en}."),
    )


def _is_excepted(book: RuleBook, need: Stage, record: Record) -> bool:
    """A ground that the rule itself names holds, and its risk or reason is on the record."""
    for rule in (book.rule(rule_id) for rule_id in need.rules):
        grounds = any(record.predicates.get(ground) for ground in rule.exceptions)
        if grounds and (record.reasons.get(rule.id) or record.reasons.get(need.invariant)):
            return True
    return False


def _irregular(book: RuleBook, stage: Stage, closed: ClosedStage, record: Record) -> Iterator[GateRefusal]:
    """An outcome that this stage cannot have, or a declaration that does not stand."""
    if closed.outcome not in stage.outcomes:
        # Whatever was filed in its place is no conclusion of this stage: a countersignature, say.
        yield _about(
            book,
            stage,
            "no_conclusion",
            Words(f"“{stage.name.zh}”没有作出应有的结论", f"{stage.name.en} has no conclusion of its own"),
            Words(f"请由责任单位出具“{stage.name.zh}”结论。", f"Let its own unit conclude {stage.name.en}."),
            invariant="H4" if stage.form == "legality" else stage.invariant,
            rule_id=NO_SUBSTITUTE if stage.form == "legality" else "",
        )
    elif closed.outcome == NOT_APPLICABLE:
        yield from _declared_away(book, stage, closed, record)


def _declared_away(book: RuleBook, stage: Stage, closed: ClosedStage, record: Record) -> Iterator[GateRefusal]:
    conditional = stage.predicate is not None or stage.unless is not None
    if conditional and stage.applies(record.predicates):
        yield _about(
            book,
            stage,
            "not_applicable_contradicted",
            Words(f"已判断需要“{stage.name.zh}”，不能又填写不适用", f"{stage.name.en} was found to apply"),
            Words(
                f"请办理“{stage.name.zh}”，或者改正判断并说明理由。",
                f"Carry out {stage.name.en}, or correct the answer.",
            ),
        )
    if not closed.reason.strip():
        yield _about(
            book,
            stage,
            "not_applicable_unexplained",
            Words(f"“{stage.name.zh}”填写了不适用，没有说明理由", f"{stage.name.en}: not applicable, without a reason"),
            Words("请由具名人员说明理由。", "Let a named person give the reason."),
            invariant="H39",
            rule_id=DECLARED,
        )


def _other_text(book: RuleBook, other: Stage, record: Record) -> Iterator[GateRefusal]:
    closed = record.closed.get(other.id)
    if closed is None or closed.outcome == NOT_APPLICABLE or closed.text_hash == record.text_hash:
        return
    yield _about(
        book,
        other,
        "other_text",
        Words(f"“{other.name.zh}”针对的是另一文本", f"{other.name.en} was about another text"),
        Words(f"请就现文本重新办理“{other.name.zh}”。", f"Repeat {other.name.en} on the present text."),
        invariant="H18",
        rule_id=IDENTITY,
    )


def _failed_checks(book: RuleBook, stage: Stage, record: Record) -> Iterator[GateRefusal]:
    for name in stage.checks:
        for check in CHECKS[name]:
            if refusal := check.refusal(record, book):
                yield refusal


def _about(
    book: RuleBook, stage: Stage, what: str, words: Words, remedy: Words, *, invariant: str = "", rule_id: str = ""
) -> GateRefusal:
    """A refusal in the name of a stage, resting on its first rule unless another is named."""
    rule = book.rule(rule_id or stage.rules[0])
    invariant = invariant or stage.invariant
    force = book.invariants[invariant].type if invariant else "B"
    said = Words(f"{words.zh}：{rule.words.zh}", f"{words.en}: {rule.words.en}")
    return GateRefusal(
        f"gate.{stage.key}_{what}", invariant, rule.id, said, remedy, rule.article, FORCES.get(force, "B")
    )

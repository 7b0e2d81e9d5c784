"""Rules and records as the tests arrange them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.record import ClosedStage, Record
from services.kernel.procedure.rules import Citation, Counting, DocumentKind, Modality, Rule, RuleBook, Unit

CIVIL_CODE = Citation(instrument=Words("民法典", "Civil Code"), article="203")
TEXT = "5f2b1c"
OTHER_TEXT = "9e07aa"
# The conclusions with which each form of stage lets the procedure go on.
GOOD = {
    "submission": "submitted",
    "recorded_step": "filed",
    "comment": "closed",
    "legality": "lawful",
    "meeting": "passed",
    "signing": "signed",
    "verification": "ok",
    "numbering": "numbered",
    "publication": "published",
    "follow_up": "done",
    "statistics": "frozen",
    "dispatch": "dispatched",
    "archive": "archived",
}


def a_period(value: int, unit: Unit, counting: Counting = Counting.MAX_DEADLINE) -> Rule:
    """A rule with that period and nothing else of note."""
    return Rule(
        id="a.period",
        modality=Modality.MUST,
        value=value,
        unit=unit,
        counting=counting,
        words=Words("期限", "A period"),
        citation=CIVIL_CODE,
        verified="V",
    )


def closed_well(book: RuleBook, kind: DocumentKind, *, text_hash: str = TEXT) -> dict[str, ClosedStage]:
    """Every stage of the kind closed with its good conclusion, each by its own unit."""
    return {
        stage.id: ClosedStage(date(2026, 3, 2), GOOD[stage.form], text_hash, by=stage.actor_role)
        for stage in book.kind(kind).stages
    }


def a_record(book: RuleBook, kind: DocumentKind, **changes: Any) -> Record:
    """A document that has passed every stage on one text, with every question answered yes but two."""
    predicates = {predicate.id: True for predicate in book.kind(kind).predicates}
    predicates |= dict.fromkeys({"not_public_by_law", "exploratory_reform"} & set(predicates), False)
    record = Record(
        text_hash=TEXT, predicates=predicates, closed=closed_well(book, kind), number="新政办发〔2026〕31号"
    )
    return replace(record, **changes)


def with_closed(record: Record, changes: Mapping[str, ClosedStage | None]) -> Record:
    """The record with some stages closed otherwise, or (None) not at all."""
    merged = {**record.closed, **changes}
    return replace(record, closed={stage: closed for stage, closed in merged.items() if closed is not None})


def closed(outcome: str, text_hash: str = TEXT, *, reason: str = "", by: str = "") -> ClosedStage:
    """A stage closed on a day in March 2026."""
    return ClosedStage(date(2026, 3, 9), outcome, text_hash, reason, by)

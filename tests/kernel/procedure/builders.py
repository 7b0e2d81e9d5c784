"""Rules and records as the tests arrange them."""

from __future__ import annotations

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.rules import Citation, Counting, Modality, Rule, Unit

CIVIL_CODE = Citation(instrument=Words("民法典", "Civil Code"), article="203")


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

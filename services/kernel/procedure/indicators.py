"""The indicators of the annual report, as data: their names, their units, and where the report speaks of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.law import Frozen
from services.kernel.procedure.overlays import packaged, read_yaml

Part = Literal["work", "lack", "record"]


class Indicator(Frozen):
    """One indicator: `part` is work (done), lack (a shortcoming when not zero) or record (kept, not written)."""

    code: str
    words: Words
    unit: str
    part: Part


@cache
def indicators() -> Mapping[str, Indicator]:
    """Every indicator by its code, in the order of the report."""
    found = read_yaml(packaged("indicators.yaml"))
    return {code: Indicator(code=code, **entry) for code, entry in found.items()}

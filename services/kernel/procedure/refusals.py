"""A gate's answer when it stays shut: which invariant, by which rule, and what would open it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.kernel.contracts.refusals import Refused, Words

Force = Literal["B", "R", "W"]


@dataclass(frozen=True)
class GateRefusal:
    """One reason why a stage may not begin.

    `type` B blocks; R blocks until a reason is recorded; W warns and is logged.
    """

    code: str
    invariant: str
    rule_id: str
    words: Words
    remedy: Words
    article: Words
    type: Force = "B"

    @property
    def blocks(self) -> bool:
        """Whether the stage must wait for it."""
        return self.type != "W"


class GateClosed(Refused):
    """A stage may not begin. Carries every reason; speaks with the first."""

    code = "gate.closed"
    title = Words("程序条件尚未满足", "The procedure does not allow this yet")

    def __init__(self, refusals: Sequence[GateRefusal]) -> None:
        self.refusals = tuple(refusals)
        first = self.refusals[0]
        super().__init__(
            Words("；".join(r.words.zh for r in refusals), "; ".join(r.words.en for r in refusals)),
            remedy=first.remedy,
            rule=first.rule_id,
            article=first.article.zh,
        )


def blocking(refusals: Sequence[GateRefusal]) -> tuple[GateRefusal, ...]:
    """Those that hold the stage up, without mere warnings."""
    return tuple(refusal for refusal in refusals if refusal.blocks)

"""A finding: where it stands, what it says, and by which rule."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.law import Frozen


class Weight(StrEnum):
    """GRAVE looks like a breach of a rule; ADVICE asks a person to look."""

    GRAVE = "grave"
    ADVICE = "advice"


class Finding(Frozen):
    """One thing noticed. `start` and `end` hold the words in the normalised text; without words both are 0.

    `sentence` is printed there from `sentence_start` on.

    `code` names the check (`precheck.licence`), `clause` the anchor of the clause and `number` what is printed there.
    """

    code: str
    weight: Weight
    clause: str = ""
    number: str = ""
    sentence: str = ""
    sentence_start: int = 0
    start: int = 0
    end: int = 0
    words: Words
    remedy: Words
    article: Words
    verified: str

    @property
    def key(self) -> str:
        """The same (SHA-256 in hex) for the same thing in another version of the text, wherever it has moved."""
        return hashlib.sha256(f"{self.code}:{self.sentence}".encode()).hexdigest()

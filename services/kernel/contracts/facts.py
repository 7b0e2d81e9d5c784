"""What a signed record says in figures: booleans, numbers and days for the gates, never names or words of people (ids where who signed matters).

They travel with the decision of a round into the dossier, where the gates read them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal, Self

from services.kernel.contracts.messages import Message


class ExemptionFacts(Message):
    """An exception under the fair-competition rules: `limb` is the id of its rule, `outlived` whether the text lasts longer."""

    limb: str = ""
    no_lesser_means: bool = False
    until: date | None = None
    end_condition: bool = False
    outlived: bool = False


class ConsultationFacts(Message):
    """Units consulted: how many were asked, kept silent, and did not agree; whether the dispute was set out and ruled on."""

    units: int
    silent: int = 0
    disputed: int = 0
    reported: bool = False
    overruled: bool = False


class ExpertFacts(Message):
    """Experts' opinions: how many there are, how many are signed, how many come from somebody with a direct interest."""

    opinions: int
    signed: int
    interested: int = 0


class RiskFacts(Message):
    """A risk assessment: points of risk, those of them that are high, and whether all can be controlled."""

    points: int
    high: int = 0
    controllable: bool = True


class HearingFacts(Message):
    """A hearing: days between the sending of the papers and the day itself, list, signed record."""

    materials_days: int
    list_published: bool
    record_signed: bool


class MeetingFacts(Message):
    """A meeting's record: held as a meeting, who spoke last, what was given and recorded."""

    held_as_meeting: bool
    chief_spoke_last: bool
    against_majority: bool = False
    reasons_given: bool = False
    dissent_recorded: bool = True


class SignatureFacts(Message):
    """A signature: opinion, name, full date, and how many signers of a joint document are missing."""

    opinion: bool
    name: bool
    full_date: bool
    missing_signers: int = 0


class JointFacts(Message):
    """How several decided: the rule, how many seats there were, had to agree and agreed, and the ids of who signed."""

    rule: str
    seats: int
    needed: int
    agreed: int
    signers: tuple[str, ...] = ()


class SealOn(Message):
    """A seal on a text: whose (the id of a unit), on which text, when, and whether a physical or an electronic one."""

    unit_id: str
    text_hash: str
    at: datetime
    form: Literal["physical", "electronic"]


class SealFacts(Message):
    """The seals on a text in the order of its issuers, the leading one first; and how many issuers there are."""

    issuers: int
    seals: tuple[SealOn, ...] = ()


class ReviewFacts(Message):
    """The reviewer's time: guaranteed until that day, and the day of the meeting."""

    guaranteed_until: date
    meeting_on: date
    finished_early: bool = False


class Facts(Message):
    """Everything that signed records say for the gates; a part that no record has is None."""

    consultation: ConsultationFacts | None = None
    exemption: ExemptionFacts | None = None
    experts: ExpertFacts | None = None
    risk: RiskFacts | None = None
    hearing: HearingFacts | None = None
    meeting: MeetingFacts | None = None
    signature: SignatureFacts | None = None
    review: ReviewFacts | None = None
    joint: JointFacts | None = None
    seal: SealFacts | None = None

    @classmethod
    def together(cls, several: Iterable[Self | None]) -> Self:
        """One for all: of each part the last that says something."""
        parts = {name: part for facts in several if facts for name, part in facts if part is not None}
        return cls.model_validate(parts)

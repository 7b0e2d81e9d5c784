"""What people send: one command for each act. Each names the exact text that its sender has seen."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from services.kernel.contracts.passkeys import Assertion, Encoded

Line = Annotated[str, Field(max_length=300)]
Prose = Annotated[str, Field(max_length=20_000)]
Handling = Literal["done", "partly", "not_done"]
Stance = Literal["for", "amend", "against"]
Adoption = Literal["adopted", "partly", "not_adopted"]


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


OptionalDate = Annotated[date | None, BeforeValidator(_blank_is_none)]
OptionalLine = Annotated[Line | None, BeforeValidator(_blank_is_none)]


class Command(BaseModel):
    """Frozen; an unknown field is an error, so that a misspelt one is not lost in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Seen(Command):
    """The text, and the list of its materials, that the sender has read (SHA-256 in hex).

    `on_behalf_of` is the person in whose place a deputy acts; not needed where the office is only that person's.
    `has_read` is "changes" where an earlier text was signed and only the difference was read since. `passkey` is the
    authenticator's word on the record, from those who have enrolled one.
    """

    text_hash: Line
    materials_hash: Line | None = None
    on_behalf_of: OptionalLine = None
    has_read: Literal["whole", "changes"] = "whole"
    passkey: Assertion | None = None


class EndKey(Command):
    """End one's signing key: rotated as a matter of course, revoked when something is wrong with it."""

    why: Literal["rotated", "revoked"]
    reason: Line = ""


class EnrolPasskey(Command):
    """What the authenticator answered to the question of that number."""

    nonce: Encoded
    credential: dict[str, Any]
    label: Annotated[str, Field(max_length=60)] = ""
    proof: Assertion | None = Field(default=None, description="The word of a passkey that one has already")


class RevokePasskey(Command):
    """Why a passkey counts no more."""

    reason: Line
    proof: Assertion | None = Field(default=None, description="The word of a passkey of whoever revokes it")


class Exemption(Command):
    """Why a measure that restricts competition is still allowed: its limb, ground, no lesser means, and its end."""

    limb: Line = ""
    ground: Prose = ""
    no_lesser_means: Prose = ""
    until: OptionalDate = None
    end_condition: Prose = ""

    @property
    def founded(self) -> bool:
        """Whether ground, comparison and an end are all given."""
        return bool(self.ground and self.no_lesser_means and (self.until or self.end_condition))


class FileStep(Seen):
    """The responsible unit puts a step on record: its conclusion, in words or as papers attached to the round."""

    outcome: Line = "filed"
    conclusion: Prose = ""
    exemption: Exemption | None = None


class DeclareNotApplicable(Seen):
    """A named person says why a step does not apply."""

    reason: Prose


class Point(Command):
    """One thing that must or should change: which clause, why, on what basis, and how it might read.

    `anchor` is the clause's place in the text; `quoted` are its words there, written in by the service.
    """

    clause: Line = ""
    anchor: Line = ""
    nature: Literal["must", "advice"] = "must"
    text: Prose
    basis: Prose = ""
    proposed: Prose = ""
    quoted: Annotated[str, Field(max_length=100_000)] = ""


class Handled(Command):
    """How a point of an earlier round was dealt with."""

    point_id: UUID
    handling: Handling


class Adviser(Command):
    """A legal adviser (法律顾问) or public lawyer (公职律师) who took part: licence, words, and interest declared."""

    name: Line
    kind: Literal["legal_adviser", "public_lawyer"] = "legal_adviser"
    licence: Line = ""
    opinion: Prose = ""
    interest: Prose = ""


def _named(value: object) -> object:
    """A name alone is an adviser of whom nothing more was said."""
    if isinstance(value, str):
        return [{"name": value}] if value.strip() else []
    return value


class GiveOpinion(Seen):
    """A legality opinion: conclusion, written opinion, points, counsel, and what became of earlier points.

    `risk` states the legal risk of an exploratory reform (713号第二十五条第二款).
    """

    outcome: Line
    opinion: Prose
    points: tuple[Point, ...] = ()
    counsel: Annotated[tuple[Adviser, ...], BeforeValidator(_named)] = ()
    handled: tuple[Handled, ...] = ()
    return_to: Line = ""
    risk: Prose = ""


class AnswerPoint(Command):
    """The drafting office says what it made of a point: what it changed, or why it did not."""

    adoption: Adoption
    words: Prose


class CheckedMaterial(Command):
    """One of the papers that the stage asks for: there, missing, or not needed for the stated reason."""

    material: Line
    state: Literal["present", "missing", "not_applicable"]
    reason: Prose = ""


class CheckMaterials(Seen):
    """What the reviewer found of the papers."""

    materials: tuple[CheckedMaterial, ...]


class AcceptMatter(Seen):
    """受理: the papers are complete, and the review begins."""

    materials: tuple[CheckedMaterial, ...] = ()


class ForbiddenAnswer(Command):
    """The drafting office on one kind of forbidden content: there is none, or there is and this is its basis."""

    item: Line
    answer: Literal["none", "founded"]
    basis: Prose = ""


class AnswerChecklist(Command):
    """Answers to the list of forbidden content, item by item."""

    answers: tuple[ForbiddenAnswer, ...]


class DeclareUrgency(Command):
    """Why the reviewer is asked to take less than the reserved time, with its basis, and until when."""

    basis: Prose
    reason: Prose
    wanted_by: AwareDatetime


class RequestSupplement(Seen):
    """The reviewer names what is missing; the clock stands still until it is there."""

    missing: tuple[Line, ...]
    note: Prose = ""


class AnswerSupplement(Command):
    """The drafting unit answers; papers are attached to the round."""

    answer: Prose


class WithdrawSupplement(Seen):
    """The reviewer no longer asks for the papers, and says why."""

    reason: Annotated[Prose, Field(min_length=1)]


class Attendee(Command):
    """Somebody on the list of a meeting. Members are named by `person_id`; others by name and unit."""

    person_id: Line | None = None
    name: Line = ""
    unit_name: Line = ""
    capacity: Literal["member", "attending"] = "member"
    present: bool = True
    absent_reason: Line = ""


class Statement(Command):
    """What one member said, in the order of speaking."""

    person_id: Line
    stance: Stance | None = None
    opinion: Prose = ""


class Recusal(Command):
    """回避: a member withdraws from an item, and why; they neither count, nor speak, nor vote on it."""

    person_id: Line
    reason: Prose = ""


class Amendment(Command):
    """One change that the meeting decided: the old wording, quoted, and the new; `text` says it in words."""

    clause: Line = ""
    text: Prose = ""
    old: Prose = ""
    new: Prose = ""


class RecordMeeting(Seen):
    """The record of a meeting's discussion of this item, and the chief executive's decision.

    `statements` stand in the order of speaking. `form` is executive (常务会议), plenary (全体会议) or, for
    departments, office (部门办公会议).
    """

    form: Line = "executive"
    name: Line
    place: Line
    started_at: AwareDatetime
    chair_id: Line
    chief_id: Line
    attendees: tuple[Attendee, ...]
    statements: tuple[Statement, ...]
    recusals: tuple[Recusal, ...] = ()
    outcome: Line
    reasons: Prose = ""
    amendments: tuple[Amendment, ...] = ()
    minutes_number: Line = ""
    notice_at: AwareDatetime | None = None
    materials_at: AwareDatetime | None = None


class Sign(Seen):
    """签发: opinion, full name and full date make a signature."""

    outcome: Line
    opinion: Prose
    name: Line
    date: date
    publication_day: OptionalDate = None
    return_to: Line = ""


class Verify(Seen):
    """复核: nothing of substance differs, or it goes back to the signer."""

    outcome: Line
    note: Prose = ""
    publication_day: OptionalDate = None

"""A round: one asking of people about one stage of one document and one exact text; who may decide it, and when not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.kernel.contracts.facts import Facts
from services.kernel.contracts.refusals import Refused, Words
from services.kernel.contracts.review import Form
from services.review.domain.commands import Seen
from services.review.domain.refusals import (
    AlreadySigned,
    OtherForm,
    RoundClosed,
    TextChanged,
)

WHY_WORDS: dict[str, Words] = {
    "decided": Words("已经作出决定", "it has been decided"),
    "voided": Words("文本有新稿，本轮作废", "a newer text has replaced this round"),
    "withdrawn": Words("文件已经撤回", "the document was withdrawn"),
}
FORM_WORDS: dict[Form, Words] = {
    "recorded_step": Words("报送材料和结论", "papers and conclusion"),
    "legality": Words("合法性审核意见", "legality opinion"),
    "meeting": Words("会议记录", "record of a meeting"),
    "signing": Words("签发", "signing"),
    "verification": Words("复核", "verification"),
}


class Signer(Protocol):
    """Who wants to decide."""

    @property
    def person_id(self) -> str: ...


@dataclass(frozen=True)
class Round:
    """A round as its row says it. Undecided while `closed_at` is None."""

    id: UUID
    document_id: UUID
    kind: str
    title: str
    issuer_unit: str
    drafting_unit: str
    stage: str
    ordinal: int
    form: Form
    role: str
    unit_id: str | None
    text_version: int
    text_hash: str
    materials_hash: str
    due: dict[str, Any] | None
    due_on: date | None
    earliest: datetime | None
    rule_id: str | None
    papers: tuple[str, ...]
    may_be_not_applicable: bool
    own_work: bool
    reply_to: str
    trace: dict[str, str]
    opened_at: datetime
    closed_at: datetime | None
    why: str | None
    outcome: str | None
    record_hash: str | None
    actor_id: str | None
    decided_at: datetime | None
    publication_day: date | None
    facts: Facts | None
    return_to: str | None
    grounds: tuple[str, ...] = ()
    joint_units: tuple[str, ...] = ()
    public_version: int | None = None
    public_hash: str | None = None

    @property
    def issuers(self) -> tuple[str, ...]:
        """The units that issue the document, the leading one first."""
        return tuple(dict.fromkeys((self.issuer_unit, *self.joint_units)))

    @property
    def is_open(self) -> bool:
        """Whether people may still decide it."""
        return self.closed_at is None

    def refuses(
        self, signer: Signer, *, seen: Seen, forms: Collection[str], four_eyes: Refused | None, signed: Collection[str]
    ) -> Refused | None:
        """Why `signer` may not decide this round, having seen that text; None when nothing stands in the way.

        `four_eyes` is what they say against this person.
        """
        if self.form not in forms:
            return OtherForm(field="round_id")
        if signer.person_id in signed:
            return AlreadySigned()
        if self.why is not None:
            return RoundClosed(_closed(self.why))
        return four_eyes or self.differs(seen)

    def differs(self, seen: Seen) -> Refused | None:
        """A refusal when what was seen is not what this round is about."""
        if seen.text_hash != self.text_hash:
            return TextChanged(field="text_hash")
        if seen.materials_hash is not None and seen.materials_hash != self.materials_hash:
            return TextChanged(
                Words("您看的材料清单和本轮不一致。", "The list of materials you saw is not that of this round."),
                field="materials_hash",
            )
        return None


def closed(round_: Round) -> Refused | None:
    """A refusal when the round takes nothing any more."""
    return None if round_.why is None else RoundClosed(_closed(round_.why))


def _closed(why: str) -> Words:
    said = WHY_WORDS[why]
    return Words(f"这一轮已经结束：{said.zh}。", f"This round is closed: {said.en}.")

"""Consulting other units: what counts as agreement, and when the step may be filed (公文条例第十六条、第十九条). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.kernel.contracts.facts import ConsultationFacts
from services.kernel.contracts.lifecycle import Ask
from services.kernel.contracts.messages import Deadline
from services.kernel.contracts.refusals import Refused, Words
from services.review.domain import consultation_refusals as no
from services.review.domain.consultation_commands import MEMO_HEADINGS, Memo, Reply, Rule, Stance, Take

STAGE = "consultation"
SILENCE, CONSENT = "consultation_silence", "no_objection"
SHORTEST = 2
Standing = Literal["agree", "agree_with_changes", "disagree", "silent", "awaited", "withdrawn"]
STANCE_WORDS: dict[Standing, tuple[Words, str]] = {
    "agree": (Words("同意", "Agrees"), "done"),
    "agree_with_changes": (Words("有修改意见", "Agrees with changes"), "now"),
    "disagree": (Words("不同意", "Disagrees"), "stop"),
    "silent": (Words("逾期未答复", "No reply in time"), "off"),
    "awaited": (Words("等待答复", "Awaiting reply"), "hold"),
    "withdrawn": (Words("已撤回", "Withdrawn"), "off"),
}
TAKING_WORDS: dict[str, tuple[Words, str]] = {
    "adopted": (Words("采纳", "Adopted"), "done"),
    "partly": (Words("部分采纳", "Partly adopted"), "now"),
    "not_adopted": (Words("未采纳", "Not adopted"), "off"),
}
RULING_WORDS: dict[str, tuple[Words, str]] = {
    "proceed": (Words("按起草单位的意见办理", "Go on as the drafting unit proposes"), "done"),
    "change": (Words("按异议单位的意见修改", "Change it as the objecting unit asks"), "warn"),
    "stop": (Words("不予制定", "Not to be made"), "stop"),
}


@dataclass(frozen=True)
class Replied:
    """The reply of a unit that counts; `number` says how many it has given."""

    number: int
    stance: Stance
    opinion: str
    person_id: str
    person_name: str
    on_behalf_of: str | None
    on_behalf_name: str | None
    replied_at: datetime


@dataclass(frozen=True)
class Asked:
    """One unit that was asked."""

    id: UUID
    round_id: UUID
    ordinal: int
    unit_id: str
    unit_name: str
    role: str
    question: str
    due: Deadline
    asked_by: str
    asked_name: str
    asked_at: datetime
    withdrawn_at: datetime | None
    reply: Replied | None

    @property
    def is_live(self) -> bool:
        """Whether the unit still counts as asked."""
        return self.withdrawn_at is None

    def standing(self, now: datetime) -> Standing:
        """The stance, or why there is none: awaited, silent (its day has passed), withdrawn."""
        if not self.is_live:
            return "withdrawn"
        if self.reply is not None:
            return self.reply.stance
        return "silent" if self.due.ends_at is not None and self.due.ends_at <= now else "awaited"

    def as_ask(self) -> Ask:
        """The unit as somebody who is asked, for its inbox item."""
        state = "withdrawn" if not self.is_live else "done" if self.reply else "open"
        fields = {"ordinal": self.ordinal, "role": self.role, "unit_id": self.unit_id}
        return Ask.model_validate({**fields, "state": state, "due": self.due, "rule_id": no.TERM})


@dataclass(frozen=True)
class Consulted:
    """Everything that a consultation has brought about so far; `takings` by the ordinal of the unit asked.

    An answer to an earlier reply, and a memo or ruling from before the newest objection, are not among them.
    """

    asked: Sequence[Asked]
    takings: Mapping[int, Take]
    memo: Memo | None
    ruling: Rule | None

    @property
    def live(self) -> list[Asked]:
        """The units that count as asked."""
        return [one for one in self.asked if one.is_live]

    def disputes(self) -> list[Asked]:
        """Units with which there is no agreement: they object, or their changes were not taken up in full."""
        return [one for one in self.live if one.reply is not None and not self._agreed(one, one.reply)]

    def untaken(self) -> list[Asked]:
        """Units whose opinion nobody has answered for."""
        said = [one for one in self.live if one.reply and one.reply.stance != "agree"]
        return [one for one in said if one.ordinal not in self.takings]

    def _agreed(self, one: Asked, reply: Replied) -> bool:
        taken = self.takings.get(one.ordinal)
        changed = reply.stance == "agree_with_changes" and taken is not None and taken.taken == "adopted"
        return reply.stance == "agree" or changed


def reply_refused(said: Reply) -> Refused | None:
    """Why a reply says too little."""
    return no.ReplyEmpty(field="opinion") if said.stance != "agree" and len(said.opinion) < SHORTEST else None


def taking_refused(taking: Take) -> Refused | None:
    """Why an answer to a unit says too little."""
    return no.NotTaken(field="reason") if taking.taken != "adopted" and len(taking.reason) < SHORTEST else None


def memo_refused(memo: Memo) -> Refused | None:
    """Why a memo is not whole."""
    empty = [words for name, words in MEMO_HEADINGS.items() if not getattr(memo, name)]
    if not empty:
        return None
    zh, en = "、".join(words.zh for words in empty), ", ".join(words.en for words in empty)
    return no.MemoIncomplete(Words(f"还没有写：{zh}。", f"Not written yet: {en}."), field="issue")


def filing_refused(found: Consulted, now: datetime, *, silence: str, needs_ruling: bool) -> Refused | None:
    """Why the consultation cannot be filed. `silence` is what the local rule reads into it."""
    if not found.live:
        return no.NobodyAsked(field="unit_ids")
    if waiting := [one for one in found.live if one.standing(now) == "awaited"]:
        return no.ReplyAwaited(_named("等待答复", "Awaiting", waiting))
    if found.untaken():
        return no.NotTaken(_named("没有写明采纳情况", "Not answered", found.untaken()), field="taken")
    if silent := [one for one in found.live if one.standing(now) == "silent" and silence != CONSENT]:
        return no.StillSilent(_named("逾期未答复", "Silent", silent))
    return _unsettled(found, needs_ruling=needs_ruling)


def _unsettled(found: Consulted, *, needs_ruling: bool) -> Refused | None:
    disputes = found.disputes()
    if not disputes:
        return None
    if found.memo is None or (needs_ruling and found.ruling is None):
        return no.InDispute(_named("没有协商一致", "No agreement with", disputes))
    if needs_ruling and found.ruling is not None and found.ruling.ruling != "proceed":
        return no.RuledAgainst()
    return None


def facts_of(found: Consulted, now: datetime) -> ConsultationFacts:
    """What the gates read of a consultation."""
    return ConsultationFacts(
        units=len(found.live),
        silent=sum(one.standing(now) == "silent" for one in found.live),
        disputed=len(found.disputes()),
        reported=found.memo is not None,
        overruled=found.ruling is not None and found.ruling.ruling == "proceed",
    )


def _named(zh: str, en: str, units: Sequence[Asked]) -> Words:
    names = [one.unit_name for one in units]
    return Words(f"{zh}：{'、'.join(names)}。", f"{en}: {', '.join(names)}.")

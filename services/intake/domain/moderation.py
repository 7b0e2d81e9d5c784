"""Moderation: hiding words from the public for a reason that is named, never for being critical, and never for good.

A hidden opinion keeps its place: it counts as received, it is answered like every other (so that received = answered +
withdrawn holds), its author sees why by the receipt, and the public sees how many were hidden and for which reasons.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.intake.domain.answers import LONGEST_CLAUSE, LONGEST_REASON, Disposition
from services.kernel.contracts.refusals import Forbidden, Invalid, Words

LONGEST_WORDS = 500
SEPARATE_ACTOR = "legality.separate_actor"
# One act in one transaction, while comments still arrive.
MOST_AT_ONCE = 20_000
MOST_ANSWERED = 1_000


class Act(StrEnum):
    """What was done."""

    HIDDEN = "hidden"
    SHOWN = "shown"


class Reason(StrEnum):
    """Why. That an opinion is unwelcome is no reason."""

    PERSONAL_DATA = "personal_data"
    INSULT = "insult"
    ADVERTISING = "advertising"
    UNLAWFUL = "unlawful"
    MISTAKE = "mistake"


REASON_WORDS: dict[Reason, Words] = {
    Reason.PERSONAL_DATA: Words("含有他人的个人信息", "Holds personal data of others"),
    Reason.INSULT: Words("辱骂、诽谤他人", "Insults or defames somebody"),
    Reason.ADVERTISING: Words("广告，与文件无关", "Advertising that has nothing to do with the document"),
    Reason.UNLAWFUL: Words("法律、行政法规禁止发布的内容", "Forbidden to publish by law"),
    Reason.MISTAKE: Words("此前隐藏有误", "Hidden by mistake"),
}
REASONS: dict[Act, tuple[Reason, ...]] = {
    Act.HIDDEN: (Reason.PERSONAL_DATA, Reason.INSULT, Reason.ADVERTISING, Reason.UNLAWFUL),
    Act.SHOWN: (Reason.MISTAKE,),
}


def words_for(reason: str) -> Words:
    """A reason in both languages; as it stands where it is none of the list."""
    return REASON_WORDS[Reason(reason)] if reason in set(Reason) else Words(reason, reason)


class AnswerAtOnce(BaseModel):
    """The answer that the hidden opinions get in the same act: each is answered all the same."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    disposition: Disposition
    reason: str = Field(default="", max_length=LONGEST_REASON)
    clause: str = Field(default="", max_length=LONGEST_CLAUSE)


class Moderation(BaseModel):
    """One act on opinions: chosen one by one, by their group, or by words that stand in them.

    With an `answer` what is hidden is answered as well, once the result is recorded.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    act: Act
    reason: str = ""
    words: str = ""
    comments: tuple[UUID, ...] = Field(default=(), max_length=1000)
    group: UUID | None = None
    search: str = Field(default="", max_length=100)
    answer: AnswerAtOnce | None = None

    @property
    def chosen_by(self) -> str:
        """How the opinions were chosen."""
        return "group" if self.group else "search" if self.search else "selection"


class NoReason(Invalid):
    """Hiding needs a reason of the list, and its words."""

    code = "moderation.reason"
    rule = "comment.moderation"
    title = Words("请选择并写明理由", "Choose a reason and say it in words")
    remedy = Words(
        "隐藏只能因为列出的理由，并要写明具体情况；意见尖锐、反对，不是理由。",
        "Only for one of the listed reasons, and say what is the matter; that an opinion is critical is none.",
    )


class NothingChosen(Invalid):
    """No opinion of this window, or none that this would change."""

    code = "moderation.nothing"
    title = Words("没有要处理的意见", "No opinion to act on")
    remedy = Words(
        "请用一种办法选择：勾选意见，或者一组意见，或者检索词。已经是这个状态的不重复处理。",
        "Choose in one way: opinions, a group, or words to search. What is in that state already is left as it is.",
    )


class TooMany(Invalid):
    """More than one act may change."""

    code = "moderation.too_many"
    title = Words("一次处理的意见太多", "Too many opinions for one act")
    remedy = Words(f"一次最多{MOST_AT_ONCE}条，请分批处理。", f"At most {MOST_AT_ONCE} at once: do it in parts.")


class AnswersHidden(Invalid):
    """An answer goes with hiding only, and with so many opinions at once."""

    code = "moderation.answer"
    rule = "comment.adoption"
    title = Words("不能一并答复", "Not answered in the same act")
    remedy = Words(
        f"只有隐藏时可以一并答复，一次最多{MOST_ANSWERED}条；更多的，请先隐藏，再按组答复。",
        f"Only what is hidden is answered with it, at most {MOST_ANSWERED} at once; hide first and answer by group.",
    )


class NotModerator(Forbidden):
    """Neither of the drafting unit nor of the legality review."""

    code = "moderation.not_yours"
    title = Words("您不能隐藏这里的意见", "You cannot hide opinions here")
    remedy = Words(
        "由起草单位的起草人员或者合法性审查人员办理。",
        "The drafters of the drafting unit and the legality reviewers can.",
    )


class OwnDocument(Forbidden):
    """Who drafted a document does not silence what is said of it; nor a deputy of theirs, nor whose deputy they are."""

    code = "moderation.own"
    status = 409
    rule = SEPARATE_ACTOR
    title = Words(
        "不能隐藏：您，或者和您互为代理的同事，参加过这份文件的起草",
        "You may not hide opinions here: you, or a colleague who stands in for you or you for them, took part in drafting",
    )
    remedy = Words(
        "请由本单位没有参加起草的人员，或者合法性审查人员办理；其中的个人信息可以先遮盖。",
        "A drafter of your unit who took no part, or a legality reviewer, can; personal data can be covered meanwhile.",
    )


class OwnWords(OwnDocument):
    """Who drafted a document covers in opinions only what the machine or somebody else has found to be personal."""

    code = "masking.own"
    title = Words(
        "不能遮盖这些文字：您，或者和您互为代理的同事，参加过这份文件的起草",
        "You may not cover these words: you, or a colleague who stands in for you or you for them, took part in drafting",
    )
    remedy = Words(
        "系统提示的位置您可以决定；其他文字请由本单位没有参加起草的人员，或者合法性审查人员遮盖。",
        "Places that are proposed are yours to decide; other words a drafter of your unit who took no part, or a legality reviewer, can cover.",
    )


def allows(*, unit_id: str, roles: frozenset[str], drafting_unit: str) -> None:
    """Refuse who neither drafts for the unit nor reviews legality. Raises NotModerator."""
    if "legality_reviewer" in roles or ("drafter" in roles and unit_id == drafting_unit):
        return
    raise NotModerator


def check(given: Moderation) -> Reason:
    """The reason of an act that may be done. Raises NoReason, NothingChosen."""
    allowed = {reason.value: reason for reason in REASONS[given.act]}
    if given.reason not in allowed:
        raise NoReason(field="reason")
    if not given.words or len(given.words) > LONGEST_WORDS:
        raise NoReason(field="words")
    if sum((bool(given.comments), given.group is not None, bool(given.search))) != 1:
        raise NothingChosen(field="comments")
    if given.answer and given.act is not Act.HIDDEN:
        raise AnswersHidden(field="answer")
    return allowed[given.reason]

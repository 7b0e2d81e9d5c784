"""Answers: every opinion ends in adopted, partly or not adopted; the last two need their reason in words."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.kernel.contracts.refusals import Conflict, Invalid, Refused, Words


class Disposition(StrEnum):
    """What became of an opinion."""

    ADOPTED = "adopted"
    PARTLY = "partly"
    NOT_ADOPTED = "not_adopted"


DISPOSITION_WORDS: dict[Disposition, tuple[Words, str]] = {
    Disposition.ADOPTED: (Words("采纳", "Adopted"), "done"),
    Disposition.PARTLY: (Words("部分采纳", "Partly adopted"), "now"),
    Disposition.NOT_ADOPTED: (Words("未采纳", "Not adopted"), "off"),
}


LONGEST_REASON, LONGEST_CLAUSE, LONGEST_NAME = 5_000, 100, 100


class Given(BaseModel):
    """One answer: to one comment, or to a group.

    `seen` is the revision of the answer that its author saw; without it, an answer that somebody else gave stays.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    comment_id: UUID | None = None
    group: UUID | None = None
    disposition: Disposition
    reason: str = Field(default="", max_length=LONGEST_REASON)
    clause: str = Field(default="", max_length=LONGEST_CLAUSE)
    seen: int | None = Field(default=None, ge=0, le=2**31 - 1)

    @field_validator("reason", "clause")
    @classmethod
    def _with_plain_line_ends(cls, value: str) -> str:
        return value.replace("\r\n", "\n").replace("\x00", "")


class AnswerTarget(Invalid):
    """Neither a comment nor a group, or one that this window does not hold."""

    code = "answer.target"
    title = Words("没有这条意见", "No such comment")
    remedy = Words(
        "请写这次征求意见里的一条意见或者一组相同的意见。", "Name a comment, or a group of equal ones, of this window."
    )


class BadDisposition(Invalid):
    """Not one of the three."""

    code = "answer.disposition"
    title = Words("采纳情况填写有误", "Not a result")
    remedy = Words("请从列表里选：采纳、部分采纳、未采纳。", "Choose: adopted, partly adopted, not adopted.")


class AnswerReason(Invalid):
    """Not adopting needs its reason."""

    code = "answer.reason_missing"
    rule = "comment.adoption"
    title = Words("没有写理由", "The reason is missing")
    remedy = Words(
        "部分采纳和未采纳的，请说明理由。", "Give the reason where an opinion is not, or only partly, adopted."
    )


class AnswerMoved(Conflict):
    """Somebody else has answered since: nothing is written over in silence."""

    code = "answer.moved"
    title = Words("别人已经改了这条答复", "Somebody else has changed this answer")
    remedy = Words("请看现在的答复，确实要改的，再保存一次。", "Look at the answer as it stands, then save again.")


class AnswersPublished(Conflict):
    """What the public has read stays as it is."""

    code = "answers.published"
    title = Words("答复已经公布，不能再改", "The answers are published and stay as they are")
    remedy = Words("需要更正的，请另行公告说明。", "Publish a correction of its own.")


class AnswersIncomplete(Conflict):
    """received = answered + withdrawn does not hold."""

    code = "answers.incomplete"
    rule = "comment.adoption"
    title = Words("还有意见没有答复", "Some comments have no answer yet")
    remedy = Words("请逐条答复后再公布。", "Answer every comment, then publish.")


class TableTooLong(Conflict):
    """More lines than a file of that kind can hold and still be opened."""

    code = "table.too_long"
    title = Words("表太长", "The table is too long")
    remedy = Words("请下载CSV，或者看网页。", "Take the CSV, or read the page.")

    def __init__(self, most: int) -> None:
        super().__init__(
            Words(f"超过{most}行，不能做成这种文件。", f"More than {most} lines do not go into this file.")
        )


def disposition_of(written: str) -> Disposition:
    """What a form says was done with an opinion. Raises BadDisposition."""
    if written not in set(Disposition):
        raise BadDisposition(field="disposition")
    return Disposition(written)


def faults(given: tuple[Given, ...]) -> list[Refused]:
    """What is wrong with a list of answers, each with the place in it."""
    found: list[Refused] = []
    for index, answer in enumerate(given):
        if (answer.comment_id is None) == (answer.group is None):
            found.append(AnswerTarget(field=f"answers.{index}.comment_id"))
        if answer.disposition is not Disposition.ADOPTED and not answer.reason:
            found.append(AnswerReason(field=f"answers.{index}.reason"))
    return found


def incomplete(received: int, answered: int, withdrawn: int) -> AnswersIncomplete | None:
    """Why answers may not go out yet, or None when received = answered + withdrawn."""
    left = received - answered - withdrawn
    if left == 0:
        return None
    return AnswersIncomplete(
        Words(
            f"收到{received}条，已答复{answered}条，撤回{withdrawn}条，还有{left}条没有答复。",
            f"{received} received, {answered} answered, {withdrawn} withdrawn: {left} without an answer.",
        )
    )

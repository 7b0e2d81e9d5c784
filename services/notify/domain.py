"""What goes out: when it may, in which state it stands, and why it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from services.kernel.contracts.refusals import Conflict, Forbidden, Invalid, NotFound, Refused, Words

CLOSING_SOON = timedelta(hours=48)


class PlaceholdersLeft(Refused):
    """A text with blanks still to be filled gets no number."""

    code = "gate.placeholders"
    rule = "verification.required"
    title = Words(
        "文稿里还有没有填写的空白或者占位字符，不能登记编号", "The text still has placeholders; it gets no number"
    )
    remedy = Words(
        "请退回起草单位补齐，再按程序复核、登记。", "Return it to the drafting unit, then verify and register it again."
    )


class NumberIsVoid(Refused):
    """The document had a number, and that number was voided: it is never given again."""

    code = "number.void"
    rule = "numbering.after_verification"
    title = Words("这份文件的文号已经作废，不再编号", "The number of this document was voided; it gets no other")
    remedy = Words("需要发文的，请作为新的文件报送。", "To issue it after all, submit it as a new document.")


class NumberIsPublished(Refused):
    """The number of a published document stays."""

    code = "number.published"
    rule = "numbering.after_verification"
    title = Words("文件已经公布，文号不能作废", "The document is published; its number cannot be voided")
    remedy = Words("需要停止执行的，请办理废止或者撤销。", "To end its effect, repeal or revoke the document.")


class AlreadyVoid(Conflict):
    """Voiding happens once, with one reason."""

    code = "number.already_void"
    title = Words("这个文号已经作废", "This number is already void")
    remedy = Words("作废的原因和时间见文号登记簿。", "The register shows why and when.")


class OwnNumber(Forbidden):
    """Who drafted a document does not end its way by voiding its number; nor a deputy of theirs, nor whose deputy they are."""

    code = "number.own"
    status = 409
    rule = "legality.separate_actor"
    title = Words(
        "不能作废：您，或者和您互为代理的同事，参加过这份文件的起草",
        "You cannot void it: you, or a colleague who stands in for you or you for them, took part in drafting it",
    )
    remedy = Words("请由没有参加起草的管理人员办理。", "An operator who took no part in drafting must do it.")


class ReasonMissing(Invalid):
    """A voided number stands in the register with its reason."""

    code = "number.reason"
    rule = "numbering.after_verification"
    title = Words("没有写明作废原因", "The reason for voiding is missing")
    remedy = Words(
        "请写明原因；原因和文号一起留在登记簿里。", "State the reason; it stays in the register beside the number."
    )


class NoNumber(Refused):
    """H21: no publication without registration and number."""

    code = "publication.no_number"
    rule = "numbering.registry"
    title = Words("没有登记编号，不能公布", "Not registered: without a number there is no publication")
    remedy = Words("请先登记编号。", "Register the document first.")


class OtherText(Refused):
    """H18: what is published is what was registered, to the last character."""

    code = "publication.other_text"
    rule = "text.identity"
    title = Words("要公布的文本不是登记的文本", "The text to be published is not the text that was registered")
    remedy = Words(
        "请公布登记时的文本；改动过的，退回原签批人复审。", "Publish the registered text, or return it to the signer."
    )


class SealMissing(Refused):
    """H40: where a text is sealed, it bears the seal of every issuer."""

    code = "publication.seal_missing"
    rule = "seal.joint"
    title = Words("联合发文的印章没有盖齐，不能公布", "A seal of the joint document is missing; it cannot be published")
    remedy = Words("请各发文机关用印后再公布。", "Publish it once every issuer has sealed it.")


class NoticeIncomplete(Invalid):
    """A notice without the instants or the count that it is about."""

    code = "notice.incomplete"
    rule = "comment.notice"
    title = Words("公告缺少起止时间或者意见件数", "The notice lacks its instants or its count")


class NoSuchPublication(NotFound):
    """Nothing was published under that address."""

    code = "publication.unknown"
    title = Words("公报里没有这份文件", "The gazette holds no such document")
    remedy = Words("请从公报查询里找。", "Look for it in the gazette.")


class NoSuchNumber(NotFound):
    """The register has no such entry."""

    code = "number.unknown"
    title = Words("登记簿里没有这个文号", "The register holds no such number")


class WindowState(StrEnum):
    """Where a comment window stands at an instant."""

    AHEAD = "ahead"
    OPEN = "open"
    CLOSING = "closing"
    SUSPENDED = "suspended"
    CLOSED = "closed"


def window_state(opens_at: datetime, closes_at: datetime, now: datetime, *, suspended: bool = False) -> WindowState:
    """The state at `now`. The closing instant itself is already closed; a suspended window's will move."""
    if suspended:
        return WindowState.SUSPENDED
    if now >= closes_at:
        return WindowState.CLOSED
    if now < opens_at:
        return WindowState.AHEAD
    return WindowState.CLOSING if closes_at - now <= CLOSING_SOON else WindowState.OPEN


class ResultState(StrEnum):
    """What has been said of a closed consultation."""

    SUMMING_UP = "summing_up"
    NONE_CAME = "none_came"
    ANSWERS_DUE = "answers_due"
    ANSWERED = "answered"


def result_state(received: int | None, *, answered: bool) -> ResultState:
    """The state of a closed consultation. That nobody wrote is a result: nothing is due any more."""
    if answered:
        return ResultState.ANSWERED
    if received is None:
        return ResultState.SUMMING_UP
    return ResultState.ANSWERS_DUE if received else ResultState.NONE_CAME


class Validity(StrEnum):
    """Whether a published document is in force on a day."""

    UNPUBLISHED = "unpublished"
    AHEAD = "ahead"
    IN_FORCE = "in_force"
    LAPSED = "lapsed"
    ENDED = "ended"
    SUSPENDED = "suspended"
    UNSTATED = "unstated"


class Happened(Protocol):
    """Something that happened to a published document, from that day on."""

    @property
    def change(self) -> str: ...
    @property
    def effective_on(self) -> date: ...


def validity(
    published_on: date,
    effective_on: date | None,
    valid_to: date | None,
    on: date,
    since: Sequence[Happened] = (),
) -> Validity:
    """The state on the day `on`, after what happened `since`, in order.

    UNSTATED where the text does not say from when it is in force: never guessed.
    """
    if on < published_on:
        return Validity.UNPUBLISHED
    changes = [act.change for act in since if act.effective_on <= on]
    if "ended" in changes:
        return Validity.ENDED
    if valid_to is not None and on > valid_to:
        return Validity.LAPSED
    if changes and changes[-1] == "suspended":
        return Validity.SUSPENDED
    if effective_on is None:
        return Validity.UNSTATED
    return Validity.AHEAD if on < effective_on else Validity.IN_FORCE

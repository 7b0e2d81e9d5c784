"""Refusals of review: each stands beside the rule that it guards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from services.kernel.contracts.refusals import Conflict, Forbidden, Invalid, NotFound, Words


class UnknownRound(NotFound):
    """No round under that id."""

    code = "round.unknown"
    title = Words("没有这一轮审查", "No such round")


class RoundClosed(Conflict):
    """Somebody decided it, or it was ended, before this act arrived."""

    code = "round.closed"
    title = Words("没有收下：这一轮已经结束", "Not accepted: this round is closed")
    remedy = Words("请打开本轮页面看结果；文本有新稿的，系统会另开一轮。", "See the result on the round's page.")


class UnknownFinding(NotFound):
    """Nothing of that kind was noticed in the text of this round."""

    code = "finding.unknown"
    title = Words("这份文本里没有这条机器提示", "The machine noticed no such thing in this text")
    remedy = Words("请重新打开本轮页面；文本可能已有新稿。", "Open the round again; there may be another version.")


class OtherForm(Conflict):
    """The act belongs to another kind of round."""

    code = "round.other_form"
    title = Words("这一轮不是这样办理的", "This round is decided in another form")
    remedy = Words("请从本轮页面办理。", "Use the form on the round's page.")


class AuthorMayNotSign(Forbidden):
    """Whoever drafted a text does not judge it."""

    code = "signoff.author"
    status = 409
    rule = "legality.separate_actor"
    title = Words("不能签署：您参加过本文件的起草", "You may not sign: you took part in drafting this document")
    remedy = Words("请转给没有参加起草的同事办理。", "Pass it to a colleague who took no part in drafting.")


class DeputyOfAuthor(Forbidden):
    """The eyes of a deputy and of the person deputised are one pair."""

    code = "signoff.deputy_of_author"
    status = 409
    rule = "legality.separate_actor"
    title = Words(
        "不能签署：您正在代理的同事参加过本文件的起草",
        "You may not sign: somebody for whom you stand in took part in drafting this document",
    )
    remedy = Words(
        "请转给没有参加起草、也不代理起草人员的同事办理。",
        "Pass it to a colleague who neither drafted it nor stands in for somebody who did.",
    )


class AuthorStandsIn(Forbidden):
    """Whoever is away with an author as deputy is of one pair of eyes with the author."""

    code = "signoff.author_stands_in"
    status = 409
    rule = "legality.separate_actor"
    title = Words(
        "不能签署：今天代理您的同事参加过本文件的起草",
        "You may not sign: who stands in for you today took part in drafting this document",
    )
    remedy = Words(
        "请转给其他同事办理，或者先结束这项代理。", "Pass it to another colleague, or end that delegation first."
    )


class SameUnit(Forbidden):
    """The drafting unit does not review its own draft: its legality never, its competition where another unit can."""

    code = "signoff.same_unit"
    status = 409
    rule = "legality.separate_actor"
    title = Words("不能签署：您所在的单位是起草单位", "You may not sign: yours is the drafting unit")
    remedy = Words("请由起草单位以外的审查机构审查。", "A reviewing organ other than the drafting unit does it.")


class NotOfAuthority(Forbidden):
    """The head, the clerk and the registrar of one authority do not decide for another."""

    code = "signoff.other_authority"
    rule = "signing.chief"
    title = Words(
        "不能签署：您不在发文机关承担这项职责", "You may not sign: you do not hold this office for the issuer"
    )
    remedy = Words("请由发文机关承担这项职责的人员办理。", "Somebody who holds it for the issuing authority does this.")


FOUR_EYES: dict[str, type[Forbidden]] = {
    refusal.code: refusal for refusal in (AuthorMayNotSign, DeputyOfAuthor, AuthorStandsIn, SameUnit, NotOfAuthority)
}


class TextChanged(Conflict):
    """The act names another text than the one under this round."""

    code = "signoff.text_changed"
    rule = "text.identity"
    title = Words("没有签署：您看的文本和本轮文本不一致", "Not signed: the text you saw is not the text of this round")
    remedy = Words("请重新打开本轮页面，看过文本后再签署。", "Open the round again, read the text, then sign.")


class AlreadySigned(Conflict):
    """One person, one sign-off in a round."""

    code = "signoff.already"
    title = Words("您在这一轮已经签署过", "You have already signed in this round")
    remedy = Words(
        "签署不能重复，也不能撤回；发现有误的，请另行出具更正意见。", "A sign-off is neither repeated nor withdrawn."
    )


class ChainMoved(Conflict):
    """Another sign-off of the same document came in between. Trying again helps."""

    code = "signoff.chain"
    title = Words("没有签署：同一文件刚有另一项签署", "Not signed: another sign-off of this document came first")


class UnknownOutcome(Invalid):
    """Not one of the conclusions that the rule book gives for this stage."""

    code = "outcome.unknown"
    title = Words("这个环节没有这种结论", "This stage has no such outcome")


class OpinionMissing(Invalid):
    """An opinion is written, or it is none."""

    code = "opinion.missing"
    rule = "legality.required"
    title = Words("没有写意见", "The opinion is missing")
    remedy = Words("请写明意见。", "Write the opinion.")


class PointsMissing(Invalid):
    """What must change is said item by item."""

    code = "opinion.points"
    rule = "legality.required"
    title = Words("没有写逐项意见", "The points are missing")
    remedy = Words("请至少写一项：哪一条、什么问题、依据什么。", "Give at least one point: clause, fault, basis.")


class CounselMissing(Invalid):
    """Major decisions are reviewed together with counsel."""

    code = "opinion.counsel"
    rule = "legality.separate_actor"
    title = Words("没有写参与审查的法律顾问或者公职律师", "The counsel who took part is not named")
    remedy = Words("请填写法律顾问或者公职律师的姓名。", "Name the counsel.")


class SupplementOpen(Conflict):
    """The reviewer waits for papers; until then only a return is possible."""

    code = "supplement.open"
    rule = "legality.supplement"
    title = Words("正在等起草单位补充材料", "Papers have been asked for and are awaited")
    remedy = Words("请等材料补齐；不再等的，可以退回补正程序。", "Wait for the papers, or return the document.")


class SupplementNone(Conflict):
    """There is nothing to answer."""

    code = "supplement.none"
    rule = "legality.supplement"
    title = Words("没有等待答复的补充要求", "No request for papers is open")


class NothingMissing(Invalid):
    """A request for papers names them."""

    code = "supplement.nothing_missing"
    rule = "legality.supplement"
    title = Words("没有写缺什么材料", "The request names no papers")
    remedy = Words("请写明缺少的材料。", "Name the papers that are missing.")


class StepEmpty(Invalid):
    """A step is on record when its paper or its conclusion is."""

    code = "step.empty"
    title = Words("没有附材料，也没有写结论", "Neither a paper nor a conclusion in words")
    remedy = Words("请附上材料，或者写明结论。", "Attach the paper, or write the conclusion.")


class ExemptionUnfounded(Invalid):
    """An exception from fair competition needs its ground, the comparison and its end."""

    code = "step.exemption"
    rule = "competition.exemption"
    title = Words("适用例外规定的理由不完整", "The exception is not fully founded")
    remedy = Words(
        "请写明适用哪一项、为什么没有影响更小的替代方案、实施期限或者终止条件。",
        "Give the ground, why nothing less restrictive would do, and the term or end condition.",
    )


class MustBeDone(Conflict):
    """The law does not let this step be left out."""

    code = "step.must_be_done"
    title = Words("这个环节不能声明不适用", "This step may not be declared not applicable")
    remedy = Words("请按规定办理这个环节。", "Carry the step out.")


class ReasonTooShort(Invalid):
    """A reason that says nothing is none."""

    code = "reason.short"
    rule = "record.not_applicable"
    title = Words("理由太短", "The reason is too short")
    remedy = Words("请写明为什么不适用，至少十个字。", "Say why it does not apply, in ten characters or more.")


class SignatureName(Invalid):
    """A signature carries the signer's own full name."""

    code = "signature.name"
    rule = "signing.elements"
    title = Words("签署的姓名和登录的姓名不一致", "The name signed is not yours")
    remedy = Words("请签本人全名。", "Sign your own full name.")


class SignatureDate(Invalid):
    """A signature carries the full date of the day on which it is given."""

    code = "signature.date"
    rule = "signing.elements"
    title = Words("签署的日期不是今天", "The date signed is not today")
    remedy = Words("请写今天的完整日期，年、月、日齐全。", "Give today's date in full.")


class HasNotSigned(Conflict):
    """Only who has signed an earlier text may go by the difference."""

    code = "signoff.read_whole"
    rule = "text.identity"
    title = Words("没有签署：您没有签过以前的文本", "Not signed: you have signed no earlier text")
    remedy = Words("请阅读全文和材料后再签署。", "Read the whole text and its materials, then sign.")


class Unsigned(Conflict):
    """A sign-off without a signature is none."""

    code = "signoff.unsigned"
    rule = "record.signature"
    title = Words("没有签署：没有电子签名", "Not signed: the electronic signature is missing")


class KeyNotValid(Conflict):
    """The key was ended, or made, while the sign-off was on its way. Trying again helps."""

    code = "signoff.key"
    rule = "record.signature"
    title = Words("没有签署：签名密钥刚刚更换", "Not signed: the signing key has just changed")
    remedy = Words("请再签署一次。", "Sign again.")


class PasskeyMissing(Forbidden):
    """Whoever has enrolled a passkey signs with it. Carries the draft that the passkey is to confirm."""

    code = "signoff.passkey_missing"
    status = 409
    rule = "record.signature"
    title = Words("没有签署：需要用您的通行密钥确认", "Not signed: your passkey must confirm it")
    remedy = Words(
        "请在网页上办理，用登记过的通行密钥确认；设备丢失的，先在“签名密钥”页面注销。",
        "Use the page and your passkey; if the device is lost, revoke it under “Signing keys” first.",
    )
    draft: Mapping[str, Any] = {}

    @classmethod
    def about(cls, draft: Mapping[str, Any]) -> Self:
        """The refusal with what would have been signed."""
        refusal = cls(field="passkey")
        refusal.draft = draft
        return refusal


class PasskeyRefused(Forbidden):
    """The authenticator's answer does not hold for this person, this site and this very record."""

    code = "passkey.refused"
    rule = "record.signature"
    title = Words("没有收下：通行密钥的确认不成立", "Not accepted: the passkey's answer does not hold")
    remedy = Words("请退回上一页，重新确认。", "Go back and confirm again.")


class PasskeyStale(Conflict):
    """Nothing was asked under this number, or too long ago, or it was answered before."""

    code = "passkey.stale"
    title = Words("没有收下：确认已经过时", "Not accepted: this confirmation is out of date")
    remedy = Words("请退回上一页，重新确认。", "Go back and confirm again.")


class PasskeyKnown(Conflict):
    """One authenticator is one passkey of one person."""

    code = "passkey.known"
    title = Words("这个通行密钥已经登记过", "This passkey is enrolled already")


class PasskeyNone(Conflict):
    """There is nothing to ask: the person signs without a passkey."""

    code = "passkey.none"
    title = Words("您没有登记通行密钥，不需要确认", "You have enrolled no passkey; nothing is to be confirmed")


class UnknownPasskey(NotFound):
    """No passkey of one's own under that id that still counts."""

    code = "passkey.unknown"
    title = Words("没有这个通行密钥，或者已经注销", "No such passkey, or it was revoked")


class KeyReason(Invalid):
    """A revocation says why."""

    code = "key.reason"
    rule = "record.signature"
    title = Words("没有写明停用密钥的理由", "The reason for revoking the key is missing")
    remedy = Words("请写明理由，至少四个字。", "Give a reason of four characters or more.")


class KeyNotYours(Forbidden):
    """A key is ended by its owner or by the operator."""

    code = "key.not_yours"
    title = Words("这不是您的密钥", "This key is not yours")
    remedy = Words("请由本人或者系统运行人员办理。", "Its owner or the operator may do it.")


class KeyMissing(NotFound):
    """The person has no key: the first sign-off makes one."""

    code = "key.missing"
    title = Words("没有正在使用的签名密钥", "No signing key is in use")
    remedy = Words("第一次签署时会自动生成。", "The first sign-off makes one.")


class NothingSigned(NotFound):
    """Nobody has signed anything of this document."""

    code = "signoff.none"
    title = Words("这份文件还没有签署", "Nothing of this document has been signed")

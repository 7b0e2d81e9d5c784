"""印章: the register of seals, and when one may be put on a text (电子签名法第十三条; 公文条例第九条)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.kernel.contracts.facts import SealFacts, SealOn
from services.kernel.contracts.lifecycle import Ask
from services.kernel.contracts.refusals import Conflict, Invalid, NotFound, Refused, Words
from services.review.domain.commands import Command, Line, OptionalLine, Prose

RULE = "record.seal"
JOINT_RULE = "seal.joint"
STAGE = "sealing"
SealForm = Literal["physical", "electronic"]


class UnknownSeal(NotFound):
    """The register holds no such seal."""

    code = "seal.unknown"
    title = Words("登记簿里没有这枚印章", "No such seal in the register")


class SealIncomplete(Invalid):
    """A seal has a name, a keeper who may keep it, and an electronic one its certificate."""

    code = "seal.incomplete"
    rule = RULE
    title = Words("印章登记不完整", "The seal's entry is incomplete")
    remedy = Words(
        "请写明印章名称和保管人；保管人是本机关承担登记编号职责的人员。电子印章写明证书序列号。",
        "Give its name and a keeper who holds the registrar's office here; an electronic one has its certificate.",
    )


class SealEntered(Conflict):
    """Each seal is entered once."""

    code = "seal.entered"
    rule = RULE
    title = Words("这枚印章已经登记", "This seal is in the register")


class HandingUnexplained(Invalid):
    """A seal changes hands, or goes out of use, with a reason."""

    code = "seal.reason"
    rule = RULE
    title = Words("移交或者停用印章没有写理由", "The handing over has no reason")
    remedy = Words("请写明理由。", "Give the reason.")


class SealMoved(Conflict):
    """Somebody handed it over in between."""

    code = "seal.revision"
    title = Words("没有保存：这枚印章刚刚移交过", "Not saved: the seal was handed over meanwhile")
    remedy = Words("请看过最新的记录再办理。", "Read the register as it is now.")


class NotApproved(Refused):
    """H40: a seal goes on the text that was signed, to the last character."""

    code = "seal.not_approved"
    rule = RULE
    title = Words("这份文本没有经过签发，不能用印", "This text was not signed; no seal goes on it")
    remedy = Words("只有签发的那份文本可以用印。", "Only the very text that was signed may be sealed.")


class NotKeeper(Refused):
    """Whoever keeps the seal uses it, and nobody else."""

    code = "seal.not_keeper"
    rule = RULE
    title = Words("这枚印章不由您保管", "You do not keep this seal")
    remedy = Words("请由印章的保管人用印。", "Let its keeper use it.")


class OtherSeal(Refused):
    """A document bears the seals of its issuers."""

    code = "seal.other_unit"
    rule = JOINT_RULE
    title = Words("印章与发文机关署名不符", "The seal is not that of the issuing authority")
    remedy = Words("请用发文机关的印章。", "Use the seal of an issuing authority.")


class OwnApproval(Refused):
    """Signing and sealing are two persons' acts."""

    code = "seal.own_approval"
    rule = RULE
    title = Words("签发人不能自己用印", "The signer does not use the seal")
    remedy = Words("请由印章的另一位保管人用印。", "Have it handed to another keeper.")


class AlreadySealed(Conflict):
    """One use of each issuer's seal for an approved text."""

    code = "seal.used"
    rule = RULE
    title = Words("这份文本已经盖有这个机关的印章", "This text bears the seal of this authority")


class NotSealed(Invalid):
    """The step is filed when the seals of all issuers are on the text."""

    code = "seal.missing"
    rule = JOINT_RULE
    title = Words("还没有用印", "The text is not sealed yet")
    remedy = Words(
        "请先用印，联合发文的由各机关分别用印；依法可以不加盖印章的，由具名人员说明理由。",
        "Seal it first, each issuer of a joint document its own seal; where none is needed, a named person says why.",
    )


class EnterSeal(Command):
    """A seal of an authority and its first keeper."""

    unit_id: Line
    name: Line
    form: SealForm = "physical"
    certificate: Line = ""
    keeper_id: Line


class HandSeal(Command):
    """Another keeper over that `revision`; without one the seal goes out of use."""

    revision: int
    keeper_id: OptionalLine = None
    reason: Prose


class UseSeal(Command):
    """Put that seal on the round's text, on so many copies."""

    seal_id: UUID
    copies: Annotated[int, Field(ge=1, le=100_000)] = 1


@dataclass(frozen=True)
class Seal:
    """A seal as it is kept now. `keeper_id` is None once it is out of use."""

    id: UUID
    unit_id: str
    name: str
    form: SealForm
    certificate: str
    revision: int
    keeper_id: str | None
    keeper_name: str | None
    kept_since: datetime
    uses: int


@dataclass(frozen=True)
class Approval:
    """The signing that a seal rests on: its round, its text, the hash of its signed record."""

    round_id: UUID
    text_hash: str
    record_hash: str
    signers: frozenset[str]


def entering_refused(command: EnterSeal, *, keepers: Collection[str]) -> Refused | None:
    """Why this is no entry of the register. `keepers` are those who may keep a seal of that unit."""
    whole = command.name and command.keeper_id in keepers and (command.form == "physical" or command.certificate)
    return None if whole else SealIncomplete(field="name")


def handing_refused(command: HandSeal, *, keepers: Collection[str]) -> Refused | None:
    """Why the seal does not change hands like this."""
    if not command.reason:
        return HandingUnexplained(field="reason")
    if command.keeper_id is not None and command.keeper_id not in keepers:
        return SealIncomplete(field="keeper_id")
    return None


@dataclass(frozen=True)
class Place:
    """A place for a seal on the text, counted from 1, and whose it is. `used_at` is None while it is empty."""

    ordinal: int
    unit_id: str
    used_at: datetime | None = None
    form: SealForm | None = None


def asks_of(places: Sequence[Place], desks: Mapping[str, str]) -> tuple[Ask, ...]:
    """What the issuers beside the leading one are asked for: their seals. `desks` is who keeps the seal of a unit."""
    return tuple(
        Ask(
            ordinal=place.ordinal,
            state="done" if place.used_at else "open",
            role=desks[place.unit_id],
            unit_id=place.unit_id,
            rule_id=JOINT_RULE,
        )
        for place in places
        if place.ordinal > 1
    )


def facts_of(places: Sequence[Place], text_hash: str) -> SealFacts:
    """The seals on a text for the dossier and the gazette."""
    on = [
        SealOn(unit_id=place.unit_id, at=place.used_at, form=place.form, text_hash=text_hash)
        for place in places
        if place.used_at is not None and place.form is not None
    ]
    return SealFacts(issuers=len(places), seals=tuple(on))


def use_refused(
    seal: Seal, approval: Approval | None, *, person_id: str, issuers: Collection[str], text_hash: str
) -> Refused | None:
    """Why the seal does not go on this text by this person's hand (H40)."""
    if seal.unit_id not in issuers:
        return OtherSeal(field="seal_id")
    if seal.keeper_id != person_id:
        return NotKeeper(field="seal_id")
    if approval is None or approval.text_hash != text_hash:
        return NotApproved(field="text_hash")
    return OwnApproval(field="seal_id") if person_id in approval.signers else None
